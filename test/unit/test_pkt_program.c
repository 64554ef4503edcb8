/*
 * test/unit/test_pkt_program.c - one segment, every way through the gateway
 *
 * What the worker does to a segment of an open session is what each program
 * of the kernel has to do, octet by octet, and what it has to learn from it;
 * what a program leaves to others it leaves as it came.  A table of the edges,
 * then segments and sessions by chance, from a fixed seed.
 *
 * Checksums are complete here; partial ones and super-segments are tried on
 * real devices (test_pkt_tun).  Skipped where the kernel allows no bpf().
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "packet/translate.h"
#include "packet/validate.h"
#include "test/support/program_trial.h"
#include "test/support/suite.h"

enum {
	CHANCES = 6000, /* of each pair of families */
	PASSED_MIN = 1500,
};

/* Each program that must do as the worker does. */
static const struct column {
	const char *name;
	void (*run)(const struct program_trial *t, struct program_outcome *o);
} columns[] = {
	{ "tc", program_rig_tc },
	{ "xdp", program_rig_xdp },
};

static const struct program_pair pairs[] = {
	{ "4-4", "10.1.2.3", "198.51.100.1", "192.0.2.2", "10.9.8.7" },
	{ "6-6", "2001:db8:c::a", "2001:db8:a::1", "2001:db8:b::2",
	  "2001:db8:c::b" },
	{ "4-6", "10.1.2.3", "198.51.100.1", "2001:db8:b::2", "2001:db8:c::b" },
	{ "6-4", "2001:db8:c::a", "2001:db8:a::1", "192.0.2.2", "10.9.8.7" },
};
enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static void tell_packet(const char *who, const struct rdv_pkt *p)
{
	fprintf(stderr, "  %s:", who);
	for (size_t i = 0; i < p->n && i < 80; i++)
		fprintf(stderr, "%s%02x", i % 4 ? "" : " ", p->octet[i]);
	fprintf(stderr, "\n");
}

static void tell(const struct column *c, const char *name, const char *what,
		 const struct program_trial *t, const struct program_outcome *o)
{
	struct program_outcome worker;
	struct pkt_seg seg = { .family = 0 };

	program_by_worker(t, program_id(&o->p), &seg, &worker);
	fprintf(stderr, "%s: %s: %s (%s)\n", c->name, name, what,
		o->reason < PKT_FAST__COUNT ? pkt_fast_name(o->reason) : "?");
	tell_packet("came", &t->p);
	tell_packet("left", &o->p);
	tell_packet("worker", &worker.p);
}

/* ---- the table ---- */

/* Who has it afterwards. */
enum fate {
	HOST,
	WORKER,
	PASSED,
	WITHIN,    /* passed; between two families it is the worker's */
	NO_LARGER, /* passed; if it grows, it is the worker's */
	DROPPED,   /* at once */
};

struct edge {
	const char *name;
	void (*change)(struct program_trial *t, struct program_shape *s);
	void (*damage)(struct program_trial *t); /* of the packet */
	enum fate fate;
};

static void no_payload(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->payload = 0;
	s->flags = PKT_ACK;
}

static void odd(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->payload = 101;
}

static void one_octet(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->payload = 1;
}

/* So many octets when it leaves. */
static void leaves_as(const struct program_trial *t, struct program_shape *s,
		      uint16_t octets)
{
	uint16_t header = program_is_v6(&t->y.addr) ? 40 : 20;

	s->payload = (uint16_t)(octets - header - 20);
}

/* 1500 octets where it comes from; what grows is a little less. */
static void largest(struct program_trial *t, struct program_shape *s)
{
	leaves_as(t, s, 1500);
	if (program_is_v6(&t->x.addr))
		s->payload = 1440;
}

static void outgrows(struct program_trial *t, struct program_shape *s)
{
	s->payload = program_is_v6(&t->x.addr) ? 1440 : 1441;
}

static void leaves_as_1260(struct program_trial *t, struct program_shape *s)
{
	leaves_as(t, s, 1260);
}

