/*
 * gateway/explain_stream.c - one stream of a context, in words; see explain.h
 *
 * One sentence for each state of the rendezvous and each state of its legs;
 * then what each side adds: its mode, its source filter, its rate, its drops.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "gateway/address.h"
#include "gateway/explain.h"
#include "h248/names.h"

struct side {
	const struct gw_term *term; /* NULL: there is none */
	const struct gw_stream *s;  /* NULL: it has no such stream */
	char name;                  /* 'A', 'B' */
	char end[GW_ADDRESS];       /* its gate */
	char client[GW_ADDRESS];    /* latched; "": nobody */
};

struct view {
	struct gw_teller to;
	const struct gw *gw;
	struct side side[2];
};

const char *gw_explain_cause(uint8_t cause)
{
	static const char *const texts[PKT_CAUSE__COUNT] = {
		[PKT_CAUSE_TWAIT] = "the other client did not come in time"
				    " (cause twait)",
		[PKT_CAUSE_TSA] = "a client never acknowledged its SYN-ACK"
				  " (cause tsa): it had given up, or its"
				  " firewall dropped the SYN-ACK",
		[PKT_CAUSE_RST] = "a client reset the connection (cause rst)",
		[PKT_CAUSE_RESTART] = "a client started over when the other was"
				      " committed already (cause restart)",
		[PKT_CAUSE_POLICY] = "the policy forbids it (cause policy)",
		[PKT_CAUSE_FIN] = "both clients closed it, the normal end"
				  " (cause fin)",
		[PKT_CAUSE_IDLE] = "nothing was sent for the idle time"
				   " (cause idle)",
		[PKT_CAUSE_OPER] = "an operator ended it (cause oper)",
	};
	const char *text = cause < PKT_CAUSE__COUNT ? texts[cause] : NULL;

	return text ? text : "";
}

static void endpoint(const struct in6_addr *a, uint16_t port, char *out,
		     size_t cap)
{
	out[0] = '\0';
	if (port)
		gw_address_text(a, port, out, cap);
}

static void look(struct side *d, char name, struct gw_term *term, uint16_t id)
{
	*d = (struct side) { .name = name, .term = term };
	d->s = term ? gw_stream_find(term, id) : NULL;
	if (!d->s)
		return;
	if (d->s->gate.gen)
		endpoint(&d->s->gate_cfg.leg.local,
			 d->s->gate_cfg.leg.local_port, d->end, sizeof(d->end));
	endpoint(&d->s->stat.remote, d->s->stat.remote_port, d->client,
		 sizeof(d->client));
}

static bool has_gate(const struct side *d)
{
	return d->s && d->s->gate.gen;
}

static uint8_t leg_of(const struct side *d)
{
	return d->s->stat.leg_state;
}

/* --- before there are two gates ------------------------------------------ */

static void tell_unreserved(const struct view *v)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct side *d = &v->side[i];

		if (!d->term)
			continue;
		if (!d->s)
			gw_explain_tell(
				&v->to, GW_EXPLAIN_WAITS,
				"%c (%s) has no such stream: the controller has"
				" not described it on both sides.",
				d->name, d->term->id);
		else if (!has_gate(d))
			gw_explain_tell(
				&v->to, GW_EXPLAIN_WAITS,
				"%c (%s) has no address yet: its Local descriptor"
				" is missing.",
				d->name, d->term->id);
	}
}

/* --- states -------------------------------------------------------------- */

/* How long the first client may still wait, in words. */
static void tell_time(const struct view *v, const char *what)
{
	uint32_t a = v->side[0].s->stat.wait_left_ms;
	uint32_t b = v->side[1].s->stat.wait_left_ms;
	uint32_t left = a > b ? a : b;

	gw_explain_tell(&v->to, GW_EXPLAIN_WAITS,
			"%s, for %u s more of %u s (twait); then it fails.",
			what, left / 1000, v->side[0].s->gate_cfg.rdv.twait_s);
}

static void on_armed(const struct view *v)
{
	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"Both clients may come, and none has: no SYN was taken.");
	gw_explain_tell(
		&v->to, GW_EXPLAIN_WAITS,
		"It waits for a SYN to %s (A) or %s (B), for as long as the"
		" controller lets it.",
		v->side[0].end, v->side[1].end);
}

