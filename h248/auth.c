/* h248/auth.c - the interim authentication header; see auth.h */
#include "h248/auth.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "h248/tok.h"

enum {
	MAX_ICV = 20,    /* octets: SHA-1 */
	PSEUDO = 10,     /* octets of the pseudo header */
	NULL_ICV = 12,   /* octets, all zero */
	MAX_SENDERS = 16 /* whose sequence numbers are remembered */
};

static const struct {
	const char *digest;
	size_t octets; /* of the ICV */
} algs[H248_AUTH_ALG__COUNT] = {
	[H248_AUTH_MD5_96] = { "MD5", 12 },
	[H248_AUTH_SHA1_96] = { "SHA1", 12 },
	[H248_AUTH_MD5] = { "MD5", 16 },
	[H248_AUTH_SHA1] = { "SHA1", 20 },
};

/* OpenSSL keeps the key of a MAC in ordinary memory as long as the MAC is
 * there: so there is one only while a message is looked at. */
struct auth_key {
	uint32_t spi;
	size_t octets; /* of the ICV */
	const char *digest;
	EVP_MAC *hmac;
	uint8_t *secret; /* n octets that no core dump takes */
	size_t n;
};

/* One who uses a key, for the window; bit n of seen: highest - n. */
struct auth_sender {
	uint32_t address; /* 0: free */
	uint32_t spi;
	uint32_t highest;
	uint64_t seen;
};

struct h248_authenticator {
	enum h248_auth_mode mode;
	bool is_sending;
	enum h248_auth_pseudo pseudo;
	unsigned int window;
	struct auth_key key[H248_AUTH_MAX_KEYS];
	unsigned int n_keys;
	uint32_t seq; /* of the last message sent */
	struct auth_sender sender[MAX_SENDERS];
	unsigned int next_sender; /* the place that is used next */
};

/* Life. */

static void free_keys(struct auth_key *key, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		OPENSSL_secure_clear_free(key[i].secret, key[i].n);
		EVP_MAC_free(key[i].hmac);
	}
}

static int copy_key(const struct h248_auth_key *from, struct auth_key *k)
{
	*k = (struct auth_key) {
		.spi = from->spi,
		.octets = algs[from->alg].octets,
		.digest = algs[from->alg].digest,
		.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL),
		.secret = OPENSSL_secure_malloc(from->n),
		.n = from->n,
	};
	if (k->hmac && k->secret) {
		memcpy(k->secret, from->secret, from->n);
		return 0;
	}
	free_keys(k, 1);
	return -ENOTSUP;
}

/* Returns new, with the key in it; NULL: it cannot be had. */
static EVP_MAC_CTX *mac_new(const struct auth_key *k)
{
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(k->hmac);
	char digest[8];
	OSSL_PARAM params[2];

	snprintf(digest, sizeof(digest), "%s", k->digest);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						     digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (mac && EVP_MAC_init(mac, k->secret, k->n, params))
		return mac;
	EVP_MAC_CTX_free(mac);
	return NULL;
}

/* Whether this key can be used here: FIPS has no MD5, for example. */
static int make_key(const struct h248_auth_key *from, struct auth_key *k)
{
	int r = copy_key(from, k);
	EVP_MAC_CTX *mac = r ? NULL : mac_new(k);

	if (!r && !mac) {
		free_keys(k, 1);
		r = -ENOTSUP;
	}
	EVP_MAC_CTX_free(mac);
	return r;
}

static int check_key(const struct h248_auth_params *p, unsigned int i)
{
	const struct h248_auth_key *k = &p->key[i];

	if (k->alg >= H248_AUTH_ALG__COUNT || k->n < H248_AUTH_MIN_SECRET ||
	    k->n > H248_AUTH_MAX_SECRET)
		return -EINVAL;
	while (i--)
		if (p->key[i].spi == k->spi)
			return -EINVAL;
	return 0;
}

static int make_keys(const struct h248_auth_params *p, struct auth_key *key)
{
	int r = 0;

	for (unsigned int i = 0; i < p->n_keys; i++) {
		r = check_key(p, i);
		if (!r)
			r = make_key(&p->key[i], &key[i]);
		if (r) {
			free_keys(key, i);
			return r;
		}
	}
	return 0;
}