static void leaves_as_1261(struct program_trial *t, struct program_shape *s)
{
	leaves_as(t, s, 1261);
}

static void neutral_addresses(struct program_trial *t)
{
	program_set_neutral(t, false);
}

static void neutral(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	program_set_neutral(t, true);
}

/* The way to B takes so many. */
static void just_fits(struct program_trial *t, struct program_shape *s)
{
	t->out.mtu = 1300;
	leaves_as(t, s, 1300);
}

static void does_not_fit(struct program_trial *t, struct program_shape *s)
{
	just_fits(t, s);
	t->out.mtu--;
}

static void options(struct program_trial *t, struct program_shape *s)
{
	static const uint8_t opts[] = { 1,    1,    8,    10,   0xde, 0xad,
					0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d };

	(void)t;
	memcpy(s->opts, opts, sizeof(opts));
	s->n_opts = sizeof(opts);
}

static void all_options(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	memset(s->opts, 1, sizeof(s->opts));
	s->n_opts = sizeof(s->opts);
}

static void marked(struct program_trial *t, struct program_shape *s)
{
	s->tos = 0x28 | 3;
	t->out.flags |= PKT_ENTRY_DSCP;
	t->out.dscp = 46;
}

static void marked_0(struct program_trial *t, struct program_shape *s)
{
	s->tos = 0xff;
	t->out.flags |= PKT_ENTRY_DSCP;
}

static void tos_stays(struct program_trial *t, struct program_shape *s)
{
	s->tos = 0xb9;
	t->in.flags |= PKT_ENTRY_DSCP; /* for what leaves there */
	t->in.dscp = 46;
}

static void ece_cwr(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags |= PKT_ECE | PKT_CWR;
}

static void ttl_2(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ttl = 2;
}

static void ttl_1(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ttl = 1;
}

static void ttl_0(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ttl = 0;
}

static void ttl_255(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ttl = 255;
}

static void urgent(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags |= PKT_URG;
}

static void fin(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags |= PKT_FIN;
}

/* The place is another gate's since the index was read. */
static void gate_port(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->out.out_sport_be ^= htons(1);
}

static void gate_address(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->out.out_src.s6_addr[15] ^= 1;
}

static void second_fin(struct program_trial *t, struct program_shape *s)
{
	fin(t, s);
	t->out.fins = PKT_FINS_SEEN | PKT_FINS_FIRST;
	t->out.fin_end = PROGRAM_B_SENT;
	t->out.bits = PKT_LEG_FIN | PKT_STATE_HALF << 4;
	t->in.bits = PKT_LEG_ACKED | PKT_STATE_HALF << 4;
}

static void old_fin(struct program_trial *t, struct program_shape *s)
{
	fin(t, s);
	s->seq = PROGRAM_A_SENT - PROGRAM_WINDOW - 200;
}

static void syn(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags = PKT_SYN;
}

static void rst(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags = PKT_RST | PKT_ACK;
}

static void no_ack(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->flags = PKT_PSH;
}

static void at_end(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->seq = PROGRAM_A_SENT + 2 * PROGRAM_WINDOW - s->payload;
}

static void beyond(struct program_trial *t, struct program_shape *s)
{
	at_end(t, s);
	s->seq++;
}

static void beyond_liberal(struct program_trial *t, struct program_shape *s)
{
	beyond(t, s);
	t->in.flags |= PKT_ENTRY_LIBERAL;
}

static void ack_of_all(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ack = PROGRAM_B_SENT;
}

static void ack_of_more(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ack = PROGRAM_B_SENT + 1;
}

static void old_data(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->seq = PROGRAM_A_SENT - PROGRAM_WINDOW - s->payload - 1;
}

static void old_ack(struct program_trial *t, struct program_shape *s)
{
	(void)t;
	s->ack = PROGRAM_B_SENT - PKT_ACK_SLACK - 1;
}

static void wrapping(struct program_trial *t, struct program_shape *s)
{
	t->in.snd_end = 0xfffffff0;
	t->in.max_end = t->in.snd_end + PROGRAM_WINDOW;
	t->out.last_ack = t->in.snd_end;
	s->seq = t->in.snd_end;
}

