/*
 * test/unit/test_pkt_engine.c - the engine with its thread, on sockets
 *
 * Two realms, a client in each.  Cases: D02, D23, D31, O1, K2, X4, X6, A10, A11 and
 * decisions 1, 11, 19, 20, 22, 27.
 */
#include "packet/engine_priv.h"
#include "test/support/fake_tun.h"
#include "test/support/rdv_cfg.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 2000, SHORT_MS = 60, NEAR = 0, FAR = 1 };

struct client {
	int fd;
	struct in6_addr addr;
	uint16_t port;
	uint32_t isn;
	struct pkt_gate_id gate;
	struct pkt_gate_cfg cfg; /* local address and port */
};

static struct pkt_engine *engine;
static struct client client[2];
static struct fake_pkt got;
static bool has_v6; /* the far realm */

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

static const struct pkt_rdv_cfg rdv_cfg = { .twait_s = 75,
					    RDV_CFG_TIMERS,
					    .release_rst = true };

static struct pkt_engine_cfg config(void)
{
	struct pkt_engine_cfg cfg = {
		.n_realms = 2,
		.n_workers = 1,
		.max_rendezvous = 4,
	};

	for (int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg.realm[i];

		snprintf(r->name, sizeof(r->name), "realm%d", i);
		r->port_min = 20000;
		r->port_max = 20003;
		r->quarantine_ms = 60000;
		r->n_prefixes = 1;
		r->prefix[0].addr =
			addr(i ? "::ffff:192.0.2.8" : "::ffff:198.51.100.8");
		r->prefix[0].len = 127;
	}
	if (has_v6) {
		cfg.realm[FAR].n_prefixes = 2;
		cfg.realm[FAR].prefix[1].addr = addr("2001:db8:ff::8");
		cfg.realm[FAR].prefix[1].len = 127;
	}
	return cfg;
}

static void start(void)
{
	struct pkt_engine_cfg cfg = config();
	char err[256] = "";
	int fd[2][2], mine[2];

	memset(client, 0, sizeof(client));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(fake_tun_pair(fd[i]), 0);
		mine[i] = fd[i][0];
		client[i].fd = fd[i][1];
		client[i].addr =
			addr(i ? "::ffff:203.0.113.2" : "::ffff:203.0.113.1");
		client[i].port = (uint16_t)(40000 + i);
		client[i].isn = i ? 0x22222222 : 0x11111111;
	}
	CU_ASSERT_EQUAL_FATAL(
		pkt_engine_new_on(&cfg, mine, &engine, err, sizeof(err)), 0);
}

static void stop(void)
{
	pkt_engine_free(engine);
	close(client[0].fd);
	close(client[1].fd);
}

/* Readable may mean an event that was taken already. */
static bool next_event(struct pkt_evt *evt, int ms)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };

	do
		if (pkt_engine_next_evt(engine, evt))
			return true;
	while (poll(&pfd, 1, ms) == 1);
	return false;
}

static struct pkt_evt expect(uint8_t type)
{
	struct pkt_evt evt = { .type = 255 };

	CU_ASSERT_TRUE_FATAL(next_event(&evt, WAIT_MS));
	CU_ASSERT_EQUAL(evt.type, type);
	return evt;
}

/* One event of a type for each of the two gates, in any order. */
static void expect_both(uint8_t type, struct pkt_evt out[2])
{
	bool seen[2] = { false };

	for (int k = 0; k < 2; k++) {
		struct pkt_evt evt = expect(type);
		int i = evt.gate.gen == client[FAR].gate.gen;

		CU_ASSERT_FALSE(seen[i]);
		CU_ASSERT_EQUAL(evt.realm, client[i].cfg.realm);
		seen[i] = true;
		out[i] = evt;
	}
}

static int add(int i, struct pkt_gate_id peer)
{
	struct pkt_gate_cfg *cfg = &client[i].cfg;

	memset(cfg, 0, sizeof(*cfg));
	cfg->realm = (uint8_t)i;
	cfg->rdv = rdv_cfg;
	cfg->leg.family = i == FAR && has_v6 ? AF_INET6 : AF_INET;
	cfg->leg.mode = PKT_MODE_RX | PKT_MODE_TX;
	cfg->leg.role = PKT_ROLE_MERGE;
	cfg->leg.is_armed = true;
	cfg->leg.mtu = 1500;
	cfg->leg.from.addr = client[i].addr;
	cfg->leg.from.prefix_len = 128;
	cfg->leg.from.port_max = 65535;
	return pkt_gate_add(engine, peer, cfg, 100 + (uint64_t)i,
			    &client[i].gate);
}