static bool is_both_ways(const struct side *d)
{
	return d->s->mode == H248_MODE_SEND_RECV;
}

static void on_wait(const struct view *v)
{
	char what[256];

	for (unsigned int i = 0; i < 2; i++) {
		const struct side *here = &v->side[!i], *missing = &v->side[i];

		if (leg_of(missing) != PKT_LEG_IDLE)
			continue;
		gw_explain_tell(
			&v->to, GW_EXPLAIN_STATE,
			"%c has come from %s; its SYN is held, and it has been"
			" told nothing.",
			here->name, here->client);
		snprintf(what, sizeof(what), "It waits for a SYN of %c to %s",
			 missing->name, missing->end);
		tell_time(v, what);
		return;
	}
	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"Both clients have come (A from %s, B from %s), but a stream mode"
		" is not SendReceive: A has %s, B has %s.",
		v->side[0].client, v->side[1].client,
		h248_mode_name(v->side[0].s->mode),
		h248_mode_name(v->side[1].s->mode));
	tell_time(v, "It waits for stream mode SendReceive on both sides");
}

/* Whose SYN was held for long may be unknown to its own firewall. */
static void tell_answered(const struct view *v, const struct side *d)
{
	gw_explain_tell(&v->to, GW_EXPLAIN_WAITS,
			"It waits for the handshake ACK of %c (%s), at most"
			" %u s (thalf).",
			d->name, d->client, d->s->gate_cfg.rdv.thalf_s);
	gw_explain_tell(
		&v->to, GW_EXPLAIN_NOTE,
		"A firewall that has forgotten the held SYN of %c (half-open"
		" timer) drops the SYN-ACK; the next SYN of %c opens it, and is"
		" answered again.",
		d->name, d->name);
}

/* The handshakes; in relay the gateway itself connects to one side. */
static void on_handshake(const struct view *v)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct side *d = &v->side[i];

		if (d->s->gate_cfg.leg.role == PKT_ROLE_RELAY &&
		    leg_of(d) < PKT_LEG_ACKED) {
			gw_explain_tell(
				&v->to, GW_EXPLAIN_STATE,
				"The SYN of %c was sent on to the server behind %c"
				" (relay).",
				v->side[!i].name, d->name);
			gw_explain_tell(
				&v->to, GW_EXPLAIN_WAITS,
				"It waits for the answer of that server, at most"
				" %u s (thalf).",
				d->s->gate_cfg.rdv.thalf_s);
			return;
		}
	}
	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"Both clients have come (A from %s, B from %s); SYN-ACKs are"
		" under way.",
		v->side[0].client, v->side[1].client);
	for (unsigned int i = 0; i < 2; i++) {
		const struct side *d = &v->side[i];

		if (leg_of(d) == PKT_LEG_SENT)
			tell_answered(v, d);
		else if (leg_of(d) < PKT_LEG_SENT)
			gw_explain_tell(&v->to, GW_EXPLAIN_WAITS,
					"%c (%s) is answered when the other has"
					" acknowledged.",
					d->name, d->client);
	}
}

static void on_open(const struct view *v)
{
	const struct pkt_gate_stat *a = &v->side[0].s->stat;
	const struct pkt_gate_stat *b = &v->side[1].s->stat;
	uint32_t idle = a->idle_ms < b->idle_ms ? a->idle_ms : b->idle_ms;
	uint32_t tidle = v->side[0].s->gate_cfg.rdv.tidle_s;

	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"The session of A (%s) and B (%s) is open, %u ms after the first"
		" SYN; A sent %" PRIu64 " octets, B %" PRIu64 ".",
		v->side[0].client, v->side[1].client, a->est_ms, a->rx_octets,
		b->rx_octets);
	gw_explain_tell(
		&v->to, GW_EXPLAIN_NOTE,
		"The last segment came %u s ago; without any it is ended in %u s"
		" (tidle).",
		idle / 1000, tidle > idle / 1000 ? tidle - idle / 1000 : 0);
}