static void scaled(struct program_trial *t, struct program_shape *s)
{
	t->in.wscale = 7;
	t->out.wscale = 14;
	s->window = 0xffff;
}

static void no_rx(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.flags &= (uint8_t)~PKT_ENTRY_RX;
}

static void no_tx(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->out.flags &= (uint8_t)~PKT_ENTRY_TX;
}

static void no_tx_bare(struct program_trial *t, struct program_shape *s)
{
	no_tx(t, s);
	no_payload(t, s);
}

static void inactive(struct program_trial *t, struct program_shape *s)
{
	no_payload(t, s);
	t->out.flags &= (uint8_t) ~(PKT_ENTRY_RX | PKT_ENTRY_TX);
}

static void not_given(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.kernel = PKT_KERNEL_NONE;
}

static void taken_back(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.kernel = PKT_KERNEL_LEFT;
}

static void in_commit(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.bits = t->out.bits =
		PKT_STATE_COMMIT << PKT_BITS_STATE_SHIFT | PKT_LEG_SENT;
}

static void taken_back_in_commit(struct program_trial *t,
				 struct program_shape *s)
{
	in_commit(t, s);
	taken_back(t, s);
}

static void no_gate(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.flags = 0;
}

/* Its session is to follow what is with the worker. */
static void joining(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	t->in.kernel = PKT_KERNEL_JOIN;
}

static void joining_behind_one(struct program_trial *t, struct program_shape *s)
{
	joining(t, s);
	t->n_behind = 1;
}

static void joining_behind_many(struct program_trial *t,
				struct program_shape *s)
{
	joining(t, s);
	t->n_behind = UINT16_MAX;
}

/* In debt, or not, for so many seconds from now; 1000 octets a second. */
static void set_police(struct pkt_traffic *t, enum pkt_dir way, int bucket,
		       uint64_t seconds, uint64_t depth)
{
	const uint64_t second = UINT64_C(1000000000) * PKT_TICKS_NS;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t->cfg.is_policed = true;
	t->own.rate[bucket] = 1000;
	t->own.depth[bucket] = depth * second;
	t->own.full_at[way][bucket] = ((uint64_t)now.tv_sec + seconds) * second;
}

static void rate_in(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	set_police(&t->traffic[0], PKT_DIR_IN, PKT_SUSTAINED, 100, 110);
	set_police(&t->traffic[0], PKT_DIR_OUT, PKT_SUSTAINED, 100, 110);
	set_police(&t->traffic[0], PKT_DIR_IN, PKT_PEAK, 100, 110);
}

static void rate_both(struct program_trial *t, struct program_shape *s)
{
	rate_in(t, s);
	set_police(&t->traffic[1], PKT_DIR_OUT, PKT_SUSTAINED, 100, 110);
}

static void debt_in(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	set_police(&t->traffic[0], PKT_DIR_IN, PKT_SUSTAINED, 100, 90);
}

static void debt_peak(struct program_trial *t, struct program_shape *s)
{
	rate_in(t, s);
	t->traffic[0].own.depth[PKT_PEAK] /= 2;
}

static void debt_out(struct program_trial *t, struct program_shape *s)
{
	rate_in(t, s);
	set_police(&t->traffic[1], PKT_DIR_OUT, PKT_SUSTAINED, 100, 90);
}

/* Of the way that it does not go. */
static void debt_back(struct program_trial *t, struct program_shape *s)
{
	(void)s;
	set_police(&t->traffic[0], PKT_DIR_OUT, PKT_SUSTAINED, 100, 110);
	set_police(&t->traffic[1], PKT_DIR_IN, PKT_SUSTAINED, 100, 110);
	t->traffic[0].own.depth[PKT_SUSTAINED] /= 2;
	t->traffic[1].own.depth[PKT_SUSTAINED] /= 2;
	t->traffic[0].own.full_at[PKT_DIR_IN][PKT_SUSTAINED] =
		t->traffic[0].own.full_at[PKT_DIR_OUT][PKT_SUSTAINED] -
		t->traffic[0].own.depth[PKT_SUSTAINED];
	t->traffic[1].own.full_at[PKT_DIR_OUT][PKT_SUSTAINED] =
		t->traffic[0].own.full_at[PKT_DIR_IN][PKT_SUSTAINED];
}

