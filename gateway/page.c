/* gateway/page.c - see page.h */
#include "gateway/page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <event2/buffer.h>

#include "gateway/address.h"
#include "gateway/drain.h"
#include "gateway/explain.h"
#include "gateway/journal.h"
#include "gateway/ladder.h"
#include "gateway/markup.h"

enum {
	MAX_CONTEXTS = 100, /* of all gateways, the newest of each first */
	MAX_PAST = 10,      /* of each gateway */
	MAX_LINES = 20,
	RATE_US = 1000000, /* rates are over that or longer */
};

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
	"<meta charset=\"utf-8\"/>"
	"<meta http-equiv=\"refresh\" content=\"5\"/>"
	"<title>bgfd</title><style>"
	"body{font:14px sans-serif;margin:1.5em;color:#222}"
	"table{border-collapse:collapse;margin:.3em 0 1.5em}"
	"th,td{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}"
	"th{background:#f2f2f2}td.n{text-align:right}"
	".good{color:#060}.bad{color:#a00;font-weight:bold}"
	"</style></head><body>\n";
static const char tail[] = "</body></html>\n";

/* <td>, the text, </td>; class NULL: none. */
static void cell(struct evbuffer *out, const char *class, const char *text)
{
	gw_markup_put(out, class ? "<td class=\"" : "<td>");
	if (class) {
		gw_markup_put(out, class);
		gw_markup_put(out, "\">");
	}
	gw_markup_text(out, text);
	gw_markup_put(out, "</td>");
}

static void number(struct evbuffer *out, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	cell(out, "n", text);
}

/* names: of columns, NULL at the end. */
static void begin(struct evbuffer *out, const char *title,
		  const char *const *names)
{
	evbuffer_add_printf(out, "<h2>%s</h2>\n<table><tr>", title);
	for (; *names; names++)
		evbuffer_add_printf(out, "<th>%s</th>", *names);
	gw_markup_put(out, "</tr>\n");
}

static void endpoint(struct evbuffer *out, const struct in6_addr *a,
		     uint16_t port)
{
	char text[GW_ADDRESS] = "?";

	if (port)
		gw_address_text(a, port, text, sizeof(text));
	cell(out, NULL, text);
}

/* --- gateways, ports ----------------------------------------------------- */

static const char *service_of(const struct gw *gw)
{
	if (gw->is_stopping)
		return "stopping";
	if (gw_drain_refuses(gw, false))
		return "draining";
	return gw->service.is_out ? "out of service" : "in service";
}

static void put_gateways(struct evbuffer *out, const struct gw_host *host)
{
	static const char *const names[] = {
		"gateway",  "MID",    "association", "service",
		"contexts", "limit",  "sessions",    "transactions",
		"opened",   "failed", NULL
	};
	const struct gw *gw;

	begin(out, "Gateways", names);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		enum h248_assoc_state state = gw_assoc_state(gw);
		const char *service = service_of(gw);

		gw_markup_put(out, "<tr>");
		cell(out, NULL, gw->conf.name);
		cell(out, NULL, gw->conf.h248.mid);
		cell(out, state == H248_ASSOC_ACTIVE ? "good" : "bad",
		     h248_assoc_state_name(state));
		cell(out, strcmp(service, "in service") ? "bad" : "good",
		     service);
		number(out, gw->n_contexts);
		number(out, gw->conf.max_contexts);
		number(out, gw->n_open);
		number(out, gw->n_jobs);
		number(out, gw->stats.open / 2);
		number(out, gw->stats.fail / 2);
		gw_markup_put(out, "</tr>\n");
	}
	gw_markup_put(out, "</table>\n");
}

static void put_ports(struct evbuffer *out, const struct gw_host *host)
{
	static const char *const names[] = { "gateway", "realm",    "state",
					     "ports",   "used",     "resting",
					     "free",    "contexts", NULL };
	const struct gw *gw;

	begin(out, "Realms and media ports", names);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		for (unsigned int i = 0; i < gw->conf.n_realms; i++) {
			struct pkt_portpool_usage u = { 0 };
			bool is_up = !(gw->realms_down >> i & 1);

			if (gw->engine)
				pkt_engine_usage(gw->engine,
						 gw->first_realm + i, &u);
			gw_markup_put(out, "<tr>");
			cell(out, NULL, gw->conf.name);
			cell(out, NULL, gw->conf.realm[i].name);
			cell(out, is_up ? "good" : "bad",
			     is_up ? "up" : "down");
			number(out, u.total);
			number(out, u.used);
			number(out, u.quarantined);
			number(out, u.total - u.used - u.quarantined);
			number(out, gw->admission.realm[i].contexts);
			gw_markup_put(out, "</tr>\n");
		}
	}
	gw_markup_put(out, "</table>\n");
}

