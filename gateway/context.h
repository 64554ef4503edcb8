/*
 * gateway/context.h - contexts, terminations, streams
 *
 * A context has at most two terminations (a third: 434), a termination up to
 * GW_MAX_STREAMS streams.  A rendezvous is one stream id that both
 * terminations have (decision 6).  Owner: struct gw; a context is freed by
 * the job that took away its last termination, never inside a walk.
 */
#pragma once

#include "gateway/gw.h"

enum {
	GW_MAX_TERMS = 2,
	GW_MAX_STREAMS = 4,
	GW_MAX_EVENTS = 16,   /* requested on a termination; more: 510 */
	GW_MAX_PARAMS = 4,    /* of an event; more: 510 */
	GW_MAX_OBSERVED = 64, /* not yet acknowledged; the oldest go */
	GW_MAX_VALUE = 2048,  /* octets of a property; more: 449 */
};

/* Who is told when a signal is over: H248_NC_*, and the RequestID of g/sc. */
struct gw_completion {
	uint8_t reasons;
	bool has_request_id;
	uint32_t request_id;
};

enum gw_latch { GW_LATCH_NONE, GW_LATCH_LATCH, GW_LATCH_RELATCH, GW_LATCH_OFF };

/* A Local or Remote body, as octets of SDP.  is_present && n 0: "L{}". */
struct gw_body {
	char *octets; /* owned, NULL: absent or empty */
	uint32_t n;
	bool is_present;
};

/* A property as text: which are known is in the package definitions. */
struct gw_prop {
	STAILQ_ENTRY(gw_prop) entry;
	const char *pkg, *item; /* behind the value */
	bool is_quoted;
	bool is_chosen; /* we took one of several: the reply says which */
	char value[];   /* at most GW_MAX_VALUE */
};
STAILQ_HEAD(gw_props, gw_prop);

struct gw_stream {
	uint16_t id;
	bool is_used;
	bool is_implicit; /* written without Stream descriptor */
	enum h248_mode mode;
	bool reserve_value, reserve_group;
	struct gw_props props;
	struct gw_body local; /* completed: no "$" left */
	struct gw_body remote;
	uint8_t realm;                   /* index of conf.realm */
	enum gw_latch latch;             /* last asked for by ipnapt/latch */
	bool is_latch_pending;           /* the signal is still in Signals */
	struct gw_completion completion; /* of that signal */
	struct pkt_gate_id gate;         /* gen 0: none */
	struct pkt_gate_cfg gate_cfg;
	struct pkt_gate_stat stat; /* latest seen */
	uint64_t heard;            /* when: gw.n_heard; 0: never */
	uint8_t last_cause;        /* enum pkt_cause of fail or rel */
	uint8_t side;              /* a=setup of both bodies; policy.c */
	uint64_t octets_s;         /* what admission counts */
};

/* A parameter of an event, as text. */
struct gw_param {
	char name[32];
	char value[96];
	bool is_quoted;
};

/* One requested event. */
struct gw_event {
	char pkg[32], item[64];
	uint16_t stream;        /* 0: any */
	uint32_t timer_s;       /* hangterm/thb timerx; 0: off */
	unsigned int n_params;  /* at most GW_MAX_PARAMS */
	struct gw_param *param; /* owned */
};

/* The Events descriptor. */
struct gw_events {
	bool is_set; /* false: none, or "E" alone */
	uint32_t request_id;
	struct gw_event *list; /* owned, n of them */
	unsigned int n;
};

/* One event that happened and has not been acknowledged. */
struct gw_observed {
	STAILQ_ENTRY(gw_observed) entry;
	uint64_t at_us; /* monotonic */
	uint32_t request_id;
	char pkg[32], item[64];
	uint16_t stream; /* 0: none */
	unsigned int n_params;
	struct gw_param param[GW_MAX_PARAMS];
};
STAILQ_HEAD(gw_observed_list, gw_observed);

struct gw_term {
	TAILQ_ENTRY(gw_term) to_tell; /* of gw.to_tell */
	bool is_to_tell;
	char id[H248_MAX_TERM_ID + 1];
	uint8_t side; /* A: 0, B: 1; while it is in a context */
	struct gw_context *ctx;
	struct gw_stream *stream; /* n_slots of them */
	unsigned int n_slots;     /* 1, or all when one was not enough */
	struct gw_stream first;   /* stream, as long as it is enough */
	struct gw_props state;    /* of TerminationState */
	struct gw_events events;
	struct gw_observed_list observed; /* oldest first */
	unsigned int n_observed;
	unsigned int n_notify_out; /* the first n are in a Notify without
				    * reply yet; one Notify at a time */
	struct gw_observed *last_observed; /* owned, NULL: none; audits of OE */
	bool is_out;         /* of service, by order of the controller */
	uint64_t added_us;   /* monotonic, for nt/dur */
	uint64_t touched_us; /* last message about it (hangterm) */
	uint64_t unknown_us; /* when the controller answered a Notify with
			      * 411, 430 or 435; 0: never (decision 26) */
};