static void add_both(void)
{
	struct pkt_evt evt;

	CU_ASSERT_EQUAL_FATAL(add(NEAR, (struct pkt_gate_id) { 0, 0 }), 0);
	evt = expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.token, 100);
	CU_ASSERT_EQUAL(evt.stat.state, PKT_STATE_ARMED);
	CU_ASSERT_EQUAL_FATAL(add(FAR, client[NEAR].gate), 0);
	CU_ASSERT_EQUAL(expect(PKT_EVT_DONE).token, 101);
}

static struct pkt_tx from(int i, uint8_t flags)
{
	struct client *c = &client[i];

	return (struct pkt_tx) {
		.src = c->addr,
		.dst = c->cfg.leg.local,
		.sport = c->port,
		.dport = c->cfg.leg.local_port,
		.family = c->cfg.leg.family,
		.flags = flags,
		.window = 64240,
		.seq = c->isn + !(flags & PKT_SYN),
		.ack = flags & PKT_ACK ? client[1 - i].isn + 1 : 0,
		.opts = { .has_mss = flags & PKT_SYN, .mss = 1460 },
	};
}

static void send_syn(int i)
{
	struct pkt_tx syn = from(i, PKT_SYN);

	fake_tun_send(client[i].fd, &syn);
}

static void expect_synack(int i)
{
	CU_ASSERT_TRUE_FATAL(fake_tun_recv(client[i].fd, &got, WAIT_MS));
	CU_ASSERT_EQUAL(got.seg.flags, PKT_SYN | PKT_ACK);
	CU_ASSERT_EQUAL(got.seg.seq, client[1 - i].isn);
	CU_ASSERT_EQUAL(got.seg.ack, client[i].isn + 1);
	CU_ASSERT_EQUAL(got.seg.dport, client[i].port);
	CU_ASSERT_EQUAL(got.seg.sport, client[i].cfg.leg.local_port);
}

static void send_ack(int i)
{
	struct pkt_tx ack = from(i, PKT_ACK);

	fake_tun_send(client[i].fd, &ack);
}

/* The clients of two gates that are there. */
static void meet(void)
{
	struct pkt_evt evt, open[2];

	send_syn(NEAR);
	evt = expect(PKT_EVT_SYN);
	CU_ASSERT_EQUAL(evt.gate.gen, client[NEAR].gate.gen);
	CU_ASSERT_EQUAL(evt.stat.remote_port, 40000);
	CU_ASSERT_EQUAL(memcmp(&evt.stat.remote, &client[NEAR].addr, 16), 0);
	CU_ASSERT_EQUAL(evt.stat.state, PKT_STATE_WAIT);
	CU_ASSERT_TRUE(evt.stat.wait_left_ms > 74000 &&
		       evt.stat.wait_left_ms <= 75000);
	CU_ASSERT_FALSE(fake_tun_recv(client[NEAR].fd, &got, SHORT_MS));
	send_syn(FAR);
	CU_ASSERT_EQUAL(expect(PKT_EVT_SYN).gate.gen, client[FAR].gate.gen);
	expect_synack(NEAR);
	expect_synack(FAR);
	send_ack(NEAR);
	send_ack(FAR);
	expect_both(PKT_EVT_OPEN, open);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(open[i].stat.state, PKT_STATE_OPEN);
		CU_ASSERT_EQUAL(open[i].stat.mss, has_v6 ? 1440 : 1460);
		CU_ASSERT_TRUE(open[i].stat.is_dirty);
		CU_ASSERT_EQUAL(open[i].stat.syns, 1);
		CU_ASSERT_EQUAL(open[i].stat.synacks, 1);
	}
	/* Handshake ACKs may be forwarded. */
	while (fake_tun_recv(client[NEAR].fd, &got, SHORT_MS) ||
	       fake_tun_recv(client[FAR].fd, &got, SHORT_MS))
		CU_ASSERT_EQUAL(got.seg.flags, PKT_ACK);
}

static void open_session(void)
{
	add_both();
	meet();
}

static struct pkt_evt remove_gate(int i)
{
	struct pkt_evt evt;

	CU_ASSERT_EQUAL_FATAL(pkt_gate_remove(engine, client[i].gate, 7), 0);
	do
		evt = (next_event(&evt, WAIT_MS), evt);
	while (evt.type != PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.token, 7);
	return evt;
}

