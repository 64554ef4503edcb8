/*
 * h248/sdp.h - SDP inside Local and Remote, behind libosip2
 *
 * The only file that knows libosip2.  Bodies of H.248 often lack v=, o=, s=
 * or t= and may hold "$" (H.248.1 clause 7.1.8); libosip2 rejects or silently
 * loses lines of such bodies, so each line is normalised first and verified
 * to have survived afterwards, else 474 (decision 25).  Thread: any.
 */
#pragma once

#include <sys/socket.h>

#include "h248/types.h"

enum h248_setup { /* a=setup (RFC 4145 clause 4) */
		  H248_SETUP_NONE,
		  H248_SETUP_ACTIVE,
		  H248_SETUP_PASSIVE,
		  H248_SETUP_ACTPASS,
		  H248_SETUP_HOLDCONN,
};

enum {
	H248_SDP_MAX_ALTERNATIVES = 8, /* session descriptions in one body */
	H248_SDP_MAX_OCTETS = 65000,
};

/* What a gateway needs of one session description.  Unnamed lines stay in the
 * body and are given back by h248_sdp_complete(). */
struct h248_sdp {
	uint16_t refused;       /* 0, or why this alternative is of no use */
	bool has_address;       /* a c= line is there */
	bool is_address_choose; /* c=IN IP4 $ */
	int family;             /* AF_INET, AF_INET6; 0 without c= */
	struct sockaddr_storage address; /* of c=, port of m=; valid when
						 * has_address and no choose */
	bool is_port_choose;             /* m=... $ ... */
	uint16_t port;                   /* of m=; 0 when choose */
	char media[32];                  /* "message", "-", ... */
	char proto[32];                  /* "TCP", "TCP/MSRP", ... */
	bool is_tcp;                     /* proto is TCP or starts with TCP/ */
	enum h248_setup setup;
	bool is_existing;            /* a=connection:existing */
	uint32_t bandwidth_as_kbps;  /* b=AS; 0: none */
	uint32_t bandwidth_tias_bps; /* b=TIAS (RFC 3890); 0: none */
};

/*
 * Read a body: one or more alternatives, each with exactly one m= line.
 *
 * Out:     out[0..*n), *n <= max
 * Of several alternatives those that cannot be used are marked (refused); when
 * none can, the verdict on the first is that on the body.
 * Returns: 0, or -EPROTO with *err: 474 for what is not SDP or would lose a
 *          line, 515 for a media type or transport that is no TCP, 449 for an
 *          address that is no literal (no name is ever resolved).
 */
int h248_sdp_parse(struct h248_span body, struct h248_sdp *out, size_t max,
		   size_t *n, struct h248_err *err);

/*
 * Complete alternative `which` of a Local body with the address and port that
 * were allocated: "$" in c= and m= is replaced, v=0 is put in front when it is
 * missing, every other line is kept as it came.  Lines end in CRLF.
 *
 * Returns: 0 and *n octets at out, -EMSGSIZE, or -EBADMSG.
 */
int h248_sdp_complete(struct h248_span body, size_t which,
		      const struct sockaddr_storage *local, char *out,
		      size_t cap, size_t *n);
