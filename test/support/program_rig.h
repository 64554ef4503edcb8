/*
 * test/support/program_rig.h - one segment through a program of the kernel
 *
 * The engine's own programs, loaded as ever (fast.h) in a network namespace of
 * their own, run by BPF_PROG_TEST_RUN: nothing is sent.  Two realms; what
 * leaves the second has routes of both families.
 *
 *   realm 0: 198.51.100.0/30, 2001:db8:a::/126, 198.51.100.8/30; program under
 *            test
 *   realm 1: 192.0.2.0/30, 2001:db8:b::/126
 *   clients: 10.0.0.0/8, 2001:db8:c::/48
 *
 * XDP gets a frame in buffers of a page, as a driver would: about 3500 octets are
 * in the first.
 */
#pragma once

#include "packet/entry.h"
#include "packet/traffic.h"
#include "test/support/rdv_pkt.h"
#include "test/support/suite.h"

enum { PROGRAM_MTU = 1500, PROGRAM_PORT = 20000, PROGRAM_PORTS = 16 };

/* Who has the segment afterwards. */
enum program_verdict {
	PROGRAM_PASSED, /* its receiver */
	PROGRAM_WORKER, /* the worker: steered to the TUN device */
	PROGRAM_HOST,   /* nobody has touched it */
	PROGRAM_DROPPED,
	PROGRAM_SPOILT, /* goes on, and is not as it was; or another session is
			 * not as it was */
};

/* Where its entries are (home.h). */
enum program_where {
	PROGRAM_ANYWHERE, /* by chance */
	PROGRAM_AT_HOME,  /* and the index does not know them */
	PROGRAM_AWAY,     /* at home is another session of the same client */
};

struct program_trial {
	struct rdv_pkt p;      /* IP packet, and what trails it */
	struct pkt_entry in;   /* of the gate where it arrives, in realm 0 */
	struct pkt_entry out;  /* of its peer, in realm 1 */
	struct pkt_local x, y; /* where these two are */
	uint8_t where;         /* enum program_where */
	uint16_t gso_octets;   /* 0: one packet */
	bool has_tag;          /* in a frame of a VLAN */
	/* Octets of the frame in the first buffer; 0: as many as it holds.  XDP
	 * only, Linux 6.18. */
	uint16_t n_first;
	uint16_t n_behind; /* steered before, and still with the worker */
	/* Of both gates; policed if its cfg says so.  Buckets: `own`. */
	struct pkt_traffic traffic[2];
};

struct program_outcome {
	enum program_verdict verdict;
	unsigned int reason; /* enum pkt_fast_count */
	bool is_by_xdp;      /* PASSED by that */
	bool is_turned;      /* so, by the interface it came on */
	struct rdv_pkt p;
	struct pkt_entry in, out; /* as they are afterwards */
	struct pkt_police police[2];
	uint32_t n_steered;           /* to the gate where it arrives */
	uint32_t before_ms, after_ms; /* engine clock: it ran between them */
};

/* main(): these tests with the programs loaded, as suite_run(); skipped and
 * passed when the kernel does not let us.  mtu: of all devices. */
int program_rig_run(const char *suite, uint16_t mtu,
		    const struct suite_test *tests);

/* Hints that were written and not read yet; now they are. */
uint32_t program_rig_hints(void);
/* Hints that found no room, ever. */
uint32_t program_rig_missed(void);
/* May XDP send by the interface of realm 1?  And what lies in several buffers? */
void program_rig_take(bool is_taken);
void program_rig_take_several(bool is_taken);

/* Through `media` of tc. */
void program_rig_tc(const struct program_trial *t, struct program_outcome *o);
/* Through XDP, and through `media` what that leaves; a super-segment only through
 * `media`.  What XDP left, but not as it came, is SPOILT. */
void program_rig_xdp(const struct program_trial *t, struct program_outcome *o);
/* Through XDP alone; what that leaves as it came is the HOST's. */
void program_rig_xdp_alone(const struct program_trial *t,
			   struct program_outcome *o);
/* Octets of the frame in front of data_end, as another program of XDP sees it; 0:
 * the kernel does not let us. */
uint32_t program_rig_first(const struct program_trial *t);
