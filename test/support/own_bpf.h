/*
 * test/support/own_bpf.h - links and maps of BPF that this process holds
 *
 * Found among its descriptors, so that what others have on the same host is
 * left alone.  Needs no libbpf.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* As somebody else would who takes the XDP program of an interface away, and
 * puts it there himself: our link is dead, and no new one can be made.  False:
 * there is no link, or no bpftool. */
bool own_bpf_usurp(const char *iface);
/* The same one leaves. */
bool own_bpf_restore(const char *iface);

/* Is there an element of this key, of 32 bits, in the map of that name? */
bool own_bpf_has(const char *map, uint32_t key);