static uint64_t dropped(enum pkt_drop d)
{
	struct pkt_counters c;

	pkt_engine_counters(engine, &c);
	return c.drop[d];
}

/* Until a worker that was just given a packet has counted it. */
static bool waits_for_drop(enum pkt_drop d, uint64_t n)
{
	for (int i = 0; i < WAIT_MS && dropped(d) < n; i++)
		usleep(1000);
	return dropped(d) == n;
}

static void crossed_handshake(void)
{
	start();
	open_session();
	stop();
}

static uint16_t read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* A super-segment goes through whole; its checksum stays partial. */
static void super_segment(void)
{
	static uint8_t data[60000];
	struct virtio_net_hdr vh = { .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
				     .gso_size = 1460 };
	struct pkt_tx tx;
	struct pkt_evt evt;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	start();
	open_session();
	tx = from(NEAR, PKT_ACK | PKT_PSH);
	fake_tun_send_data(client[NEAR].fd, &tx, &vh, data, sizeof(data));
	CU_ASSERT_TRUE_FATAL(fake_tun_recv(client[FAR].fd, &got, WAIT_MS));
	CU_ASSERT_EQUAL(got.n, 40 + sizeof(data));
	CU_ASSERT_EQUAL(got.vh.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	CU_ASSERT_EQUAL(got.vh.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	CU_ASSERT_EQUAL(got.vh.gso_size, 1460);
	CU_ASSERT_EQUAL(got.vh.csum_start, 20);
	CU_ASSERT_EQUAL(got.vh.csum_offset, 16);
	CU_ASSERT_EQUAL(memcmp(got.octets + 40, data, sizeof(data)), 0);
	CU_ASSERT_EQUAL(got.seg.seq, client[NEAR].isn + 1);
	CU_ASSERT_EQUAL(got.seg.dport, client[FAR].port);
	CU_ASSERT_EQUAL(memcmp(&got.seg.dst, &client[FAR].addr, 16), 0);
	CU_ASSERT_EQUAL(memcmp(&got.seg.src, &client[FAR].cfg.leg.local, 16),
			0);
	CU_ASSERT_EQUAL(read16(got.octets + 36),
			fake_pseudo_sum(&got.seg.src, &got.seg.dst,
					20 + sizeof(data)));
	CU_ASSERT_EQUAL(pkt_gate_read(engine, client[NEAR].gate, 9), 0);
	evt = expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.token, 9);
	CU_ASSERT_EQUAL(evt.stat.rx_octets, sizeof(data));
	CU_ASSERT_EQUAL(evt.stat.tx_octets, 0);
	CU_ASSERT_EQUAL(pkt_gate_read(engine, client[FAR].gate, 9), 0);
	CU_ASSERT_EQUAL(expect(PKT_EVT_DONE).stat.tx_octets, sizeof(data));
	stop();
}

/* Decision 20: exact RSTs to both, then DONE, then nothing passes. */
static void subtract(void)
{
	struct pkt_evt evt;
	struct pkt_tx tx;

	start();
	open_session();
	evt = remove_gate(NEAR);
	CU_ASSERT_TRUE(evt.stat.is_dirty);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(fake_tun_recv(client[i].fd, &got, WAIT_MS));
		CU_ASSERT_TRUE(got.seg.flags & PKT_RST);
		CU_ASSERT_EQUAL(got.seg.seq, client[1 - i].isn + 1);
	}
	remove_gate(FAR);
	for (int i = 0; i < 2; i++) {
		tx = from(i, PKT_ACK);
		fake_tun_send(client[i].fd, &tx);
	}
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_NO_GATE, 2));
	for (int i = 0; i < 2; i++)
		CU_ASSERT_FALSE(fake_tun_recv(client[i].fd, &got, 0));
	CU_ASSERT_EQUAL(pkt_gate_read(engine, client[NEAR].gate, 1), -ENOENT);
	CU_ASSERT_EQUAL(pkt_gate_remove(engine, client[NEAR].gate, 1), -ENOENT);
	CU_ASSERT_EQUAL(pkt_gate_modify(engine, client[NEAR].gate,
					&client[NEAR].cfg, true, 1),
			-ENOENT);
	stop();
}

/* D02, A11: silence, and a counter.  Decision 1: an address of another realm
 * is not known on this device. */
