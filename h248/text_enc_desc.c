/* h248/text_enc_desc.c - the other descriptors, and the choice among all */
#include "h248/text_enc_int.h"
#include "h248/names.h"

static const enum h248_tok methods[] = {
	[H248_SC_NONE] = H248_TOK_NONE,
	[H248_SC_FAILOVER] = H248_TOK_FAILOVER,
	[H248_SC_FORCED] = H248_TOK_FORCED,
	[H248_SC_GRACEFUL] = H248_TOK_GRACEFUL,
	[H248_SC_RESTART] = H248_TOK_RESTART,
	[H248_SC_DISCONNECTED] = H248_TOK_DISCONNECTED,
	[H248_SC_HANDOFF] = H248_TOK_HAND_OFF,
	[H248_SC_EXTENSION] = H248_TOK_NONE,
};

void h248_enc_stats(struct h248_enc *e, const struct h248_prop *list)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_STATISTICS);
	if (!list)
		return;
	h248_enc_open(e, &is_first);
	h248_enc_props(e, list, &is_first);
	h248_enc_close(e);
}

void h248_enc_error(struct h248_enc *e, const struct h248_error_desc *er)
{
	h248_enc_tok_uint(e, H248_TOK_ERROR, er->code);
	h248_enc_str(e, "{");
	if (er->text.p)
		h248_enc_quoted(e, er->text);
	h248_enc_str(e, "}");
}

static void packages(struct h248_enc *e, const struct h248_package_version *p)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_PACKAGES);
	if (!p)
		return;
	h248_enc_open(e, &is_first);
	for (; p; p = p->next) {
		h248_enc_item(e, &is_first);
		h248_enc_span(e, p->name);
		h248_enc_str(e, "-");
		h248_enc_uint(e, p->version);
	}
	h248_enc_close(e);
}

static void audit(struct h248_enc *e, const struct h248_desc *items)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_AUDIT);
	if (!items) {
		h248_enc_str(e, "{}");
		return;
	}
	h248_enc_open(e, &is_first);
	for (; items; items = items->next) {
		h248_enc_item(e, &is_first);
		h248_enc_desc(e, items);
	}
	h248_enc_close(e);
}

static void method(struct h248_enc *e, const struct h248_services *sv,
		   bool *is_first)
{
	if (sv->method == H248_SC_NONE)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_METHOD);
	h248_enc_eq(e);
	if (sv->method == H248_SC_EXTENSION)
		h248_enc_span(e, sv->method_text);
	else
		h248_enc_tok(e, methods[sv->method]);
}

static void address(struct h248_enc *e, enum h248_tok t,
		    const struct h248_mid *mid, uint16_t port, bool *is_first)
{
	if (!mid && !port)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, t);
	h248_enc_eq(e);
	if (mid)
		h248_enc_mid(e, mid);
	else
		h248_enc_uint(e, port);
}

static void profile(struct h248_enc *e, const struct h248_services *sv,
		    bool *is_first)
{
	if (!sv->profile.p)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_PROFILE);
	h248_enc_eq(e);
	h248_enc_span(e, sv->profile);
	h248_enc_str(e, "/");
	h248_enc_uint(e, sv->profile_version);
}

/* The reason is always quoted (h248.md 1.8). */
static void reason(struct h248_enc *e, const struct h248_services *sv,
		   bool *is_first)
{
	if (!sv->reason.p)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_REASON);
	h248_enc_eq(e);
	h248_enc_quoted(e, sv->reason);
}

static void number(struct h248_enc *e, enum h248_tok t, bool want, uint64_t v,
		   bool *is_first)
{
	if (!want)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok_uint(e, t, v);
}

static void services_rest(struct h248_enc *e, const struct h248_services *sv,
			  bool *is_first)
{
	if (sv->timestamp.n) {
		h248_enc_item(e, is_first);
		h248_enc_span(e, sv->timestamp);
	}
	if (sv->is_incomplete) {
		h248_enc_item(e, is_first);
		h248_enc_tok(e, H248_TOK_SC_INCOMPLETE);
	}
	for (const struct h248_desc *d = sv->audit; d; d = d->next) {
		h248_enc_item(e, is_first);
		h248_enc_desc(e, d);
	}
	h248_enc_props(e, sv->extensions, is_first);
}

static void enc_services(struct h248_enc *e, const struct h248_services *sv)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_SERVICES);
	h248_enc_open(e, &is_first);
	method(e, sv, &is_first);
	reason(e, sv, &is_first);
	number(e, H248_TOK_DELAY, sv->has_delay, sv->delay_s, &is_first);
	address(e, H248_TOK_SC_ADDRESS, sv->address, sv->address_port,
		&is_first);
	address(e, H248_TOK_MGC_ID, sv->mgc_id, 0, &is_first);
	profile(e, sv, &is_first);
	number(e, H248_TOK_VERSION, sv->version, sv->version, &is_first);
	services_rest(e, sv, &is_first);
	h248_enc_close(e);
}

/* An empty Services descriptor is written as nothing: "SV{}" is refused by
 * widely used stacks, "SC=ROOT" is not (h248.md 1.11). */
bool h248_enc_is_empty(const struct h248_desc *d)
{
	const struct h248_services *sv = d->u.services;

	if (d->kind != H248_DESC_SERVICES)
		return false;
	return !sv ||
	       (sv->method == H248_SC_NONE && !sv->reason.p && !sv->has_delay &&
		!sv->address && !sv->address_port && !sv->mgc_id &&
		!sv->profile.p && !sv->version && !sv->timestamp.n &&
		!sv->is_incomplete && !sv->audit && !sv->extensions);
}

static bool is_only_token(const struct h248_desc *d)
{
	if (d->is_bare)
		return true;
	return d->kind == H248_DESC_MEDIA &&
	       (!d->u.media || (!d->u.media->state && !d->u.media->streams));
}

void h248_enc_desc(struct h248_enc *e, const struct h248_desc *d)
{
	if (is_only_token(d)) {
		h248_enc_tok(e, h248_desc_toks[d->kind]);
		return;
	}
	switch (d->kind) {
	case H248_DESC_MEDIA:
		h248_enc_media(e, d->u.media);
		break;
	case H248_DESC_EVENTS:
		h248_enc_events(e, d->u.events);
		break;
	case H248_DESC_EVENT_BUFFER:
		h248_enc_event_buffer(e, d->u.event_buffer);
		break;
	case H248_DESC_SIGNALS:
		h248_enc_signals(e, d->u.signals);
		break;
	case H248_DESC_AUDIT:
		audit(e, d->u.audit);
		break;
	case H248_DESC_STATISTICS:
		h248_enc_stats(e, d->u.stats);
		break;
	case H248_DESC_OBSERVED:
		h248_enc_observed(e, d->u.observed);
		break;
	case H248_DESC_PACKAGES:
		packages(e, d->u.packages);
		break;
	case H248_DESC_SERVICES:
		enc_services(e, d->u.services);
		break;
	case H248_DESC_ERROR:
		h248_enc_error(e, &d->u.error);
		break;
	case H248_DESC_MODEM:
	case H248_DESC_MUX:
	case H248_DESC_DIGIT_MAP:
		h248_enc_tok(e, h248_desc_toks[d->kind]);
		h248_enc_span(e, d->u.raw);
		break;
	case H248_DESC__COUNT:
		e->is_invalid = true;
		break;
	}
}