/* Headers of all pieces are paid for. */
static void rate_of_pieces(struct program_trial *t, struct program_shape *s)
{
	rate_in(t, s);
	s->payload = 1001;
	/* Not between families: the kernel wants to know of what kind it is. */
	if (program_is_v6(&t->x.addr) == program_is_v6(&t->y.addr))
		t->gso_octets = 100;
}

/* -- */

static void other_source(struct program_trial *t)
{
	size_t at = program_is_v6(&t->x.addr) ? 23 : 15;

	t->p.octet[at] ^= 1;
	program_sum(&t->p);
}

static void other_port(struct program_trial *t)
{
	t->p.octet[program_ip_header(&t->p)] ^= 1;
	program_sum(&t->p);
}

static void no_pool(struct program_trial *t)
{
	size_t at = program_is_v6(&t->x.addr) ? 39 : 19;

	t->p.octet[at] ^= 0x80;
	program_sum(&t->p);
}

static void port_below(struct program_trial *t)
{
	program_put16(t->p.octet + program_ip_header(&t->p) + 2,
		      PROGRAM_PORT - 1);
	program_sum(&t->p);
}

static void port_above(struct program_trial *t)
{
	program_put16(t->p.octet + program_ip_header(&t->p) + 2,
		      PROGRAM_PORT + PROGRAM_PORTS);
	program_sum(&t->p);
}

static void bad_tcp_sum(struct program_trial *t)
{
	t->p.octet[program_ip_header(&t->p) + 17] ^= 0x55;
}

/* The checksum of what leaves is `want`; or of what came. */
static void want_sum(struct program_trial *t, bool is_after, uint16_t want)
{
	size_t at = program_ip_header(&t->p) + 16, win = at - 2;
	uint16_t csum;
	uint32_t sum;

	program_put16(t->p.octet + win, 0);
	program_sum(&t->p);
	csum = pkt_load16(t->p.octet + at);
	if (is_after)
		csum = pkt_csum_update(csum, t->in.full_delta);
	/* The window makes up for it. */
	sum = ntohs(csum) + 0xffffu - want;
	program_put16(t->p.octet + win, sum % 0xffff);
	program_sum(&t->p);
}

static void zero_before(struct program_trial *t)
{
	want_sum(t, false, 0);
}

static void zero_after(struct program_trial *t)
{
	want_sum(t, true, 0);
}

static void ones_before(struct program_trial *t)
{
	want_sum(t, false, 0);
	program_put16(t->p.octet + program_ip_header(&t->p) + 16, 0xffff);
}

static void trailer(struct program_trial *t)
{
	memset(t->p.octet + t->p.n, 0xa5, 6);
	t->p.n += 6;
}

static void cut(struct program_trial *t)
{
	t->p.n--;
}

static void bad_offset(struct program_trial *t)
{
	t->p.octet[program_ip_header(&t->p) + 12] = 0x40;
	program_sum(&t->p);
}

static void offset_beyond(struct program_trial *t)
{
	size_t l4 = program_ip_header(&t->p);

	t->p.n = l4 + 20;
	t->p.octet[l4 + 12] = 0x60;
	program_put16(t->p.octet + (program_is_v6(&t->x.addr) ? 4 : 2),
		      program_is_v6(&t->x.addr) ? 20 : 40);
	program_sum(&t->p);
}

static void udp(struct program_trial *t)
{
	t->p.octet[program_is_v6(&t->x.addr) ? 6 : 9] = IPPROTO_UDP;
	program_sum_ip(&t->p);
}

static void other_version(struct program_trial *t)
{
	t->p.octet[0] ^= 0x80;
}

