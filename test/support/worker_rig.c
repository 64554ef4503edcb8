/* test/support/worker_rig.c - see worker_rig.h */
#include "test/support/worker_rig.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "packet/fence.h"
#include "test/support/fake_tun.h"
#include "test/support/fast_stub.h"
#include "test/support/suite.h"

struct pkt_worker *worker;
struct pkt_worker_cfg cfg;
int fd[2];
uint32_t places[RDVS];
uint32_t twait_s;

static struct pkt_realm_cfg realm;

struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

static void wake(void *arg)
{
	(void)arg;
	pkt_worker_wake(worker);
}

static void prepare(void)
{
	uint32_t n_slots;

	memset(&cfg, 0, sizeof(cfg));
	twait_s = 100;
	realm = (struct pkt_realm_cfg) { .n_prefixes = 1,
					 .port_min = PORT,
					 .port_max = PORT + RDVS - 1 };
	realm.prefix[0].addr = addr("::ffff:198.51.100.1");
	realm.prefix[0].len = 128;
	CU_ASSERT_EQUAL_FATAL(fake_tun_pair(fd), 0);
	cfg.n_realms = cfg.n_workers = 1;
	cfg.realm[0].fd = fd[0];
	CU_ASSERT_EQUAL_FATAL(
		pkt_slots_init(&cfg.realm[0].slots, &realm, 0, &n_slots), 0);
	cfg.entries = aligned_alloc(64, 2 * RDVS * sizeof(*cfg.entries));
	memset(cfg.entries, 0, 2 * RDVS * sizeof(*cfg.entries));
	memset(places, 0, sizeof(places));
	cfg.places = places;
	cfg.max_rendezvous = RDVS;
	cfg.cmds = pkt_ring_new(256, sizeof(struct pkt_cmd));
	cfg.evts = pkt_ring_new(PKT_EVT_RING_MIN, sizeof(struct pkt_evt));
	cfg.evt_fd = eventfd(0, EFD_NONBLOCK);
}

void start(void)
{
	prepare();
	CU_ASSERT_EQUAL_FATAL(pkt_worker_new(&cfg, &worker), 0);
}

void start_beside_kernel(void)
{
	prepare();
	fast_stub_reset();
	cfg.fast = (struct pkt_fast *)steered; /* any but NULL */
	CU_ASSERT_EQUAL_FATAL(
		pkt_fence_new(fast_stub_fence, wake, NULL, &cfg.fence), 0);
	CU_ASSERT_EQUAL_FATAL(pkt_worker_new(&cfg, &worker), 0);
}

void stop(void)
{
	is_held = false;
	pkt_fence_free(cfg.fence);
	if (cfg.fast)
		close(hint_fd);
	pkt_worker_free(worker);
	pkt_ring_free(cfg.cmds);
	pkt_ring_free(cfg.evts);
	free(cfg.entries);
	close(cfg.evt_fd);
	close(fd[0]);
	close(fd[1]);
}

struct pkt_entry *entry(uint32_t i)
{
	return &cfg.entries[places[i] - 1];
}

struct pkt_cmd command(uint8_t type, uint32_t i)
{
	struct pkt_cmd cmd = {
		.type = type, .rdv = i, .gate = { i, i + 1 }, .token = i
	};
	struct pkt_leg_cfg *leg = &cmd.cfg.leg;

	leg->local = addr("::ffff:198.51.100.1");
	leg->local_port = (uint16_t)(PORT + i);
	leg->family = AF_INET;
	leg->mode = PKT_MODE_RX | PKT_MODE_TX;
	leg->role = PKT_ROLE_MERGE;
	leg->is_armed = true;
	leg->from.port_max = 65535;
	cmd.cfg.rdv.twait_s = twait_s;
	cmd.cfg.rdv.thalf_s = 30;
	cmd.cfg.rdv.tidle_s = 100;
	cmd.cfg.rdv.syn_rate = 5;
	return cmd;
}

void push(uint8_t type, uint32_t i)
{
	struct pkt_cmd cmd = command(type, i);

	places[i] = pkt_place(i, 0) + 1;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
}

void syn(uint32_t i)
{
	struct pkt_tx tx = { .src = addr("::ffff:203.0.113.1"),
			     .dst = addr("::ffff:198.51.100.1"),
			     .sport = (uint16_t)(40000 + i),
			     .dport = (uint16_t)(PORT + i),
			     .family = AF_INET,
			     .flags = PKT_SYN,
			     .window = 1000,
			     .seq = 77 + i };

	fake_tun_send(fd[1], &tx);
}

struct pkt_tx first_of(uint32_t i, uint32_t peer)
{
	return (struct pkt_tx) { .src = addr("::ffff:203.0.113.1"),
				 .dst = addr("::ffff:198.51.100.1"),
				 .sport = (uint16_t)(40000 + i),
				 .dport = (uint16_t)(PORT + i),
				 .family = AF_INET,
				 .flags = PKT_ACK,
				 .window = 60000,
				 .seq = 78 + i,
				 .ack = 78 + peer };
}

void segment(uint32_t i, uint32_t peer, const uint8_t *data, size_t n)
{
	static const struct virtio_net_hdr plain;
	struct pkt_tx tx = first_of(i, peer);

	if (n)
		fake_tun_send_data(fd[1], &tx, &plain, data, n);
	else
		fake_tun_send(fd[1], &tx);
}

uint64_t rig_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void turn(void)
{
	pkt_worker_turn(worker, 0);
}

void forget_events(void)
{
	struct pkt_evt evt;

	while (pkt_ring_pop(cfg.evts, &evt))
		;
}

void add_pair(void)
{
	struct pkt_cmd cmd = command(PKT_CMD_ADD, 4);

	push(PKT_CMD_ADD, 3);
	cmd.rdv = 3;
	places[4] = pkt_place(3, 1) + 1;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	forget_events();
}

void open_session(void)
{
	struct pkt_evt evt = { .type = 255 };

	add_pair();
	syn(3);
	syn(4);
	segment(3, 4, NULL, 0);
	segment(4, 3, NULL, 0);
	turn();
	while (pkt_ring_pop(cfg.evts, &evt))
		;
	CU_ASSERT_EQUAL_FATAL(evt.type, PKT_EVT_OPEN);
}
