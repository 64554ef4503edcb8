/* test/support/program_trial.c - see program_trial.h */
#include "test/support/program_trial.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "packet/cross.h"
#include "packet/rendezvous.h"
#include "packet/translate.h"
#include "packet/translate_pkt.h"

enum { CLIENT_PORT = 40001, PEER_PORT = 50002 };

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* ---- a session, and a segment of A ---- */

static void set_entry(struct pkt_entry *e, const struct in6_addr *remote,
		      uint16_t port, uint32_t sent, uint32_t acked)
{
	memset(e, 0, sizeof(*e));
	e->flags =
		PKT_ENTRY_USED | PKT_ENTRY_OPEN | PKT_ENTRY_RX | PKT_ENTRY_TX;
	e->kernel = PKT_KERNEL_PASS;
	e->bits = PKT_LEG_ACKED | PKT_STATE_OPEN << 4;
	e->remote = *remote;
	e->remote_port_be = htons(port);
	e->snd_end = sent;
	e->last_ack = acked;
	e->max_end = sent + PROGRAM_WINDOW;
	e->max_win = PROGRAM_WINDOW;
	e->tidle_s = 300;
	e->is_dirty = true;
}

void program_set_rewrites(struct program_trial *t)
{
	struct pkt_local a = { t->in.remote, t->in.remote_port_be };
	struct pkt_local b = { t->out.remote, t->out.remote_port_be };

	pkt_translate_set(&t->in, &t->x, &t->y, &b);
	pkt_translate_set(&t->out, &t->y, &t->x, &a);
}

void program_set_neutral(struct program_trial *t, bool has_port)
{
	uint8_t *last = &t->out.remote.s6_addr[14];
	uint16_t ports = (uint16_t)~pkt_ports_delta(&t->in);

	pkt_store16(last, pkt_csum_add(pkt_load16(last),
				       (uint16_t)~t->in.addr_delta));
	if (has_port)
		t->out.remote_port_be =
			pkt_csum_add(t->out.remote_port_be, ports);
	program_set_rewrites(t);
}

void program_begin(struct program_trial *t, const struct program_pair *pair)
{
	struct in6_addr a = rdv_addr(pair->a), b = rdv_addr(pair->b);

	memset(t, 0, sizeof(*t));
	t->x.addr = rdv_addr(pair->x);
	t->y.addr = rdv_addr(pair->y);
	t->x.port_be = htons(PROGRAM_PORT + 1);
	t->y.port_be = htons(PROGRAM_PORT + 2);
	set_entry(&t->in, &a, CLIENT_PORT, PROGRAM_A_SENT, PROGRAM_B_SENT);
	set_entry(&t->out, &b, PEER_PORT, PROGRAM_B_SENT, PROGRAM_A_SENT);
	program_set_rewrites(t);
}

const struct program_shape program_plain = {
	.seq = PROGRAM_A_SENT,
	.ack = PROGRAM_B_SENT,
	.window = 502,
	.payload = 100,
	.flags = PKT_ACK | PKT_PSH,
	.ttl = 64,
};

void program_put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	program_put16(p, v >> 16);
	program_put16(p + 2, v & 0xffff);
}

/* In octets: of the IP header, whatever options it has. */
size_t program_ip_header(const struct rdv_pkt *p)
{
	return p->octet[0] >> 4 == 6 ? 40 : (p->octet[0] & 15u) * 4u;
}

size_t program_ip_octets(const struct rdv_pkt *p)
{
	return p->octet[0] >> 4 == 6 ? rdv_pkt_get16(p, 4) + 40u :
				       rdv_pkt_get16(p, 2);
}

/* Over pseudo-header and segment, below 0xffff; 0: the checksum is right. */
static uint32_t tcp_sum(const struct rdv_pkt *p)
{
	size_t l4 = program_ip_header(p), n = program_ip_octets(p) - l4;
	uint32_t sum = rdv_pkt_sum(p->octet + l4, n) + (uint32_t)n + 6;

	if (p->octet[0] >> 4 == 6)
		return (sum + rdv_pkt_sum(p->octet + 8, 32)) % 0xffff;
	return (sum + rdv_pkt_sum(p->octet + 12, 8)) % 0xffff;
}

void program_sum_ip(struct rdv_pkt *p)
{
	if (p->octet[0] >> 4 != 4)
		return;
	program_put16(p->octet + 10, 0);
	program_put16(p->octet + 10,
		      0xffff - rdv_pkt_sum(p->octet, program_ip_header(p)));
}

