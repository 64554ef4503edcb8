/*
 * test/unit/test_pkt_cross.c - segments between IPv4 and IPv6
 *
 * Cases V64, V65 and the header rules of rendezvous.md 7.  A packet of the
 * right side is built from the same fields and compared octet for octet.
 */
#include "packet/cross.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "packet/translate_pkt.h"
#include "test/support/rdv_pkt.h"
#include "test/support/suite.h"

enum { ROOM = 70000 };

static uint8_t room[PKT_HEADROOM + ROOM];
static struct pkt_frame frame;
static struct pkt_entry in, out;
static struct pkt_way way;

/* Both ends of a session: A on IPv4 at X, B on IPv6 at Y. */
static const char *const a_addr = "203.0.113.10";
static const char *const x_addr = "198.51.100.1";
static const char *const y_addr = "2001:db8:ff::2";
static const char *const b_addr = "2001:db8:b::20";

static struct pkt_tx segment(bool from_a, bool is_out)
{
	bool at_a = from_a != is_out;
	struct pkt_tx tx = { .family = at_a ? AF_INET : AF_INET6,
			     .flags = PKT_ACK | PKT_PSH,
			     .ttl = 61,
			     .window = 502,
			     .seq = 0x11111112,
			     .ack = 0x22222223,
			     .opts = {
				     .has_ts = true, .tsval = 1, .tsecr = 2 } };
	struct in6_addr client = rdv_addr(at_a ? a_addr : b_addr);
	struct in6_addr local = rdv_addr(at_a ? x_addr : y_addr);

	tx.src = is_out ? local : client;
	tx.dst = is_out ? client : local;
	tx.sport = is_out ? (at_a ? 20000 : 20002) : (at_a ? 40001 : 50002);
	tx.dport = is_out ? (at_a ? 40001 : 50002) : (at_a ? 20000 : 20002);
	return tx;
}

static void session(bool from_a)
{
	struct pkt_tx arrives = segment(from_a, false);
	struct pkt_tx leaves = segment(from_a, true);
	struct pkt_local at = { arrives.dst, htons(arrives.dport) };
	struct pkt_local from = { leaves.src, htons(leaves.sport) };
	struct pkt_local to = { leaves.dst, htons(leaves.dport) };

	memset(&in, 0, sizeof(in));
	memset(&out, 0, sizeof(out));
	in.remote = arrives.src;
	in.remote_port_be = htons(arrives.sport);
	pkt_translate_set(&in, &at, &from, &to);
	way = (struct pkt_way) { .mtu = 1500, .id = 0xabcd };
}

static void load(const struct pkt_tx *tx, size_t payload)
{
	memset(&frame, 0, sizeof(frame));
	frame.at = room + PKT_HEADROOM;
	frame.n = rdv_pkt_whole(frame.at, tx, payload);
}

static int cross(void)
{
	bool is_partial = frame.vh.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	struct pkt_seg seg;

	CU_ASSERT_EQUAL_FATAL(pkt_seg_parse(frame.at, frame.n, is_partial,
					    frame.vh.gso_type, &seg),
			      PKT_DROP_NONE);
	CU_ASSERT_TRUE(pkt_is_cross(&seg, &in));
	return pkt_cross(&frame, &seg, &in, &out, &way);
}

/* What comes out is what tx.c builds on the other side. */
static void grows(void)
{
	static uint8_t want[2000];
	struct pkt_tx tx = segment(true, false);
	size_t n;

	session(true);
	for (size_t payload = 0; payload < 1400; payload += 233) {
		load(&tx, payload);
		CU_ASSERT_EQUAL(cross(), 0);
		tx = segment(true, true);
		n = rdv_pkt_whole(want, &tx, payload);
		CU_ASSERT_EQUAL(frame.n, n);
		CU_ASSERT(!memcmp(frame.at, want, n));
		tx = segment(true, false);
	}
}

