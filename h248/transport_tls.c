/* h248/transport_tls.c - see transport_tls.h */
#include "h248/transport_tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "h248/addr.h"

enum {
	MAX_DEPTH = 4,       /* certificates between ours and the authority */
	MAX_CHAIN = 32768,   /* octets of all that a peer shows (C47) */
	MAX_KEY_BITS = 8192, /* of any key that a peer shows (C47) */
	MAX_UPDATES = 16,    /* of keys in a minute (C46) */
	MINUTE_MS = 60000,
	PATH = 256,
};

/* Of TLS 1.2; those of 1.3 are all like these. */
static const char CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

struct h248_tls {
	char certificate[PATH], key[PATH], ca[PATH], crl[PATH], name[PATH];
	SSL_CTX *ctx;
};

static int fail(char *err, size_t cap, const char *what, const char *file)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	snprintf(err, cap, "%s%s%s: %s", what, file ? " " : "",
		 file ? file : "", why ? why : "cannot be used");
	ERR_clear_error();
	return -EINVAL;
}

/* C47: an authority without its list, or with an old one, is not trusted. */
static int load_crl(SSL_CTX *ctx, const char *crl, char *err, size_t cap)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	X509_LOOKUP *file = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	if (!crl[0])
		return 0;
	if (!file || X509_load_crl_file(file, crl, X509_FILETYPE_PEM) < 1)
		return fail(err, cap, "revocation list", crl);
	X509_STORE_set_flags(store,
			     X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return 0;
}

static int load(SSL_CTX *ctx, const struct h248_tls *tls, char *err, size_t cap)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, tls->certificate) != 1)
		return fail(err, cap, "certificate", tls->certificate);
	if (SSL_CTX_use_PrivateKey_file(ctx, tls->key, SSL_FILETYPE_PEM) != 1)
		return fail(err, cap, "key", tls->key);
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fail(err, cap, "key and certificate", NULL);
	if (SSL_CTX_load_verify_locations(ctx, tls->ca, NULL) != 1)
		return fail(err, cap, "authority", tls->ca);
	return load_crl(ctx, tls->crl, err, cap);
}

static bool is_key_large(const X509 *cert)
{
	EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;

	return key && EVP_PKEY_get_bits(key) > MAX_KEY_BITS;
}

/* C47: what would cost much is refused before anything is calculated; the
 * rest is the ordinary verification. */
static int verify(X509_STORE_CTX *store, void *arg)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(store);
	bool is_large = is_key_large(X509_STORE_CTX_get0_cert(store));
	int n = sk_X509_num(chain);

	(void)arg;
	for (int i = 0; i < n && i < MAX_DEPTH + 2 && !is_large; i++)
		is_large = is_key_large(sk_X509_value(chain, i));
	if (!is_large && n <= MAX_DEPTH + 2) /* and the two ends */
		return X509_verify_cert(store);
	X509_STORE_CTX_set_error(
		store, is_large ? X509_V_ERR_APPLICATION_VERIFICATION :
				  X509_V_ERR_CERT_CHAIN_TOO_LONG);
	return 0;
}

/* C46: nothing is renegotiated, resumed, compressed or sent early. */
static int restrict_it(SSL_CTX *ctx, char *err, size_t cap)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_NO_COMPRESSION |
					 SSL_OP_NO_TICKET);
	/* One record at a time: else many updates of keys are one call. */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify, NULL);
	SSL_CTX_set_verify_depth(ctx, MAX_DEPTH);
	SSL_CTX_set_max_cert_list(ctx, MAX_CHAIN);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1)
		return fail(err, cap, "TLS", NULL);
	return 0;
}

int h248_tls_reload(struct h248_tls *tls, char *err, size_t cap)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	int rc;

	if (!ctx) {
		snprintf(err, cap, "TLS: out of memory");
		return -ENOMEM;
	}
	rc = restrict_it(ctx, err, cap);
	if (!rc)
		rc = load(ctx, tls, err, cap);
	if (rc) {
		SSL_CTX_free(ctx);
		return rc;
	}
	SSL_CTX_free(tls->ctx); /* open connections hold it too */
	tls->ctx = ctx;
	return 0;
}

static bool copy(char to[PATH], const char *from)
{
	return snprintf(to, PATH, "%s", from ? from : "") < PATH;
}

