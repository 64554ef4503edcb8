/* gateway/totals.c - statistics of a termination */
#include "gateway/totals.h"

#include "gateway/audit.h"
#include "h248/build.h"
#include "h248/span.h"

static const struct item {
	const char *pkg, *name;
	size_t at;
} items[] = {
	{ "nt", "dur", offsetof(struct gw_totals, dur_ms) },
	{ "nt", "os", offsetof(struct gw_totals, sent) },
	{ "nt", "or", offsetof(struct gw_totals, received) },
	{ "tcprv", "syns", offsetof(struct gw_totals, syns) },
	{ "tcprv", "synacks", offsetof(struct gw_totals, synacks) },
	{ "tcprv", "relatches", offsetof(struct gw_totals, relatches) },
	{ "tcprv", "estms", offsetof(struct gw_totals, est_ms) },
	{ "tcprv", "drops", offsetof(struct gw_totals, drops) },
};
enum { N_ITEMS = sizeof(items) / sizeof(items[0]) };

void gw_totals_add_stream(struct gw_totals *t, const struct gw_stream *stream)
{
	const struct pkt_gate_stat *s = &stream->stat;

	t->sent += s->tx_octets;
	t->received += s->rx_octets;
	t->syns += s->syns;
	t->synacks += s->synacks;
	t->relatches += s->relatches;
	t->est_ms += s->est_ms;
	t->drops += s->drops;
}

void gw_totals_add(struct gw_totals *t, const struct gw_term *term)
{
	uint64_t dur_ms = (gw_now_us() - term->added_us) / 1000;

	if (dur_ms > t->dur_ms)
		t->dur_ms = dur_ms;
	for (unsigned int i = 0; i < term->n_slots; i++)
		gw_totals_add_stream(t, &term->stream[i]);
}

/* Whether the package is offered: an operator may take it away. */
static bool is_offered(const struct h248_pkgs *pkgs, const struct item *i)
{
	const struct h248_pkg *p = h248_pkgs_find(pkgs, h248_span_of(i->pkg));

	return p && p->is_supported;
}

struct h248_desc *gw_totals_build(const struct h248_pkgs *pkgs,
				  const struct gw_totals *t,
				  const struct h248_prop *only,
				  struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_STATISTICS);
	struct h248_prop **tail;
	const uint64_t *v;

	if (!d)
		return NULL;
	tail = &d->u.stats;
	for (unsigned int i = 0; i < N_ITEMS; i++) {
		v = (const uint64_t *)((const char *)t + items[i].at);
		if (is_offered(pkgs, &items[i]) &&
		    gw_audit_names(only, items[i].pkg, items[i].name))
			H248_APPEND(tail, h248_prop_uint(a, items[i].pkg,
							 items[i].name, *v));
	}
	return d;
}
