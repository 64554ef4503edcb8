/* gateway/traffic.c - tman/ and adid/ of a stream, for the engine */
#include "gateway/traffic.h"

#include <string.h>

#include "gateway/events.h"
#include "gateway/number.h"
#include "gateway/stream.h"
#include "h248/error.h"

enum { QUIET_S = 30 }; /* adid/ipstop without dt (reference 5.11) */

static const struct h248_place nowhere;

/* Values were checked against the package: decimal or 0x, 32 bits. */
static bool read_number(const struct gw_stream *s, const char *item,
			uint32_t *out)
{
	const struct gw_prop *p = gw_props_find(&s->props, "tman", item);

	*out = p ? (uint32_t)gw_number(p->value) : 0;
	return p;
}

static int make_policing(const struct gw_stream *s, struct pkt_traffic_cfg *out,
			 struct h248_err *err)
{
	const struct gw_prop *pol = gw_props_find(&s->props, "tman", "pol");
	bool has_sdr, has_mbs;

	if (!pol || strcasecmp(pol->value, "on"))
		return 0;
	has_sdr = read_number(s, "sdr", &out->sdr);
	has_mbs = read_number(s, "mbs", &out->mbs);
	if (!has_sdr || !has_mbs)
		return h248_err_set(err, 472, nowhere,
				    "tman/pol=ON needs tman/sdr and tman/mbs");
	if (!out->sdr)
		return h248_err_set(err, 449, nowhere, "tman/sdr=0");
	if (read_number(s, "pdr", &out->pdr) && !out->pdr)
		return h248_err_set(err, 449, nowhere, "tman/pdr=0");
	if (out->pdr && out->sdr > out->pdr)
		return h248_err_set(err, 473, nowhere,
				    "tman/sdr=%u above tman/pdr=%u", out->sdr,
				    out->pdr);
	read_number(s, "dvt", &out->dvt_us);
	out->is_policed = true;
	return 0;
}

static uint8_t ways_of(const char *dir)
{
	if (!strcasecmp(dir, "in"))
		return 1 << PKT_DIR_IN;
	if (!strcasecmp(dir, "out"))
		return 1 << PKT_DIR_OUT;
	return 1 << PKT_DIR_IN | 1 << PKT_DIR_OUT;
}

static void make_watch(const struct gw_stream *s,
		       const struct gw_events *events,
		       struct pkt_traffic_cfg *out)
{
	const struct gw_event *e =
		gw_events_find(events, "adid", "ipstop", s->id);

	out->quiet_s = e ? QUIET_S : 0;
	out->quiet_ways = e ? ways_of("both") : 0;
	out->quiet_id = e ? events->request_id : 0;
	for (unsigned int i = 0; e && i < e->n_params; i++) {
		const struct gw_param *p = &e->param[i];

		if (!strcasecmp(p->name, "dt"))
			out->quiet_s = (uint32_t)gw_number(p->value);
		else if (!strcasecmp(p->name, "dir"))
			out->quiet_ways = ways_of(p->value);
	}
}

int gw_traffic_make(const struct gw_stream *s, const struct gw_events *events,
		    struct pkt_traffic_cfg *out, struct h248_err *err)
{
	memset(out, 0, sizeof(*out));
	make_watch(s, events, out);
	return make_policing(s, out, err);
}

bool gw_traffic_is_news(const struct gw_stream *s,
			const struct gw_events *events)
{
	const struct pkt_traffic_cfg *now = &s->gate_cfg.traffic;
	struct pkt_traffic_cfg next = { 0 };

	make_watch(s, events, &next);
	return next.quiet_s != now->quiet_s ||
	       next.quiet_ways != now->quiet_ways ||
	       next.quiet_id != now->quiet_id;
}
