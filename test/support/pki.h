/*
 * test/support/pki.h - authorities and certificates for tests, made at once
 */
#pragma once

#include <stdbool.h>

#include <openssl/types.h>

struct pki; /* an authority */

struct pki *pki_new(void); /* ends the program when that fails */
void pki_free(struct pki *ca);
/* Its own certificate, PEM. */
void pki_write_ca(const struct pki *ca, const char *path);
/* A certificate of it, and the key, PEM.  names: subjectAltName, such as
 * "IP:127.0.0.1,DNS:mgc.example".  Valid from now + from_s to now + to_s. */
void pki_write_cert(const struct pki *ca, const char *names, long from_s,
		    long to_s, const char *cert, const char *key);
/* A certificate of it for this key, CA:TRUE or not; the caller's. */
X509 *pki_certify(const struct pki *ca, EVP_PKEY *key, bool is_ca);
/* An RSA key of so many bits, at once: of random numbers, so that what it
 * signs is wrong.  The caller's. */
EVP_PKEY *pki_false_rsa(int bits);
/* Its list of revoked certificates, PEM, due to be renewed in to_s; cert: the
 * file of the one that is on it, NULL: none. */
void pki_write_crl(const struct pki *ca, const char *cert, long to_s,
		   const char *path);