static void set_id(uint8_t *ip, uint16_t id, uint16_t df)
{
	uint32_t sum;

	ip[4] = (uint8_t)(id >> 8);
	ip[5] = (uint8_t)id;
	ip[6] = (uint8_t)(df >> 8);
	ip[7] = (uint8_t)df;
	ip[10] = ip[11] = 0;
	sum = 0xffff - rdv_pkt_sum(ip, 20);
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

/* V64: 20 + 32 octets of headers on IPv4. */
static void v64_df(void)
{
	static const struct {
		size_t payload;
		uint16_t df;
	} rows[] = { { 0, 0 }, { 1208, 0 }, { 1209, 0x4000 }, { 1400, 0x4000 } };
	static uint8_t want[2000];
	struct pkt_tx tx;
	size_t n;

	session(false);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tx = segment(false, false);
		load(&tx, rows[i].payload);
		CU_ASSERT_EQUAL(cross(), 0);
		tx = segment(false, true);
		n = rdv_pkt_whole(want, &tx, rows[i].payload);
		set_id(want, 0xabcd, rows[i].df);
		CU_ASSERT_EQUAL(frame.n, n);
		CU_ASSERT(!memcmp(frame.at, want, n));
	}
}

/* V65: extension headers, first octet of the chain in the packet. */
static const struct chain {
	const char *name;
	uint8_t first, n;
	uint8_t octets[48];
	enum pkt_drop want;
} chains[] = {
	{ "hop-by-hop", 0, 8, { 6, 0, 1, 4 }, PKT_DROP_NONE },
	{ "destination options", 60, 8, { 6, 0, 1, 4 }, PKT_DROP_NONE },
	{ "routing, used up", 43, 8, { 6, 0, 0, 0 }, PKT_DROP_NONE },
	{ "routing, segments left", 43, 8, { 6, 0, 0, 1 }, PKT_DROP_IP_HEADER },
	{ "all three, one of them long",
	  0,
	  32,
	  { 60, 0, 1, 4, 0, 0, 0, 0, 43, 1, 1, 12, 0, 0, 0, 0,
	    0,  0, 0, 0, 0, 0, 0, 0, 6,  0, 0, 0,  0, 0, 0, 0 },
	  PKT_DROP_NONE },
	{ "fragment", 44, 8, { 6, 0, 0, 1 }, PKT_DROP_FRAGMENT },
	{ "longer than the packet", 0, 8, { 6, 255 }, PKT_DROP_SHORT },
};

static void insert(const struct chain *c)
{
	size_t n = frame.n - 40 + c->n;

	memmove(frame.at + 40 + c->n, frame.at + 40, frame.n - 40);
	memcpy(frame.at + 40, c->octets, c->n);
	frame.at[6] = c->first;
	frame.at[4] = (uint8_t)(n >> 8);
	frame.at[5] = (uint8_t)n;
	frame.n += c->n;
}

static void v65_chains(void)
{
	static uint8_t want[2000];
	struct pkt_tx tx;
	struct pkt_seg seg;
	size_t n;

	session(false);
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		tx = segment(false, false);
		load(&tx, 100);
		insert(&chains[i]);
		CU_ASSERT_EQUAL(pkt_seg_parse(frame.at, frame.n, false, false,
					      &seg),
				chains[i].want);
		if (chains[i].want != PKT_DROP_NONE)
			continue;
		CU_ASSERT_EQUAL(cross(), 0);
		tx = segment(false, true);
		n = rdv_pkt_whole(want, &tx, 100);
		set_id(want, 0xabcd, 0);
		CU_ASSERT_EQUAL(frame.n, n);
		CU_ASSERT(!memcmp(frame.at, want, n));
	}
}

/* Traffic class and TOS are the same octet; marking keeps ECN. */
static void tos(void)
{
	struct pkt_seg seg;
	struct pkt_tx tx;

	for (unsigned int i = 0; i < 1024; i++) {
		bool from_a = i & 256;

		session(from_a);
		if (i & 512) {
			out.flags |= PKT_ENTRY_DSCP;
			out.dscp = 46;
		}
		tx = segment(from_a, false);
		load(&tx, 1);
		if (from_a) {
			frame.at[1] = (uint8_t)i;
			set_id(frame.at, 0, 0);
		} else {
			frame.at[0] = (uint8_t)(0x60 | (i & 0xff) >> 4);
			frame.at[1] = (uint8_t)(i << 4 | 0x0f);
		}
		CU_ASSERT_EQUAL(cross(), 0);
		CU_ASSERT_EQUAL(pkt_seg_parse(frame.at, frame.n, false, false,
					      &seg),
				PKT_DROP_NONE);
		CU_ASSERT_EQUAL(seg.tos,
				i & 512 ? 46 << 2 | (i & 3) : i & 0xff);
		CU_ASSERT_EQUAL(seg.ttl, 61);
	}
}

