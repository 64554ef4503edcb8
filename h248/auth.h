/*
 * h248/auth.h - the interim authentication header (H.248.1 clause 10.2)
 *
 *	AU=0x<SPI>:0x<sequence number>:0x<ICV>
 *
 * The ICV is an HMAC over a pseudo header (source address, destination address,
 * destination port: IPv4 only) and the transactions of the message, octet by
 * octet as sent, up to the last that is no white space.  SPI, sequence number,
 * version and MID are not covered: that is the scheme, not our choice, and why
 * IPsec or TLS is better wherever there is a choice.  The algorithms are
 * recalled, not verified, as those of RFC 2402 with manual keys.
 *
 * No I/O but h248_auth_key_read(): addresses are handed in.  Secrets are in
 * nobody's log or dump; whoever copies a key wipes the copy.  Thread: the one
 * that owns the object.
 */
#pragma once

#include <sys/socket.h>

#include "h248/msg.h"

enum {
	H248_AUTH_MAX_KEYS = 8,
	H248_AUTH_MIN_SECRET = 16, /* octets */
	H248_AUTH_MAX_SECRET = 64,
	H248_AUTH_MAX_WINDOW = 64, /* sequence numbers */
	H248_AUTH_HEADER = 88,     /* octets of the longest header we write */
};

enum h248_auth_mode {
	H248_AUTH_OFF,     /* a header is refused: nobody agreed on keys */
	H248_AUTH_NULL,    /* its syntax is checked, nothing else */
	H248_AUTH_ACCEPT,  /* may be absent; when there, it must be right */
	H248_AUTH_REQUIRE, /* must be there and right */
};

/* The "20 hex digits" of clause 10.2: peers read them in two ways. */
enum h248_auth_pseudo {
	H248_AUTH_DIGITS, /* twenty ASCII digits, A-F in capitals */
	H248_AUTH_OCTETS, /* the ten octets they stand for */
};

/* "_96": cut off to 96 bits; else the whole HMAC. */
enum h248_auth_alg {
	H248_AUTH_MD5_96,
	H248_AUTH_SHA1_96,
	H248_AUTH_MD5,
	H248_AUTH_SHA1,
	H248_AUTH_ALG__COUNT
};

/*
 * From here on secrets of this process, those of authentication and the private
 * keys of TLS, are kept where no core dump, and no swapping, takes them.  Once,
 * before the first key is read.  What is computed out of a secret for use, as
 * the state of an HMAC or the keys of a TLS session, is ordinary memory.
 *
 * Returns: 0, or -ENOMEM: then they are as everything else.
 */
int h248_secrets_init(void);

struct h248_auth_key {
	uint32_t spi;
	enum h248_auth_alg alg;
	uint8_t secret[H248_AUTH_MAX_SECRET];
	unsigned int n; /* octets of secret */
};

struct h248_auth_params {
	enum h248_auth_mode mode;
	bool is_sending; /* with the first key; all zero in H248_AUTH_NULL */
	enum h248_auth_pseudo pseudo;
	unsigned int window; /* sequence numbers; 0: they are not looked at */
	struct h248_auth_key key[H248_AUTH_MAX_KEYS];
	unsigned int n_keys;
};

/* What a header, or its absence, is worth. */
enum h248_auth_verdict {
	H248_AUTH_OK,
	H248_AUTH_ABSENT,     /* required, and not there */
	H248_AUTH_UNEXPECTED, /* there, and not configured */
	H248_AUTH_UNKNOWN,    /* no key with this SPI */
	H248_AUTH_WRONG,      /* ICV */
	H248_AUTH_REPLAYED,   /* right, but old or seen before */
	H248_AUTH_NO_IPV4,    /* there, and came over IPv6 */
	H248_AUTH_VERDICT__COUNT
};

struct h248_authenticator; /* opaque: keys, sequence numbers */

/* Copies what it needs of the keys.  0; -EINVAL: two keys of one SPI, or sizes
 * out of bounds; -ENOTSUP: OpenSSL has not the algorithm; -ENOMEM. */
int h248_auth_new(const struct h248_auth_params *params,
		  struct h248_authenticator **out);
void h248_auth_free(struct h248_authenticator *a);
/* Other keys and modes from now on; sequence numbers stay.  As h248_auth_new();
 * on error nothing has changed. */
int h248_auth_set(struct h248_authenticator *a,
		  const struct h248_auth_params *params);

/* A message that was received: from a peer, at our own address `to` (family 0:
 * not known, no ICV is right).  a NULL: H248_AUTH_OFF. */
enum h248_auth_verdict h248_auth_check(struct h248_authenticator *a,
				       const struct h248_msg *msg,
				       const struct sockaddr_storage *from,
				       const struct sockaddr_storage *to);
/* "absent", "wrong" and so on. */
const char *h248_auth_verdict_name(enum h248_auth_verdict v);

/* Whether h248_auth_sign() has something to write; a may be NULL. */
bool h248_auth_is_sending(const struct h248_authenticator *a);
/*
 * The header of a message that goes from our address to a peer's.
 *
 * In:      body: what follows the header of the message
 * Out:     at most H248_AUTH_HEADER octets at buf, with the line end
 * Returns: how many; -EAFNOSUPPORT: not IPv4; -EIO: OpenSSL fails
 */
int h248_auth_sign(struct h248_authenticator *a,
		   const struct sockaddr_storage *from,
		   const struct sockaddr_storage *to, struct h248_span body,
		   bool is_long, char *buf);

/*
 * The secret of a key from a file: hexadecimal digits, white space between any
 * two of them.  Sets secret and n.
 *
 * Returns: 0; -EACCES: everybody may read it; -EINVAL: not 16 to 64 octets in
 *          hexadecimal; -errno.  err says so in one line, without the content.
 */
int h248_auth_key_read(const char *path, struct h248_auth_key *key, char *err,
		       size_t cap);
