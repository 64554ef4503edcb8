/*
 * gateway/signals.h - the Signals descriptor: ipnapt/latch (h248.md 5.6)
 *
 * It is an instruction, not a sound: it takes no time of its own, so only
 * SignalType Brief is there, and an event does not interrupt it.  It is over
 * when the source is latched (OFF: at once), or when other Signals take its
 * place; who asked for NotifyCompletion and for g/sc is told (H.248.1 7.1.11,
 * E.1.2).
 */
#pragma once

#include "gateway/plan.h"

/* Puts Signals into the plan.  0, or -EPROTO: the verdicts of h248/pkg.h, 449
 * a stream that is not there, 513 another signal, 501 what is not built
 * (lists, other types, durations). */
int gw_signals_read(struct gw_plan *p, const struct h248_signals *d,
		    struct h248_err *err);
/* After the commit: tells of the signals that the plan has ended. */
void gw_signals_commit(struct gw_plan *p);
/* The source of s is latched. */
void gw_signals_done(struct gw_term *term, struct gw_stream *s, uint64_t at_us);