/* What packets there were, those of the kernel among them. */
struct packets {
	uint64_t at_us; /* 0: never */
	uint64_t in, octets_in, drops;
};

/* From one page to the next, when they are a second or more apart. */
struct rates {
	uint64_t over_us; /* 0: not known yet */
	struct packets change;
};

static struct rates rates_of(const struct packets *now)
{
	static struct packets last;
	static struct rates r;
	uint64_t over_us = now->at_us - last.at_us;

	/* Another engine, in tests, begins with less. */
	if (!last.at_us || now->in < last.in || now->at_us < last.at_us) {
		r = (struct rates) { 0 };
		last = *now;
	} else if (over_us >= RATE_US) {
		r.over_us = over_us;
		r.change.in = now->in - last.in;
		r.change.octets_in = now->octets_in - last.octets_in;
		r.change.drops = now->drops - last.drops;
		last = *now;
	}
	return r;
}

static void rate(struct evbuffer *out, uint64_t n, uint64_t over_us)
{
	/* Octets of a long time, a million times, do not fit a number. */
	if (over_us)
		number(out, (uint64_t)((double)n * 1e6 / (double)over_us));
	else
		cell(out, "n", "-");
}

static void put_packets(struct evbuffer *out, const struct gw_host *host)
{
	static const char *const names[] = { "packets in",    "octets in",
					     "in the kernel", "dropped",
					     "packets/s in",  "octets/s in",
					     "dropped/s",     NULL };
	struct pkt_counters c = { 0 };
	struct packets now = { .at_us = gw_now_us() };
	struct rates r;

	if (host->engine)
		pkt_engine_counters(host->engine, &c);
	now.in = c.rx_pkts + c.fast[PKT_FAST_PASSED];
	now.octets_in = c.rx_octets + c.fast_octets;
	for (unsigned int i = 0; i < PKT_DROP__COUNT; i++)
		now.drops += c.drop[i];
	r = rates_of(&now);
	begin(out, "Packets since the start, and since an earlier page", names);
	gw_markup_put(out, "<tr>");
	number(out, now.in);
	number(out, now.octets_in);
	number(out, c.fast[PKT_FAST_PASSED]);
	number(out, now.drops);
	rate(out, r.change.in, r.over_us);
	rate(out, r.change.octets_in, r.over_us);
	rate(out, r.change.drops, r.over_us);
	gw_markup_put(out, "</tr>\n</table>\n");
}

/* --- contexts ------------------------------------------------------------ */

/* A link to the page of the context. */
static void link_cell(struct evbuffer *out, const struct gw *gw, uint32_t id)
{
	gw_markup_put(out, "<td class=\"n\"><a href=\"/context?gateway=");
	gw_markup_text(out, gw->conf.name);
	evbuffer_add_printf(out, "&amp;id=%u\">%u</a></td>", id, id);
}

/* Of its first stream. */
static const char *state_of(const struct gw_context *ctx)
{
	const struct gw_stream *s =
		ctx->n_terms ? &ctx->term[0]->stream[0] : NULL;

	if (!s || !s->gate.gen)
		return "none";
	return pkt_state_name(
		gw_stream_state(s, gw_stream_peer(ctx->term[0], s->id)));
}

static void put_context(struct evbuffer *out, const struct gw_context *ctx)
{
	const struct gw_term *term;

	gw_markup_put(out, "<tr>");
	cell(out, NULL, ctx->gw->conf.name);
	link_cell(out, ctx->gw, ctx->id);
	cell(out, NULL, state_of(ctx));
	number(out, (gw_now_us() - ctx->created_us) / 1000000);
	for (uint8_t side = 0; side < GW_MAX_TERMS; side++) {
		term = gw_context_side(ctx, side);
		cell(out, NULL, term ? term->id : "");
		if (term)
			endpoint(out, &term->stream[0].stat.remote,
				 term->stream[0].stat.remote_port);
		else
			cell(out, NULL, "");
	}
	gw_markup_put(out, "</tr>\n");
}

static void put_contexts(struct evbuffer *out, const struct gw_host *host)
{
	static const char *const names[] = { "gateway", "context",  "state",
					     "age [s]", "A",        "client A",
					     "B",       "client B", NULL };
	const struct gw_context *ctx;
	unsigned int left = MAX_CONTEXTS;
	const struct gw *gw;

	begin(out, "Newest contexts", names);
	TAILQ_FOREACH (gw, &host->gateways, entry)
		TAILQ_FOREACH_REVERSE(ctx, &gw->contexts, gw_contexts, entry)
		{
			if (!left)
				break;
			left--;
			put_context(out, ctx);
		}
	gw_markup_put(out, "</table>\n");
}

