/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/home.h - the rendezvous that a local port is at home with
 *
 * Which rendezvous a port belongs to says an index (entry.h).  With a million
 * sessions that is a random access, and the one to the entries waits for it.  So
 * the ports of a realm have the rendezvous as their homes, spread evenly over
 * all of them, and a gate gets a port that is at home with its rendezvous, where
 * one is free: then a program finds the entries from the port alone.  It is a
 * wish, never more: whoever looks there must see that the entries are of that
 * port, and otherwise ask the index.
 *
 * One source for user space and the kernel's programs; no libc.
 */
#pragma once

#include <stdint.h>

enum { PKT_HOME_SHIFT = 31 };

/* Homes of a port, of as many ports, of one family in a realm, for as many
 * rendezvous; as a fraction.  With fewer ports than rendezvous the ports are
 * the first ones themselves. */
static inline uint32_t pkt_home_scale(uint32_t n_ports, uint32_t n_rdvs)
{
	if (n_ports <= n_rdvs)
		return 1u << PKT_HOME_SHIFT;
	return (uint32_t)(((uint64_t)n_rdvs << PKT_HOME_SHIFT) / n_ports);
}

/* The home of the nth port. */
static inline uint32_t pkt_home(uint32_t nth, uint32_t scale)
{
	return (uint32_t)((uint64_t)nth * scale >> PKT_HOME_SHIFT);
}

/* The first port with this home, or behind it. */
static inline uint32_t pkt_home_first(uint32_t home, uint32_t scale)
{
	return (uint32_t)((((uint64_t)home << PKT_HOME_SHIFT) + scale - 1) /
			  scale);
}
