/* mgcsim/summary.c - one line per message, for people */
#include "tools/mgcsim/summary.h"

#include <inttypes.h>

#include "h248/text.h"
#include "tools/mgcsim/tree.h"

static void put_name(FILE *to, const struct h248_name *name)
{
	fputc(' ', to);
	if (name->pkg.p)
		fprintf(to, "%.*s/", (int)name->pkg.n, name->pkg.p);
	fprintf(to, "%.*s", (int)name->item.n, name->item.p);
}

/* Only what tells one message from another. */
static void put_desc(FILE *to, const struct h248_desc *d)
{
	if (d->kind == H248_DESC_ERROR)
		fprintf(to, " error %u", d->u.error.code);
	if (d->kind == H248_DESC_OBSERVED && d->u.observed)
		for (const struct h248_observed_event *e = d->u.observed->list;
		     e; e = e->next)
			put_name(to, &e->name);
	if (d->kind == H248_DESC_STATISTICS && !d->is_bare)
		for (const struct h248_prop *p = d->u.stats; p; p = p->next) {
			put_name(to, &p->name);
			if (p->values)
				fprintf(to, "=%.*s", (int)p->values->text.n,
					p->values->text.p);
		}
	if (d->kind == H248_DESC_SERVICES && d->u.services)
		fprintf(to, " %.*s", (int)d->u.services->reason.n,
			d->u.services->reason.p ? d->u.services->reason.p : "");
}

static void put_cmd(FILE *to, const struct h248_cmd *c)
{
	fprintf(to, "%s", tree_cmd_name(c->kind));
	if (c->terms)
		fprintf(to, " %.*s", (int)c->terms->text.n, c->terms->text.p);
	for (const struct h248_desc *d = c->descs; d; d = d->next)
		put_desc(to, d);
	if (c->fault.code)
		fprintf(to, " (unreadable: %u)", c->fault.code);
}

static void put_action(FILE *to, const struct h248_action *a)
{
	static const char NAME[] = {
		[H248_CTX_NULL] = '-',
		[H248_CTX_CHOOSE] = '$',
		[H248_CTX_ALL] = '*',
	};

	if (a->ctx == H248_CTX_ID)
		fprintf(to, " C=%" PRIu32 "{", a->ctx_id);
	else
		fprintf(to, " C=%c{", NAME[a->ctx]);
	for (const struct h248_cmd *c = a->cmds; c; c = c->next) {
		put_cmd(to, c);
		if (c->next)
			fputs(", ", to);
	}
	if (a->error)
		fprintf(to, "error %u", a->error->code);
	fputc('}', to);
}

static void put_txn(FILE *to, const struct h248_txn *t)
{
	static const char *const NAME[] = {
		[H248_TXN_REQUEST] = "T",      [H248_TXN_REPLY] = "P",
		[H248_TXN_PENDING] = "PN",     [H248_TXN_ACK] = "K",
		[H248_TXN_SEGMENT_ACK] = "SM",
	};

	fprintf(to, " %s", NAME[t->kind]);
	if (t->has_id)
		fprintf(to, "=%" PRIu32, t->id);
	for (const struct h248_tid_range *r = t->acks; r; r = r->next)
		fprintf(to, " %" PRIu32 "-%" PRIu32, r->first, r->last);
	for (const struct h248_action *a = t->actions; a; a = a->next)
		put_action(to, a);
	if (t->error)
		fprintf(to, " error %u", t->error->code);
}

void summary_text(FILE *to, const char *buf, size_t n)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg msg = { 0 };

	if (!a || h248_text_dec(a, buf, n, &msg)) {
		fprintf(to, " %zu octets that are no message\n", n);
	} else {
		for (const struct h248_txn *t = msg.txns; t; t = t->next)
			put_txn(to, t);
		if (msg.error)
			fprintf(to, " error %u", msg.error->code);
		fputc('\n', to);
	}
	h248_arena_free(a);
}

void summary_print(FILE *to, uint64_t at_ms, bool is_out, const char *buf,
		   size_t n)
{
	fprintf(to, "%7" PRIu64 ".%03u %s", at_ms / 1000,
		(unsigned int)(at_ms % 1000), is_out ? "->" : "<-");
	summary_text(to, buf, n);
	fflush(to);
}
