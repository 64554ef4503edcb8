/* gateway/trace.c - see trace.h: whom, and for how long */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/trace_int.h"

enum {
	LOOK_MS = 100,
	LINGER_US = 500000, /* after the last context, for what follows it */
	RECORDS_PER_TURN = 128,
	SCANNED = 4096, /* contexts in one turn, for an address */
};

static const struct timeval look_time = { .tv_usec = LOOK_MS * 1000 };
static const struct timeval at_once = { 0 };

struct trace_context *trace_find(struct gw_trace *t, const struct gw *gw,
				 uint32_t id)
{
	for (unsigned int i = 0; id && i < t->n_contexts; i++)
		if (t->context[i].gw == gw && t->context[i].id == id)
			return &t->context[i];
	return NULL;
}

/* What it is in a file, at most. */
static uint64_t octets_of(const struct gw_trace_record *r)
{
	size_t frames = r->realm ? 1 : r->n / GW_TRACE_SEGMENT + 1;

	return r->n + frames * (GW_TRACE_FRAME + strlen(r->comment) +
				strlen(r->gw->conf.name));
}

void trace_emit(struct gw_trace *t, const struct gw_trace_record *r)
{
	uint64_t octets = octets_of(r);

	if (t->sums.octets + octets > t->ask.max_octets) {
		t->sums.left_out++;
		t->until_us = 0; /* looked at soon */
		t->sums.why = "size";
		return;
	}
	if (!t->ops.record(t->ops.arg, r)) {
		t->sums.left_out++;
		return;
	}
	t->sums.octets += octets;
	if (r->realm)
		t->sums.packets++;
	else
		t->sums.messages++;
}

static bool is_running(const struct gw_trace *t)
{
	return t && !t->is_leaving;
}

/* --- gates --------------------------------------------------------------- */

static void add_gate(struct gw_trace *t, const struct gw_context *ctx,
		     uint8_t side, const struct gw_stream *s)
{
	enum pkt_tap_level level =
		t->ask.has_payload ? PKT_TAP_PAYLOAD : PKT_TAP_HEADERS;

	if (t->n_gates == TRACE_GATES ||
	    pkt_gate_trace(t->host->engine, s->gate, level, 0)) {
		t->sums.left_out++;
		return;
	}
	t->gate[t->n_gates++] = (struct trace_gate) {
		.id = s->gate,
		.gw = ctx->gw,
		.ctx = ctx->id,
		.side = side,
	};
}

static void add_gates(struct gw_trace *t, const struct gw_context *ctx)
{
	const struct gw_term *term;

	for (unsigned int i = 0; i < ctx->n_terms; i++) {
		term = ctx->term[i];
		for (unsigned int k = 0; k < term->n_slots; k++)
			if (term->stream[k].gate.gen)
				add_gate(t, ctx, term->side, &term->stream[k]);
	}
}

bool trace_is_of(const struct gw_trace *t, const struct gw *gw)
{
	return !t->ask.gw || t->ask.gw == gw;
}

bool trace_wants_more(const struct gw_trace *t)
{
	return t->n_contexts <
	       (t->ask.has_address ? (uint32_t)GW_TRACE_CONTEXTS : t->ask.next);
}

/* false: there are enough, or it is one already. */
static bool add_context(struct gw_trace *t, const struct gw_context *ctx)
{
	if (t->n_contexts == GW_TRACE_CONTEXTS ||
	    trace_find(t, ctx->gw, ctx->id))
		return false;
	t->context[t->n_contexts++] = (struct trace_context) {
		.gw = ctx->gw,
		.id = ctx->id,
	};
	t->over_us = 0;
	return true;
}

void gw_trace_context(struct gw_trace *t, struct gw_context *ctx)
{
	if (is_running(t) && t->n_contexts < t->ask.next &&
	    trace_is_of(t, ctx->gw))
		(void)add_context(t, ctx);
}

/* --- an address ---------------------------------------------------------- */

static bool is_address(const struct gw_trace *t, const struct in6_addr *a)
{
	return t->ask.has_address && IN6_ARE_ADDR_EQUAL(a, &t->ask.address);
}

static bool is_of_stream(const struct gw_trace *t, const struct gw_stream *s)
{
	const struct pkt_filter *from = &s->gate_cfg.leg.from;

	return s->gate.gen &&
	       (is_address(t, &s->gate_cfg.leg.local) ||
		(from->prefix_len == 128 && is_address(t, &from->addr)) ||
		(s->stat.remote_port && is_address(t, &s->stat.remote)));
}

static bool is_of_context(const struct gw_trace *t,
			  const struct gw_context *ctx)
{
	for (unsigned int i = 0; i < ctx->n_terms; i++)
		for (unsigned int k = 0; k < ctx->term[i]->n_slots; k++)
			if (is_of_stream(t, &ctx->term[i]->stream[k]))
				return true;
	return false;
}

