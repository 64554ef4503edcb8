/*
 * test/fuzz/fuzz_pkt_rdv.c - any sequence of packets, time and orders
 *
 * The input is that of test/support/rdv_seq.h; the invariants that must hold
 * after every step are those of test/support/rdv_monitor.h.  The packet tables
 * of the unit tests are its first corpus: RDV_RECORD=DIR test_pkt_...
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packet/translate_pkt.h"
#include "test/support/rdv_cfg.h"
#include "test/support/rdv_monitor.h"
#include "test/support/rdv_pkt.h"
#include "test/support/rdv_seq.h"

enum {
	STEPS = 256,
	START_US = 4000000,
	PREFIX24 = 120, /* of the mapped form */
};

static const char *const client[] = { "203.0.113.10", "192.0.2.20" };
static const char *const local[] = { "198.51.100.1", "198.51.100.2" };
static const uint16_t client_port[] = { 40001, 50002 };
static const uint16_t local_port[] = { 20000, 20002 };

struct world {
	struct rdv_seq_head head;
	struct in6_addr client[PKT_LEGS];
	struct pkt_leg_cfg cfg[PKT_LEGS];
	struct pkt_rdv_cfg policy;
	struct pkt_entry entry[PKT_LEGS];
	struct pkt_rdv r;
	struct pkt_out out;
	struct rdv_monitor mon;
	uint64_t now_us;
	uint32_t isn[PKT_LEGS], sent[PKT_LEGS]; /* of what came last */
};

struct input {
	const uint8_t *at;
	size_t n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint8_t *take(struct input *in, size_t n)
{
	const uint8_t *p = in->at;

	if (in->n < n)
		return NULL;
	in->at += n;
	in->n -= n;
	return p;
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* ---- the rendezvous ---- */

static void attach(struct world *w)
{
	struct pkt_local at[PKT_LEGS];
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		at[leg].addr = rdv_addr(local[leg]);
		at[leg].port_be = htons(local_port[leg]);
	}
	w->r.setup = malloc(sizeof(*w->r.setup));
	if (!w->r.setup)
		abort();
	pkt_rdv_init(&w->r, at);
}

/* Freed when it is given back, so that a late use is seen. */
static void detach(struct world *w)
{
	free(w->r.setup);
	w->r.setup = NULL;
}

static void load_leg(struct world *w, unsigned int leg,
		     const struct rdv_seq_leg *l)
{
	static const uint8_t prefix[] = { [RDV_FROM_EXACT] = 128,
					  [RDV_FROM_PREFIX] = PREFIX24,
					  [RDV_FROM_ANY] = 0 };
	struct pkt_filter from = { .addr = w->client[leg],
				   .prefix_len = prefix[l->filter],
				   .port_max = 65535 };

	if (w->head.leg[leg].is_relay) { /* exactly one server */
		from.prefix_len = 128;
		from.port_min = from.port_max = client_port[leg];
	}
	w->cfg[leg] = (struct pkt_leg_cfg) {
		.local = rdv_addr(local[leg]),
		.local_port = local_port[leg],
		.family = AF_INET,
		.mode = l->mode,
		.role = w->head.leg[leg].is_relay ? PKT_ROLE_RELAY :
						    PKT_ROLE_MERGE,
		.is_armed = true,
		.mtu = 1500,
		.from = from,
	};
}

static void reserve(struct world *w)
{
	const struct rdv_seq_head *h = &w->head;

	w->policy = (struct pkt_rdv_cfg) {
		.commit = h->commit,
		.ts_policy = h->ts_policy,
		.fast_fail = h->fast_fail,
		.release_rst = h->release_rst,
		.twait_s = 75,
		RDV_CFG_TIMERS,
	};
	w->now_us = START_US;
	attach(w);
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		w->client[leg] = rdv_addr(client[leg]);
		load_leg(w, leg, &h->leg[leg]);
		w->r.leg[leg] = &w->entry[leg];
		pkt_rdv_add_leg(&w->r, leg, &w->cfg[leg], &w->policy);
	}
	rdv_mon_begin(&w->mon, h->leg[0].is_relay || h->leg[1].is_relay,
		      h->fast_fail);
}

static void after(struct world *w, unsigned int leg, const struct pkt_seg *seg)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	struct pkt_seg built;
	size_t n;

	rdv_mon_after(&w->mon, &w->r, leg, seg, w->now_us, &w->out);
	for (unsigned int i = 0; i < w->out.n_tx; i++) {
		n = pkt_tx_build(&w->out.tx[i].seg, buf);
		if (n > sizeof(buf) || pkt_seg_parse(buf, n, false, false,
						     &built) != PKT_DROP_NONE)
			abort(); /* what we build can be read */
	}
	if (w->out.is_setup_done)
		detach(w);
}

