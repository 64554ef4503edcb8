/*
 * gateway/trace.h - contexts that are traced: their messages and packets
 *
 * One trace at a time.  It names contexts: one, the next ones that are made, or
 * those of an address; their gates are traced by the packet engine
 * (packet/tap.h), and messages that are about them are picked out of those of
 * the controller.  What is told of each is what the gateway made of it.  It ends
 * by itself, and costs a comparison with NULL when there is none.
 * Thread: control.
 */
#pragma once

#include "gateway/context.h"

struct gw_trace; /* opaque; gw_host.trace */

enum {
	GW_TRACE_CONTEXTS = 64, /* of one trace */
	GW_TRACE_COMMENT = 384,
	/* Octets of a pcapng file: its head, interfaces and end; and around
	 * each packet but for its comment and the name of its gateway, the
	 * headers among them that a message gets. */
	GW_TRACE_FILE = 16384,
	GW_TRACE_FRAME = 192,
	GW_TRACE_SEGMENT = 60000, /* of a message over TCP in one packet */
};

/* What is asked for: id, next or an address. */
struct gw_trace_ask {
	struct gw *gw; /* NULL: of any gateway; with id it is set */
	uint32_t id;
	uint32_t next; /* at most GW_TRACE_CONTEXTS */
	bool has_address;
	struct in6_addr address; /* of a gate or a client */
	uint32_t seconds;
	uint64_t max_octets; /* of the file that is made of it */
	bool has_payload;    /* TCP payload is kept */
};

/* One packet as it is on the wire from its IP header on, or one message. */
struct gw_trace_record {
	uint64_t at_us; /* monotonic */
	const struct gw *gw;
	uint32_t ctx;      /* 0: one that was not made */
	const char *realm; /* NULL: a message */
	bool is_out;       /* of us */
	const uint8_t *octets;
	size_t n, of; /* kept; there were */
	const char *comment;
	/* Of a message. */
	const char *transport; /* "udp", "tcp", "tls" */
	struct sockaddr_storage from, to;
};

struct gw_trace_sums {
	uint32_t contexts;
	uint64_t packets, messages;
	uint64_t octets;   /* at most, of the file */
	uint64_t left_out; /* for want of room, anywhere */
	const char *why;   /* it ended */
};

struct gw_trace_ops {
	/* false: it had no room. */
	bool (*record)(void *arg, const struct gw_trace_record *r);
	/* The trace is over. */
	void (*done)(void *arg, const struct gw_trace_sums *sums);
	void *arg;
};

/* Begins.  NULL and host->trace, or why not. */
const char *gw_trace_start(struct gw_host *host, const struct gw_trace_ask *ask,
			   const struct gw_trace_ops *ops);
/* Ends it: done() is called when why is not NULL, and no function of ops after
 * that.  Its gates are given back in the next turns of the loop.  t NULL is
 * fine. */
void gw_trace_stop(struct gw_trace *t, const char *why);
void gw_trace_free(struct gw_trace *t); /* at the end of the program */

/* Hooks; t NULL: nothing happens, and the caller asks first where it counts. */
void gw_trace_context(struct gw_trace *t, struct gw_context *ctx); /* is new */
/* A gate was added for a termination that may not be in the context yet. */
void gw_trace_gate(struct gw_trace *t, const struct gw_context *ctx,
		   const struct gw_term *term, const struct gw_stream *s);
void gw_trace_event(struct gw_trace *t, const struct gw_term *term,
		    const struct pkt_evt *evt);
void gw_trace_message(struct gw_trace *t, struct gw *gw, bool is_out,
		      const struct sockaddr_storage *peer, const char *buf,
		      size_t n);
/* Takes records of the engine, some each time. */
void gw_trace_drain(struct gw_trace *t);
