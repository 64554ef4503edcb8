/* h248/text_dec_desc.c - descriptors that are short, or kept as written */
#include "h248/text_dec_int.h"

#include <errno.h>
#include <string.h>

#include "h248/error.h"
#include "h248/span.h"

/* errorDescriptor: ER "=" code "{" quotedString? "}" */
static int error(struct h248_dec *d, void *node)
{
	struct h248_error_desc *out = node;
	uint64_t code = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, 9999, "an error code", &code);
	if (!rc)
		rc = h248_dec_expect(d, '{');
	if (rc)
		return rc;
	out->code = (uint16_t)code;
	if (d->cur.kind == H248_LEX_STRING)
		rc = h248_dec_value_text(d, &out->text);
	return rc ? rc : h248_dec_expect(d, '}');
}

int h248_dec_error(struct h248_dec *d, struct h248_error_desc *out)
{
	return h248_dec_within(d, H248_CLAUSE_ERROR, error, out);
}

static int error_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	return h248_dec_error(d, &desc->u.error);
}

/* auditDescriptor: AT "{" list(auditItem)? "}" */
static int audit_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	struct h248_desc **tail = &desc->u.audit;
	int rc;

	if (d->is_audit)
		return h248_dec_syntax(d, "an audit item");
	h248_dec_advance(d);
	d->is_audit = true;
	rc = h248_dec_block0(d, h248_dec_audit_item, &tail);
	d->is_audit = false;
	return rc;
}

static int packages_item(struct h248_dec *d, void *node)
{
	struct h248_package_version ***tail = node, *p;
	struct h248_span s = d->cur.text, name = s, version;
	const char *dash = NULL;
	uint64_t v;

	if (d->cur.kind == H248_LEX_WORD)
		dash = memchr(s.p, '-', s.n);
	if (!dash)
		return h248_dec_syntax(d, "package-version");
	name.n = (uint32_t)(dash - s.p);
	version = (struct h248_span) { dash + 1, s.n - name.n - 1 };
	if (!h248_dec_is_name(name) || h248_span_uint(version, UINT16_MAX, &v))
		return h248_dec_syntax(d, "package-version");
	if (H248_DEC_NEW(d, p))
		return -ENOMEM;
	p->name = name;
	p->version = (uint16_t)v;
	H248_APPEND(*tail, p);
	h248_dec_advance(d);
	return 0;
}

/* packagesDescriptor: PG "{" list(name-version) "}" */
static int packages_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	struct h248_package_version **tail = &desc->u.packages;

	h248_dec_advance(d);
	return h248_dec_filled(d, packages_item, &tail);
}

/* statisticsDescriptor: SA "{" list(statistic) "}" */
static int statistics_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	struct h248_prop **tail = &desc->u.stats;

	h248_dec_advance(d);
	return h248_dec_filled(d, h248_dec_stat, &tail);
}

static int events_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	if (H248_DEC_NEW(d, desc->u.events))
		return -ENOMEM;
	return h248_dec_events(d, desc->u.events);
}

static int event_buffer_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	return h248_dec_event_buffer(d, &desc->u.event_buffer);
}

static int signals_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	if (H248_DEC_NEW(d, desc->u.signals))
		return -ENOMEM;
	return h248_dec_signals(d, desc->u.signals);
}

static int observed_events_descriptor(struct h248_dec *d,
				      struct h248_desc *desc)
{
	if (H248_DEC_NEW(d, desc->u.observed))
		return -ENOMEM;
	return h248_dec_observed(d, desc->u.observed);
}

/* Modem, Mux and DigitMap are refused or handed on: nobody here reads them,
 * so they are taken as written, up to the comma or brace that ends them. */
static int raw_descriptor(struct h248_dec *d, struct h248_desc *desc)
{
	bool in_brackets = false;
	struct h248_span block;
	const char *start;
	int rc;

	h248_dec_advance(d);
	start = d->cur.text.p;
	/* What begins with a word could not be told from the token. */
	if (d->cur.kind == H248_LEX_WORD)
		return h248_dec_syntax(d, "'=' or '{'");
	while (!h248_dec_at(d, '}') && (in_brackets || !h248_dec_at(d, ','))) {
		if (h248_dec_at(d, '{')) {
			rc = h248_dec_raw_block(d, &block);
			if (rc)
				return rc;
			continue;
		}
		if (h248_dec_at(d, '['))
			in_brackets = true;
		else if (h248_dec_at(d, ']'))
			in_brackets = false;
		else if (d->cur.kind != H248_LEX_WORD &&
			 d->cur.kind != H248_LEX_MARK)
			return h248_dec_syntax(d, "',' or '}'");
		h248_dec_advance(d);
	}
	desc->u.raw = h248_dec_from(d, start);
	return 0;
}

typedef int(desc_rule)(struct h248_dec *d, struct h248_desc *desc);

