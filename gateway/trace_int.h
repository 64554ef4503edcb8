/*
 * gateway/trace_int.h - between trace.c (whom, how long), trace_msg.c (which
 * messages) and trace_text.c (what is said of a packet)
 */
#pragma once

#include "gateway/host.h"
#include "gateway/trace.h"

enum {
	TRACE_GATES =
		GW_TRACE_CONTEXTS * 4, /* more are left out, and counted */
	TRACE_TXNS = 64,               /* transactions that are about it */
	TRACE_HELD = 32, /* requests that make a context, until the reply */
	TRACE_HELD_OCTETS = 262144,
};

struct trace_gate {
	struct pkt_gate_id id;
	const struct gw *gw;
	uint32_t ctx;
	uint8_t side; /* GW_SIDE_A, GW_SIDE_B */
};

struct trace_context {
	const struct gw *gw;
	uint32_t id;
	bool is_told; /* a message was about it */
};

struct trace_txn {
	const struct gw *gw;
	uint32_t tid, ctx;
	bool is_ours;
};

/* A request with C=$: whose it is says the reply. */
struct trace_held {
	struct gw *gw;
	uint32_t tid;
	uint64_t at_us;
	struct sockaddr_storage peer;
	size_t n;
	char *text; /* owned; NULL: free */
};

struct gw_trace {
	struct gw_host *host;
	struct gw_trace_ask ask;
	struct gw_trace_ops ops;
	struct gw_trace_sums sums;
	struct event *timer;
	uint64_t began_us;
	uint64_t until_us, over_us; /* over_us: since all are over; 0: no */
	uint64_t lost_before;       /* pkt_counters.tap_lost at the start */
	struct trace_context context[GW_TRACE_CONTEXTS];
	unsigned int n_contexts;
	struct trace_gate gate[TRACE_GATES];
	unsigned int n_gates;
	struct trace_txn txn[TRACE_TXNS];
	unsigned int n_txns; /* there ever were */
	struct trace_held held[TRACE_HELD];
	unsigned int n_held; /* there ever were */
	size_t held_octets;
	const struct gw *scanned; /* for an address; NULL: all are */
	uint32_t bucket;          /* how far */
	bool is_leaving;          /* it has ended, its gates are given back */
	uint8_t *packet;          /* owned, TRACE_PACKET; pieces put together */
	size_t n_packet;
	bool is_inside; /* of a packet whose other pieces come */
};

enum { TRACE_PACKET = 66 * 1024 };

/* To the sink, counted; it may end the trace later, never at once. */
void trace_emit(struct gw_trace *t, const struct gw_trace_record *r);
struct trace_context *trace_find(struct gw_trace *t, const struct gw *gw,
				 uint32_t id);
/* Is the trace about this gateway? */
bool trace_is_of(const struct gw_trace *t, const struct gw *gw);
/* May there be one more context? */
bool trace_wants_more(const struct gw_trace *t);
void trace_forget_messages(struct gw_trace *t);
/* Contexts that were begun and are not there: as if they had never been. */
void trace_forget_unmade(struct gw_trace *t);
/* What the gateway made of a packet, as one line. */
void trace_comment(const struct pkt_tapped *r, uint8_t side, char *out,
		   size_t cap);