/* IPv4: an option of four octets; IPv6: eight octets of destination options. */
static void ip_options(struct program_trial *t)
{
	size_t l4 = program_ip_header(&t->p),
	       n = program_is_v6(&t->x.addr) ? 8 : 4;
	uint8_t *ip = t->p.octet;

	memmove(ip + l4 + n, ip + l4, t->p.n - l4);
	memset(ip + l4, 0, n);
	t->p.n += n;
	if (program_is_v6(&t->x.addr)) {
		ip[40] = ip[6];
		ip[42] = 1;
		ip[43] = 4;
		ip[6] = IPPROTO_DSTOPTS;
		program_put16(ip + 4, t->p.n - 40);
		return;
	}
	memset(ip + l4, 1, n);
	ip[0]++;
	program_put16(ip + 2, t->p.n);
	program_sum_ip(&t->p);
}

static void fragment(struct program_trial *t)
{
	if (program_is_v6(&t->x.addr)) {
		ip_options(t);
		t->p.octet[6] = IPPROTO_FRAGMENT;
		return;
	}
	t->p.octet[6] = 0x20;
	program_sum_ip(&t->p);
}

static void later_fragment(struct program_trial *t)
{
	fragment(t);
	if (program_is_v6(&t->x.addr))
		return;
	program_put16(t->p.octet + 6, 3);
	program_sum_ip(&t->p);
}

static void bad_ip_sum(struct program_trial *t)
{
	t->p.octet[program_is_v6(&t->x.addr) ? 7 : 11] ^= 1;
	if (program_is_v6(&t->x.addr))
		t->p.octet[7] = 0; /* which has no sum */
}

static void too_large(struct program_trial *t)
{
	struct program_shape s = program_plain;

	s.payload = 1461;
	program_write(t, &s);
}

