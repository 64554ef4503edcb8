/*
 * test/support/workers_rig.h - an engine with several workers, on sockets
 *
 * Two realms, of each one socket for each worker; what is sent to a realm is
 * steered to one of them as a TUN device would (packet/steer.h).
 */
#pragma once

#include "packet/engine_priv.h"
#include "test/support/fake_tun.h"

enum { WORKERS_NEAR, WORKERS_FAR, WORKERS_WAIT_MS = 5000 };

struct workers_rig {
	struct pkt_engine *engine;
	unsigned int n;             /* workers */
	int fd[2][PKT_MAX_WORKERS]; /* the clients' ends */
	unsigned int n_evts[256];   /* by type, since it was made */
	struct pkt_evt done;        /* the latest DONE */
};

/* One call: a gate in each realm, and a client of each. */
struct workers_call {
	struct pkt_gate_id gate[2];
	struct pkt_gate_cfg cfg[2]; /* local address and port */
	uint16_t port[2];           /* of the clients */
	uint32_t isn[2];
};

/* Ports of each of the two addresses of a realm, from 20000 on. */
void workers_rig_start(struct workers_rig *r, unsigned int n,
		       const uint16_t ports[2]);
void workers_rig_stop(struct workers_rig *r);

/* The queue that a port of a client's packet leads to. */
unsigned int workers_of(const struct workers_rig *r, uint16_t port);

/* One gate; -1 as peer: none.  What pkt_gate_add() says; DONE came. */
int workers_add(struct workers_rig *r, struct workers_call *c, int realm,
		int peer);
void workers_remove(struct workers_rig *r, struct pkt_gate_id id);
/* Until that many events of a type have come; false: they did not. */
bool workers_wait(struct workers_rig *r, uint8_t type, unsigned int n);

/* A segment of a client of call c, without payload or with n octets. */
struct pkt_tx workers_tx(const struct workers_call *c, int realm,
			 uint8_t flags);
void workers_send(struct workers_rig *r, const struct pkt_tx *tx, int realm);
void workers_send_data(struct workers_rig *r, const struct pkt_tx *tx,
		       int realm, const uint8_t *data, size_t n);
/* What comes out for a client of call c, by the queue of its worker. */
bool workers_recv(struct workers_rig *r, const struct workers_call *c,
		  int realm, struct fake_pkt *p);
/* SYNs, SYN-ACKs, ACKs; false: it did not open. */
bool workers_open(struct workers_rig *r, struct workers_call *c,
		  struct fake_pkt *p);
