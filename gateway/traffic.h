/*
 * gateway/traffic.h - tman/ and adid/ of a stream, for the engine
 *
 * Control thread; pure.
 */
#pragma once

#include "gateway/context.h"

/*
 * Policing from LocalControl (tman/, H.248.53) and the watch for silence from
 * Events (adid/ipstop, H.248.40).
 *
 * Out:     *out, whole
 * Returns: 0, or -EPROTO: 449 a value, 472 tman/pol=ON without sdr and mbs,
 *          473 sdr above pdr
 */
int gw_traffic_make(const struct gw_stream *s, const struct gw_events *events,
		    struct pkt_traffic_cfg *out, struct h248_err *err);
/* Would these Events change what the engine watches for? */
bool gw_traffic_is_news(const struct gw_stream *s,
			const struct gw_events *events);