static void on_half(const struct view *v)
{
	for (unsigned int i = 0; i < 2; i++)
		if (leg_of(&v->side[i]) == PKT_LEG_FIN) {
			gw_explain_tell(
				&v->to, GW_EXPLAIN_STATE,
				"%c (%s) has closed its direction; the other one"
				" still sends.",
				v->side[i].name, v->side[i].client);
			gw_explain_tell(
				&v->to, GW_EXPLAIN_WAITS,
				"It waits for the FIN of %c, or for %u s of silence"
				" (tidle).",
				v->side[!i].name,
				v->side[i].s->gate_cfg.rdv.tidle_s);
			return;
		}
	gw_explain_tell(&v->to, GW_EXPLAIN_STATE,
			"One client has closed its direction.");
}

static void on_closing(const struct view *v)
{
	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"Both clients have closed: the session is over. Late segments are"
		" still translated, at most %u s (tfin).",
		v->side[0].s->gate_cfg.rdv.tfin_s);
	gw_explain_tell(&v->to, GW_EXPLAIN_WAITS,
			"It waits for the controller to subtract it.");
}

static void on_dead(const struct view *v)
{
	gw_explain_tell(
		&v->to, GW_EXPLAIN_STATE,
		"A client has reset the session with an exact RST. Late segments"
		" are still translated, at most %u s (trst).",
		v->side[0].s->gate_cfg.rdv.trst_s);
	gw_explain_tell(
		&v->to, GW_EXPLAIN_WAITS,
		"It waits for the controller to subtract it, or to arm it again.");
}

static void on_silent(const struct view *v)
{
	uint8_t a = v->side[0].s->last_cause, b = v->side[1].s->last_cause;
	const char *cause = gw_explain_cause(a != PKT_CAUSE_NONE ? a : b);

	gw_explain_tell(&v->to, GW_EXPLAIN_STATE,
			"It is over%s%s: it takes nothing now.",
			cause[0] ? ", because " : "", cause);
	gw_explain_tell(
		&v->to, GW_EXPLAIN_WAITS,
		"It waits for the controller: LATCH, RELATCH or a new Remote arm"
		" it again, Subtract ends it.");
}

static void (*const states[PKT_STATE__COUNT])(const struct view *v) = {
	[PKT_STATE_ARMED] = on_armed,     [PKT_STATE_WAIT] = on_wait,
	[PKT_STATE_PROBE] = on_handshake, [PKT_STATE_COMMIT] = on_handshake,
	[PKT_STATE_OPEN] = on_open,       [PKT_STATE_HALF] = on_half,
	[PKT_STATE_CLOSING] = on_closing, [PKT_STATE_DEAD] = on_dead,
	[PKT_STATE_SILENT] = on_silent,
};

/* --- what each side adds ------------------------------------------------- */

static void filter_text(const struct pkt_filter *f, char *out, size_t cap)
{
	bool is_v4 = IN6_IS_ADDR_V4MAPPED(&f->addr) && f->prefix_len >= 96;
	char addr[INET6_ADDRSTRLEN];
	unsigned int len = f->prefix_len - (is_v4 ? 96 : 0);
	int n;

	if (!f->prefix_len) {
		snprintf(out, cap, "anywhere");
		return;
	}
	inet_ntop(is_v4 ? AF_INET : AF_INET6,
		  is_v4 ? &f->addr.s6_addr[12] : f->addr.s6_addr, addr,
		  sizeof(addr));
	n = snprintf(out, cap, "%s/%u", addr, len);
	if (f->port_min || (f->port_max && f->port_max != UINT16_MAX))
		snprintf(out + n, cap - (size_t)n, " ports %u to %u",
			 f->port_min, f->port_max);
}

