/* gateway/ladder.c - see ladder.h: from steps to rows */
#include "gateway/ladder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/address.h"
#include "gateway/history.h"
#include "h248/names.h"

const char *gw_ladder_name(enum gw_ladder_who who)
{
	static const char *const names[] = {
		[GW_LADDER_CONTROLLER] = "controller",
		[GW_LADDER_A] = "A",
		[GW_LADDER_GATEWAY] = "gateway",
		[GW_LADDER_B] = "B",
	};

	return who < GW_LADDER__COUNT ? names[who] : "?";
}

const char *gw_ladder_kind_name(enum gw_ladder_kind kind)
{
	static const char *const names[] = {
		[GW_LADDER_MESSAGE] = "message",
		[GW_LADDER_SEGMENT] = "segment",
		[GW_LADDER_NOTE] = "note",
	};

	return kind <= GW_LADDER_NOTE ? names[kind] : "?";
}

static enum gw_ladder_who client(unsigned int side)
{
	return side == GW_SIDE_B ? GW_LADDER_B : GW_LADDER_A;
}

/* --- who they are -------------------------------------------------------- */

static void put_client(struct gw_ladder *l, unsigned int side, const char *term,
		       const struct in6_addr *a, uint16_t port)
{
	char *out = l->who[client(side)];
	char addr[GW_ADDRESS];

	gw_address_text(a, port, addr, sizeof(addr));
	snprintf(out, GW_LADDER_TEXT, "%.40s%s%s", term, port ? " " : "",
		 port ? addr : "");
}

/* Terminations that went are in the history already. */
static void put_past(struct gw_ladder *l, const struct gw_past *p)
{
	for (unsigned int i = 0; p && i < p->n_terms; i++)
		put_client(l, p->term[i].side, p->term[i].id,
			   &p->term[i].remote, p->term[i].remote_port);
}

static void put_live(struct gw_ladder *l, const struct gw_context *ctx)
{
	const struct gw_stream *s;

	for (unsigned int i = 0; i < ctx->n_terms; i++) {
		s = &ctx->term[i]->stream[0];
		put_client(l, ctx->term[i]->side, ctx->term[i]->id,
			   &s->stat.remote, s->stat.remote_port);
	}
}

static void put_controller(struct gw_ladder *l, const struct gw *gw)
{
	const struct sockaddr_storage *at =
		gw->assoc ? h248_assoc_controller(gw->assoc) : NULL;

	if (at)
		gw_address_of(at, l->who[GW_LADDER_CONTROLLER], GW_LADDER_TEXT);
	snprintf(l->who[GW_LADDER_GATEWAY], GW_LADDER_TEXT, "%s",
		 gw->conf.name);
}

/* --- steps --------------------------------------------------------------- */

static struct gw_ladder_row *add(struct gw_ladder *l, uint64_t at_us,
				 enum gw_ladder_kind kind,
				 enum gw_ladder_who from, enum gw_ladder_who to)
{
	unsigned int i = l->n_rows++;

	/* The answer to an earlier step may come after this one began. */
	for (; i && l->row[i - 1].at_us > at_us; i--)
		l->row[i] = l->row[i - 1];
	l->row[i] = (struct gw_ladder_row) {
		.at_us = at_us,
		.from = from,
		.to = to,
		.kind = kind,
	};
	return &l->row[i];
}

static void append(char *text, const char *more)
{
	size_t n = strlen(text);

	snprintf(text + n, GW_LADDER_TEXT - n, "%s", more);
}

static void put_answer(struct gw_ladder *l, const struct gw_rung *s,
		       enum gw_ladder_who from, enum gw_ladder_who to)
{
	struct gw_ladder_row *r;
	bool is_later;
	uint64_t at_us = gw_rung_answered_us(s, &is_later);

	if (!at_us)
		return;
	r = add(l, at_us, GW_LADDER_MESSAGE, from, to);
	if (s->code)
		snprintf(r->text, sizeof(r->text), "P=%u error %u", s->value,
			 s->code);
	else
		snprintf(r->text, sizeof(r->text), "P=%u", s->value);
	if (is_later)
		append(r->text, ", then or later");
}

static void put_request(struct gw_ladder *l, const struct gw_rung *s)
{
	static const char *const whose[] = { " A", " B", "" };
	struct gw_ladder_row *r = add(l, s->at_us, GW_LADDER_MESSAGE,
				      GW_LADDER_CONTROLLER, GW_LADDER_GATEWAY);
	enum h248_cmd_kind kind;
	unsigned int side;

	snprintf(r->text, sizeof(r->text), "T=%u", s->value);
	for (unsigned int i = 0; gw_rung_command_at(s, i, &kind, &side); i++) {
		append(r->text, i ? ", " : " ");
		append(r->text, h248_cmd_name(kind));
		append(r->text, whose[side]);
	}
	if (gw_rung_has_more(s))
		append(r->text, ", ...");
	put_answer(l, s, GW_LADDER_GATEWAY, GW_LADDER_CONTROLLER);
}