static const struct edge edges[] = {
	{ "a plain segment", NULL, NULL, PASSED },
	{ "V1 another source", NULL, other_source, WORKER },
	{ "P4 another source in COMMIT", in_commit, other_source, WORKER },
	{ "V1 another port", NULL, other_port, WORKER },
	{ "no media address", NULL, no_pool, HOST },
	{ "a port below", NULL, port_below, HOST },
	{ "a port above", NULL, port_above, HOST },
	{ "no gate", no_gate, NULL, HOST },
	{ "not given to the kernel", not_given, NULL, WORKER },
	{ "taken back", taken_back, NULL, WORKER },
	{ "taken back in COMMIT", taken_back_in_commit, NULL, WORKER },
	{ "no payload", no_payload, NULL, PASSED },
	{ "an odd length", odd, NULL, PASSED },
	{ "one octet", one_octet, NULL, PASSED },
	{ "1500 octets", largest, NULL, PASSED },
	{ "1501 octets, having grown", outgrows, NULL, NO_LARGER },
	{ "1260 octets: no DF", leaves_as_1260, NULL, PASSED },
	{ "1261 octets: DF", leaves_as_1261, NULL, PASSED },
	{ "MTU of the way, just so", just_fits, NULL, PASSED },
	{ "MTU of the way", does_not_fit, NULL, WITHIN },
	{ "more than the TUN device takes", NULL, too_large, HOST },
	{ "what trails the packet", NULL, trailer, PASSED },
	{ "timestamps", options, NULL, PASSED },
	{ "40 octets of options", all_options, NULL, PASSED },
	{ "DSCP is marked, ECN stays", marked, NULL, PASSED },
	{ "DSCP 0 is marked", marked_0, NULL, PASSED },
	{ "DSCP stays", tos_stays, NULL, PASSED },
	{ "ECE and CWR", ece_cwr, NULL, PASSED },
	{ "TTL 2", ttl_2, NULL, PASSED },
	{ "TTL 1", ttl_1, NULL, HOST },
	{ "TTL 0", ttl_0, NULL, HOST },
	{ "TTL 255", ttl_255, NULL, PASSED },
	{ "URG", urgent, NULL, WORKER },
	{ "FIN", fin, NULL, PASSED },
	{ "the second FIN", second_fin, NULL, PASSED },
	{ "an old FIN", old_fin, NULL, WORKER },
	{ "SYN", syn, NULL, WORKER },
	{ "RST", rst, NULL, WORKER },
	{ "no ACK", no_ack, NULL, WORKER },
	{ "V2 rule I holds just so", at_end, NULL, PASSED },
	{ "V2 rule I", beyond, NULL, WORKER },
	{ "V2 rule I, V1 only", beyond_liberal, NULL, PASSED },
	{ "V2 rule III holds just so", ack_of_all, NULL, PASSED },
	{ "V2 rule III", ack_of_more, NULL, WORKER },
	{ "V2 rule II: passes, teaches nothing", old_data, NULL, PASSED },
	{ "V2 rule IV: passes, teaches nothing", old_ack, NULL, PASSED },
	{ "numbers wrap", wrapping, NULL, PASSED },
	{ "windows are scaled", scaled, NULL, PASSED },
	{ "mode: nothing in", no_rx, NULL, WORKER },
	{ "mode: nothing out", no_tx, NULL, WORKER },
	{ "mode: a bare ACK", no_tx_bare, NULL, PASSED },
	{ "mode: inactive", inactive, NULL, WORKER },
	{ "D33 joins behind nothing", joining, NULL, PASSED },
	{ "D33 joins behind one", joining_behind_one, NULL, WORKER },
	{ "D33 joins behind many", joining_behind_many, NULL, WORKER },
	{ "tman within the rate", rate_in, NULL, PASSED },
	{ "tman within both rates", rate_both, NULL, PASSED },
	{ "tman beyond the rate", debt_in, NULL, DROPPED },
	{ "tman beyond the peak rate", debt_peak, NULL, DROPPED },
	{ "tman beyond the rate of the other end", debt_out, NULL, DROPPED },
	{ "tman beyond the rate of the way back", debt_back, NULL, PASSED },
	{ "tman a super-segment", rate_of_pieces, NULL, PASSED },
	{ "a wrong checksum stays wrong", NULL, bad_tcp_sum, PASSED },
	{ "checksum 0", NULL, zero_before, PASSED },
	{ "checksum 0 afterwards", NULL, zero_after, PASSED },
	{ "checksum ffff", NULL, ones_before, PASSED },
	{ "addresses add nothing to it", NULL, neutral_addresses, PASSED },
	{ "nothing is added to checksum 0", neutral, zero_before, PASSED },
	{ "cut", NULL, cut, HOST },
	{ "data offset 4", NULL, bad_offset, HOST },
	{ "data offset beyond the end", NULL, offset_beyond, HOST },
	{ "UDP", NULL, udp, HOST },
	{ "another version", NULL, other_version, HOST },
	{ "IP options", NULL, ip_options, HOST },
	{ "a fragment", NULL, fragment, HOST },
	{ "a gate of another port", gate_port, NULL, WORKER },
	{ "a gate of another address", gate_address, NULL, WORKER },
	{ "a later fragment", NULL, later_fragment, HOST },
	{ "a wrong sum of the IP header", NULL, bad_ip_sum, HOST },
	{ NULL, NULL, NULL, HOST },
};

static enum program_verdict wanted(const struct program_trial *t, enum fate f)
{
	bool is_from_6 = program_is_v6(&t->x.addr);
	bool is_cross = is_from_6 != program_is_v6(&t->y.addr);

	if (f == HOST || f == DROPPED)
		return f == HOST ? PROGRAM_HOST : PROGRAM_DROPPED;
	if (f == WORKER || (f == WITHIN && is_cross) ||
	    (f == NO_LARGER && is_cross && !is_from_6))
		return PROGRAM_WORKER;
	return PROGRAM_PASSED;
}

static void try_edge(const struct column *c, const struct program_pair *pair,
		     const struct edge *e)
{
	struct program_shape s = program_plain;
	struct program_outcome o;
	struct program_trial t;
	const char *wrong;
	char name[128];

	program_begin(&t, pair);
	if (e->change)
		e->change(&t, &s);
	program_write(&t, &s);
	if (e->damage)
		e->damage(&t);
	c->run(&t, &o);
	wrong = program_compare(&t, &o);
	if (!wrong && o.verdict != wanted(&t, e->fate))
		wrong = "another verdict";
	snprintf(name, sizeof(name), "%s %s", pair->name, e->name);
	if (wrong)
		tell(c, name, wrong, &t, &o);
	CU_ASSERT_PTR_NULL(wrong);
}