/* "REASON (what it means)" of the latest, and the names of those before it. */
static void whys_text(const struct pkt_gate_stat *s, char *out, size_t cap)
{
	enum pkt_drop why = (enum pkt_drop)(s->why[0] - 1);
	int n;

	if (!s->why[0]) {
		snprintf(out, cap, "why is not known yet");
		return;
	}
	n = snprintf(out, cap, "the latest because of %s (%s)",
		     pkt_drop_name(why), pkt_drop_help(why));
	for (unsigned int i = 1; i < PKT_WHYS && s->why[i]; i++)
		n += snprintf(out + n, cap - (size_t)n, "%s%s",
			      i == 1 ? ", before that " : ", ",
			      pkt_drop_name((enum pkt_drop)(s->why[i] - 1)));
}

/* How many of each reason is counted for all gates together. */
static void tell_drops(const struct view *v, const struct side *d)
{
	const struct gw_stream *s = d->s;
	char from[80], whys[320];

	if (!s->stat.drops)
		return;
	filter_text(&s->gate_cfg.leg.from, from, sizeof(from));
	whys_text(&s->stat, whys, sizeof(whys));
	if (s->stat.leg_state == PKT_LEG_IDLE &&
	    s->gate_cfg.leg.from.prefix_len)
		gw_explain_tell(
			&v->to, GW_EXPLAIN_REFUSED,
			"%u packet%s to the gate of %c %s dropped before its client"
			" came, %s: it takes a SYN only from %s. If the client has"
			" another address, `gm/sam` or Remote is wrong.",
			s->stat.drops, s->stat.drops > 1 ? "s" : "", d->name,
			s->stat.drops > 1 ? "were" : "was", whys, from);
	else
		gw_explain_tell(&v->to, GW_EXPLAIN_REFUSED,
				"%u packet%s of %c %s dropped, %s.",
				s->stat.drops, s->stat.drops > 1 ? "s" : "",
				d->name, s->stat.drops > 1 ? "were" : "was",
				whys);
}

static void tell_mode(const struct view *v, const struct side *d)
{
	if (is_both_ways(d) || d->s->stat.state < PKT_STATE_OPEN ||
	    d->s->stat.state > PKT_STATE_HALF)
		return;
	gw_explain_tell(
		&v->to, GW_EXPLAIN_REFUSED,
		"Stream mode %s of %c: payload against it is dropped (mode).",
		h248_mode_name(d->s->mode), d->name);
}

static void tell_policy(const struct view *v, const struct side *d)
{
	const struct gw_stream *s = d->s;

	if (s->realm < v->gw->conf.n_realms &&
	    v->gw->realms_down >> s->realm & 1)
		gw_explain_tell(
			&v->to, GW_EXPLAIN_NOTE,
			"The realm %s of %c is down: none of its media interfaces"
			" is up.",
			v->gw->conf.realm[s->realm].name, d->name);
	if (s->gate_cfg.leg.role == PKT_ROLE_HOLD)
		gw_explain_tell(
			&v->to, GW_EXPLAIN_WAITS,
			"a=setup:holdconn on %c: no connection until the controller"
			" says who connects.",
			d->name);
	else if (!s->gate_cfg.leg.is_armed)
		gw_explain_tell(
			&v->to, GW_EXPLAIN_WAITS,
			"The gate of %c is not armed: its SYNs are dropped"
			" (not_armed).",
			d->name);
	if (s->gate_cfg.traffic.is_policed)
		gw_explain_tell(
			&v->to, GW_EXPLAIN_NOTE,
			"The rate of %c is policed (tman); what exceeds it is"
			" dropped (policed).",
			d->name);
}

void gw_explain_stream(const struct gw_context *ctx, uint16_t id,
		       gw_explain_h *say, void *arg)
{
	struct view v = { { say, arg, id }, ctx->gw, { { 0 } } };
	uint8_t state;

	look(&v.side[0], 'A', gw_context_side(ctx, 0), id);
	look(&v.side[1], 'B', gw_context_side(ctx, 1), id);
	if (has_gate(&v.side[0]) && has_gate(&v.side[1])) {
		state = gw_stream_state(v.side[0].s, v.side[1].s);
		if (state < PKT_STATE__COUNT)
			states[state](&v);
	} else {
		tell_unreserved(&v);
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (!has_gate(&v.side[i]))
			continue;
		tell_policy(&v, &v.side[i]);
		tell_mode(&v, &v.side[i]);
		tell_drops(&v, &v.side[i]);
	}
}