void program_sum(struct rdv_pkt *p)
{
	size_t at = program_ip_header(p) + 16;

	program_sum_ip(p);
	program_put16(p->octet + at, 0);
	program_put16(p->octet + at, 0xffff - tcp_sum(p));
}

static void write_ip(struct program_trial *t, const struct program_shape *s,
		     size_t n)
{
	uint8_t *ip = t->p.octet;

	if (program_is_v6(&t->x.addr)) {
		ip[0] = (uint8_t)(0x60 | s->tos >> 4);
		ip[1] = (uint8_t)(s->tos << 4 | 0x0a);
		program_put16(ip + 2, 0xbcde);
		program_put16(ip + 4, n);
		ip[6] = IPPROTO_TCP;
		ip[7] = s->ttl;
		memcpy(ip + 8, &t->in.remote, 16);
		memcpy(ip + 24, &t->x.addr, 16);
		return;
	}
	ip[0] = 0x45;
	ip[1] = s->tos;
	program_put16(ip + 2, n + 20);
	program_put16(ip + 4, 0x1234);
	ip[6] = 0x40;
	ip[8] = s->ttl;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, &t->in.remote.s6_addr[12], 4);
	memcpy(ip + 16, &t->x.addr.s6_addr[12], 4);
}

void program_write(struct program_trial *t, const struct program_shape *s)
{
	size_t l4 = program_is_v6(&t->x.addr) ? 40 : 20, head = 20u + s->n_opts;
	uint8_t *tcp = t->p.octet + l4;

	memset(&t->p, 0, sizeof(t->p));
	t->p.n = l4 + head + s->payload;
	write_ip(t, s, head + s->payload);
	memcpy(tcp, &t->in.remote_port_be, 2);
	memcpy(tcp + 2, &t->x.port_be, 2);
	put32(tcp + 4, s->seq);
	put32(tcp + 8, s->ack);
	tcp[12] = (uint8_t)(head / 4 << 4);
	tcp[13] = s->flags;
	program_put16(tcp + 14, s->window);
	memcpy(tcp + 20, s->opts, s->n_opts);
	for (size_t i = 0; i < s->payload; i++)
		tcp[head + i] = (uint8_t)(i * 7 + s->seq);
	program_sum(&t->p);
}

/* ---- the worker, and the host around it ---- */

static bool would_read(const struct rdv_pkt *p)
{
	if (p->octet[0] >> 4 == 6)
		return p->octet[7] > 1;
	return p->octet[8] > 1 && !rdv_pkt_sum(p->octet, program_ip_header(p));
}

/* The host forwards it. */
static void take_hop(struct rdv_pkt *p)
{
	uint8_t *ip = p->octet;
	uint16_t was = pkt_load16(ip + 8);

	if (ip[0] >> 4 == 6) {
		ip[7]--;
		return;
	}
	ip[8]--;
	pkt_update_ipv4(ip, pkt_csum_delta(was, pkt_load16(ip + 8)));
}

static void send_on(struct program_outcome *o, const struct pkt_seg *seg,
		    uint16_t id)
{
	static uint8_t room[PKT_HEADROOM + RDV_PKT_MAX];
	struct pkt_frame f = { .at = room + PKT_HEADROOM, .n = o->p.n };
	struct pkt_way way = { .mtu = o->out.mtu, .id = id };

	if (!pkt_is_cross(seg, &o->in)) {
		pkt_translate(o->p.octet, seg, &o->in, &o->out);
	} else {
		memcpy(f.at, o->p.octet, f.n);
		pkt_cross(&f, seg, &o->in, &o->out, &way);
		memcpy(o->p.octet, f.at, f.n);
		o->p.n = f.n;
	}
	take_hop(&o->p);
	o->verdict = PROGRAM_PASSED;
}

static bool is_for_x(const struct program_trial *t, const struct pkt_seg *seg)
{
	return !memcmp(&seg->dst, &t->x.addr, 16) &&
	       htons(seg->dport) == t->x.port_be;
}

void program_by_worker(const struct program_trial *t, uint16_t id,
		       struct pkt_seg *seg, struct program_outcome *o)
{
	struct pkt_traffic traffic[] = { t->traffic[0], t->traffic[1] };
	struct pkt_rdv view = { .leg = { &o->in, &o->out },
				.traffic = { &traffic[0], &traffic[1] } };
	struct pkt_out out;