static void table(void)
{
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
		for (size_t p = 0; p < PAIRS; p++)
			for (const struct edge *e = edges; e->name; e++)
				try_edge(&columns[c], &pairs[p], e);
}

/* ---- by chance ---- */

static uint32_t state;

static uint32_t chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* Mostly 0. */
static uint32_t seldom(uint32_t value)
{
	return chance(8) ? 0 : value;
}

/* A number at an end of what is allowed, or not far from it. */
static uint32_t near(uint32_t a, uint32_t b)
{
	return (chance(2) ? a : b) + chance(7) - 3;
}

static void random_octets(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)chance(256);
}

static void random_client(struct in6_addr *a, uint16_t *port_be)
{
	if (program_is_v6(a))
		random_octets(a->s6_addr + 6, 10);
	else
		random_octets(a->s6_addr + 13, 3);
	*port_be = htons((uint16_t)(1 + chance(65535)));
}

static void random_entry(struct pkt_entry *e)
{
	random_client(&e->remote, &e->remote_port_be);
	e->wscale = chance(4) ? 0 : chance(15) & 15;
	e->max_win = (uint16_t)chance(65536);
	e->max_end = e->snd_end + ((uint32_t)chance(65536) << chance(4));
	e->dscp = chance(64) & 63;
	if (!chance(3))
		e->flags |= PKT_ENTRY_DSCP;
	if (!chance(16))
		e->flags |= PKT_ENTRY_LIBERAL;
	if (!chance(16))
		e->flags &= (uint8_t) ~(1 << (4 + chance(2)));
}

static void random_police(struct pkt_traffic *t)
{
	for (int bucket = 0; bucket < PKT_BUCKETS; bucket++) {
		set_police(t, PKT_DIR_IN, bucket, 100, chance(4) ? 110 : 90);
		set_police(t, PKT_DIR_OUT, bucket, 100, chance(4) ? 110 : 90);
		t->own.rate[bucket] = 1 + chance(UINT32_MAX - 1);
	}
	t->own.rate[PKT_PEAK] *= chance(2);
}

static void random_session(struct program_trial *t,
			   const struct program_pair *pair)
{
	uint32_t a = chance(UINT32_MAX), b = chance(UINT32_MAX);

	program_begin(t, pair);
	t->in.snd_end = t->out.last_ack = a;
	t->out.snd_end = t->in.last_ack = b;
	random_entry(&t->in);
	random_entry(&t->out);
	t->x.port_be = htons((uint16_t)(PROGRAM_PORT + chance(PROGRAM_PORTS)));
	t->y.port_be = htons((uint16_t)(PROGRAM_PORT + chance(PROGRAM_PORTS)));
	program_set_rewrites(t);
	for (int i = 0; i < 2; i++)
		if (!chance(8))
			random_police(&t->traffic[i]);
}

static void random_shape(const struct program_trial *t, struct program_shape *s)
{
	static const uint8_t odd_flags[] = { PKT_SYN, PKT_RST, PKT_URG,
					     PKT_FIN };
	const struct pkt_entry *in = &t->in, *out = &t->out;
	uint32_t slack = pkt_largest_window(out);

	*s = (struct program_shape) { .flags = PKT_ACK };
	s->payload = (uint16_t)(chance(2) ? chance(1400) : chance(4));
	s->seq = in->snd_end;
	s->ack = out->snd_end;
	if (!chance(3))
		s->seq = near(in->max_end + slack, in->snd_end - slack) -
			 s->payload;
	if (!chance(3))
		s->ack = near(out->snd_end, out->snd_end - PKT_ACK_SLACK);
	s->window = (uint16_t)chance(65536);
	s->flags |= (uint8_t)(chance(256) & (PKT_PSH | PKT_ECE | PKT_CWR));
	s->flags ^= (uint8_t)seldom(odd_flags[chance(sizeof(odd_flags))]);
	if (!chance(32))
		s->flags ^= PKT_ACK;
	s->tos = (uint8_t)chance(256);
	s->ttl = (uint8_t)(chance(8) ? chance(256) : chance(4));
	s->n_opts = (uint8_t)(chance(2) ? 0 : 4 * chance(11));
	random_octets(s->opts, s->n_opts);
}

