/*
 * gateway/context.h - contexts, terminations, streams
 *
 * A context has at most two terminations (a third: 434), a termination up to
 * GW_MAX_STREAMS streams.  A rendezvous is one stream id that both
 * terminations have (decision 6).  Owner: struct gw; removal is by
 * gw_context_reap(), never inside a walk.
 */
#pragma once

#include "gateway/gw.h"

enum { GW_MAX_TERMS = 2, GW_MAX_STREAMS = 4, GW_MAX_EVENTS = 16 };

enum gw_latch { GW_LATCH_NONE, GW_LATCH_LATCH, GW_LATCH_RELATCH, GW_LATCH_OFF };

/* A Local or Remote body, as octets of SDP.  present && n 0: "L{}". */
struct gw_body {
	char *octets; /* owned, NULL: absent */
	uint32_t n;
	bool is_present;
};

/* Property of LocalControl that is not mode or reserve, kept as text for
 * audits: the table of known ones is in gateway/media.c. */
struct gw_prop {
	STAILQ_ENTRY(gw_prop) entry;
	char pkg[32], item[64], value[256];
	bool is_quoted;
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
	uint8_t realm; /* index of conf.realm */
	enum gw_latch latch; /* asked for by ipnapt/latch */
	bool is_latch_pending; /* the signal is still in Signals */
	struct pkt_gate_id gate; /* gen 0: none */
	struct pkt_gate_cfg gate_cfg;
	struct pkt_gate_stat stat; /* latest seen */
	uint8_t last_cause; /* enum pkt_cause of fail or rel */
};

/* One requested event. */
struct gw_event {
	char pkg[32], item[64];
	uint16_t stream; /* 0: any */
	uint32_t timer_s; /* hangterm/thb timerx, ... */
	char params[256]; /* as text, for audits */
};

/* One event that happened and has not been acknowledged. */
struct gw_observed {
	STAILQ_ENTRY(gw_observed) entry;
	uint64_t at_us; /* monotonic */
	char pkg[32], item[64];
	uint16_t stream;
	char params[256]; /* "ra=\"192.0.2.1\",rp=4711" */
};
STAILQ_HEAD(gw_observed_list, gw_observed);

struct gw_term {
	char id[H248_MAX_TERM_ID + 1];
	struct gw_context *ctx;
	struct gw_stream stream[GW_MAX_STREAMS];
	bool has_events;
	uint32_t request_id;
	struct gw_event event[GW_MAX_EVENTS];
	unsigned int n_events;
	struct gw_observed_list observed; /* waiting to be notified */
	struct gw_observed last_observed; /* for audits of OE */
	bool is_notify_out; /* one Notify at a time (reference 2.2) */
	bool is_removing; /* Subtract under way */
	uint64_t added_us; /* monotonic, for nt/dur */
	uint64_t touched_us; /* last message about it (hangterm) */
};

struct gw_context {
	TAILQ_ENTRY(gw_context) entry;
	struct gw *gw;
	uint32_t id;
	struct gw_term *term[GW_MAX_TERMS];
	unsigned int n_terms;
	uint8_t priority;
	bool is_emergency, is_ieps;
	uint64_t created_us;
	unsigned int busy; /* jobs that work on it now */
};

struct gw_context *gw_context_new(struct gw *gw); /* NULL: 412 */
struct gw_context *gw_context_find(struct gw *gw, uint32_t id);
void gw_context_free(struct gw_context *ctx);

struct gw_term *gw_term_new(struct gw_context *ctx, const char *id);
struct gw_term *gw_term_find(struct gw_context *ctx, struct h248_span id);
/* Anywhere in the gateway. */
struct gw_term *gw_term_find_any(struct gw *gw, struct h248_span id);
void gw_term_free(struct gw_term *term);

struct gw_stream *gw_stream_find(struct gw_term *term, uint16_t id);
/* The stream with the same id on the other termination, or NULL. */
struct gw_stream *gw_stream_peer(const struct gw_term *term, uint16_t id);
/* Which termination and stream a gate belongs to; NULL: none any more. */
struct gw_stream *gw_stream_of_gate(struct gw *gw, struct pkt_gate_id gate,
				    struct gw_term **term);
