/*
 * packet/fast.h - the fast path: programs of the kernel beside the worker
 *
 * An accelerator, not a part that anything rests on (architecture 6): the
 * entries lie in a map that the programs see as well, and where a program is
 * missing a packet takes the way through the host and the TUN device.  So an
 * interface that comes late, goes, or takes no program costs speed only.
 *
 * Thread: control, where nothing else is said.
 */
#pragma once

#include "packet/engine.h"
#include "packet/police.h"
#include "packet/slots.h"

struct pkt_fast; /* opaque */

/*
 * Load the programs of every realm, over an entry array in a map.  TUN devices
 * exist already.
 *
 * In:      slots: one for each realm; n_slots: of all of them
 * Returns: 0 and new in *out, or a negative errno with one line in err that
 *          tells the operator why there is no fast path
 */
int pkt_fast_new(const struct pkt_engine_cfg *cfg,
		 const struct pkt_slots *slots, uint32_t n_slots,
		 struct pkt_fast **out, char *err, size_t cap);
/* Detaches what is attached.  NULL is fine. */
void pkt_fast_free(struct pkt_fast *f);

/* Two entries for each rendezvous, zero, and for each slot the place of its entry
 * + 1, zero: no gate; both live as long as f. */
struct pkt_entry *pkt_fast_entries(struct pkt_fast *f);
uint32_t *pkt_fast_places(struct pkt_fast *f);

/* How many segments for the gate in this place were steered to a TUN device,
 * ever, those of gates before it included; wraps.  Done: how many of them have
 * left, or will not; programs that see the entry join (PKT_KERNEL_JOIN) behind
 * the last.  Thread: the worker. */
uint32_t pkt_fast_steered(const struct pkt_fast *f, uint32_t place);
void pkt_fast_done(struct pkt_fast *f, uint32_t place, uint32_t n);

/* Buckets that programs charge as the worker does, for the gate in this place; the
 * same ones each time, and as they were.  NULL: there are no more, its session
 * is for the worker.  Unpolice: no program sees the gate any more.
 * Thread: the worker of the gate. */
struct pkt_police *pkt_fast_police(struct pkt_fast *f, uint32_t place);
void pkt_fast_unpolice(struct pkt_fast *f, uint32_t place);

/* Attach where a program is missing: at start, and when a link has changed.
 * One line in note: on how many media interfaces and TUN devices programs are
 * now, and the first that takes none. */
void pkt_fast_attach(struct pkt_fast *f, char *note, size_t cap);

/* By what an interface of that name is served. */
enum pkt_path pkt_fast_path(const struct pkt_fast *f, const char *iface);

/* Sessions of one worker that open or end in the kernel.  The descriptor is
 * readable when there is one to look at; tell is called for each, with the place
 * of one of its gates, which may have become another's since.  Thread: the
 * worker. */
int pkt_fast_hint_fd(const struct pkt_fast *f, unsigned int worker);
void pkt_fast_hints(struct pkt_fast *f, unsigned int worker,
		    void (*tell)(void *arg, uint32_t place), void *arg);
/* How many found no room for it, ever; wraps.  When it has grown, sessions may
 * have ended that nobody is told of.  Read after pkt_fast_hints().  Thread: the
 * worker. */
uint32_t pkt_fast_missed(const struct pkt_fast *f, unsigned int worker);

/* Adds what the programs counted. */
void pkt_fast_counters(const struct pkt_fast *f, struct pkt_counters *sum);

/* Returns when no program can still be at work on an entry as it was before
 * the call; takes milliseconds.  Thread: any, best one of its own. */
void pkt_fast_fence(void);

/* Takes away programs that an earlier run left behind. */
void pkt_fast_sweep(const struct pkt_engine_cfg *cfg);
