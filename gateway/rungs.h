/*
 * gateway/rungs.h - what happened to a context, step by step
 *
 * A small book of its own for each context, for ladders: the first
 * GW_RUNGS_FIRST steps stay, of those after them the latest GW_RUNGS_LAST.  It
 * grows as it fills, so that a session that is only open holds eight steps.
 * A request and its answer are one step.  When the context ends, its history
 * has the book (gateway/history.h).  Thread: control.
 */
#pragma once

#include "gateway/context.h"

enum {
	GW_RUNGS_FIRST = 12,
	GW_RUNGS_LAST = 12,
	GW_RUNGS_MAX = GW_RUNGS_FIRST + GW_RUNGS_LAST,
	GW_RUNG_COMMANDS = 3, /* of a request; more are only said to be there */
};

enum gw_rung_kind {
	GW_RUNG_NONE,
	GW_RUNG_REQUEST, /* of the controller: commands, code, took */
	GW_RUNG_NOTIFY,  /* ours: event, code, took */
	GW_RUNG_SYN,     /* the source of a side is latched: port */
	GW_RUNG_OPEN,    /* value: ms since the first SYN */
	GW_RUNG_FAIL,    /* cause */
	GW_RUNG_CLOSED,  /* cause; side: whose client ended it */
	GW_RUNG_QUIET,   /* nothing passes this side */
};

/* Sixteen octets: there is one book for each session. */
struct gw_rung {
	uint64_t at_us : 48; /* monotonic; a request: when it was read */
	uint64_t took : 16;  /* to the answer, tenths of a millisecond and one;
			      * 0: none yet, all bits: that or longer */
	uint32_t value;      /* transaction id, or milliseconds */
	uint32_t kind : 4;   /* enum gw_rung_kind */
	uint32_t side : 2;   /* GW_SIDE_* */
	uint32_t code : 10;  /* error that was answered; 0: none */
	uint32_t what : 16;  /* commands, event, port or cause */
};
_Static_assert(sizeof(struct gw_rung) == 16, "one for each step of a session");

/* Whose: that of gw_term.side; of a command also neither. */
enum { GW_SIDE_A, GW_SIDE_B, GW_SIDE_OTHER };

struct gw_rungs {
	uint32_t n; /* there ever were */
	uint16_t room;
	struct gw_rung step[];
};

/* Into the book of the context; without memory it is not there. */
void gw_rungs_add(struct gw_context *ctx, const struct gw_rung *step);
/* The i-th one that is left, oldest first; NULL: there is none.  A book that is
 * NULL is empty. */
const struct gw_rung *gw_rungs_at(const struct gw_rungs *book, unsigned int i);
/* How many are gone, behind the first GW_RUNGS_FIRST. */
uint32_t gw_rungs_lost(const struct gw_rungs *book);

/* A request that a job executes; at_us, value (the transaction) are set. */
void gw_rung_command(struct gw_rung *step, enum h248_cmd_kind kind,
		     const struct gw_term *term);
/* The i-th command of a request, and whose; false: there is none. */
bool gw_rung_command_at(const struct gw_rung *step, unsigned int i,
			enum h248_cmd_kind *kind, unsigned int *side);
bool gw_rung_has_more(const struct gw_rung *step);

/* A Notify of n events went out, or was answered with this code (0: well);
 * the context may be in the history by now. */
void gw_rungs_notified(struct gw_term *term, uint32_t tid, const char *pkg,
		       const char *item, unsigned int n);
void gw_rungs_answered(struct gw *gw, uint32_t ctx, uint32_t tid,
		       uint16_t code);
/* "tcprv/syn"; how many events are with it. */
const char *gw_rung_event(const struct gw_rung *step, unsigned int *more);

/* A report of the engine about a stream of this termination. */
void gw_rungs_engine(struct gw_term *term, const struct pkt_evt *evt);

/* For gw_rung.took. */
uint16_t gw_rung_took(uint64_t from_us, uint64_t to_us);
/* When it was answered, monotonic; 0: not yet.  is_later: then or later, it
 * took longer than a step can hold. */
uint64_t gw_rung_answered_us(const struct gw_rung *step, bool *is_later);
