/* gateway/bridge.c - events of the engine become replies and Notifies */
#include "gateway/bridge.h"

#include <stdio.h>
#include <string.h>

#include "gateway/address.h"
#include "gateway/ctl.h"
#include "gateway/host.h"
#include "gateway/job.h"
#include "gateway/interop.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/signals.h"
#include "gateway/stats.h"
#include "gateway/trace.h"
#include "gateway/rungs.h"

static void on_syn(struct gw_term *t, struct gw_stream *s,
		   const struct pkt_evt *evt)
{
	struct gw_notify_params rsac = { 0 }, syn = { 0 };
	struct gw_about at = gw_about_term(t);
	char ra[INET6_ADDRSTRLEN];

	gw_address_text(&evt->stat.remote, 0, ra, sizeof(ra));
	gw_log(GW_LOG_SESSION | LOG_INFO, &at, "latched to %s port %u", ra,
	       evt->stat.remote_port);
	gw_notify_text(&syn, "ra", ra, true);
	gw_notify_uint(&syn, "rp", evt->stat.remote_port);
	gw_notify(t, "tcprv", "syn", s, evt->at_us, &syn);
	gw_notify_text(&rsac, "nrsa", ra, true);
	gw_notify_uint(&rsac, "nrsp", evt->stat.remote_port);
	gw_notify(t, "adr", "rsac", s, evt->at_us, &rsac);
	/* Done: the signal is over (h248.md 5.6). */
	gw_signals_done(t, s, evt->at_us);
}

static void opts_text(uint8_t opts, char *out, size_t cap)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} names[] = { { PKT_STAT_WS, "ws" },
		      { PKT_STAT_SACK, "sack" },
		      { PKT_STAT_TS, "ts" },
		      { PKT_STAT_ECN, "ecn" } };
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (opts & names[i].bit)
			n += (size_t)snprintf(out + n, cap - n, "%s%s",
					      n ? "," : "", names[i].name);
}

static void on_open(struct gw_term *t, struct gw_stream *s,
		    const struct pkt_evt *evt)
{
	struct gw_notify_params p = { 0 };
	struct gw_about at = gw_about_term(t);
	char opts[32];

	/* Both gates report it. */
	if (t == t->ctx->term[0])
		gw_stats_setup(t->ctx->gw, evt->stat.est_ms);
	opts_text(evt->stat.opts, opts, sizeof(opts));
	gw_log(GW_LOG_SESSION | LOG_INFO, &at,
	       "open after %u ms, mss %u, options %s", evt->stat.est_ms,
	       evt->stat.mss, opts[0] ? opts : "none");
	gw_notify_uint(&p, "wait", evt->stat.est_ms);
	gw_notify_uint(&p, "mss", evt->stat.mss);
	gw_notify_text(&p, "opts", opts, true);
	gw_notify(t, "tcprv", "est", s, evt->at_us, &p);
}

/* g/cause (H.248.1 E.1.2): FT is a temporary failure, NR a normal release;
 * Failurecause, an octet string, is text of ours: "tcp-rst" (h248.md 6.6). */
static void general_cause(struct gw_term *t, struct gw_stream *s,
			  const struct pkt_evt *evt)
{
	struct gw_notify_params p = { 0 };
	const struct conf_interop *c = &t->ctx->gw->conf.h248.interop;
	char text[32];
	size_t n;

	snprintf(text, sizeof(text), "tcp-%s", pkt_cause_name(evt->cause));
	n = strlen(text);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)gw_interop_octet(c, (uint8_t)text[i]);
	gw_notify_text(&p, "Generalcause",
		       evt->cause == PKT_CAUSE_FIN ? "NR" : "FT", false);
	gw_notify_octets(&p, "Failurecause", text, n);
	gw_notify(t, "g", "cause", s, evt->at_us, &p);
}

static void on_fail(struct gw_term *t, struct gw_stream *s,
		    const struct pkt_evt *evt)
{
	struct gw_notify_params p = { 0 };
	struct gw_about at = gw_about_term(t);

	s->last_cause = evt->cause;
	gw_log(GW_LOG_SESSION | LOG_NOTICE, &at, "did not open: %s",
	       pkt_cause_name(evt->cause));
	gw_notify_text(&p, "cause", pkt_cause_name(evt->cause), false);
	gw_notify(t, "tcprv", "fail", s, evt->at_us, &p);
	general_cause(t, s, evt);
}

static void on_closed(struct gw_term *t, struct gw_stream *s,
		      const struct pkt_evt *evt)
{
	struct gw_notify_params p = { 0 };
	struct gw_about at = gw_about_term(t);
	const char *by = evt->is_far ? "far" : "near";

	s->last_cause = evt->cause;
	gw_log(GW_LOG_SESSION | LOG_INFO, &at, "ended: %s, %s",
	       pkt_cause_name(evt->cause), by);
	gw_notify_text(&p, "cause", pkt_cause_name(evt->cause), false);
	gw_notify_text(&p, "by", by, false);
	gw_notify(t, "tcprv", "rel", s, evt->at_us, &p);
	general_cause(t, s, evt);
}

static void on_quiet(struct gw_term *t, struct gw_stream *s,
		     const struct pkt_evt *evt)
{
	struct gw_about at = gw_about_term(t);

	gw_log(GW_LOG_SESSION | LOG_INFO, &at, "no traffic for %u s",
	       s->gate_cfg.traffic.quiet_s);
	gw_notify(t, "adid", "ipstop", s, evt->at_us, NULL);
}

static const struct report {
	void (*handle)(struct gw_term *, struct gw_stream *,
		       const struct pkt_evt *);
	size_t counter;
} reports[] = {
	[PKT_EVT_SYN] = { on_syn, offsetof(struct gw_stats, syn) },
	[PKT_EVT_OPEN] = { on_open, offsetof(struct gw_stats, open) },
	[PKT_EVT_FAIL] = { on_fail, offsetof(struct gw_stats, fail) },
	[PKT_EVT_CLOSED] = { on_closed, offsetof(struct gw_stats, closed) },
	[PKT_EVT_QUIET] = { on_quiet, offsetof(struct gw_stats, quiet) },
};

void gw_bridge_event(struct gw *gw, const struct pkt_evt *evt)
{
	struct gw_term *term = NULL;
	struct gw_stream *s = gw_stream_of_gate(gw, evt->gate, &term);
	const struct report *r;

	if (s) {
		s->stat = evt->stat;
		s->heard = ++gw->n_heard;
	}
	if (evt->type == PKT_EVT_DONE) {
		if (evt->token & GW_CTL_TOKEN)
			gw_ctl_read_done(gw->host->ctl, evt->token);
		else
			gw_job_done(gw, evt->token);
		return;
	}
	if (evt->type >= sizeof(reports) / sizeof(reports[0]))
		return;
	r = &reports[evt->type];
	++*(uint64_t *)((char *)&gw->stats + r->counter);
	if (evt->type != PKT_EVT_SYN && evt->type != PKT_EVT_QUIET)
		gw_gate_set_open(gw, evt->gate, evt->type == PKT_EVT_OPEN);
	/* Not of a termination any more, or not yet: its Add waits. */
	if (!s || !term->ctx)
		return;
	gw_trace_event(gw->host->trace, term, evt);
	gw_rungs_engine(term, evt);
	r->handle(term, s, evt);
}
