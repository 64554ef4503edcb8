/* test/support/pki.c - see pki.h */
#include "test/support/pki.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

struct pki {
	EVP_PKEY *key;
	X509 *cert;
};

static void must(int ok)
{
	if (ok)
		return;
	fprintf(stderr, "pki: OpenSSL fails\n");
	exit(1);
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *x;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(x && X509_add_ext(cert, x, -1));
	X509_EXTENSION_free(x);
}

static X509 *blank(EVP_PKEY *key, const char *name, long from_s, long to_s)
{
	static long serial;
	X509 *cert = X509_new();

	must(cert && X509_set_version(cert, 2));
	must(ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial));
	must(X509_gmtime_adj(X509_getm_notBefore(cert), from_s) &&
	     X509_gmtime_adj(X509_getm_notAfter(cert), to_s));
	must(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
					MBSTRING_ASC, (const void *)name, -1,
					-1, 0));
	must(X509_set_pubkey(cert, key));
	return cert;
}

static void write_cert(X509 *cert, const char *path)
{
	FILE *f = fopen(path, "w");

	must(f && PEM_write_X509(f, cert));
	fclose(f);
}

struct pki *pki_new(void)
{
	struct pki *ca = calloc(1, sizeof(*ca));

	must(ca != NULL);
	ca->key = EVP_EC_gen("P-256");
	must(ca->key != NULL);
	ca->cert = blank(ca->key, "authority of a test", -3600, 3600);
	must(X509_set_issuer_name(ca->cert, X509_get_subject_name(ca->cert)));
	extend(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
	extend(ca->cert, ca->cert, NID_key_usage,
	       "critical,keyCertSign,cRLSign");
	must(X509_sign(ca->cert, ca->key, EVP_sha256()));
	return ca;
}

void pki_free(struct pki *ca)
{
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
	free(ca);
}

void pki_write_ca(const struct pki *ca, const char *path)
{
	write_cert(ca->cert, path);
}

void pki_write_cert(const struct pki *ca, const char *names, long from_s,
		    long to_s, const char *cert, const char *key)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x;
	FILE *f;

	must(pkey != NULL);
	x = blank(pkey, "somebody", from_s, to_s);
	must(X509_set_issuer_name(x, X509_get_subject_name(ca->cert)));
	extend(x, ca->cert, NID_subject_alt_name, names);
	must(X509_sign(x, ca->key, EVP_sha256()));
	write_cert(x, cert);
	f = fopen(key, "w");
	must(f && PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL));
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(pkey);
}

X509 *pki_certify(const struct pki *ca, EVP_PKEY *key, bool is_ca)
{
	X509 *x = blank(key, "somebody else", -3600, 3600);

	must(X509_set_issuer_name(x, X509_get_subject_name(ca->cert)));
	extend(x, ca->cert, NID_basic_constraints,
	       is_ca ? "critical,CA:TRUE" : "CA:FALSE");
	must(X509_sign(x, ca->key, EVP_sha256()));
	return x;
}

EVP_PKEY *pki_false_rsa(int bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_new(), *e = BN_new(), *d = BN_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	must(ctx && build && n && e && d);
	must(BN_rand(n, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) &&
	     BN_set_word(e, 65537) && BN_set_word(d, 17));
	must(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d));
	params = OSSL_PARAM_BLD_to_param(build);
	must(params && EVP_PKEY_fromdata_init(ctx) > 0 &&
	     EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) > 0);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(n);
	BN_free(e);
	BN_free(d);
	return key;
}

static void revoke(X509_CRL *crl, const char *cert)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	FILE *f = fopen(cert, "r");
	X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

	must(x && entry &&
	     X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(x)) &&
	     X509_REVOKED_set_revocationDate(entry, X509_getm_notBefore(x)) &&
	     X509_CRL_add0_revoked(crl, entry));
	X509_free(x);
	fclose(f);
}

void pki_write_crl(const struct pki *ca, const char *cert, long to_s,
		   const char *path)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *from = X509_gmtime_adj(NULL, -7200);
	ASN1_TIME *to = X509_gmtime_adj(NULL, to_s);
	FILE *f = fopen(path, "w");

	must(f && crl && from && to && X509_CRL_set_version(crl, 1) &&
	     X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert)) &&
	     X509_CRL_set1_lastUpdate(crl, from) &&
	     X509_CRL_set1_nextUpdate(crl, to));
	if (cert)
		revoke(crl, cert);
	must(X509_CRL_sign(crl, ca->key, EVP_sha256()) &&
	     PEM_write_X509_CRL(f, crl));
	fclose(f);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_CRL_free(crl);
}