/* ---- one step ---- */

static void forward(struct world *w, unsigned int leg, const uint8_t *pkt,
		    size_t n, const struct pkt_seg *seg)
{
	uint8_t *out = malloc(n);

	if (!out)
		abort();
	memcpy(out, pkt, n);
	if (pkt_translate(out, seg, w->r.leg[leg], w->r.leg[1 - leg]) == 0)
		rdv_mon_forwarded(&w->mon, &w->r, leg, pkt, out, n, seg);
	free(out);
}

static void icmp(struct world *w, unsigned int leg, const uint8_t *pkt,
		 size_t n)
{
	const struct pkt_mtus mtus = { .from = 1500, .to = 1500 };
	enum pkt_state state = pkt_rdv_state(&w->r);
	uint8_t buf[PKT_ICMP_MAX];
	struct pkt_icmp m;

	if (pkt_icmp_parse(pkt, n, &m) != PKT_DROP_NONE ||
	    !IN6_ARE_ADDR_EQUAL(&m.quote.src, &w->cfg[leg].local))
		return;
	if (pkt_rdv_icmp(&w->r, leg, &m) == PKT_DROP_NONE && w->r.leg[1 - leg])
		(void)pkt_icmp_forward(pkt, &m, w->r.leg[1 - leg], &mtus, buf);
	if (pkt_rdv_state(&w->r) != state)
		abort(); /* decision: an ICMP error changes no state */
}

static void judge(struct world *w, uint8_t op, const uint8_t *pkt, size_t n)
{
	unsigned int leg = op & RDV_OP_LEG ? 1 : 0;
	struct pkt_seg seg;
	enum pkt_drop d;

	d = pkt_seg_parse(pkt, n, op & RDV_OP_PARTIAL, op & RDV_OP_GSO, &seg);
	if (d == PKT_DROP_ICMP)
		icmp(w, leg, pkt, n);
	/* The index of the entry is the address and the port. */
	if (d != PKT_DROP_NONE || seg.family != AF_INET ||
	    seg.dport != local_port[leg] ||
	    !IN6_ARE_ADDR_EQUAL(&seg.dst, &w->cfg[leg].local))
		return;
	if (seg.flags & PKT_SYN)
		w->isn[leg] = seg.seq;
	w->sent[leg] = seg.seq + seg.payload_octets;
	rdv_mon_before(&w->mon, &w->r);
	pkt_rdv_segment(&w->r, leg, &seg, w->now_us, &w->out);
	if (w->out.act == PKT_ACT_FORWARD)
		forward(w, leg, pkt, n, &seg);
	after(w, leg, &seg);
}

/* From a buffer of exactly its size, so that a read behind it is seen. */
static void arrive(struct world *w, uint8_t op, const struct rdv_pkt *p)
{
	uint8_t *exact;

	if (!w->r.leg[op & RDV_OP_LEG ? 1 : 0])
		return;
	exact = malloc(p->n);
	if (!exact)
		abort();
	memcpy(exact, p->octet, p->n);
	judge(w, op, exact, p->n);
	free(exact);
}

static void step_packet(struct world *w, uint8_t op, struct input *in)
{
	const uint8_t *head = take(in, 2);
	size_t n = head ? be16(head) : 0;
	const uint8_t *p = take(in, n < in->n ? n : in->n);
	struct rdv_pkt copy;

	n = (size_t)(in->at - p);
	if (!n || n > sizeof(copy.octet))
		return;
	memcpy(copy.octet, p, n);
	copy.n = n;
	/* Only what has both headers has checksums. */
	if (op & RDV_OP_FIX && n >= 40 && copy.octet[0] >> 4 == 4 &&
	    (copy.octet[0] & 15u) >= 5 && (copy.octet[0] & 15u) * 4u + 20 <= n)
		rdv_pkt_finish(&copy);
	arrive(w, op, &copy);
}

static uint32_t base(const struct world *w, unsigned int leg,
		     unsigned int which)
{
	switch (which % RDV_BASE__COUNT) {
	case RDV_BASE_ISN:
		return w->isn[leg] + 1;
	case RDV_BASE_SENT:
		return w->sent[leg];
	case RDV_BASE_PEER_ISN:
		return w->isn[1 - leg] + 1;
	case RDV_BASE_PEER_SENT:
		return w->sent[1 - leg];
	default:
		return 0;
	}
}