/* Contexts there are already, a slice of them each time.  false: that was
 * all. */
static bool scan(struct gw_trace *t)
{
	uint32_t ids[SCANNED], n;
	struct gw_context *ctx;

	if (!t->scanned)
		return false;
	n = trace_is_of(t, t->scanned) ?
		    gw_context_list(t->scanned, &t->bucket, ids, SCANNED) :
		    0;
	for (uint32_t i = 0; i < n; i++) {
		ctx = gw_context_find(t->scanned, ids[i]);
		if (ctx && is_of_context(t, ctx) && add_context(t, ctx))
			add_gates(t, ctx);
	}
	if (t->bucket >= t->scanned->n_buckets || !trace_is_of(t, t->scanned)) {
		t->scanned = TAILQ_NEXT(t->scanned, entry);
		t->bucket = 0;
	}
	return true;
}

void gw_trace_gate(struct gw_trace *t, const struct gw_context *ctx,
		   const struct gw_term *term, const struct gw_stream *s)
{
	uint8_t side;

	if (!is_running(t) || !ctx)
		return;
	if (t->ask.has_address && trace_is_of(t, ctx->gw) &&
	    is_of_stream(t, s) && add_context(t, ctx))
		add_gates(t, ctx);
	side = term->ctx ? term->side : gw_context_free_side(ctx);
	if (trace_find(t, ctx->gw, ctx->id))
		add_gate(t, ctx, side, s);
}

void gw_trace_event(struct gw_trace *t, const struct gw_term *term,
		    const struct pkt_evt *evt)
{
	if (is_running(t) && evt->type == PKT_EVT_SYN &&
	    is_address(t, &evt->stat.remote) && trace_is_of(t, term->ctx->gw) &&
	    add_context(t, term->ctx))
		add_gates(t, term->ctx);
}

/* --- a context that was not made ----------------------------------------- */

static void forget_gates(struct gw_trace *t, const struct trace_context *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->n_gates; i++)
		if (t->gate[i].gw != c->gw || t->gate[i].ctx != c->id)
			t->gate[n++] = t->gate[i];
	t->n_gates = n;
}

void trace_forget_unmade(struct gw_trace *t)
{
	struct trace_context c;
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->n_contexts; i++) {
		c = t->context[i];
		if (c.is_told || gw_context_find(c.gw, c.id))
			t->context[n++] = c;
		else
			forget_gates(t, &c);
	}
	t->n_contexts = n;
	t->over_us = 0;
}

/* --- packets ------------------------------------------------------------- */

static const struct trace_gate *gate_of(const struct gw_trace *t,
					struct pkt_gate_id id)
{
	for (unsigned int i = t->n_gates; i; i--)
		if (t->gate[i - 1].id.slot == id.slot &&
		    t->gate[i - 1].id.gen == id.gen)
			return &t->gate[i - 1];
	return NULL;
}

/* What an earlier trace of the same gate had asked for may still come. */
static bool is_of_earlier(const struct gw_trace *t, const struct pkt_tapped *p)
{
	enum pkt_tap_level level =
		t->ask.has_payload ? PKT_TAP_PAYLOAD : PKT_TAP_HEADERS;

	return p->level != level || p->at_us < t->began_us;
}

static const char *realm_name(const struct gw *gw, uint8_t realm)
{
	unsigned int i = realm - gw->first_realm;

	return i < gw->conf.n_realms ? gw->conf.realm[i].name : "?";
}

/* The last piece of a packet. */
static void emit_packet(struct gw_trace *t, const struct pkt_tapped *p)
{
	const struct trace_gate *g = gate_of(t, p->gate);
	char comment[GW_TRACE_COMMENT];
	struct gw_trace_record r = {
		.at_us = p->at_us,
		.is_out = p->what != PKT_TAP_CAME && p->what != PKT_TAP_ICMP,
		.octets = t->packet,
		.n = t->n_packet,
		.of = p->octets,
		.comment = comment,
	};

	if (!g || is_of_earlier(t, p))
		return;
	r.gw = g->gw;
	r.ctx = g->ctx;
	r.realm = realm_name(g->gw, p->realm);
	trace_comment(p, g->side, comment, sizeof(comment));
	trace_emit(t, &r);
}

void gw_trace_drain(struct gw_trace *t)
{
	struct pkt_tapped p;
	unsigned int n = 0;

	if (!is_running(t))
		return;
	while (n < RECORDS_PER_TURN &&
	       pkt_engine_next_tap(t->host->engine, &p)) {
		n++;
		t->is_inside = p.is_more;
		if (t->n_packet + p.n <= TRACE_PACKET) {
			memcpy(t->packet + t->n_packet, p.octet, p.n);
			t->n_packet += p.n;
		}
		if (p.is_more)
			continue;
		emit_packet(t, &p);
		t->n_packet = 0;
	}
	if (n == RECORDS_PER_TURN)
		evtimer_add(t->timer, &at_once);
}

