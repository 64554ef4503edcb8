/* packet/traffic.c - token buckets, and the watch for silence */
#include "packet/traffic.h"

#include <string.h>

enum { MILLION = 1000 * 1000, MS = 1000 };

uint32_t pkt_traffic_octets(const struct pkt_seg *seg)
{
	return pkt_police_octets(seg->payload_octets, seg->payload_off,
				 seg->gso_octets);
}

/* ---- buckets ---- */

static uint64_t ticks(uint64_t us)
{
	return us * (1000 * PKT_TICKS_NS);
}

/* Ticks to fill so many octets.  What takes longer than two years never ends. */
static uint64_t time_of(uint32_t octets, uint32_t rate)
{
	const uint64_t never = UINT64_C(1) << 62;
	unsigned __int128 t = (unsigned __int128)octets * ticks(MILLION) / rate;

	return t > never ? never : (uint64_t)t;
}

bool pkt_traffic_ok(const struct pkt_traffic *t, enum pkt_dir way,
		    uint64_t now_us)
{
	const struct pkt_police *p = t->shared ? t->shared : &t->own;

	return !t->cfg.is_policed || pkt_police_ok(p, way, ticks(now_us));
}

void pkt_traffic_charge(struct pkt_traffic *t, enum pkt_dir way,
			uint32_t octets, uint64_t now_us)
{
	struct pkt_police *p = t->shared ? t->shared : &t->own;

	if (t->cfg.is_policed)
		pkt_police_charge(p, way, octets, ticks(now_us));
}

static void fill(struct pkt_police *p, const struct pkt_traffic_cfg *cfg,
		 uint64_t now)
{
	*p = (struct pkt_police) { .rate = { cfg->sdr, cfg->pdr } };
	for (unsigned int way = 0; way < PKT_DIRS; way++)
		p->full_at[way][PKT_SUSTAINED] = p->full_at[way][PKT_PEAK] =
			now;
	if (cfg->sdr)
		p->depth[PKT_SUSTAINED] = time_of(cfg->mbs, cfg->sdr);
	p->depth[PKT_PEAK] = ticks(cfg->dvt_us);
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
	if (!is_same_policing(&t->cfg, cfg))
		fill(t->shared ? t->shared : &t->own, cfg, ticks(now_us));
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
