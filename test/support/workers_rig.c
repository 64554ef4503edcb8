/* test/support/workers_rig.c - see workers_rig.h */
#include "test/support/workers_rig.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/steer.h"
#include "test/support/rdv_cfg.h"

enum { FIRST_PORT = 20000, NO_OCTETS_MS = 20 };

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1)
		abort();
	return a;
}

static struct in6_addr client_addr(int realm)
{
	return addr(realm ? "::ffff:203.0.113.2" : "::ffff:203.0.113.1");
}

static struct pkt_engine_cfg config(unsigned int n, const uint16_t ports[2])
{
	struct pkt_engine_cfg cfg = { .n_realms = 2,
				      .n_workers = n,
				      .max_rendezvous = 64 };

	for (int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg.realm[i];

		snprintf(r->name, sizeof(r->name), "realm%d", i);
		r->port_min = FIRST_PORT;
		r->port_max = (uint16_t)(FIRST_PORT + ports[i] - 1);
		r->n_prefixes = 1;
		r->prefix[0].addr =
			addr(i ? "::ffff:192.0.2.8" : "::ffff:198.51.100.8");
		r->prefix[0].len = 127;
	}
	return cfg;
}

void workers_rig_start(struct workers_rig *r, unsigned int n,
		       const uint16_t ports[2])
{
	struct pkt_engine_cfg cfg = config(n, ports);
	int mine[2 * PKT_MAX_WORKERS], fd[2];
	char err[256] = "";

	memset(r, 0, sizeof(*r));
	r->n = n;
	for (unsigned int i = 0; i < 2 * n; i++) {
		if (fake_tun_pair(fd))
			abort();
		mine[i] = fd[0];
		r->fd[i / n][i % n] = fd[1];
	}
	if (pkt_engine_new_on(&cfg, mine, &r->engine, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		abort();
	}
}

void workers_rig_stop(struct workers_rig *r)
{
	pkt_engine_free(r->engine);
	for (unsigned int i = 0; i < 2 * r->n; i++)
		close(r->fd[i / r->n][i % r->n]);
}

unsigned int workers_of(const struct workers_rig *r, uint16_t port)
{
	return pkt_steer_worker(port, r->n);
}

/* Events */

/* Readable may mean an event that was taken already. */
static bool next_event(struct workers_rig *r, struct pkt_evt *evt)
{
	struct pollfd pfd = { pkt_engine_evt_fd(r->engine), POLLIN, 0 };

	do
		if (pkt_engine_next_evt(r->engine, evt))
			return true;
	while (poll(&pfd, 1, WORKERS_WAIT_MS) == 1);
	return false;
}

bool workers_wait(struct workers_rig *r, uint8_t type, unsigned int n)
{
	struct pkt_evt evt;

	while (r->n_evts[type] < n) {
		if (!next_event(r, &evt))
			return false;
		r->n_evts[evt.type]++;
		if (evt.type == PKT_EVT_DONE)
			r->done = evt;
	}
	return true;
}

/* Gates */

static const struct pkt_rdv_cfg rdv_cfg = { .twait_s = 75,
					    RDV_CFG_TIMERS,
					    .release_rst = true };

int workers_add(struct workers_rig *r, struct workers_call *c, int realm,
		int peer)
{
	struct pkt_gate_id none = { 0, 0 };
	struct pkt_gate_cfg *cfg = &c->cfg[realm];
	int rc;

	memset(cfg, 0, sizeof(*cfg));
	cfg->realm = (uint8_t)realm;
	cfg->rdv = rdv_cfg;
	cfg->leg.family = AF_INET;
	cfg->leg.mode = PKT_MODE_RX | PKT_MODE_TX;
	cfg->leg.role = PKT_ROLE_MERGE;
	cfg->leg.is_armed = true;
	cfg->leg.mtu = 1500;
	cfg->leg.from.addr = client_addr(realm);
	cfg->leg.from.prefix_len = 128;
	cfg->leg.from.port_max = 65535;
	rc = pkt_gate_add(r->engine, peer < 0 ? none : c->gate[peer], cfg, 1,
			  &c->gate[realm]);
	if (!rc && !workers_wait(r, PKT_EVT_DONE, r->n_evts[PKT_EVT_DONE] + 1))
		abort();
	return rc;
}

void workers_remove(struct workers_rig *r, struct pkt_gate_id id)
{
	if (pkt_gate_remove(r->engine, id, 2) ||
	    !workers_wait(r, PKT_EVT_DONE, r->n_evts[PKT_EVT_DONE] + 1))
		abort();
}

/* Packets */

struct pkt_tx workers_tx(const struct workers_call *c, int realm, uint8_t flags)
{
	bool is_syn = flags & PKT_SYN;

	return (struct pkt_tx) {
		.src = client_addr(realm),
		.dst = c->cfg[realm].leg.local,
		.sport = c->port[realm],
		.dport = c->cfg[realm].leg.local_port,
		.family = AF_INET,
		.flags = flags,
		.window = 64240,
		.seq = c->isn[realm] + !is_syn,
		.ack = flags & PKT_ACK ? c->isn[1 - realm] + 1 : 0,
		.opts = { .has_mss = is_syn, .mss = 1460 },
	};
}

void workers_send(struct workers_rig *r, const struct pkt_tx *tx, int realm)
{
	fake_tun_send(r->fd[realm][workers_of(r, tx->dport)], tx);
}

void workers_send_data(struct workers_rig *r, const struct pkt_tx *tx,
		       int realm, const uint8_t *data, size_t n)
{
	static const struct virtio_net_hdr plain;

	fake_tun_send_data(r->fd[realm][workers_of(r, tx->dport)], tx, &plain,
			   data, n);
}

bool workers_recv(struct workers_rig *r, const struct workers_call *c,
		  int realm, struct fake_pkt *p)
{
	uint16_t port = c->cfg[realm].leg.local_port;

	return fake_tun_recv(r->fd[realm][workers_of(r, port)], p,
			     WORKERS_WAIT_MS) &&
	       p->seg.sport == port && p->seg.dport == c->port[realm];
}

static bool is_synack(const struct workers_call *c, int realm,
		      const struct fake_pkt *p)
{
	return p->seg.flags == (PKT_SYN | PKT_ACK) &&
	       p->seg.seq == c->isn[1 - realm] &&
	       p->seg.ack == c->isn[realm] + 1;
}

bool workers_open(struct workers_rig *r, struct workers_call *c,
		  struct fake_pkt *p)
{
	unsigned int n = r->n_evts[PKT_EVT_OPEN];
	struct pkt_tx tx;

	for (int i = 0; i < 2; i++) {
		tx = workers_tx(c, i, PKT_SYN);
		workers_send(r, &tx, i);
	}
	for (int i = 0; i < 2; i++)
		if (!workers_recv(r, c, i, p) || !is_synack(c, i, p))
			return false;
	for (int i = 0; i < 2; i++) {
		tx = workers_tx(c, i, PKT_ACK);
		workers_send(r, &tx, i);
	}
	if (!workers_wait(r, PKT_EVT_OPEN, n + 2))
		return false;
	/* The later of the two ACKs may have been passed on. */
	for (int i = 0; i < 2; i++)
		while (fake_tun_recv(
			r->fd[i][workers_of(r, c->cfg[i].leg.local_port)], p,
			NO_OCTETS_MS))
			if (p->seg.flags != PKT_ACK)
				return false;
	return true;
}
