/* h248/summary.c - see summary.h */
#include "h248/summary.h"

#include <ctype.h>

#include "h248/names.h"

static const char *const method_name[] = {
	[H248_SC_NONE] = "",
	[H248_SC_FAILOVER] = " Failover",
	[H248_SC_FORCED] = " Forced",
	[H248_SC_GRACEFUL] = " Graceful",
	[H248_SC_RESTART] = " Restart",
	[H248_SC_DISCONNECTED] = " Disconnected",
	[H248_SC_HANDOFF] = " HandOff",
	[H248_SC_EXTENSION] = " X-",
};

static void put(FILE *out, struct h248_span s)
{
	fwrite(s.p ? s.p : "", 1, s.n, out);
}

static void put_error(FILE *out, const struct h248_error_desc *e)
{
	fprintf(out, " Error %u", e->code);
}

/* The code of "901 Cold Boot". */
static void put_reason(FILE *out, struct h248_span reason)
{
	if (reason.n)
		putc(' ', out);
	for (uint32_t i = 0; i < reason.n; i++) {
		if (!isdigit((unsigned char)reason.p[i]))
			break;
		putc(reason.p[i], out);
	}
}

static void put_observed(FILE *out, const struct h248_observed *o)
{
	const struct h248_observed_event *e = o ? o->list : NULL;

	for (; e; e = e->next) {
		putc(' ', out);
		put(out, e->name.pkg);
		putc('/', out);
		put(out, e->name.item);
	}
}

static void put_services(FILE *out, const struct h248_services *sv)
{
	if (!sv)
		return;
	fputs(method_name[sv->method], out);
	put_reason(out, sv->reason);
	if (sv->mgc_id) {
		fputs(" to ", out);
		put(out, sv->mgc_id->text);
	}
	if (sv->version)
		fprintf(out, " V=%u", sv->version);
}

static void put_desc(FILE *out, const struct h248_desc *d)
{
	switch (d->kind) {
	case H248_DESC_ERROR:
		put_error(out, &d->u.error);
		break;
	case H248_DESC_OBSERVED:
		put_observed(out, d->u.observed);
		break;
	case H248_DESC_SERVICES:
		put_services(out, d->u.services);
		break;
	default:
		break;
	}
}

static void put_cmd(FILE *out, const struct h248_cmd *c)
{
	fprintf(out, " %s%s%s", c->is_optional ? "O-" : "",
		c->is_wildcard_reply ? "W-" : "", h248_cmd_name(c->kind));
	for (const struct h248_term_id *t = c->terms; t; t = t->next) {
		putc(t == c->terms ? ' ' : ',', out);
		put(out, t->text);
	}
	for (const struct h248_desc *d = c->descs; d; d = d->next)
		put_desc(out, d);
}

static void put_action(FILE *out, const struct h248_action *a)
{
	static const char *const special[] = {
		[H248_CTX_NULL] = "-",
		[H248_CTX_CHOOSE] = "$",
		[H248_CTX_ALL] = "*",
	};

	if (a->ctx == H248_CTX_ID)
		fprintf(out, " C=%u", a->ctx_id);
	else
		fprintf(out, " C=%s", special[a->ctx]);
	for (const struct h248_cmd *c = a->cmds; c; c = c->next) {
		put_cmd(out, c);
		if (c->next)
			putc(',', out);
	}
	if (a->error)
		put_error(out, a->error);
}

static void put_txn(FILE *out, const struct h248_txn *t)
{
	static const char *const kind[] = {
		[H248_TXN_REQUEST] = "T",      [H248_TXN_REPLY] = "P",
		[H248_TXN_PENDING] = "PN",     [H248_TXN_ACK] = "K",
		[H248_TXN_SEGMENT_ACK] = "SM",
	};

	fputs(kind[t->kind], out);
	for (const struct h248_tid_range *r = t->acks; r; r = r->next) {
		fprintf(out, "%c%u", r == t->acks ? '=' : ',', r->first);
		if (r->last != r->first)
			fprintf(out, "-%u", r->last);
	}
	if (t->kind != H248_TXN_ACK)
		fprintf(out, "=%u", t->id);
	if (t->segment)
		fprintf(out, "/%u%s", t->segment,
			t->is_last_segment ? "/END" : "");
	if (t->wants_ack)
		fputs(" IA", out);
	for (const struct h248_action *a = t->actions; a; a = a->next)
		put_action(out, a);
	if (t->error)
		put_error(out, t->error);
}

void h248_summary(FILE *out, const struct h248_msg *m)
{
	for (const struct h248_txn *t = m->txns; t; t = t->next) {
		put_txn(out, t);
		if (t->next)
			fputs("; ", out);
	}
	if (m->error)
		fprintf(out, "Error %u", m->error->code);
}
