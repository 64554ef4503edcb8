/*
 * test/support/pki.h - authorities and certificates for tests, made at once
 */
#pragma once

struct pki; /* an authority */

struct pki *pki_new(void); /* ends the program when that fails */
void pki_free(struct pki *ca);
/* Its own certificate, PEM. */
void pki_write_ca(const struct pki *ca, const char *path);
/* A certificate of it, and the key, PEM.  names: subjectAltName, such as
 * "IP:127.0.0.1,DNS:mgc.example".  Valid from now + from_s to now + to_s. */
void pki_write_cert(const struct pki *ca, const char *names, long from_s,
		    long to_s, const char *cert, const char *key);
