/* mgcsim/auth.c - see auth.h */
#include "tools/mgcsim/auth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const algs[H248_AUTH_ALG__COUNT] = {
	[H248_AUTH_MD5_96] = "hmac-md5-96",
	[H248_AUTH_SHA1_96] = "hmac-sha1-96",
	[H248_AUTH_MD5] = "hmac-md5",
	[H248_AUTH_SHA1] = "hmac-sha1",
};

/* The file name, or NULL. */
static const char *parse(const char *text, struct h248_auth_key *key)
{
	char *end = NULL;
	unsigned long spi = *text == '-' ? 0 : strtoul(text, &end, 0);
	unsigned int alg = 0;
	size_t n;

	if (!spi || spi > UINT32_MAX || *end++ != ':')
		return NULL;
	key->spi = (uint32_t)spi;
	n = strcspn(end, ":");
	while (alg < H248_AUTH_ALG__COUNT &&
	       (strlen(algs[alg]) != n || memcmp(algs[alg], end, n)))
		alg++;
	key->alg = alg;
	return alg < H248_AUTH_ALG__COUNT && end[n] ? end + n + 1 : NULL;
}

int auth_make(const char *text, enum h248_auth_pseudo pseudo,
	      struct h248_authenticator **out)
{
	struct h248_auth_params p = {
		.mode = H248_AUTH_REQUIRE,
		.is_sending = true,
		.pseudo = pseudo,
		.n_keys = 1,
	};
	const char *path = parse(text, &p.key[0]);
	char err[512] = "write SPI:ALGORITHM:FILE";
	int r = path ? h248_auth_key_read(path, &p.key[0], err, sizeof(err)) :
		       -EINVAL;

	if (!r)
		r = h248_auth_new(&p, out);
	explicit_bzero(&p, sizeof(p));
	if (r)
		fprintf(stderr, "mgcsim: --auth: %s\n", err);
	return r ? -EINVAL : 0;
}