static const struct {
	enum h248_tok tok;
	enum h248_clause clause;
	desc_rule *rule;
	bool may_be_bare; /* in a request, too */
} descriptors[H248_DESC__COUNT] = {
#define DESC(id, rule, bare) \
	[H248_DESC_##id] = { H248_TOK_##id, H248_CLAUSE_##id, rule, bare }
	DESC(MEDIA, h248_dec_media, false),
	DESC(MODEM, raw_descriptor, false),
	DESC(MUX, raw_descriptor, false),
	DESC(EVENTS, events_descriptor, true),
	DESC(EVENT_BUFFER, event_buffer_descriptor, true),
	DESC(SIGNALS, signals_descriptor, true),
	DESC(DIGIT_MAP, raw_descriptor, false),
	DESC(AUDIT, audit_descriptor, false),
	DESC(STATISTICS, statistics_descriptor, false),
	[H248_DESC_OBSERVED] = { H248_TOK_OBSERVED_EVENTS, H248_CLAUSE_OBSERVED,
				 observed_events_descriptor, false },
	DESC(PACKAGES, packages_descriptor, false),
	DESC(SERVICES, h248_dec_services, false),
	DESC(ERROR, error_descriptor, false),
#undef DESC
};

/* Is the token at hand all there is of its descriptor? */
static bool is_bare(const struct h248_dec *d)
{
	char next = h248_lex_peek(&d->lex);

	return next == ',' || next == '}';
}

/* "SG" and "SG{}" mean the same, so they are the same in the tree; "M{}" in
 * an audit is "M". */
static void normalise(struct h248_desc *desc)
{
	const struct h248_media *m;

	switch (desc->kind) {
	case H248_DESC_MEDIA:
		m = desc->u.media;
		desc->is_bare = !m || (!m->streams && !m->state);
		if (desc->is_bare)
			desc->u.media = NULL;
		break;
	case H248_DESC_STATISTICS:
		desc->is_bare = !desc->u.stats;
		break;
	case H248_DESC_PACKAGES:
		desc->is_bare = !desc->u.packages;
		break;
	case H248_DESC_SIGNALS:
		desc->is_bare = !desc->u.signals->list;
		break;
	case H248_DESC_EVENT_BUFFER:
		desc->is_bare = !desc->u.event_buffer;
		break;
	case H248_DESC_EVENTS:
		desc->is_bare =
			!desc->u.events->list && !desc->u.events->has_id;
		break;
	default:
		break;
	}
}

/* A word where a descriptor begins, and what follows fits: a name that nobody
 * here knows (444), otherwise a fault of syntax. */
static int unknown_descriptor(struct h248_dec *d)
{
	char next = h248_lex_peek(&d->lex);
	struct h248_span s = d->cur.text;

	if (d->cur.kind != H248_LEX_WORD || !next || !strchr("={,}", next))
		return h248_dec_syntax(d, "a descriptor");
	h248_err_set(&d->err, 444, d->cur.at, "%.*s",
		     (int)(s.n < 32 ? s.n : 32), s.p);
	d->err.clause = d->clause;
	return -EPROTO;
}

/* A descriptor whose kind is known, or its token alone. */
static int descriptor(struct h248_dec *d, void *node)
{
	struct h248_desc *desc = node;

	if (descriptors[desc->kind].may_be_bare || !is_bare(d))
		return descriptors[desc->kind].rule(d, desc);
	h248_dec_advance(d);
	if (!d->is_audit && !d->is_reply)
		return h248_dec_syntax(d, "the body of a descriptor");
	desc->is_bare = true;
	return 0;
}

/* Any descriptor.  *out is NULL for one that says nothing ("SV{}"). */
int h248_dec_desc(struct h248_dec *d, struct h248_desc **out)
{
	struct h248_desc *desc;
	unsigned int i = 0;
	int rc;

	*out = NULL;
	while (i < H248_DESC__COUNT && !h248_dec_at_tok(d, descriptors[i].tok))
		i++;
	if (i == H248_DESC__COUNT)
		return unknown_descriptor(d);
	if (H248_DEC_NEW(d, desc))
		return -ENOMEM;
	desc->kind = (enum h248_desc_kind)i;
	desc->at = d->cur.at;
	rc = h248_dec_within(d, descriptors[i].clause, descriptor, desc);
	if (rc)
		return rc;
	normalise(desc);
	if (desc->kind == H248_DESC_SERVICES && !desc->u.services)
		return 0;
	*out = desc;
	return 0;
}

/* auditItem, or an individual audit (v2) */
int h248_dec_audit_item(struct h248_dec *d, void *node)
{
	struct h248_desc ***tail = node, *desc;
	int rc = h248_dec_desc(d, &desc);

	if (!rc)
		H248_APPEND(*tail, desc);
	return rc;
}