int h248_auth_set(struct h248_authenticator *a,
		  const struct h248_auth_params *p)
{
	struct auth_key key[H248_AUTH_MAX_KEYS];
	int r;

	if (p->n_keys > H248_AUTH_MAX_KEYS || p->window > H248_AUTH_MAX_WINDOW)
		return -EINVAL;
	if (p->is_sending && p->mode != H248_AUTH_NULL && !p->n_keys)
		return -EINVAL;
	r = make_keys(p, key);
	if (r)
		return r;
	free_keys(a->key, a->n_keys);
	memcpy(a->key, key, p->n_keys * sizeof(*key));
	a->n_keys = p->n_keys;
	a->mode = p->mode;
	a->is_sending = p->is_sending;
	a->pseudo = p->pseudo;
	a->window = p->window;
	return 0;
}

enum { SECRETS_OCTETS = 1 << 18, SECRETS_LEAST = 16 };

int h248_secrets_init(void)
{
	if (CRYPTO_secure_malloc_initialized())
		return 0;
	/* 2: it is there, but could not be locked. */
	return CRYPTO_secure_malloc_init(SECRETS_OCTETS, SECRETS_LEAST) ?
		       0 :
		       -ENOMEM;
}

int h248_auth_new(const struct h248_auth_params *params,
		  struct h248_authenticator **out)
{
	struct h248_authenticator *a = calloc(1, sizeof(*a));
	int r = a ? h248_auth_set(a, params) : -ENOMEM;

	if (r)
		free(a);
	else
		*out = a;
	return r;
}

void h248_auth_free(struct h248_authenticator *a)
{
	if (!a)
		return;
	free_keys(a->key, a->n_keys);
	free(a);
}

/* The ICV. */

/* False: not IPv4. */
static bool pseudo_header(const struct sockaddr_storage *from,
			  const struct sockaddr_storage *to,
			  uint8_t out[PSEUDO])
{
	const struct sockaddr_in *source = (const struct sockaddr_in *)from;
	const struct sockaddr_in *target = (const struct sockaddr_in *)to;

	if (from->ss_family != AF_INET || to->ss_family != AF_INET)
		return false;
	memcpy(out, &source->sin_addr, 4);
	memcpy(out + 4, &target->sin_addr, 4);
	memcpy(out + 8, &target->sin_port, 2);
	return true;
}

static void put_hex(char *to, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(to + 2 * i, 3, "%02X", octets[i]);
}

static bool icv_of(const struct h248_authenticator *a, const struct auth_key *k,
		   const uint8_t pseudo[PSEUDO], struct h248_span body,
		   uint8_t icv[MAX_ICV])
{
	char digits[2 * PSEUDO + 1];
	const void *head = pseudo;
	size_t n = PSEUDO;
	EVP_MAC_CTX *mac;
	bool is_done;

	if (a->pseudo == H248_AUTH_DIGITS) {
		put_hex(digits, pseudo, PSEUDO);
		head = digits;
		n = 2 * PSEUDO;
	}
	mac = mac_new(k);
	is_done = mac && EVP_MAC_update(mac, head, n) &&
		  EVP_MAC_update(mac, (const uint8_t *)body.p, body.n) &&
		  EVP_MAC_final(mac, icv, &n, MAX_ICV);
	EVP_MAC_CTX_free(mac);
	return is_done;
}

static const struct auth_key *find_key(const struct h248_authenticator *a,
				       uint32_t spi)
{
	for (unsigned int i = 0; i < a->n_keys; i++)
		if (a->key[i].spi == spi)
			return &a->key[i];
	return NULL;
}

/* The decoder has seen that they are digits. */
static uint8_t nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* The time does not tell how many octets are right. */
static bool is_icv(const struct auth_key *k, struct h248_span digits,
		   const uint8_t *icv)
{
	uint8_t said[MAX_ICV];

	if (digits.n != 2 * k->octets)
		return false;
	for (size_t i = 0; i < k->octets; i++)
		said[i] = (uint8_t)(nibble(digits.p[2 * i]) << 4 |
				    nibble(digits.p[2 * i + 1]));
	return !CRYPTO_memcmp(said, icv, k->octets);
}

/* The window. */

static struct auth_sender *sender_of(struct h248_authenticator *a,
				     const struct sockaddr_storage *from,
				     const struct h248_auth *header)
{
	uint32_t address = ((const struct sockaddr_in *)from)->sin_addr.s_addr;
	struct auth_sender *s;

	for (unsigned int i = 0; i < MAX_SENDERS; i++)
		if (a->sender[i].address == address &&
		    a->sender[i].spi == header->spi)
			return &a->sender[i];
	s = &a->sender[a->next_sender++ % MAX_SENDERS];
	*s = (struct auth_sender) { address, header->spi, header->seq, 0 };
	return s;
}