/* Now and then an octet of the headers is another, or the end is missing; with
 * sums that are right, or not. */
static void random_damage(struct program_trial *t)
{
	if (chance(6))
		return;
	if (!chance(4)) {
		t->p.n -= chance((uint32_t)(t->p.n - program_ip_header(&t->p)));
		return;
	}
	t->p.octet[chance(60)] ^= (uint8_t)(1 << chance(8));
	if (chance(2) && program_ip_octets(&t->p) == t->p.n &&
	    program_ip_header(&t->p) + 20 <= t->p.n)
		program_sum(&t->p);
}

/* A plain segment that the worker passes on is the kernel's, but for those that
 * the table tells. */
static bool is_for_kernel(const struct program_trial *t,
			  const struct pkt_seg *seg,
			  const struct program_outcome *worker)
{
	const uint8_t special = PKT_SYN | PKT_RST | PKT_URG;
	bool is_current;
	size_t plain_header = program_is_v6(&t->x.addr) ? 40 : 20;

	if (worker->verdict != PROGRAM_PASSED || seg->l4_off != plain_header ||
	    seg->flags & special)
		return false;
	pkt_window_check(&t->in, &t->out, seg, &is_current);
	return !(seg->flags & PKT_FIN) || is_current;
}

struct tally {
	unsigned int passed, by_xdp, left, dropped, wrong;
};

static void try_chance(const struct column *c, const struct program_pair *pair,
		       struct tally *n)
{
	struct program_outcome o, worker;
	struct program_trial t;
	struct pkt_seg seg = { .family = 0 };
	struct program_shape s;
	const char *wrong;

	random_session(&t, pair);
	random_shape(&t, &s);
	program_write(&t, &s);
	random_damage(&t);
	c->run(&t, &o);
	wrong = program_compare(&t, &o);
	program_by_worker(&t, 0, &seg, &worker);
	if (!wrong && is_for_kernel(&t, &seg, &worker) &&
	    o.verdict != PROGRAM_PASSED)
		wrong = "left to the worker";
	n->passed += o.verdict == PROGRAM_PASSED;
	n->by_xdp += o.is_by_xdp;
	n->left += o.verdict != PROGRAM_PASSED;
	n->dropped += worker.verdict != PROGRAM_PASSED;
	n->wrong += wrong != NULL;
	if (wrong && n->wrong < 4)
		tell(c, pair->name, wrong, &t, &o);
}

static void by_chance(void)
{
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
		state = 2463534242u;
		for (size_t p = 0; p < PAIRS; p++) {
			struct tally n = { 0 };

			for (int i = 0; i < CHANCES; i++)
				try_chance(&columns[c], &pairs[p], &n);
			printf("\n  %s %s: %u passed, %u of them by XDP, %u "
			       "left alone, the worker drops %u",
			       columns[c].name, pairs[p].name, n.passed,
			       n.by_xdp, n.left, n.dropped);
			/* Two families are tc's. */
			CU_ASSERT_EQUAL(n.by_xdp > PASSED_MIN, c == 1 && p < 2);
			CU_ASSERT_EQUAL(n.wrong, 0);
			CU_ASSERT_TRUE(n.dropped > PASSED_MIN / 2);
			CU_ASSERT_TRUE(n.passed > PASSED_MIN);
		}
	}
	printf("\n  ");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the edges, octet by octet", table },
		{ "segments and sessions by chance", by_chance },
		{ NULL, NULL },
	};

	return program_rig_run("packet/program", PROGRAM_MTU, tests);
}