static uint32_t moved(uint32_t from, const uint8_t delta[2])
{
	return from + (uint32_t)(int32_t)(int16_t)be16(delta);
}

static void step_built(struct world *w, uint8_t op, struct input *in)
{
	static const uint8_t payload[256 * 16];
	unsigned int leg = op & RDV_OP_LEG ? 1 : 0;
	const struct rdv_built *b = (const void *)take(in, sizeof(*b));
	struct pkt_tx tx = { .dport = local_port[leg] };
	struct rdv_pkt p;

	if (!b)
		return;
	tx.flags = b->flags;
	tx.sport = (uint16_t)(client_port[leg] + (b->from & 15));
	tx.seq = moved(base(w, leg, b->base & 15), b->seq_delta);
	tx.ack = moved(base(w, leg, b->base >> 4), b->ack_delta);
	tx.window = be16(b->window);
	tx.src = w->client[leg];
	tx.src.s6_addr[15] = (uint8_t)(tx.src.s6_addr[15] + (b->from >> 4));
	tx.dst = w->cfg[leg].local;
	rdv_pkt_ipv4(&p, &tx, NULL, 0, payload, (b->payload % 90) * 16u);
	arrive(w, op & (uint8_t) ~(RDV_OP_PARTIAL | RDV_OP_GSO), &p);
}

static void step_time(struct world *w, struct input *in)
{
	const uint8_t *p = take(in, 1);
	uint64_t until, due;

	if (!p)
		return;
	until = w->now_us + rdv_seq_time_get(*p) * 1000;
	while ((w->r.leg[0] || w->r.leg[1]) &&
	       (due = pkt_rdv_next(&w->r, w->now_us)) <= until) {
		rdv_mon_tick(&w->mon, due, w->now_us);
		if (due > w->now_us)
			w->now_us = due;
		rdv_mon_before(&w->mon, &w->r);
		pkt_rdv_tick(&w->r, w->now_us, &w->out);
		after(w, 0, NULL);
	}
	w->now_us = until;
}

static void step_modify(struct world *w, uint8_t op, struct input *in)
{
	unsigned int leg = op & RDV_OP_LEG ? 1 : 0;
	const uint8_t *p = take(in, 1);
	struct rdv_seq_leg l;
	bool is_rearmed;

	if (!p || !w->r.leg[0] || !w->r.leg[1])
		return;
	is_rearmed = rdv_seq_leg_get(*p, &l);
	load_leg(w, leg, &l);
	rdv_mon_before(&w->mon, &w->r);
	if (is_rearmed && !w->r.setup)
		attach(w);
	pkt_rdv_policy(&w->r, &w->policy);
	pkt_rdv_modify_leg(&w->r, leg, &w->cfg[leg], is_rearmed, w->now_us,
			   &w->out);
	after(w, leg, NULL);
	if (is_rearmed)
		rdv_mon_rearmed(&w->mon);
}

static void step_release(struct world *w, uint8_t op)
{
	unsigned int leg = op & RDV_OP_LEG ? 1 : 0;

	if (!w->r.leg[leg])
		return;
	rdv_mon_before(&w->mon, &w->r);
	pkt_rdv_release(&w->r, leg, w->now_us, &w->out);
	w->r.leg[leg] = NULL;
	/* Both gone: no state is left to look at. */
	if (w->r.leg[1 - leg])
		after(w, leg, NULL);
	else
		detach(w);
	rdv_mon_released(&w->mon, leg);
}

static bool step(struct world *w, struct input *in)
{
	const uint8_t *op = take(in, 1);

	if (!op)
		return false;
	switch ((*op & RDV_OP_MASK) % RDV_OP__COUNT) {
	case RDV_OP_PACKET:
		step_packet(w, *op, in);
		break;
	case RDV_OP_BUILT:
		step_built(w, *op, in);
		break;
	case RDV_OP_TIME:
		step_time(w, in);
		break;
	case RDV_OP_MODIFY:
		step_modify(w, *op, in);
		break;
	default:
		step_release(w, *op);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = { .at = data, .n = n };
	const uint8_t *head = take(&in, RDV_SEQ_HEAD);
	struct world w;

	if (!head)
		return 0;
	memset(&w, 0, sizeof(w));
	rdv_seq_head_get(head, &w.head);
	reserve(&w);
	for (unsigned int i = 0; i < STEPS && step(&w, &in); i++)
		;
	detach(&w);
	return 0;
}