/* Serial numbers: what is up to half their range ahead is new. */
static bool is_replay(struct h248_authenticator *a, struct auth_sender *s,
		      uint32_t seq)
{
	uint32_t ahead = seq - s->highest, behind = s->highest - seq;

	if (ahead && ahead <= INT32_MAX) {
		s->seen = ahead < 64 ? s->seen << ahead : 0;
		s->highest = seq;
		behind = 0;
	}
	if (behind >= a->window || s->seen >> behind & 1)
		return true;
	s->seen |= UINT64_C(1) << behind;
	return false;
}

/* Receiving. */

static enum h248_auth_verdict judge(struct h248_authenticator *a,
				    const struct h248_msg *msg,
				    const struct sockaddr_storage *from,
				    const struct sockaddr_storage *to)
{
	const struct h248_auth *header = msg->auth;
	const struct auth_key *k = find_key(a, header->spi);
	uint8_t pseudo[PSEUDO], icv[MAX_ICV];

	if (from->ss_family != AF_INET)
		return H248_AUTH_NO_IPV4;
	if (!k)
		return H248_AUTH_UNKNOWN;
	if (!pseudo_header(from, to, pseudo) ||
	    !icv_of(a, k, pseudo, msg->body, icv) ||
	    !is_icv(k, header->data, icv))
		return H248_AUTH_WRONG;
	if (a->window && is_replay(a, sender_of(a, from, header), header->seq))
		return H248_AUTH_REPLAYED;
	return H248_AUTH_OK;
}

enum h248_auth_verdict h248_auth_check(struct h248_authenticator *a,
				       const struct h248_msg *msg,
				       const struct sockaddr_storage *from,
				       const struct sockaddr_storage *to)
{
	enum h248_auth_mode mode = a ? a->mode : H248_AUTH_OFF;

	if (!msg->auth)
		return mode == H248_AUTH_REQUIRE ? H248_AUTH_ABSENT :
						   H248_AUTH_OK;
	if (mode == H248_AUTH_OFF)
		return H248_AUTH_UNEXPECTED;
	return mode == H248_AUTH_NULL ? H248_AUTH_OK : judge(a, msg, from, to);
}

const char *h248_auth_verdict_name(enum h248_auth_verdict v)
{
	static const char *const names[H248_AUTH_VERDICT__COUNT] = {
		[H248_AUTH_OK] = "ok",
		[H248_AUTH_ABSENT] = "absent",
		[H248_AUTH_UNEXPECTED] = "unexpected",
		[H248_AUTH_UNKNOWN] = "unknown",
		[H248_AUTH_WRONG] = "wrong",
		[H248_AUTH_REPLAYED] = "replayed",
		[H248_AUTH_NO_IPV4] = "no_ipv4",
	};

	return names[v];
}

/* Sending. */

bool h248_auth_is_sending(const struct h248_authenticator *a)
{
	return a && a->is_sending;
}

static int put_header(const struct h248_auth *au, bool is_long, char *buf)
{
	return snprintf(buf, H248_AUTH_HEADER, "%s=0x%08X:0x%08X:0x%.*s\n",
			h248_tok_text(H248_TOK_AUTH, is_long), au->spi, au->seq,
			(int)au->data.n, au->data.p);
}

int h248_auth_sign(struct h248_authenticator *a,
		   const struct sockaddr_storage *from,
		   const struct sockaddr_storage *to, struct h248_span body,
		   bool is_long, char *buf)
{
	const struct auth_key *k = &a->key[0];
	uint8_t pseudo[PSEUDO], icv[MAX_ICV] = { 0 };
	size_t octets = a->mode == H248_AUTH_NULL ? NULL_ICV : k->octets;
	char digits[2 * MAX_ICV + 1];
	struct h248_auth header = { 0 };

	if (!pseudo_header(from, to, pseudo))
		return -EAFNOSUPPORT;
	if (a->mode != H248_AUTH_NULL) {
		if (!icv_of(a, k, pseudo, body, icv))
			return -EIO;
		header.spi = k->spi;
		header.seq = ++a->seq;
	}
	put_hex(digits, icv, octets);
	header.data = (struct h248_span) { digits, (uint32_t)(2 * octets) };
	return put_header(&header, is_long, buf);
}
