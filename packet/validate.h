/*
 * packet/validate.h - which segments of a joined session may pass
 *
 * V1: flags and exact numbers.  V2: the four window rules.  Two entries and a
 * segment in, a verdict out; nothing else is known.  rendezvous.md 8.
 */
#pragma once

#include "packet/entry.h"
#include "packet/seg.h"
#include "packet/window.h"

enum pkt_rst {
	PKT_RST_EXACT, /* the receiver will believe it */
	PKT_RST_NEAR,  /* in its window, not exact */
	PKT_RST_FAR,
};

/* Sequence number after the segment: payload, SYN and FIN count. */
uint32_t pkt_seg_end(const struct pkt_seg *seg);

/* V1: a set of flags that a stack sends (PSH, ECE, CWR are free). */
bool pkt_flags_ok(uint8_t flags);
/* V1: a RST sent by the client of `from`, to the client of `to`. */
enum pkt_rst pkt_rst_check(const struct pkt_entry *from,
			   const struct pkt_entry *to, uint32_t seq);

/*
 * V2: rules I to IV for a segment with ACK from the client of `from`.
 *
 * Out:     *is_current: it is new enough to learn from (II and IV hold)
 * Returns: PKT_DROP_NONE, PKT_DROP_WINDOW (I) or PKT_DROP_ACK_UNSENT (III).
 *          PKT_ENTRY_LIBERAL passes everything.
 */
enum pkt_drop pkt_window_check(const struct pkt_entry *from,
			       const struct pkt_entry *to,
			       const struct pkt_seg *seg, bool *is_current);
/* Learn from a segment that is current. */
void pkt_window_learn(struct pkt_entry *from, struct pkt_entry *to,
		      const struct pkt_seg *seg);
