/* packet/traffic.c - token buckets, and the watch for silence */
#include "packet/traffic.h"

#include <string.h>

enum { MILLION = 1000 * 1000, MS = 1000 };

uint32_t pkt_traffic_octets(const struct pkt_seg *seg)
{
	uint32_t n = seg->gso_octets, packets = 1;

	if (n && seg->payload_octets > n)
		packets = (seg->payload_octets + n - 1) / n;
	return seg->payload_octets + packets * seg->payload_off;
}

/* ---- buckets ---- */

/* Octets times a million, as levels are. */
static int64_t size_of_sustained(const struct pkt_traffic_cfg *c)
{
	return (int64_t)c->mbs * MILLION;
}

/* Rate times time: both numbers have 32 bits. */
static int64_t size_of_peak(const struct pkt_traffic_cfg *c)
{
	uint64_t size = (uint64_t)c->pdr * c->dvt_us;

	return size > INT64_MAX ? INT64_MAX : (int64_t)size;
}

static int64_t level_at(const struct pkt_bucket *b, uint32_t rate, int64_t size,
			uint64_t now_us)
{
	uint64_t room, took = now_us > b->at_us ? now_us - b->at_us : 0;

	if (b->level >= size)
		return size;
	room = (uint64_t)size - (uint64_t)b->level;
	if (took > room / rate)
		return size;
	return b->level + (int64_t)(took * rate);
}

static void pay(struct pkt_bucket *b, uint32_t rate, int64_t size,
		uint32_t octets, uint64_t now_us)
{
	b->level = level_at(b, rate, size, now_us) - (int64_t)octets * MILLION;
	b->at_us = now_us;
}

bool pkt_traffic_ok(const struct pkt_traffic *t, enum pkt_dir way,
		    uint64_t now_us)
{
	const struct pkt_traffic_cfg *c = &t->cfg;

	if (!c->is_policed)
		return true;
	if (level_at(&t->sustained[way], c->sdr, size_of_sustained(c), now_us) <
	    0)
		return false;
	return !c->pdr ||
	       level_at(&t->peak[way], c->pdr, size_of_peak(c), now_us) >= 0;
}

void pkt_traffic_charge(struct pkt_traffic *t, enum pkt_dir way,
			uint32_t octets, uint64_t now_us)
{
	const struct pkt_traffic_cfg *c = &t->cfg;

	if (!c->is_policed)
		return;
	pay(&t->sustained[way], c->sdr, size_of_sustained(c), octets, now_us);
	if (c->pdr)
		pay(&t->peak[way], c->pdr, size_of_peak(c), octets, now_us);
}

static bool is_same_policing(const struct pkt_traffic_cfg *a,
			     const struct pkt_traffic_cfg *b)
{
	return a->is_policed == b->is_policed && a->sdr == b->sdr &&
	       a->mbs == b->mbs && a->pdr == b->pdr && a->dvt_us == b->dvt_us;
}

static bool is_same_watch(const struct pkt_traffic_cfg *a,
			  const struct pkt_traffic_cfg *b)
{
	return a->quiet_s == b->quiet_s && a->quiet_ways == b->quiet_ways &&
	       a->quiet_id == b->quiet_id;
}

void pkt_traffic_set(struct pkt_traffic *t, const struct pkt_traffic_cfg *cfg,
		     uint64_t now_us)
{
	struct pkt_bucket sustained = { size_of_sustained(cfg), now_us };
	struct pkt_bucket peak = { size_of_peak(cfg), now_us };

	for (unsigned int way = 0; way < PKT_DIRS; way++) {
		if (is_same_policing(&t->cfg, cfg))
			break;
		t->sustained[way] = sustained;
		t->peak[way] = peak;
	}
	if (!is_same_watch(&t->cfg, cfg)) {
		t->watch_ms = (uint32_t)(now_us / MS);
		t->is_told = false;
	}
	t->cfg = *cfg;
}

/* ---- silence ---- */

/* The engine clock in milliseconds wraps: only differences count. */
static uint32_t later(uint32_t a, uint32_t b, uint32_t now_ms)
{
	return now_ms - a < now_ms - b ? a : b;
}

/* The latest packet that breaks the silence; else when the watch began. */
static uint32_t latest(const struct pkt_traffic *t,
		       const uint32_t seen_ms[PKT_DIRS], uint32_t now_ms)
{
	uint32_t ms = t->watch_ms;

	for (unsigned int way = 0; way < PKT_DIRS; way++)
		if (t->cfg.quiet_ways & 1u << way && seen_ms[way])
			ms = later(ms, seen_ms[way], now_ms);
	return ms;
}

static bool is_reported(const struct pkt_traffic *t, uint32_t latest_ms)
{
	return t->is_told && t->told_ms == latest_ms;
}

uint64_t pkt_traffic_next(const struct pkt_traffic *t,
			  const uint32_t seen_ms[PKT_DIRS], uint64_t now_us)
{
	uint32_t now_ms = (uint32_t)(now_us / MS);
	uint32_t ms = latest(t, seen_ms, now_ms);
	uint64_t wait_us = (uint64_t)t->cfg.quiet_s * MILLION;
	uint64_t quiet_us = (uint64_t)(now_ms - ms) * MS;

	if (!t->cfg.quiet_s)
		return UINT64_MAX;
	/* After a report nothing is missed by looking this late: a packet of
	 * the meantime has its own time. */
	if (is_reported(t, ms))
		return now_us + wait_us;
	return quiet_us < wait_us ? now_us + wait_us - quiet_us : now_us;
}

bool pkt_traffic_quiet(struct pkt_traffic *t, const uint32_t seen_ms[PKT_DIRS],
		       uint64_t now_us)
{
	uint32_t now_ms = (uint32_t)(now_us / MS);
	uint32_t ms = latest(t, seen_ms, now_ms);

	if (!t->cfg.quiet_s || is_reported(t, ms) ||
	    (uint64_t)(now_ms - ms) < (uint64_t)t->cfg.quiet_s * MS)
		return false;
	t->is_told = true;
	t->told_ms = ms;
	return true;
}
