/* test/support/rdv_script.c - a world with one rendezvous and two clients */
#include "test/support/rdv_cfg.h"
#include "test/support/rdv_script.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/opts.h"
#include "packet/translate_pkt.h"
#include "test/support/rdv_pkt.h"
#include "test/support/rdv_seq.h"

enum { QUEUE = 512, START_MS = 4000000 };

static const char *const client[] = { "203.0.113.10", "192.0.2.20" };
static const char *const local[] = { "198.51.100.1", "198.51.100.2" };
static const uint16_t client_port[] = { 40001, 50002 };
static const uint16_t local_port[] = { 20000, 20002 };
static const uint16_t syn_window[] = { 64240, 65535 };

struct rdv_world rdv;

static struct rdv_wire wire[QUEUE];
static struct pkt_report report[QUEUE];
static unsigned int n_wire, wire_at, n_report, report_at;

static FILE *record; /* this script, for the fuzzer; NULL: not asked for */

static const struct pkt_rdv_cfg policy = {
	.commit = PKT_COMMIT_PARALLEL,
	.ts_policy = PKT_TS_FRESH,
	.release_rst = true,
	.twait_s = 75,
	RDV_CFG_TIMERS,
};

void rdv_defaults(void)
{
	unsigned int leg;

	memset(&rdv, 0, sizeof(rdv));
	rdv.policy = policy;
	rdv.now_us = START_MS * 1000ull;
	for (leg = 0; leg < PKT_LEGS; leg++) {
		rdv.leg[leg] = (struct pkt_leg_cfg) {
			.local = rdv_addr(local[leg]),
			.local_port = local_port[leg],
			.family = AF_INET,
			.mode = PKT_MODE_RX | PKT_MODE_TX,
			.role = PKT_ROLE_MERGE,
			.is_armed = true,
			.mtu = 1500,
			.from = { .addr = rdv_addr(client[leg]),
				  .prefix_len = 128,
				  .port_max = 65535 },
		};
		rdv.port[leg] = client_port[leg];
		rdv.ts[leg] = leg == A ? 1000 : 5000;
	}
	rdv_flush();
}

/* ---- the record ---- */

static struct rdv_seq_leg leg_said(unsigned int leg)
{
	const struct pkt_leg_cfg *c = &rdv.leg[leg];

	return (struct rdv_seq_leg) {
		.filter = c->from.prefix_len == 128 ? RDV_FROM_EXACT :
			  c->from.prefix_len        ? RDV_FROM_PREFIX :
						      RDV_FROM_ANY,
		.mode = c->mode,
		.is_relay = c->role == PKT_ROLE_RELAY,
	};
}

static void record_octets(const void *p, size_t n)
{
	if (record && fwrite(p, 1, n, record) != n)
		abort();
}

static void record_op(enum rdv_op op, unsigned int leg, uint8_t more)
{
	uint8_t octet = (uint8_t)(op | (leg ? RDV_OP_LEG : 0) | more);

	record_octets(&octet, 1);
}

/* A file of its own for every script: DIR/PROGRAM-NUMBER. */
static void record_begin(void)
{
	static unsigned int number;
	const struct rdv_seq_head head = {
		.commit = rdv.policy.commit,
		.ts_policy = rdv.policy.ts_policy,
		.fast_fail = rdv.policy.fast_fail,
		.release_rst = rdv.policy.release_rst,
		.leg = { leg_said(A), leg_said(B) },
	};
	uint8_t octets[RDV_SEQ_HEAD];
	const char *dir = getenv("RDV_RECORD");
	char path[256];

	if (!dir)
		return;
	if (record)
		fclose(record);
	snprintf(path, sizeof(path), "%s/%s-%u", dir,
		 program_invocation_short_name, number++);
	record = fopen(path, "wb");
	if (!record)
		abort();
	rdv_seq_head_put(&head, octets);
	record_octets(octets, sizeof(octets));
}

static void record_packet(unsigned int leg, const struct rdv_pkt *p)
{
	const uint8_t n[2] = { (uint8_t)(p->n >> 8), (uint8_t)p->n };

	record_op(RDV_OP_PACKET, leg, RDV_OP_FIX);
	record_octets(n, sizeof(n));
	record_octets(p->octet, p->n);
}

static void record_time(uint64_t ms)
{
	uint8_t octet;

	for (; ms; ms -= rdv_seq_time_get(octet)) {
		octet = rdv_seq_time_put(ms);
		record_op(RDV_OP_TIME, 0, 0);
		record_octets(&octet, 1);
	}
}

