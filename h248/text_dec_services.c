/* h248/text_dec_services.c - the Services descriptor of ServiceChange */
#include "h248/text_dec_int.h"

#include <errno.h>
#include <string.h>

#include "h248/span.h"

struct services {
	struct h248_services *s;
	struct h248_desc **audit_tail;
	struct h248_prop **extensions_tail;
	unsigned int seen; /* 1 << index of what stands there once */
	bool is_any;       /* something was said */
};

static struct h248_services *of(void *node)
{
	return ((struct services *)node)->s;
}

static int method(struct h248_dec *d, void *node)
{
	static const struct {
		enum h248_tok tok;
		enum h248_sc_method method;
	} methods[] = {
		{ H248_TOK_FAILOVER, H248_SC_FAILOVER },
		{ H248_TOK_FORCED, H248_SC_FORCED },
		{ H248_TOK_GRACEFUL, H248_SC_GRACEFUL },
		{ H248_TOK_RESTART, H248_SC_RESTART },
		{ H248_TOK_DISCONNECTED, H248_SC_DISCONNECTED },
		{ H248_TOK_HAND_OFF, H248_SC_HANDOFF },
	};
	struct h248_services *s = of(node);
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (rc)
		return rc;
	for (unsigned int i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (h248_dec_at_tok(d, methods[i].tok))
			s->method = methods[i].method;
	if (s->method == H248_SC_NONE && d->cur.kind == H248_LEX_WORD &&
	    h248_dec_is_extension(d->cur.text)) {
		s->method = H248_SC_EXTENSION;
		s->method_text = d->cur.text;
	}
	if (s->method == H248_SC_NONE)
		return h248_dec_syntax(d, "a ServiceChange method");
	h248_dec_advance(d);
	return 0;
}

/* Quoted by the grammar, bare in the field. */
static int reason(struct h248_dec *d, void *node)
{
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	return rc ? rc : h248_dec_value_text(d, &of(node)->reason);
}

static int delay(struct h248_dec *d, void *node)
{
	uint64_t v = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, UINT32_MAX, "a delay in seconds", &v);
	of(node)->has_delay = true;
	of(node)->delay_s = (uint32_t)v;
	return rc;
}

static int mid(struct h248_dec *d, struct h248_mid **out)
{
	if (H248_DEC_NEW(d, *out))
		return -ENOMEM;
	return h248_dec_mid(d, *out);
}

static bool is_number(const struct h248_dec *d)
{
	return d->cur.kind == H248_LEX_WORD && h248_is_digit(d->cur.text.p[0]);
}

/* serviceChangeAddress: AD "=" (mid | port) */
static int address(struct h248_dec *d, void *node)
{
	uint64_t port = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (rc)
		return rc;
	if (!is_number(d))
		return mid(d, &of(node)->address);
	rc = h248_dec_uint(d, UINT16_MAX, "a port", &port);
	of(node)->address_port = (uint16_t)port;
	return rc;
}

static int mgc_id(struct h248_dec *d, void *node)
{
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	return rc ? rc : mid(d, &of(node)->mgc_id);
}

/* serviceChangeProfile: PF "=" NAME "/" version */
static int profile(struct h248_dec *d, void *node)
{
	struct h248_services *s = of(node);
	struct h248_span word, name, version;
	const char *slash = NULL;
	uint64_t v = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (rc)
		return rc;
	word = d->cur.text;
	if (d->cur.kind == H248_LEX_WORD)
		slash = memchr(word.p, '/', word.n);
	if (!slash)
		return h248_dec_syntax(d, "profile/version");
	name = (struct h248_span) { word.p, (uint32_t)(slash - word.p) };
	version = (struct h248_span) { slash + 1, word.n - name.n - 1 };
	if (!h248_dec_is_name(name) || h248_span_uint(version, 99, &v))
		return h248_dec_syntax(d, "profile/version");
	s->profile = name;
	s->profile_version = (uint8_t)v;
	h248_dec_advance(d);
	return 0;
}

static int version(struct h248_dec *d, void *node)
{
	uint64_t v = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, 99, "a version", &v);
	of(node)->version = (uint8_t)v;
	return rc;
}

static int incomplete(struct h248_dec *d, void *node)
{
	of(node)->is_incomplete = true;
	h248_dec_advance(d);
	return 0;
}

/* extension: X-... or X+... with any form of value */
static int extension(struct h248_dec *d, struct services *c)
{
	struct h248_prop *p;
	int rc;

	if (H248_DEC_NEW(d, p))
		return -ENOMEM;
	p->at = d->cur.at;
	p->name.item = d->cur.text;
	h248_dec_advance(d);
	rc = h248_dec_parm_value(d, p);
	if (!rc)
		H248_APPEND(c->extensions_tail, p);
	return rc;
}

/* An item as in an Audit descriptor, e.g. Packages (v2). */
static int audit_item(struct h248_dec *d, struct services *c)
{
	int rc;

	d->is_audit = true;
	rc = h248_dec_audit_item(d, &c->audit_tail);
	d->is_audit = false;
	return rc;
}

static const struct h248_dec_choice parms[] = {
	{ H248_TOK_METHOD, method },   { H248_TOK_REASON, reason },
	{ H248_TOK_DELAY, delay },     { H248_TOK_SC_ADDRESS, address },
	{ H248_TOK_MGC_ID, mgc_id },   { H248_TOK_PROFILE, profile },
	{ H248_TOK_VERSION, version }, { H248_TOK_SC_INCOMPLETE, incomplete },
};
enum { N_PARMS = sizeof(parms) / sizeof(*parms) };

/* A parameter that may stand once. */
static int once(struct h248_dec *d, struct services *c, unsigned int which)
{
	if (c->seen & 1u << which)
		return h248_dec_fail(d, d->level, "a parameter appears twice");
	c->seen |= 1u << which;
	return parms[which].rule(d, c);
}

static int timestamp(struct h248_dec *d, struct services *c)
{
	c->s->timestamp = d->cur.text;
	h248_dec_advance(d);
	return 0;
}

/* serviceChangeParm, servChgReplyParm */
static int service_change_parm(struct h248_dec *d, void *node)
{
	struct services *c = node;

	c->is_any = true;
	if (d->cur.kind != H248_LEX_WORD)
		return h248_dec_syntax(d, "a ServiceChange parameter");
	for (unsigned int i = 0; i < N_PARMS; i++)
		if (h248_dec_at_tok(d, parms[i].tok))
			return once(d, c, i);
	if (h248_dec_is_timestamp(d->cur.text))
		return timestamp(d, c);
	if (h248_dec_is_extension(d->cur.text))
		return extension(d, c);
	return audit_item(d, c);
}

/* serviceChangeDescriptor, serviceChangeReplyDescriptor.  u.services stays
 * NULL for a reply that says nothing. */
int h248_dec_services(struct h248_dec *d, struct h248_desc *desc)
{
	struct services c = { .is_any = !d->is_reply };
	int rc;

	if (H248_DEC_NEW(d, c.s))
		return -ENOMEM;
	c.audit_tail = &c.s->audit;
	c.extensions_tail = &c.s->extensions;
	h248_dec_advance(d);
	rc = h248_dec_block0(d, service_change_parm, &c);
	if (!rc && !d->is_reply && c.s->method == H248_SC_NONE)
		rc = h248_dec_fail(d, d->level, "no Method");
	if (c.is_any)
		desc->u.services = c.s;
	return rc;
}