/* --- its end ------------------------------------------------------------- */

/* An address may have contexts later. */
static bool is_over(const struct gw_trace *t)
{
	if (t->ask.has_address || trace_wants_more(t))
		return false;
	for (unsigned int i = 0; i < t->n_contexts; i++)
		if (gw_context_find(t->context[i].gw, t->context[i].id))
			return false;
	return true;
}

/* The engine takes them back one by one.  false: some are left, it has no room
 * for more commands now. */
static bool untrace(struct gw_trace *t)
{
	for (; t->n_gates; t->n_gates--)
		if (pkt_gate_trace(t->host->engine, t->gate[t->n_gates - 1].id,
				   PKT_TAP_OFF, 0) == -EAGAIN)
			return false;
	return true;
}

/* Takes the rest of the rings.  Returns how many packets of this trace that
 * were. */
static uint64_t discard(struct gw_trace *t)
{
	struct pkt_engine *e = t->host->engine;
	unsigned int most = pkt_engine_n_workers(e) * PKT_TAP_RECORDS;
	struct pkt_tapped p;
	uint64_t n = 0;

	for (unsigned int i = 0; i < most && pkt_engine_next_tap(e, &p); i++) {
		n += !p.is_more && gate_of(t, p.gate);
		t->is_inside = p.is_more;
	}
	return n;
}

/* Nothing of it is left, and the next record is the first of its packet. */
static bool is_gone(struct gw_trace *t)
{
	bool are_untraced = untrace(t);

	(void)discard(t); /* of after its end */
	return are_untraced && !t->is_inside;
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	struct gw_trace *t = arg;
	uint64_t now = gw_now_us();

	(void)fd, (void)what;
	if (t->is_leaving) {
		if (is_gone(t))
			gw_trace_free(t);
		else
			evtimer_add(t->timer, &look_time);
		return;
	}
	evtimer_add(t->timer, &look_time);
	gw_trace_drain(t);
	if (scan(t))
		evtimer_add(t->timer, &at_once);
	if (is_over(t) && !t->over_us)
		t->over_us = now;
	if (now >= t->until_us)
		gw_trace_stop(t, t->sums.why ? t->sums.why : "time");
	else if (t->over_us && now >= t->over_us + LINGER_US)
		gw_trace_stop(t, "over");
}

static uint64_t lost(const struct gw_trace *t)
{
	struct pkt_counters c = { 0 };

	pkt_engine_counters(t->host->engine, &c);
	return c.tap_lost;
}

void gw_trace_free(struct gw_trace *t)
{
	if (!t)
		return;
	t->host->trace = NULL;
	trace_forget_messages(t);
	event_free(t->timer);
	free(t->packet);
	free(t);
}

void gw_trace_stop(struct gw_trace *t, const char *why)
{
	if (!t || t->is_leaving)
		return;
	if (why)
		gw_trace_drain(t);
	t->is_leaving = true;
	t->sums.left_out += discard(t) + lost(t) - t->lost_before;
	t->sums.contexts = t->n_contexts;
	t->sums.why = why;
	if (why)
		t->ops.done(t->ops.arg, &t->sums);
	evtimer_add(t->timer, &at_once);
}

/* --- its beginning ------------------------------------------------------- */

static void find_contexts(struct gw_trace *t)
{
	const struct gw_context *ctx;

	if (t->ask.has_address)
		t->scanned = TAILQ_FIRST(&t->host->gateways);
	ctx = t->ask.id ? gw_context_find(t->ask.gw, t->ask.id) : NULL;
	if (ctx && add_context(t, ctx))
		add_gates(t, ctx);
}

static struct gw_trace *trace_new(struct gw_host *host)
{
	struct gw_trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->host = host;
	t->packet = malloc(TRACE_PACKET);
	t->timer = evtimer_new(host->base, on_look, t);
	if (t->packet && t->timer)
		return t;
	if (t->timer)
		event_free(t->timer);
	free(t->packet);
	free(t);
	return NULL;
}

const char *gw_trace_start(struct gw_host *host, const struct gw_trace_ask *ask,
			   const struct gw_trace_ops *ops)
{
	struct gw_trace *t;

	if (host->trace)
		return "there is a trace already; one at a time";
	t = trace_new(host);
	if (!t)
		return "out of memory";
	t->ask = *ask;
	t->ops = *ops;
	t->began_us = gw_now_us();
	t->until_us = t->began_us + ask->seconds * UINT64_C(1000000);
	t->sums.octets = GW_TRACE_FILE;
	t->lost_before = lost(t);
	host->trace = t;
	find_contexts(t);
	evtimer_add(t->timer, &at_once);
	return NULL;
}
