/*
 * test/support/rdv_script.h - scripts for the rendezvous: packets and time in,
 * packets and reports out
 *
 * A world is one rendezvous with two clients and a clock.  What a client
 * sends is a real IPv4 packet, parsed, judged and translated by packet/; what
 * comes out is built, checked for correct checksums and queued.  A script
 * sends, moves the clock, and takes from the queue what it expects, in order.
 *
 *	rdv_begin();
 *	SEND(A, .flags = PKT_SYN, .seq = A0);
 *	SEND(B, .flags = PKT_SYN, .seq = B0);
 *	SYNACK(B, A0, B0 + 1);
 *	SYNACK(A, B0, A0 + 1);
 *	NOTHING();
 */
#pragma once

#include <CUnit/Basic.h>

#include "packet/rendezvous.h"

enum { A, B }; /* legs */

#define A0 0x11111111u /* their initial sequence numbers */
#define B0 0x22222222u
#define A1 (A0 + 1) /* of the first octets behind their SYNs */
#define B1 (B0 + 1)

/* What a client sends; a field that is 0 or NULL takes its default. */
struct rdv_send {
	uint8_t flags;
	uint32_t seq, ack;
	int window; /* -1: zero; default 64240 (A), 65535 (B) in a SYN, else 502 */
	const struct pkt_opts *opts; /* default: all in a SYN, else none */
	const char *raw;             /* options in hex instead */
	size_t payload;
	const char *from; /* address; default the client's */
	uint16_t port;    /* default the client's latest */
};

/* What went out to a client. */
struct rdv_wire {
	uint64_t at_ms;
	bool is_forwarded;
	uint8_t leg;        /* to whose client */
	struct pkt_seg seg; /* as the client reads it */
};

struct rdv_world {
	struct pkt_rdv_cfg policy; /* change before rdv_begin_with() */
	struct pkt_leg_cfg leg[PKT_LEGS];
	struct pkt_entry entry[PKT_LEGS];
	struct pkt_setup setup;
	struct pkt_rdv r;
	struct pkt_out out; /* of the latest call */
	uint64_t now_us;
	uint16_t port[PKT_LEGS]; /* of the clients */
	uint32_t ts[PKT_LEGS];   /* their clocks, milliseconds */
};

extern struct rdv_world rdv;

/* Defaults of rendezvous.md 9: parallel, everything fresh, exact addresses,
 * all options, MTU 1500.  rdv_defaults() fills the world only, so that a
 * script can change it before rdv_reserve(). */
void rdv_defaults(void);
void rdv_reserve(void);
void rdv_begin(void);
void rdv_syns(void); /* of A, then of B, now */
/* A set-up block, as the worker gives one. */
void rdv_attach(void);
/* Through the handshake in parallel mode, queues emptied: OPEN. */
void rdv_begin_open(void);
/* Move the clock to ms after the start; timers run when they are due. */
void rdv_at(uint64_t ms);
uint64_t rdv_now_ms(void);
/* The latest SYN options a client sends by default, at this moment. */
struct pkt_opts rdv_syn_opts(unsigned int leg);
void rdv_send(unsigned int leg, const struct rdv_send *s);
void rdv_modify(unsigned int leg, bool rearm);
void rdv_release(unsigned int leg);
void rdv_flush(void); /* forget what is queued */

#define AT(ms) rdv_at(ms)
#define SEND(leg, ...) rdv_send(leg, &(struct rdv_send) { __VA_ARGS__ })

/* Expectations; each names the line of the script that failed. */
const struct pkt_seg *rdv_take(int line, unsigned int leg, uint8_t flags,
			       uint32_t seq, uint32_t ack, bool is_forwarded);
void rdv_check(int line, bool ok, const char *what);
bool rdv_nothing(void);
/* Takes whatever comes next; false: nothing.  To whom it went. */
bool rdv_take_any(void);
unsigned int rdv_taken_leg(void);
/* As SEND() of a segment without payload, for loops: nothing is recorded. */
void rdv_quiet_send(unsigned int leg, uint8_t flags, uint32_t seq,
		    uint32_t ack);
/* Takes the next report. */
bool rdv_reported(enum pkt_report_type type, unsigned int leg,
		  enum pkt_cause cause);
bool rdv_no_report(void);

#define OK(cond) rdv_check(__LINE__, cond, #cond)
#define SYNACK(leg, seq, ack) \
	rdv_take(__LINE__, leg, PKT_SYN | PKT_ACK, seq, ack, false)
#define RST(leg, seq, ack) \
	rdv_take(__LINE__, leg, PKT_RST | PKT_ACK, seq, ack, false)
#define CHALLENGE(leg, seq, ack) \
	rdv_take(__LINE__, leg, PKT_ACK, seq, ack, false)
#define FORWARDED(leg, flags, seq, ack) \
	rdv_take(__LINE__, leg, flags, seq, ack, true)
#define NOTHING() OK(rdv_nothing())
#define REPORT(type, leg, cause) \
	OK(rdv_reported(PKT_REPORT_##type, leg, PKT_CAUSE_##cause))
#define NO_REPORT() OK(rdv_no_report())
#define DROPPED(reason) \
	OK(rdv.out.act == PKT_ACT_DROP && rdv.out.drop == PKT_DROP_##reason)
#define STATE(s) OK(pkt_rdv_state(&rdv.r) == PKT_STATE_##s)
#define LEG(leg, s) OK(pkt_rdv_leg_state(&rdv.r, leg) == PKT_LEG_##s)