int h248_tls_new(const struct h248_tls_params *params, struct h248_tls **out,
		 char *err, size_t cap)
{
	struct h248_tls *tls = calloc(1, sizeof(*tls));
	int rc;

	if (!tls) {
		snprintf(err, cap, "TLS: out of memory");
		return -ENOMEM;
	}
	if (copy(tls->certificate, params->certificate) &&
	    copy(tls->key, params->key) && copy(tls->ca, params->ca) &&
	    copy(tls->crl, params->crl) && copy(tls->name, params->name)) {
		rc = h248_tls_reload(tls, err, cap);
	} else {
		snprintf(err, cap, "TLS: a name is too long");
		rc = -EINVAL;
	}
	if (rc)
		h248_tls_free(tls);
	else
		*out = tls;
	return rc;
}

void h248_tls_free(struct h248_tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->ctx);
	free(tls);
}

/* Without a name the certificate must be for the address we asked. */
static bool expect_name(const struct h248_tls *tls, SSL *ssl,
			const struct sockaddr_storage *peer, bool is_accepted)
{
	X509_VERIFY_PARAM *p = SSL_get0_param(ssl);
	const struct sockaddr_in6 *in6 = (const void *)peer;
	const struct sockaddr_in *in4 = (const void *)peer;

	X509_VERIFY_PARAM_set_hostflags(p,
					X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (tls->name[0])
		return X509_VERIFY_PARAM_set1_host(p, tls->name, 0) == 1 &&
		       (is_accepted ||
			SSL_set_tlsext_host_name(ssl, tls->name) == 1);
	if (is_accepted)
		return true;
	if (peer->ss_family == AF_INET6)
		return X509_VERIFY_PARAM_set1_ip(
			       p, (const void *)&in6->sin6_addr, 16) == 1;
	return X509_VERIFY_PARAM_set1_ip(p, (const void *)&in4->sin_addr, 4) ==
	       1;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Of OpenSSL, for every message of the protocol.  What we send may still be
 * told when the connection, and watch with it, is gone. */
static void on_protocol(int is_sent, int version, int type, const void *buf,
			size_t n, SSL *ssl, void *arg)
{
	struct h248_tls_watch *watch = arg;

	(void)version;
	(void)ssl;
	if (is_sent || type != SSL3_RT_HANDSHAKE || !n ||
	    *(const uint8_t *)buf != SSL3_MT_KEY_UPDATE)
		return;
	if (now_ms() - watch->since_ms > MINUTE_MS) {
		watch->since_ms = now_ms();
		watch->updates = 0;
	}
	if (++watch->updates <= MAX_UPDATES || watch->is_too_much)
		return;
	watch->is_too_much = true;
	event_active(watch->alarm, EV_TIMEOUT, 0);
}

struct bufferevent *h248_tls_wrap(struct h248_tls *tls, struct event_base *base,
				  int fd, const struct sockaddr_storage *peer,
				  bool is_accepted,
				  struct h248_tls_watch *watch)
{
	SSL *ssl = SSL_new(tls->ctx);
	struct bufferevent *bev = NULL;

	if (ssl && expect_name(tls, ssl, peer, is_accepted))
		bev = bufferevent_openssl_socket_new(
			base, fd, ssl,
			is_accepted ? BUFFEREVENT_SSL_ACCEPTING :
				      BUFFEREVENT_SSL_CONNECTING,
			BEV_OPT_CLOSE_ON_FREE);
	if (!bev) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_msg_callback(ssl, on_protocol);
	SSL_set_msg_callback_arg(ssl, watch);
	/* Messages have lengths: who cuts one off is found out. */
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void h248_tls_why(struct bufferevent *bev, char *buf, size_t cap)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);
	unsigned long code = bufferevent_get_openssl_error(bev);
	long verdict = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	buf[0] = '\0';
	if (verdict == X509_V_ERR_APPLICATION_VERIFICATION)
		snprintf(buf, cap, "certificate refused: key too large");
	else if (verdict != X509_V_OK)
		snprintf(buf, cap, "certificate refused: %s",
			 X509_verify_cert_error_string(verdict));
	else if (reason)
		snprintf(buf, cap, "TLS: %s", reason);
}