/* IPv4 options go, and what follows the IP packet in the frame goes too. */
static void options_and_padding(void)
{
	static uint8_t want[2000];
	struct pkt_tx tx = segment(true, false);
	size_t n;

	session(true);
	load(&tx, 10);
	memmove(frame.at + 32, frame.at + 20, frame.n - 20);
	memset(frame.at + 20, 1, 12);
	frame.n += 12;
	frame.at[0] = 0x48;
	frame.at[2] = 0;
	frame.at[3] = (uint8_t)frame.n;
	frame.at[10] = frame.at[11] = 0;
	n = 0xffff - rdv_pkt_sum(frame.at, 32);
	frame.at[10] = (uint8_t)(n >> 8);
	frame.at[11] = (uint8_t)n;
	frame.n += 6;
	CU_ASSERT_EQUAL(cross(), 0);
	tx = segment(true, true);
	n = rdv_pkt_whole(want, &tx, 10);
	CU_ASSERT_EQUAL(frame.n, n);
	CU_ASSERT(!memcmp(frame.at, want, n));
}

static void wrong_stays_wrong(void)
{
	static uint8_t want[2000];
	struct pkt_tx tx;
	size_t n;

	for (int from_a = 0; from_a < 2; from_a++) {
		size_t l4 = from_a ? 40 : 20;

		session(from_a);
		tx = segment(from_a, false);
		load(&tx, 10);
		frame.at[frame.n - 1] ^= 0x20;
		CU_ASSERT_EQUAL(cross(), 0);
		tx = segment(from_a, true);
		n = rdv_pkt_whole(want, &tx, 10);
		CU_ASSERT(!memcmp(frame.at + l4, want + l4, n - l4 - 1));
		CU_ASSERT_EQUAL(frame.at[n - 1], want[n - 1] ^ 0x20);
	}
}

/* Pieces of a super-segment: as large as the way takes, with 32 octets of TCP
 * header; and DF by the size of a piece. */
static const struct {
	bool from_a;
	uint16_t mtu, size, want, df;
} pieces[] = {
	{ true, 1500, 1428, 1428, 0 },    { true, 1500, 1448, 1428, 0 },
	{ true, 1280, 1448, 1208, 0 },    { true, 0, 1448, 1428, 0 },
	{ true, 60, 1448, 1448, 0 },      { false, 1500, 1428, 1428, 0x4000 },
	{ false, 1500, 1208, 1208, 0 },   { false, 1400, 1428, 1348, 0x4000 },
	{ false, 0, 1428, 1428, 0x4000 },
};

static void gso_size(void)
{
	struct pkt_tx tx;
	uint16_t df;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		bool from_a = pieces[i].from_a;

		session(from_a);
		way.mtu = pieces[i].mtu;
		tx = segment(from_a, false);
		load(&tx, 20000);
		frame.vh.gso_type = from_a ? VIRTIO_NET_HDR_GSO_TCPV4 :
					     VIRTIO_NET_HDR_GSO_TCPV6;
		frame.vh.gso_size = pieces[i].size;
		CU_ASSERT_EQUAL(cross(), 0);
		CU_ASSERT_EQUAL(frame.vh.gso_size, pieces[i].want);
		if (from_a)
			continue;
		df = (uint16_t)(frame.at[6] << 8 | frame.at[7]);
		CU_ASSERT_EQUAL(df, pieces[i].df);
	}
}

/* 65 535 octets behind an IPv6 header are more than IPv4 can say. */
static void too_large(void)
{
	struct pkt_tx tx = segment(false, false);

	session(false);
	load(&tx, 65535 - 32);
	frame.vh.gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
	CU_ASSERT_EQUAL(cross(), -EMSGSIZE);
	CU_ASSERT_EQUAL(frame.n, 65575);
	load(&tx, 65535 - 32 - 20);
	CU_ASSERT_EQUAL(cross(), 0);
	CU_ASSERT_EQUAL(frame.n, 65535);
}

static const struct suite_test tests[] = {
	{ "IPv4 to IPv6, octet for octet", grows },
	{ "V64 IPv6 to IPv4: DF by size", v64_df },
	{ "V65 extension headers", v65_chains },
	{ "TOS and traffic class, ECN, hop limit", tos },
	{ "IPv4 options and padding are left behind", options_and_padding },
	{ "X3 D26 a wrong checksum stays wrong", wrong_stays_wrong },
	{ "X6 the pieces of a super-segment", gso_size },
	{ "more than IPv4 can say", too_large },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/cross", tests);
}
