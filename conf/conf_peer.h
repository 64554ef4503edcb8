/*
 * conf/conf_peer.h - what kind of controller it is: keys and switches
 *
 * Part of conf/conf.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	CONF_PATH = 256,
	CONF_MAX_AUTH_KEYS = 8,
};

enum conf_auth_mode {
	CONF_AUTH_OFF,
	CONF_AUTH_NULL,
	CONF_AUTH_ACCEPT,
	CONF_AUTH_REQUIRE
};
enum conf_auth_alg {
	CONF_AUTH_MD5_96,
	CONF_AUTH_SHA1_96,
	CONF_AUTH_MD5,
	CONF_AUTH_SHA1
};

/* The secret stays in its file: nothing of it is ever here. */
struct conf_auth_key {
	uint32_t spi;
	enum conf_auth_alg alg;
	char file[CONF_PATH];
};

/* <authentication>: the interim authentication header. */
struct conf_auth {
	enum conf_auth_mode mode;
	bool is_sending;
	bool is_octets; /* pseudo-header="octets", else "digits" */
	uint8_t window;
	struct conf_auth_key key[CONF_MAX_AUTH_KEYS];
	unsigned int n_keys;
};

/* In the order of the columns of conf/interop.c. */
enum conf_interop_profile {
	CONF_INTEROP_LENIENT,
	CONF_INTEROP_ETSI_BGF,
	CONF_INTEROP_3GPP_IQ,
	CONF_INTEROP__COUNT
};
enum conf_unsupported {
	CONF_UNSUPPORTED_OWN,
	CONF_UNSUPPORTED_445,
	CONF_UNSUPPORTED_501
};
enum conf_sdp_eol { CONF_EOL_AS_IS, CONF_EOL_LF, CONF_EOL_CRLF };

/* <interop>: single switches; docs/interop.md.  All zero: lenient. */
struct conf_interop {
	bool is_mirrored;      /* octet-strings */
	bool offers_in_header; /* registration-header="offered" */
	bool only_subtract;    /* wildcard-reply */
	bool refuses_priority; /* priority, emergency, ieps */
	bool refuses_emergency;
	bool refuses_ieps;
	enum conf_unsupported unsupported;
	bool omits_braces; /* sdp-brace="omit" */
	enum conf_sdp_eol sdp_eol;
	bool supervises; /* supervision="always" */
};
