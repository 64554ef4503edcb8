/*
 * h248/text.h - the text encoding (H.248.1 Annex B)
 *
 * Liberal on receive: both token forms, any case, any line end, comments.
 * Strict on send: one form, quoted strings where the grammar asks for them.
 * Both are linear in the message, and neither recurses as deep as a peer
 * likes (H248_MAX_DEPTH).  Thread: any; no logging.
 */
#pragma once

#include "h248/msg.h"

/*
 * Decode one message.
 *
 * In:      n octets at buf, which must outlive *out: spans point into it
 * Out:     *out, in arena a.  Faults stand in the tree at the level they
 *          belong to (message, transaction, action, command).
 * Returns: 0 when the header could be read (then out->fault, or the fault of
 *          a transaction, may be set), -EPROTO with out->fault.code 400 when
 *          not even that (out->mid is set when only an authentication header
 *          is in the way and the sender asks), -EMSGSIZE when n is over H248_MAX_MSG_OCTETS,
 *          -ENOMEM when the arena is used up (out->fault.code 510).
 */
int h248_text_dec(struct h248_arena *a, const char *buf, size_t n,
		  struct h248_msg *out);

struct h248_text_style {
	bool is_long;        /* long token form, indented */
	const char *sdp_eol; /* line end inside SDP, e.g. "\n"; NULL: as it
			      * is in the tree */
	bool omits_braces;   /* lines of SDP with a }, which some peers cannot
			      * read even when it is escaped (h248.md 1.11) */
};

/*
 * Encode one message.
 *
 * Out:     at most cap octets at buf, *n of them; no NUL at the end
 * Returns: 0, -EMSGSIZE when it does not fit (nothing useful in buf), or
 *          -EINVAL when the tree has what text cannot carry (a double quote in
 *          a quoted string, a NUL in SDP).
 */
int h248_text_enc(const struct h248_msg *m, const struct h248_text_style *st,
		  char *buf, size_t cap, size_t *n);

/* The same for a single part, for dumps and logs: a descriptor list. */
int h248_text_enc_descs(const struct h248_desc *descs,
			const struct h248_text_style *st, char *buf, size_t cap,
			size_t *n);

/* "[192.0.2.1]:2944" and the other forms of B.2 "mId", both directions.  Dec:
 * 0 or -EBADMSG (*out untouched); its text points into `text`.  Enc: 0 and a
 * string with NUL, or -EMSGSIZE. */
int h248_mid_dec(struct h248_span text, struct h248_mid *out);
int h248_mid_enc(const struct h248_mid *mid, char *buf, size_t cap);
