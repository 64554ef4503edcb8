/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/maps.h - maps and constants of the programs
 *
 * The entries and the index that leads to them are those of the engine itself;
 * a slot is that of slots.h.
 */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "packet/bpf/abi.h"
#include "packet/police.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set when loaded */
	__type(key, uint32_t);
	__type(value, struct pkt_entry);
} entries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set when loaded */
	__type(key, uint32_t);
	__type(value, struct fast_places);
} places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FAST_PATHS);
	__type(key, uint32_t);
	__type(value, struct fast_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set when loaded */
	__type(key, uint32_t);
	__type(value, struct fast_queue);
} queues SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set when loaded */
	__type(key, uint32_t);
	__type(value, struct pkt_police);
} polices SEC(".maps");

/* Places whose session opens or ends: a hint, for the worker that has it. */
struct hint_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* octets; as large as it is made */
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, FAST_WORKERS);
	__type(key, uint32_t);
	__array(values, struct hint_ring);
} hints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FAST_WORKERS);
	__type(key, uint32_t);
	__type(value, struct fast_missed);
} missed SEC(".maps");

const volatile struct fast_realms realms;