struct gw_context {
	TAILQ_ENTRY(gw_context) entry;
	struct gw_context *next_in_bucket;
	struct gw *gw;
	uint32_t id;
	struct gw_term *term[GW_MAX_TERMS]; /* n_terms of them, A in front */
	unsigned int n_terms;
	uint8_t priority;
	bool is_emergency, is_ieps;
	uint8_t n_streams[CONF_MAX_REALMS]; /* in use; gateway/admission.c */
	uint64_t created_us;
	enum gw_end end;   /* set before it goes, when it is not a Subtract */
	uint64_t past_seq; /* gateway/history.c; 0: none yet */
	struct gw_rungs *rungs;     /* owned, NULL: none yet; gateway/rungs.h */
	const struct gw_job *owner; /* the job that works on it, or NULL */
	/* Jobs that wait until they have it: those in front, and the others.
	 * None without an owner. */
	struct gw_jobs waiting[2];
};

/* The tables of contexts and gates.  0 or -ENOMEM. */
int gw_contexts_init(struct gw *gw);
void gw_contexts_fini(struct gw *gw); /* frees all contexts */

/* Whether there may be one more is asked before.  NULL: memory. */
struct gw_context *gw_context_new(struct gw *gw);
struct gw_context *gw_context_find(const struct gw *gw, uint32_t id);
/* Ids of up to max contexts, in slices: *bucket is 0 at first and
 * gw->n_buckets at the end.  A context that is there all the while is listed
 * once.  Returns how many were put into ids. */
uint32_t gw_context_list(const struct gw *gw, uint32_t *bucket, uint32_t *ids,
			 uint32_t max);
void gw_context_free(struct gw_context *ctx);

/* A termination outside any context; NULL: memory. */
struct gw_term *gw_term_new(const char *id);
/* Room for GW_MAX_STREAMS streams; pointers to its streams are void after.  0 or
 * -ENOMEM. */
int gw_term_grow(struct gw_term *term);
/* Puts it in; there is room (GW_MAX_TERMS was checked). */
void gw_term_attach(struct gw_context *ctx, struct gw_term *term);
/* Of one that comes now: A, or B when there is an A. */
uint8_t gw_context_free_side(const struct gw_context *ctx);
const char *gw_side_name(uint8_t side); /* "A", "B" */
/* The termination of a side, NULL: there is none. */
struct gw_term *gw_context_side(const struct gw_context *ctx, uint8_t side);
struct gw_term *gw_term_find(const struct gw_context *ctx, struct h248_span id);
/* Anywhere in the gateway; walks all contexts. */
struct gw_term *gw_term_find_any(const struct gw *gw, struct h248_span id);
/* The other one of its context, or NULL. */
struct gw_term *gw_term_peer(const struct gw_term *term);
/* Takes it out of its context, if it is in one.  Its gates are gone before,
 * or never were. */
void gw_term_free(struct gw_term *term);

struct gw_stream *gw_stream_find(struct gw_term *term, uint16_t id);
/* The stream with the same id on the other termination, or NULL. */
struct gw_stream *gw_stream_peer(const struct gw_term *term, uint16_t id);
/* The state of a rendezvous (enum pkt_state) as last heard: both gates are told
 * of it, but not of every step, so the one that was heard of later counts.
 * b NULL: there is no other. */
uint8_t gw_stream_state(const struct gw_stream *a, const struct gw_stream *b);

/* Which termination and stream a gate belongs to; NULL: none any more. */
struct gw_stream *gw_stream_of_gate(const struct gw *gw,
				    struct pkt_gate_id gate,
				    struct gw_term **term);
/* Remembers, forgets it.  peer: the other gate of its rendezvous, gen 0: none
 * yet.  bind: 0 or -ENOMEM. */
int gw_gate_bind(struct gw *gw, struct pkt_gate_id gate,
		 struct pkt_gate_id peer, struct gw_term *term,
		 uint16_t stream);
void gw_gate_unbind(struct gw *gw, struct pkt_gate_id gate);
/* Its session has opened, or ended: gw->n_open. */
void gw_gate_set_open(struct gw *gw, struct pkt_gate_id gate, bool is_open);