static void nobody_waits(void)
{
	struct pkt_tx tx;

	start();
	add_both();
	tx = from(NEAR, PKT_SYN);
	tx.dport = (uint16_t)(tx.dport == 20003 ? 20002 : 20003);
	fake_tun_send(client[NEAR].fd, &tx);
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_NO_GATE, 1));
	tx = from(FAR, PKT_SYN);
	fake_tun_send(client[NEAR].fd, &tx);
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_NO_GATE, 2));
	tx.dport = 80;
	fake_tun_send(client[FAR].fd, &tx);
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_NO_GATE, 3));
	CU_ASSERT_FALSE(fake_tun_recv(client[NEAR].fd, &got, 0));
	CU_ASSERT_FALSE(fake_tun_recv(client[FAR].fd, &got, 0));
	stop();
}

/* A10: what anybody sends to a gate changes nothing: no answer, no memory, and
 * the clients meet as if it were not there. */
static void flood(void)
{
	enum { N = 50000 };
	struct pkt_tx tx;
	size_t before;

	start();
	add_both();
	tx = from(NEAR, PKT_SYN);
	before = mallinfo2().uordblks;
	for (uint32_t i = 0; i < N; i++) {
		tx.src.s6_addr[13] = 1;
		tx.src.s6_addr[14] = (uint8_t)(i * 2654435761u >> 24);
		tx.src.s6_addr[15] = (uint8_t)(i * 2654435761u >> 16);
		tx.sport = (uint16_t)(1024 + i * 40503u);
		tx.seq = i * 2246822519u;
		fake_tun_send(client[NEAR].fd, &tx);
	}
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_SOURCE, N));
	CU_ASSERT_EQUAL(mallinfo2().uordblks, before);
	CU_ASSERT_FALSE(fake_tun_recv(client[NEAR].fd, &got, 0));
	CU_ASSERT_FALSE(fake_tun_recv(client[FAR].fd, &got, 0));
	meet();
	stop();
}

static void garbage(void)
{
	static const uint8_t octets[200] = { 0x45 };
	uint64_t n = 0;
	struct pkt_counters c;

	start();
	add_both();
	for (size_t len = 1; len <= sizeof(octets); len++)
		(void)!write(client[NEAR].fd, octets, len);
	send_syn(NEAR);
	expect(PKT_EVT_SYN);
	pkt_engine_counters(engine, &c);
	for (int d = 0; d < PKT_DROP__COUNT; d++)
		n += c.drop[d];
	/* Shorter than a virtio header is no packet at all. */
	CU_ASSERT_EQUAL(n, sizeof(octets) - sizeof(struct virtio_net_hdr));
	CU_ASSERT_EQUAL(c.rx_pkts, n + 1);
	stop();
}

/* D16 at the engine, and what a quarantine makes of it (decision 27). */
static void exhaustion(void)
{
	struct pkt_portpool_usage u;
	struct pkt_gate_id id[8];

	start();
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(add(NEAR, (struct pkt_gate_id) { 0, 0 }), 0);
		id[i] = client[NEAR].gate;
		expect(PKT_EVT_DONE);
	}
	/* Four rendezvous is the limit; four ports are left. */
	CU_ASSERT_EQUAL(add(NEAR, (struct pkt_gate_id) { 0, 0 }), -ENOSPC);
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(add(NEAR, id[i]), 0);
		id[4 + i] = client[NEAR].gate;
		expect(PKT_EVT_DONE);
		CU_ASSERT_EQUAL(add(NEAR, id[i]), -ENOENT);
	}
	pkt_engine_usage(engine, NEAR, &u);
	CU_ASSERT_EQUAL(u.used, 8);
	CU_ASSERT_EQUAL(pkt_gate_remove(engine, id[7], 1), 0);
	expect(PKT_EVT_DONE);
	pkt_engine_usage(engine, NEAR, &u);
	CU_ASSERT_EQUAL(u.used, 7);
	CU_ASSERT_EQUAL(u.quarantined, 0);
	CU_ASSERT_EQUAL(add(NEAR, id[3]), 0);
	expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(add(NEAR, id[7]), -ENOENT);
	stop();
}

static void quarantine(void)
{
	struct pkt_portpool_usage u;

	start();
	open_session();
	remove_gate(NEAR);
	remove_gate(FAR);
	pkt_engine_usage(engine, NEAR, &u);
	CU_ASSERT_EQUAL(u.used, 0);
	CU_ASSERT_EQUAL(u.quarantined, 1);
	stop();
}

