/* gateway/auth.c - see auth.h */
#include "gateway/auth.h"

#include <stdio.h>
#include <string.h>

static int read_keys(const struct conf_auth *c, struct h248_auth_params *p,
		     char *err, size_t cap)
{
	static const enum h248_auth_alg alg[] = {
		[CONF_AUTH_MD5_96] = H248_AUTH_MD5_96,
		[CONF_AUTH_SHA1_96] = H248_AUTH_SHA1_96,
		[CONF_AUTH_MD5] = H248_AUTH_MD5,
		[CONF_AUTH_SHA1] = H248_AUTH_SHA1,
	};
	int r = 0;

	_Static_assert((int)CONF_MAX_AUTH_KEYS <= (int)H248_AUTH_MAX_KEYS,
		       "every key has a place");
	for (; !r && p->n_keys < c->n_keys; p->n_keys++) {
		struct h248_auth_key *k = &p->key[p->n_keys];

		k->spi = c->key[p->n_keys].spi;
		k->alg = alg[c->key[p->n_keys].alg];
		r = h248_auth_key_read(c->key[p->n_keys].file, k, err, cap);
	}
	return r;
}

int gw_auth_load(const struct conf_auth *c, struct h248_authenticator **a,
		 char *err, size_t cap)
{
	static const enum h248_auth_mode mode[] = {
		[CONF_AUTH_OFF] = H248_AUTH_OFF,
		[CONF_AUTH_NULL] = H248_AUTH_NULL,
		[CONF_AUTH_ACCEPT] = H248_AUTH_ACCEPT,
		[CONF_AUTH_REQUIRE] = H248_AUTH_REQUIRE,
	};
	struct h248_auth_params p = {
		.mode = mode[c->mode],
		.is_sending = c->is_sending,
		.pseudo = c->is_octets ? H248_AUTH_OCTETS : H248_AUTH_DIGITS,
		.window = c->window,
	};
	int r;

	if (c->mode == CONF_AUTH_OFF)
		return 0;
	r = read_keys(c, &p, err, cap);
	if (!r) {
		r = *a ? h248_auth_set(*a, &p) : h248_auth_new(&p, a);
		if (r)
			snprintf(err, cap, "authentication keys: %s",
				 strerror(-r));
	}
	explicit_bzero(&p, sizeof(p));
	return r;
}