static void record_modify(unsigned int leg, bool is_rearmed)
{
	const struct rdv_seq_leg said = leg_said(leg);
	uint8_t octet = rdv_seq_leg_put(&said, is_rearmed);

	record_op(RDV_OP_MODIFY, leg, 0);
	record_octets(&octet, 1);
}

void rdv_attach(void)
{
	struct pkt_local at[PKT_LEGS];
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		at[leg].addr = rdv.leg[leg].local;
		at[leg].port_be = htons(rdv.leg[leg].local_port);
	}
	rdv.r.setup = &rdv.setup;
	pkt_rdv_init(&rdv.r, at);
}

void rdv_reserve(void)
{
	unsigned int leg;

	record_begin();
	rdv_attach();
	for (leg = 0; leg < PKT_LEGS; leg++) {
		rdv.r.leg[leg] = &rdv.entry[leg];
		pkt_rdv_add_leg(&rdv.r, leg, &rdv.leg[leg], &rdv.policy);
	}
}

void rdv_begin(void)
{
	rdv_defaults();
	rdv_reserve();
}

void rdv_syns(void)
{
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0);
}

void rdv_begin_open(void)
{
	rdv_begin();
	rdv_syns();
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1);
	OK(pkt_rdv_state(&rdv.r) == PKT_STATE_OPEN);
	rdv_flush();
}

void rdv_flush(void)
{
	n_wire = wire_at = n_report = report_at = 0;
}

/* ---- what comes out ---- */

static void put_wire(unsigned int leg, bool is_forwarded, uint8_t *pkt,
		     size_t n)
{
	struct rdv_wire *w = &wire[n_wire++];
	struct rdv_pkt p = { .n = n };

	if (n_wire == QUEUE)
		abort();
	w->at_ms = rdv_now_ms();
	w->is_forwarded = is_forwarded;
	w->leg = (uint8_t)leg;
	memcpy(p.octet, pkt, n);
	rdv_check(__LINE__,
		  pkt_seg_parse(pkt, n, false, false, &w->seg) == PKT_DROP_NONE,
		  "what is sent can be parsed");
	rdv_check(__LINE__,
		  rdv_pkt_get16(&p, w->seg.l4_off + 16) == rdv_pkt_tcp_csum(&p),
		  "what is sent has a correct checksum");
}

/* The set-up block is poisoned when it is given back. */
static void take_out(void)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	unsigned int i;

	for (i = 0; i < rdv.out.n_tx; i++)
		put_wire(rdv.out.tx[i].leg, false, buf,
			 pkt_tx_build(&rdv.out.tx[i].seg, buf));
	for (i = 0; i < rdv.out.n_reports; i++) {
		if (n_report == QUEUE)
			abort();
		report[n_report++] = rdv.out.report[i];
	}
	if (rdv.out.is_setup_done) {
		memset(&rdv.setup, 0xa5, sizeof(rdv.setup));
		rdv.r.setup = NULL;
	}
}

static void forward(unsigned int leg, struct rdv_pkt *p,
		    const struct pkt_seg *seg)
{
	rdv_check(__LINE__,
		  pkt_translate(p->octet, seg, rdv.r.leg[leg],
				rdv.r.leg[1 - leg]) == 0,
		  "translated");
	put_wire(1 - leg, true, p->octet, p->n);
}

/* ---- what goes in ---- */

uint64_t rdv_now_ms(void)
{
	return rdv.now_us / 1000 - START_MS;
}

struct pkt_opts rdv_syn_opts(unsigned int leg)
{
	return (struct pkt_opts) {
		.has_mss = true,
		.mss = 1460,
		.has_sack = true,
		.has_ts = true,
		.tsval = rdv.ts[leg] + (uint32_t)rdv_now_ms(),
		.has_ws = true,
		.ws = 7,
	};
}

static size_t options(unsigned int leg, const struct rdv_send *s, uint8_t *p)
{
	struct pkt_opts o = { .has_mss = false };
	struct rdv_pkt raw;

	if (s->raw) {
		rdv_pkt_hex(&raw, s->raw);
		memcpy(p, raw.octet, raw.n);
		return raw.n;
	}
	if (s->flags == PKT_SYN || s->flags & PKT_SYN)
		o = rdv_syn_opts(leg);
	if (s->opts)
		o = *s->opts;
	return pkt_opts_write(&o, p);
}

static uint16_t window(unsigned int leg, const struct rdv_send *s)
{
	if (s->window)
		return s->window < 0 ? 0 : (uint16_t)s->window;
	return s->flags & PKT_SYN ? syn_window[leg] : 502;
}