/* Every Add, Modify, Read and Remove is answered once, in order, for many
 * more rounds than the ring has slots. */
static void answers(void)
{
	struct pkt_evt evt;

	start();
	for (uint64_t n = 0; n < 2000; n++) {
		CU_ASSERT_EQUAL_FATAL(add(NEAR, (struct pkt_gate_id) { 0, 0 }),
				      0);
		CU_ASSERT_EQUAL(pkt_gate_modify(engine, client[NEAR].gate,
						&client[NEAR].cfg, false, n),
				0);
		CU_ASSERT_EQUAL(pkt_gate_read(engine, client[NEAR].gate, n), 0);
		CU_ASSERT_EQUAL(pkt_gate_remove(engine, client[NEAR].gate, n),
				0);
		CU_ASSERT_EQUAL(pkt_gate_remove(engine, client[NEAR].gate, n),
				-ENOENT);
		CU_ASSERT_EQUAL(pkt_gate_read(engine, client[NEAR].gate, n),
				-ENOENT);
		for (int k = 0; k < 4; k++) {
			evt = expect(PKT_EVT_DONE);
			CU_ASSERT_EQUAL(evt.gate.gen, client[NEAR].gate.gen);
			CU_ASSERT_EQUAL(evt.token, k ? n : 100);
		}
	}
	CU_ASSERT_FALSE(pkt_engine_next_evt(engine, &evt));
	stop();
}

/* V68 without a kernel: near is IPv4, far is IPv6. */
static void count_call(void *arg)
{
	++*(unsigned int *)arg;
}

/* The hook is asked for once; the commands are executed after the flush. */
static void flush_for_many(void)
{
	struct pkt_gate_id none = { 0 };
	unsigned int n = 0;

	start();
	pkt_engine_defer(engine, count_call, &n);
	CU_ASSERT_EQUAL(add(NEAR, none), 0);
	CU_ASSERT_EQUAL(add(FAR, client[NEAR].gate), 0);
	CU_ASSERT_EQUAL(n, 1);
	pkt_engine_flush(engine);
	expect(PKT_EVT_DONE);
	expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(pkt_gate_read(engine, client[NEAR].gate, 7), 0);
	CU_ASSERT_EQUAL(n, 2);
	/* Without a hook nobody has to be told. */
	pkt_engine_defer(engine, NULL, NULL);
	pkt_engine_flush(engine);
	expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(pkt_gate_read(engine, client[FAR].gate, 8), 0);
	expect(PKT_EVT_DONE);
	CU_ASSERT_EQUAL(n, 2);
	stop();
}

static void open_mixed(void)
{
	has_v6 = true;
	start();
	client[FAR].addr = addr("2001:db8:b::20");
	open_session();
}

static void close_mixed(void)
{
	has_v6 = false;
	stop();
}

/* A super-segment from one to the other: it arrives whole, its checksum still
 * partial, and its virtio header is one of the family it has now. */