	o->p = t->p;
	o->in = t->in;
	o->out = t->out;
	o->verdict = PROGRAM_HOST;
	if (!would_read(&t->p))
		return;
	o->verdict = PROGRAM_DROPPED;
	o->reason = PKT_DROP_NONE;
	if (pkt_seg_parse(t->p.octet, t->p.n, false, false, seg) !=
		    PKT_DROP_NONE ||
	    !is_for_x(t, seg))
		return;
	seg->gso_octets = t->gso_octets;
	pkt_rdv_segment(&view, 0, seg, now_us(), &out);
	o->reason = out.drop;
	for (int i = 0; i < 2; i++)
		o->police[i] = traffic[i].own;
	if (out.act == PKT_ACT_FORWARD)
		send_on(o, seg, id);
}

/* ---- side by side ---- */

/* The worker looks at what has passed without it; and what is not to be the
 * same is made the same. */
static void level(struct program_outcome *o)
{
	struct pkt_rdv view = { .leg = { &o->in, &o->out } };
	struct pkt_entry *e[] = { &o->in, &o->out };
	struct pkt_out out;

	pkt_rdv_catch_up(&view, now_us(), &out);
	for (int i = 0; i < 2; i++) {
		e[i]->last_seen_ms = e[i]->last_seen_ms != 0;
		e[i]->fins &= PKT_FINS_SEEN | PKT_FINS_FIRST;
	}
}

static bool has_learned_the_same(struct program_outcome *a,
				 struct program_outcome *b)
{
	level(a);
	level(b);
	return !memcmp(&a->in, &b->in, sizeof(a->in)) &&
	       !memcmp(&a->out, &b->out, sizeof(a->out)) &&
	       !memcmp(a->police, b->police, sizeof(a->police));
}

static bool is_same(struct program_outcome *a, struct program_outcome *b)
{
	return program_ip_octets(&a->p) == program_ip_octets(&b->p) &&
	       !memcmp(a->p.octet, b->p.octet, program_ip_octets(&a->p)) &&
	       has_learned_the_same(a, b);
}

static bool is_as_it_came(const struct program_outcome *o,
			  const struct program_trial *t)
{
	return o->p.n == t->p.n && !memcmp(o->p.octet, t->p.octet, o->p.n) &&
	       !memcmp(&o->in, &t->in, sizeof(o->in)) &&
	       !memcmp(&o->out, &t->out, sizeof(o->out));
}

/* What was right stays right, by a sum that knows nothing of ours; what was
 * wrong by so much stays wrong by so much. */
static bool has_its_sums(const struct program_outcome *o,
			 const struct program_trial *t)
{
	bool is_v4 = o->p.octet[0] >> 4 == 4;

	return tcp_sum(&o->p) == tcp_sum(&t->p) &&
	       (!is_v4 || !rdv_pkt_sum(o->p.octet, 20));
}

uint16_t program_id(const struct rdv_pkt *p)
{
	return p->octet[0] >> 4 == 4 ? rdv_pkt_get16(p, 4) : 0;
}

/* What idleness is measured by; the kernel's coarse clock lags a tick. */
static bool is_seen_then(const struct program_outcome *o)
{
	const uint32_t tick = 20;
	uint32_t late = o->in.last_seen_ms - (o->before_ms - tick);

	return late <= o->after_ms - (o->before_ms - tick);
}

/* What is wrong with what this program made of it; NULL: nothing. */
const char *program_compare(const struct program_trial *t,
			    struct program_outcome *o)
{
	struct program_outcome worker;
	struct pkt_seg seg = { .family = 0 };

	program_by_worker(t, program_id(&o->p), &seg, &worker);
	if (o->reason == PKT_FAST__COUNT)
		return "not counted once";
	if (o->n_steered != (o->verdict == PROGRAM_WORKER))
		return "not counted as on its way to the worker, or so counted";
	if (o->verdict == PROGRAM_DROPPED)
		return worker.reason == PKT_DROP_POLICED &&
				       has_learned_the_same(o, &worker) ?
			       NULL :
			       "dropped, but not by the worker";
	if (o->verdict != PROGRAM_PASSED)
		return is_as_it_came(o, t) ? NULL : "left, but not as it came";
	if (worker.verdict != PROGRAM_PASSED)
		return "passed what the worker drops";
	if (!is_seen_then(o))
		return "seen at another time";
	if (!has_its_sums(o, t))
		return "a wrong sum";
	return is_same(o, &worker) ? NULL : "not as the worker does it";
}