static void put_notify(struct gw_ladder *l, const struct gw_rung *s)
{
	struct gw_ladder_row *r = add(l, s->at_us, GW_LADDER_MESSAGE,
				      GW_LADDER_GATEWAY, GW_LADDER_CONTROLLER);
	unsigned int more;
	const char *event = gw_rung_event(s, &more);

	snprintf(r->text, sizeof(r->text), "T=%u Notify %s %s", s->value,
		 gw_ladder_name(client(s->side)), event);
	if (more)
		append(r->text, ", ...");
	put_answer(l, s, GW_LADDER_CONTROLLER, GW_LADDER_GATEWAY);
}

static void put_note(struct gw_ladder *l, uint64_t at_us, const char *text,
		     const char *more)
{
	struct gw_ladder_row *r =
		add(l, at_us, GW_LADDER_NOTE, GW_LADDER_A, GW_LADDER_B);

	snprintf(r->text, sizeof(r->text), "%s%s", text, more);
}

/* A client has ended it by FIN or RST; else nobody did, or an operator. */
static void put_closed(struct gw_ladder *l, const struct gw_rung *s)
{
	struct gw_ladder_row *r;

	if (s->what != PKT_CAUSE_FIN && s->what != PKT_CAUSE_RST) {
		put_note(l, s->at_us, "ended: ", pkt_cause_name(s->what));
		return;
	}
	r = add(l, s->at_us, GW_LADDER_SEGMENT, client(s->side),
		GW_LADDER_GATEWAY);
	snprintf(r->text, sizeof(r->text), "%s: ended",
		 s->what == PKT_CAUSE_FIN ? "FIN, and its peer's" : "RST");
}

static void put_engine(struct gw_ladder *l, const struct gw_rung *s)
{
	struct gw_ladder_row *r;
	char text[GW_LADDER_TEXT];

	switch (s->kind) {
	case GW_RUNG_SYN:
		r = add(l, s->at_us, GW_LADDER_SEGMENT, client(s->side),
			GW_LADDER_GATEWAY);
		snprintf(r->text, sizeof(r->text), "SYN, port %u: latched",
			 s->what);
		break;
	case GW_RUNG_OPEN:
		snprintf(text, sizeof(text), "open, %u ms after the first SYN",
			 s->value);
		put_note(l, s->at_us, text, "");
		break;
	case GW_RUNG_FAIL:
		put_note(l, s->at_us,
			 "did not open: ", pkt_cause_name(s->what));
		break;
	case GW_RUNG_CLOSED:
		put_closed(l, s);
		break;
	case GW_RUNG_QUIET:
		r = add(l, s->at_us, GW_LADDER_NOTE, client(s->side),
			client(s->side));
		append(r->text, "no traffic");
		break;
	}
}

static void put_steps(struct gw_ladder *l, const struct gw_rungs *book)
{
	const struct gw_rung *s;

	l->lost = gw_rungs_lost(book);
	for (unsigned int i = 0; (s = gw_rungs_at(book, i)); i++) {
		if (s->kind == GW_RUNG_REQUEST)
			put_request(l, s);
		else if (s->kind == GW_RUNG_NOTIFY)
			put_notify(l, s);
		else
			put_engine(l, s);
	}
}

static void begin(struct gw_ladder *l, const struct gw *gw, uint32_t id,
		  uint64_t created_us)
{
	*l = (struct gw_ladder) {
		.gw = gw,
		.id = id,
		.began_us = created_us,
	};
	put_controller(l, gw);
}

static void put_book(struct gw_ladder *l, const struct gw_rungs *book)
{
	put_steps(l, book);
	/* Its first command was read before there was a context. */
	if (l->n_rows && l->row[0].at_us < l->began_us)
		l->began_us = l->row[0].at_us;
}

int gw_ladder_of(const struct gw *gw, uint32_t id, struct gw_ladder *l)
{
	const struct gw_context *ctx = gw_context_find(gw, id);
	const struct gw_past *past;

	if (ctx) {
		begin(l, gw, id, ctx->created_us);
		put_past(l, gw_history_of(ctx));
		put_live(l, ctx);
		put_book(l, ctx->rungs);
		return 0;
	}
	past = gw_history_find(gw, id);
	if (!past)
		return -ENOENT;
	begin(l, gw, id, past->created_us);
	l->is_over = true;
	put_past(l, past);
	put_book(l, past->rungs);
	put_note(l, past->ended_us, "over: ", gw_end_text(past->end));
	return 0;
}
