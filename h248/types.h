/*
 * h248/types.h - values that every file of libh248 shares
 *
 * Text of a message is never copied while it is decoded: a span points into
 * the receive buffer, which lives as long as the arena of the message.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits by design.  What is over one of them gets the error named here. */
enum {
	H248_MAX_MSG_OCTETS = 65507, /* a UDP payload; longer: dropped */
	H248_MAX_DEPTH = 16,         /* nested braces; deeper: 400 */
	H248_MAX_TXNS = 64,          /* per message; more: 413 */
	H248_MAX_ACTIONS = 256,      /* per transaction; more: 403 */
	H248_MAX_CMDS = 1024,        /* per action; more: 422 */
	H248_MAX_DESCS = 32,         /* per command; more: 442 */
	H248_MAX_ITEMS = 256,        /* per list in a descriptor; more: 442 */
	H248_MAX_TERM_ID = 64,       /* octets of a TerminationID; more: 442 */
	H248_ERR_TEXT = 80,          /* octets of an error text, with NUL */
};

/* Octets inside somebody else's buffer; no NUL at the end. p NULL: absent. */
struct h248_span {
	const char *p;
	uint32_t n;
};

/* Where in a message: both from 1; line 0 means "no place known". */
struct h248_place {
	uint32_t line;
	uint32_t col;
};

/* A protocol verdict (H.248.8): filled where the fault is found, returned
 * together with -EPROTO, never guessed again further up.  code 0: none. */
struct h248_err {
	uint16_t code;
	uint8_t clause; /* enum h248_clause (h248/error.h), by the decoder */
	struct h248_place at;
	char text[H248_ERR_TEXT]; /* diagnostic, ASCII, may be empty */
};

/* Severity as in syslog(3); text is one line without line end. */
typedef void(h248_log_h)(void *arg, int priority, const char *text);