static void put_history(struct evbuffer *out, const struct gw_host *host)
{
	static const char *const names[] = { "gateway",       "context",
					     "ended [s] ago", "lasted [s]",
					     "because",       NULL };
	const struct gw_past *p;
	const struct gw *gw;

	begin(out, "Contexts that ended", names);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		p = gw_history_before(gw, UINT64_MAX);
		for (unsigned int i = 0; p && i < MAX_PAST;
		     i++, p = gw_history_before(gw, p->seq)) {
			gw_markup_put(out, "<tr>");
			cell(out, NULL, gw->conf.name);
			link_cell(out, gw, p->id);
			number(out, (gw_now_us() - p->ended_us) / 1000000);
			number(out, (p->ended_us - p->created_us) / 1000000);
			cell(out, NULL, gw_end_text(p->end));
			gw_markup_put(out, "</tr>\n");
		}
	}
	gw_markup_put(out, "</table>\n");
}

static void put_lines(struct evbuffer *out)
{
	static const char *const names[] = { "time",    "level", "gateway",
					     "context", "text",  NULL };
	uint64_t last = gw_journal_last();
	const struct gw_line *l =
		gw_journal_after(last > MAX_LINES ? last - MAX_LINES : 0);

	begin(out, "Log", names);
	for (; l; l = gw_journal_after(l->seq)) {
		time_t s = (time_t)(l->wall_us / 1000000);
		struct tm tm;
		char at[32];

		gmtime_r(&s, &tm);
		strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
		gw_markup_put(out, "<tr>");
		cell(out, NULL, at);
		cell(out, l->priority <= LOG_WARNING ? "bad" : NULL,
		     gw_log_level_name(l->priority));
		cell(out, NULL, l->gw);
		number(out, l->ctx);
		cell(out, NULL, l->text);
		gw_markup_put(out, "</tr>\n");
	}
	gw_markup_put(out, "</table>\n");
}

void gw_page_status(const struct gw_host *host, struct evbuffer *out)
{
	gw_markup_put(out, head);
	gw_markup_put(out, "<h1>bgfd ");
	gw_markup_text(out, BGF_VERSION " \"");
	gw_markup_text(out, host->conf->name);
	gw_markup_put(out, "&quot;</h1>\n");
	put_gateways(out, host);
	put_ports(out, host);
	put_packets(out, host);
	put_contexts(out, host);
	put_history(out, host);
	put_lines(out);
	gw_markup_put(out, "<p><a href=\"/metrics\">metrics</a> "
			   "<a href=\"/readyz\">readyz</a></p>");
	gw_markup_put(out, tail);
}

/* --- one context --------------------------------------------------------- */

static void put_sentence(void *arg, unsigned int stream,
			 enum gw_explain_kind kind, const char *text)
{
	struct evbuffer *out = arg;

	gw_markup_put(out, "<tr>");
	if (stream)
		number(out, stream);
	else
		cell(out, NULL, "");
	cell(out, kind == GW_EXPLAIN_REFUSED ? "bad" : NULL,
	     gw_explain_kind_name(kind));
	cell(out, NULL, text);
	gw_markup_put(out, "</tr>\n");
}

static void put_ladder(const struct gw *gw, uint32_t id, struct evbuffer *out)
{
	struct gw_ladder l;

	if (gw_ladder_of(gw, id, &l))
		return;
	gw_markup_put(out, "<h2>Ladder</h2>\n");
	gw_ladder_svg(&l, out);
	if (l.lost)
		evbuffer_add_printf(out,
				    "<p>%u steps behind the first %d are"
				    " forgotten.</p>\n",
				    l.lost, GW_RUNGS_FIRST);
}

int gw_page_context(const struct gw_host *host, const char *gateway,
		    uint32_t id, struct evbuffer *out)
{
	static const char *const names[] = { "stream", "", "", NULL };
	const struct gw_context *ctx;
	const struct gw_past *past;
	const struct gw *gw;
	char title[64];

	TAILQ_FOREACH (gw, &host->gateways, entry)
		if (!strcmp(gw->conf.name, gateway))
			break;
	ctx = gw ? gw_context_find(gw, id) : NULL;
	past = gw && !ctx ? gw_history_find(gw, id) : NULL;
	if (!ctx && !past)
		return -ENOENT;
	snprintf(title, sizeof(title), "Context %u", id);
	gw_markup_put(out, head);
	begin(out, title, names);
	if (ctx)
		gw_explain_context(ctx, put_sentence, out);
	else
		gw_explain_past(past, put_sentence, out);
	gw_markup_put(out, "</table>\n");
	put_ladder(gw, id, out);
	gw_markup_put(out, "<p>A live context is shown as last heard of its"
			   " gates; <code>bgfctl explain</code> asks them.</p>"
			   "<p><a href=\"/\">all</a></p>");
	gw_markup_put(out, tail);
	return 0;
}
