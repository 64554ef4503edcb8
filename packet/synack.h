/*
 * packet/synack.h - what the two SYN-ACKs of a rendezvous say
 *
 * Each is made of the SYN of the other client; an option is in both or in
 * neither.  rendezvous.md 3.
 */
#pragma once

#include "packet/rendezvous.h"

/* Freeze the options from the latest SYN of both legs: setup->frozen,
 * frozen_ecn, and what the entries say of them. */
void pkt_synack_agree(struct pkt_rdv *r, uint64_t now_us);
/* The client of `leg` sends a SYN that lacks what is frozen (O27). */
bool pkt_synack_lacks(const struct pkt_rdv *r, unsigned int leg,
		      const struct pkt_opts *o);
/* The probed client has acknowledged: the other SYN-ACK gets the newest
 * timestamps there are (S9). */
void pkt_synack_renew_ts(struct pkt_rdv *r, unsigned int probed,
			 const struct pkt_opts *ack);
/* Window told to the client of `leg`: 0 while it is only probed. */
uint16_t pkt_synack_window(const struct pkt_rdv *r, unsigned int leg);
/* Numbers, flags, window and options; addresses are the caller's. */
void pkt_synack_fill(const struct pkt_rdv *r, unsigned int leg,
		     struct pkt_tx *tx);
/* MSS that the client of leg may be told: that of the other SYN, within the
 * MTU of both ways. */
uint16_t pkt_synack_mss(const struct pkt_rdv *r, unsigned int leg);
/* PKT_STAT_* of what is frozen for leg 0. */
uint8_t pkt_synack_stat_bits(const struct pkt_setup *s);
