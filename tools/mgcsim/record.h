/*
 * mgcsim/record.h - the latest messages, as they were on the wire
 *
 * Kept in memory so that a scenario that fails can be shown as a ladder.  What
 * is oldest goes when there are too many, or too many octets.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <libxml/tree.h>

enum { RECORD_MAX = 4096, RECORD_MAX_OCTETS = 16 << 20 };

struct record_msg {
	uint64_t at_ms; /* since the start */
	bool is_out;
	unsigned int user; /* whose it is; 0: of nobody in particular */
	/* That sent or expected it, of the scenario; NULL: none. */
	const xmlNode *step;
	struct sockaddr_storage local, peer;
	char *octets; /* owned */
	size_t n;
};

struct record {
	struct record_msg *ring[RECORD_MAX]; /* of first .. first + n */
	unsigned int first, n;
	uint64_t n_ever; /* the number of the latest */
	size_t octets;
};

/* A copy of msg is kept, its octets too.  Returns its number, 0: no memory. */
uint64_t record_add(struct record *r, const struct record_msg *msg);
/* Says whose a message is; nothing when it is not kept any more. */
void record_tag(struct record *r, uint64_t number, unsigned int user);
/* The step that expected it. */
void record_expected(struct record *r, uint64_t number, const xmlNode *step);
/* Is it this user's, or nobody's?  0: any user. */
bool record_is_of(const struct record_msg *msg, unsigned int user);
/* The i-th that is kept, from 0, or NULL. */
const struct record_msg *record_get(const struct record *r, unsigned int i);
void record_fini(struct record *r);

/*
 * "     0.104  |<-----------|  T=6 C=1{notify ip/1/access/1 tcprv/syn}": a line
 * for each message of this user and of nobody, 0: of all.  Each peer has a
 * column.
 */
void record_ladder(const struct record *r, unsigned int user, FILE *to);
