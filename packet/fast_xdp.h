/*
 * packet/fast_xdp.h - XDP programs in the drivers of media interfaces
 *
 * A part of fast.c.  Behind each of them tc is attached as ever and takes what
 * they leave.  They are held by links, which end with this process however it
 * ends: nothing is left behind.  Native only: in generic mode XDP gains nothing.
 *
 * Thread: control.
 */
#pragma once

#include "packet/bpf/abi.h"
#include "packet/engine.h"

struct bpf_object;

/* What all programs share. */
struct fast_xdp {
	const struct bpf_object *tc; /* loaded; whose maps we have as well */
	/* Maps, ours; 0: not made yet.  several: those of the ports that send what
	 * lies in several buffers. */
	int ways, ports, several;
};

/* An interface; zero: without. */
struct fast_xdp_port {
	struct xdp_bpf *skel; /* NULL: not loaded */
	int link;             /* 0: not attached, when last looked */
	unsigned int ifindex;
	uint8_t mac[6];
	bool is_refused; /* by the verifier, so for as long as we run */
	char why[64];    /* it is not attached; empty: not asked for */
};

/*
 * Attach to the interface of that name, if `wish` says so and it is not yet;
 * auto: not where packets are super-segments or have partial checksums, as on
 * veth, virtio and TUN.
 *
 * In:      realms: the constants of tc for the realm of this interface
 * Returns: true: attached; else p->why tells
 */
bool fast_xdp_attach(struct fast_xdp *x, struct fast_xdp_port *p,
		     const char *name, enum pkt_fastpath wish,
		     const struct fast_realms *realms);
void fast_xdp_detach(struct fast_xdp *x, struct fast_xdp_port *p);
/* The maps that are ours; the ports are detached before. */
void fast_xdp_close(struct fast_xdp *x);