void rdv_send(unsigned int leg, const struct rdv_send *s)
{
	static const uint8_t payload[1600] = { 'h', 'e', 'l', 'l', 'o' };
	uint8_t opts[64];
	struct pkt_tx tx = { .flags = s->flags,
			     .sport = s->port ? s->port : rdv.port[leg],
			     .dport = local_port[leg],
			     .seq = s->seq,
			     .ack = s->ack,
			     .window = window(leg, s) };
	struct pkt_seg seg;
	struct rdv_pkt p;
	enum pkt_drop d;

	tx.src = rdv_addr(s->from ? s->from : client[leg]);
	tx.dst = rdv_addr(local[leg]);
	rdv_pkt_ipv4(&p, &tx, opts, options(leg, s, opts), payload, s->payload);
	record_packet(leg, &p);
	d = pkt_seg_parse(p.octet, p.n, false, false, &seg);
	if (d != PKT_DROP_NONE) {
		memset(&rdv.out, 0, sizeof(rdv.out));
		rdv.out.drop = d;
		return;
	}
	pkt_rdv_segment(&rdv.r, leg, &seg, rdv.now_us, &rdv.out);
	take_out();
	if (rdv.out.act == PKT_ACT_FORWARD)
		forward(leg, &p, &seg);
}

void rdv_quiet_send(unsigned int leg, uint8_t flags, uint32_t seq, uint32_t ack)
{
	FILE *keep = record;

	record = NULL;
	SEND(leg, .flags = flags, .seq = seq, .ack = ack);
	record = keep;
}

void rdv_at(uint64_t ms)
{
	uint64_t until = (START_MS + ms) * 1000, next;

	if (until > rdv.now_us)
		record_time((until - rdv.now_us) / 1000);
	while ((next = pkt_rdv_next(&rdv.r, rdv.now_us)) <= until) {
		if (next > rdv.now_us)
			rdv.now_us = next;
		pkt_rdv_tick(&rdv.r, rdv.now_us, &rdv.out);
		take_out();
	}
	rdv.now_us = until;
}

void rdv_modify(unsigned int leg, bool rearm)
{
	record_modify(leg, rearm);
	if (rearm && !rdv.r.setup)
		rdv_attach();
	pkt_rdv_policy(&rdv.r, &rdv.policy);
	pkt_rdv_modify_leg(&rdv.r, leg, &rdv.leg[leg], rearm, rdv.now_us,
			   &rdv.out);
	take_out();
}

void rdv_release(unsigned int leg)
{
	record_op(RDV_OP_RELEASE, leg, 0);
	pkt_rdv_release(&rdv.r, leg, rdv.now_us, &rdv.out);
	take_out();
	rdv.r.leg[leg] = NULL;
}

/* ---- expectations ---- */

void rdv_check(int line, bool ok, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "line %d: %s", line, what);
	CU_assertImplementation(ok, (unsigned int)line, text, "script", "",
				CU_FALSE);
}

const struct pkt_seg *rdv_take(int line, unsigned int leg, uint8_t flags,
			       uint32_t seq, uint32_t ack, bool is_forwarded)
{
	static const struct pkt_seg none;
	const struct rdv_wire *w = &wire[wire_at];

	if (wire_at == n_wire) {
		rdv_check(line, false, "nothing was sent");
		return &none;
	}
	wire_at++;
	rdv_check(line, w->leg == leg, "sent to the right client");
	rdv_check(line, w->is_forwarded == is_forwarded, "forwarded, or ours");
	rdv_check(line, (w->seg.flags & ~PKT_ECE) == (flags & ~PKT_ECE),
		  "flags");
	rdv_check(line, w->seg.seq == seq, "sequence number");
	rdv_check(line, w->seg.ack == ack, "acknowledgement number");
	rdv_check(line, w->seg.sport == local_port[leg], "our port");
	rdv_check(line, w->seg.dport == rdv.port[leg], "the client's port");
	return &w->seg;
}

bool rdv_take_any(void)
{
	if (wire_at == n_wire)
		return false;
	wire_at++;
	return true;
}

unsigned int rdv_taken_leg(void)
{
	return wire[wire_at - 1].leg;
}

bool rdv_nothing(void)
{
	return wire_at == n_wire;
}

bool rdv_reported(enum pkt_report_type type, unsigned int leg,
		  enum pkt_cause cause)
{
	const struct pkt_report *p = &report[report_at];

	if (report_at == n_report)
		return false;
	report_at++;
	return p->type == type && p->leg == leg && p->cause == cause;
}

bool rdv_no_report(void)
{
	return report_at == n_report;
}
