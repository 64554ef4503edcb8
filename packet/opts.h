/*
 * packet/opts.h - the options of a TCP header, read and written
 *
 * Reading stops at a bad list and uses what it has (decision 23); a repeated
 * option counts as its last one; one of a wrong length is not there.
 * rendezvous.md 3.
 */
#pragma once

#include "packet/seg.h"

/* n octets after the fixed header; *o is written whole. */
void pkt_opts_read(const uint8_t *p, size_t n, struct pkt_opts *o);
/* MSS, SACK, TS, WS in this order, padded to words with NOPs in front.
 * Returns: octets written at p, at most 24. */
size_t pkt_opts_write(const struct pkt_opts *o, uint8_t *p);