static void cross_super_segment(int i, uint8_t gso_in, uint8_t gso_out)
{
	static uint8_t data[50000];
	struct virtio_net_hdr vh = { .gso_type = gso_in, .gso_size = 1448 };
	struct pkt_tx tx = from(i, PKT_ACK | PKT_PSH);
	size_t l4 = tx.family == AF_INET ? 40 : 20;

	for (size_t k = 0; k < sizeof(data); k++)
		data[k] = (uint8_t)(k * 11 + k / 249);
	fake_tun_send_data(client[i].fd, &tx, &vh, data, sizeof(data));
	CU_ASSERT_TRUE_FATAL(fake_tun_recv(client[1 - i].fd, &got, WAIT_MS));
	CU_ASSERT_EQUAL(got.n, l4 + 20 + sizeof(data));
	CU_ASSERT_EQUAL(got.vh.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	CU_ASSERT_EQUAL(got.vh.gso_type, gso_out);
	CU_ASSERT_EQUAL(got.vh.gso_size, l4 == 40 ? 1440 : 1448);
	CU_ASSERT_EQUAL(got.vh.hdr_len, l4 + 20);
	CU_ASSERT_EQUAL(got.vh.csum_start, l4);
	CU_ASSERT_EQUAL(got.vh.csum_offset, 16);
	CU_ASSERT_EQUAL(memcmp(got.octets + l4 + 20, data, sizeof(data)), 0);
	CU_ASSERT_EQUAL(got.seg.seq, client[i].isn + 1);
	CU_ASSERT_EQUAL(got.seg.sport, client[1 - i].cfg.leg.local_port);
	CU_ASSERT_EQUAL(got.seg.dport, client[1 - i].port);
	CU_ASSERT_EQUAL(memcmp(&got.seg.dst, &client[1 - i].addr, 16), 0);
	CU_ASSERT_EQUAL(memcmp(&got.seg.src, &client[1 - i].cfg.leg.local, 16),
			0);
	CU_ASSERT_EQUAL(read16(got.octets + l4 + 16),
			fake_pseudo_sum(&got.seg.src, &got.seg.dst,
					20 + sizeof(data)));
}

static void mixed_families(void)
{
	open_mixed();
	cross_super_segment(NEAR, VIRTIO_NET_HDR_GSO_TCPV4,
			    VIRTIO_NET_HDR_GSO_TCPV6);
	cross_super_segment(FAR,
			    VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN,
			    VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN);
	close_mixed();
}

/* V63: 1500 octets of IPv4 are 1520 of IPv6.  What fits by one passes. */
static void too_big(void)
{
	static uint8_t data[1460];
	struct virtio_net_hdr vh = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
	struct pkt_tx tx;

	open_mixed();
	tx = from(NEAR, PKT_ACK);
	fake_tun_send_data(client[NEAR].fd, &tx, &vh, data, sizeof(data));
	CU_ASSERT_FALSE(fake_tun_recv(client[NEAR].fd, &got, WAIT_MS));
	CU_ASSERT_EQUAL(got.n, 576);
	CU_ASSERT_EQUAL(got.octets[9], IPPROTO_ICMP);
	CU_ASSERT_EQUAL(memcmp(got.octets + 12, &tx.dst.s6_addr[12], 4), 0);
	CU_ASSERT_EQUAL(memcmp(got.octets + 16, &tx.src.s6_addr[12], 4), 0);
	CU_ASSERT_EQUAL(read16(got.octets + 20), 3 << 8 | 4);
	CU_ASSERT_EQUAL(read16(got.octets + 26), 1480);
	/* as the sender sent it */
	CU_ASSERT_EQUAL(read16(got.octets + 28 + 2), 1500);
	CU_ASSERT_EQUAL(memcmp(got.octets + 28 + 12, &tx.src.s6_addr[12], 4),
			0);
	CU_ASSERT_EQUAL(read16(got.octets + 28 + 20), tx.sport);
	CU_ASSERT_FALSE(fake_tun_recv(client[FAR].fd, &got, 0));
	CU_ASSERT_TRUE(waits_for_drop(PKT_DROP_TOO_BIG, 1));
	fake_tun_send_data(client[NEAR].fd, &tx, &vh, data, 1440);
	CU_ASSERT_TRUE(fake_tun_recv(client[FAR].fd, &got, WAIT_MS));
	CU_ASSERT_EQUAL(got.n, 1500);
	close_mixed();
}

static void bad_config(void)
{
	struct pkt_engine_cfg cfg = config();
	char err[256] = "";
	int fd[2][2], mine[2];

	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(fake_tun_pair(fd[i]), 0);
		mine[i] = fd[i][0];
	}
	cfg.realm[1].port_max = 1;
	CU_ASSERT_EQUAL(pkt_engine_new_on(&cfg, mine, &engine, err, 256),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "realm1"));
	CU_ASSERT_EQUAL(write(fd[0][1], "x", 1), -1); /* fds were taken */
	close(fd[0][1]);
	close(fd[1][1]);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "P2 crossed handshake through the thread",
		  crossed_handshake },
		{ "D31 X4 X6 super-segment with partial checksum",
		  super_segment },
		{ "decision 20: Subtract resets, then nothing passes",
		  subtract },
		{ "D02 A11 nobody waits: silence", nobody_waits },
		{ "A10 D01 a flood of SYNs at one gate", flood },
		{ "A15 garbage is counted, the session goes on", garbage },
		{ "D16 exhaustion", exhaustion },
		{ "decision 27: quarantine of what emitted", quarantine },
		{ "each command is answered once, in order", answers },
		{ "V61 V68 D39 X6 IPv4 to IPv6, super-segments",
		  mixed_families },
		{ "many commands wake the worker once", flush_for_many },
		{ "V63 larger than the way on the other side", too_big },
		{ "bad configuration", bad_config },
		{ NULL, NULL },
	};

	signal(SIGPIPE, SIG_IGN);
	return suite_run("packet/engine", tests);
}
