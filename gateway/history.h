/*
 * gateway/history.h - the last contexts that ended, and how
 *
 * A ring for each gateway, of fixed size: what is older is forgotten.  Nothing
 * is allocated when a context ends.  One whose terminations go one by one while
 * a whole ring of others end is told without the first ones.  Thread: control.
 */
#pragma once

#include "gateway/context.h"

enum { GW_HISTORY = 256 }; /* contexts */

/* A termination as it was when it went: its first stream, and the sums of
 * all. */
struct gw_past_term {
	char id[H248_MAX_TERM_ID + 1];
	uint8_t side;                     /* as gw_term.side */
	uint8_t realm, state, last_cause; /* conf.realm, pkt_state, pkt_cause */
	bool has_gate;
	uint16_t local_port, remote_port; /* 0: none */
	struct in6_addr local, remote;
	uint64_t rx_octets, tx_octets, drops;
};

struct gw_past {
	uint64_t seq; /* from 1; 0: not in use */
	uint32_t id;
	enum gw_end end;
	bool is_over; /* false: it has only lost its first termination */
	uint64_t created_us, ended_us; /* monotonic */
	uint32_t est_ms;               /* first SYN to open; 0: never open */
	struct gw_past_term term[GW_MAX_TERMS];
	unsigned int n_terms;
	struct gw_rungs *rungs; /* owned, NULL: none */
};

struct gw_history {
	uint64_t last_seq;
	struct gw_past past[GW_HISTORY];
};

/* 0 or -ENOMEM; fini is fine with one that failed. */
int gw_history_init(struct gw *gw);
void gw_history_fini(struct gw *gw);
/* A termination leaves its context; the context ends. */
void gw_history_term(const struct gw_term *term);
void gw_history_end(struct gw_context *ctx);
/* What is known of those terminations of a context that went; NULL: none. */
const struct gw_past *gw_history_of(const struct gw_context *ctx);
/* The newest one that is over and older than `before` (UINT64_MAX: of all);
 * NULL: none. */
const struct gw_past *gw_history_before(const struct gw *gw, uint64_t before);
/* The latest one of this id that is over; NULL: none. */
const struct gw_past *gw_history_find(const struct gw *gw, uint32_t id);
