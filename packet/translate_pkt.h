/*
 * packet/translate_pkt.h - an entry applied to a packet, in user space
 *
 * The rewrite itself is that of translate.h; here it meets a parsed packet.
 * Thread: any; no allocation.
 */
#pragma once

#include "packet/entry.h"
#include "packet/seg.h"

/*
 * Rewrite a segment that arrived at `in` so that it leaves at `out`: both
 * addresses and ports, the TCP checksum by difference (an error in it stays
 * an error), a partial checksum by its address part only, the IPv4 header
 * checksum, and the DSCP when `out` marks what leaves there.  TTL, numbers
 * and payload stay.
 *
 * In:      pkt and seg: a packet and what pkt_seg_parse() read from it; in:
 *          the entry it arrived at, its rewrite data valid (pkt_rdv_segment()
 *          said PKT_ACT_FORWARD); out: the peer entry
 * Returns: 0, or -EAFNOSUPPORT when the two are of different families: then
 *          nothing was changed
 */
int pkt_translate(uint8_t *pkt, const struct pkt_seg *seg,
		  const struct pkt_entry *in, const struct pkt_entry *out);

/*
 * Write the rewrite data of in->out_*, PKT_ENTRY_OUT6 and the two checksum
 * differences.  in->remote and in->remote_port_be are set before.
 *
 * In:      at: local end of `in`; from, to: source and destination of what
 *          leaves at the peer, that is its local end and its latched remote
 */
void pkt_translate_set(struct pkt_entry *in, const struct pkt_local *at,
		       const struct pkt_local *from,
		       const struct pkt_local *to);
