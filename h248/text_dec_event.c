/* h248/text_dec_event.c - Events, EventBuffer, ObservedEvents */
#include "h248/text_dec_int.h"

#include <errno.h>

#include "h248/span.h"

struct event {
	struct h248_event *e;
	struct h248_prop **tail;
	bool is_embedded; /* no further events inside */
	bool has_embed;
};

static int requested_event(struct h248_dec *d, void *node);

struct event_list {
	struct h248_event **tail;
	bool is_embedded;
};

/* "=" reqId, or "=" "*" */
static int request_id(struct h248_dec *d, struct h248_events *out)
{
	uint64_t id = 0;
	int rc = h248_dec_expect(d, '=');

	if (rc)
		return rc;
	out->has_id = true;
	if (d->cur.kind == H248_LEX_WORD && h248_span_is(d->cur.text, "*")) {
		out->is_any_id = true;
		h248_dec_advance(d);
		return 0;
	}
	rc = h248_dec_uint(d, UINT32_MAX, "a RequestID", &id);
	out->id = (uint32_t)id;
	return rc;
}

static int events(struct h248_dec *d, struct h248_events *out, bool embedded)
{
	struct event_list list = { &out->list, embedded };
	bool has_id;
	int rc = 0;

	h248_dec_advance(d);
	has_id = h248_dec_at(d, '=');
	if (has_id)
		rc = request_id(d, out);
	if (rc)
		return rc;
	if (h248_dec_at(d, '{') && (has_id || d->is_audit))
		return h248_dec_block(d, requested_event, &list);
	if (has_id && !d->is_audit && !d->is_reply)
		return h248_dec_syntax(d, "'{'");
	return 0;
}

/* eventsDescriptor; alone it removes all */
int h248_dec_events(struct h248_dec *d, struct h248_events *out)
{
	return events(d, out, false);
}

static int keep_active(struct h248_dec *d, void *node)
{
	((struct event *)node)->e->keep_active = true;
	h248_dec_advance(d);
	return 0;
}

static int reset_events(struct h248_dec *d, void *node)
{
	((struct event *)node)->e->reset_events = true;
	h248_dec_advance(d);
	return 0;
}

static int event_stream(struct h248_dec *d, void *node)
{
	h248_dec_advance(d);
	return h248_dec_eq_uint16(d, "a StreamID",
				  &((struct event *)node)->e->stream);
}

/* eventDM: DM "=" (name | "{" value "}") */
static int event_digit_map(struct h248_dec *d, void *node)
{
	struct h248_event *e = ((struct event *)node)->e;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (rc)
		return rc;
	if (h248_dec_at(d, '{'))
		return h248_dec_raw_block(d, &e->digit_map);
	return h248_dec_word(d, "a digit map", &e->digit_map);
}

static int embed_item(struct h248_dec *d, void *node)
{
	struct event *c = node;

	if (h248_dec_at_tok(d, H248_TOK_SIGNALS) && !c->e->embed_signals) {
		if (H248_DEC_NEW(d, c->e->embed_signals))
			return -ENOMEM;
		return h248_dec_signals(d, c->e->embed_signals);
	}
	if (h248_dec_at_tok(d, H248_TOK_EVENTS) && !c->e->embed_events &&
	    !c->is_embedded) {
		if (H248_DEC_NEW(d, c->e->embed_events))
			return -ENOMEM;
		return events(d, c->e->embed_events, true);
	}
	return h248_dec_syntax(d, "Signals or Events to embed");
}

/* embedWithSig, embedNoSig: EM "{" (signals ("," events)? | events) "}" */
static int embed(struct h248_dec *d, void *node)
{
	struct event *c = node;

	if (c->has_embed)
		return h248_dec_syntax(d, "only one Embed");
	c->has_embed = true;
	h248_dec_advance(d);
	return h248_dec_block(d, embed_item, c);
}

static int set_behaviour(struct h248_dec *d, struct event *c,
			 enum h248_notify_behaviour behaviour)
{
	if (c->e->behaviour != H248_NOTIFY_DEFAULT)
		return h248_dec_syntax(d, "only one notify behaviour");
	c->e->behaviour = behaviour;
	h248_dec_advance(d);
	return 0;
}

static int notify_immediate(struct h248_dec *d, void *node)
{
	return set_behaviour(d, node, H248_NOTIFY_IMMEDIATE);
}

static int never_notify(struct h248_dec *d, void *node)
{
	return set_behaviour(d, node, H248_NOTIFY_NEVER);
}

static int embed_only(struct h248_dec *d, void *node)
{
	if (!h248_dec_at_tok(d, H248_TOK_EMBED))
		return h248_dec_syntax(d, "Embed");
	return embed(d, node);
}

/* notifyRegulated: NBRN ("{" embed "}")? */
static int notify_regulated(struct h248_dec *d, void *node)
{
	int rc = set_behaviour(d, node, H248_NOTIFY_REGULATED);

	if (rc || !h248_dec_at(d, '{'))
		return rc;
	return h248_dec_block(d, embed_only, node);
}

/* eventParameter */
static int event_parameter(struct h248_dec *d, void *node)
{
	static const struct h248_dec_choice choices[] = {
		{ H248_TOK_KEEP_ACTIVE, keep_active },
		{ H248_TOK_EMBED, embed },
		{ H248_TOK_DIGIT_MAP, event_digit_map },
		{ H248_TOK_STREAM, event_stream },
		{ H248_TOK_NOTIFY_IMMEDIATE, notify_immediate },
		{ H248_TOK_NOTIFY_REGULATED, notify_regulated },
		{ H248_TOK_NEVER_NOTIFY, never_notify },
		{ H248_TOK_RESET_EVENTS, reset_events },
	};
	struct event *c = node;
	h248_dec_rule *rule =
		h248_dec_choose(d, choices, sizeof(choices) / sizeof(*choices));

	return rule ? rule(d, c) : h248_dec_param(d, &c->tail);
}

static int new_event(struct h248_dec *d, struct h248_event **out)
{
	if (H248_DEC_NEW(d, *out))
		return -ENOMEM;
	(*out)->at = d->cur.at;
	return h248_dec_name(d, &(*out)->name);
}

/* requestedEvent: pkgdName ("{" list(eventParameter) "}")? */
static int requested_event(struct h248_dec *d, void *node)
{
	struct event_list *list = node;
	struct event c = { .is_embedded = list->is_embedded };
	int rc = new_event(d, &c.e);

	if (rc)
		return rc;
	c.tail = &c.e->params;
	if (h248_dec_at(d, '{'))
		rc = h248_dec_block0(d, event_parameter, &c);
	if (!rc)
		H248_APPEND(list->tail, c.e);
	return rc;
}

struct spec {
	uint16_t *stream;
	struct h248_prop **tail;
};

/* eventSpecParameter: stream, or a parameter */
static int spec_parameter(struct h248_dec *d, void *node)
{
	struct spec *s = node;

	if (!h248_dec_at_tok(d, H248_TOK_STREAM))
		return h248_dec_param(d, &s->tail);
	h248_dec_advance(d);
	return h248_dec_eq_uint16(d, "a StreamID", s->stream);
}

/* eventSpec */
static int event_spec(struct h248_dec *d, void *node)
{
	struct h248_event ***tail = node, *e;
	struct spec s;
	int rc = new_event(d, &e);

	if (rc)
		return rc;
	s.stream = &e->stream;
	s.tail = &e->params;
	if (h248_dec_at(d, '{'))
		rc = h248_dec_block0(d, spec_parameter, &s);
	if (!rc)
		H248_APPEND(*tail, e);
	return rc;
}

/* eventBufferDescriptor: EB ("{" list(eventSpec) "}")? */
int h248_dec_event_buffer(struct h248_dec *d, struct h248_event **out)
{
	struct h248_event **tail = out;

	h248_dec_advance(d);
	if (!h248_dec_at(d, '{'))
		return 0;
	return h248_dec_block0(d, event_spec, &tail);
}

static int timestamp(struct h248_dec *d, struct h248_observed_event *e)
{
	if (d->cur.kind != H248_LEX_WORD || !h248_dec_is_timestamp(d->cur.text))
		return 0;
	e->timestamp = d->cur.text;
	h248_dec_advance(d);
	return h248_dec_expect(d, ':');
}

/* observedEvent: (TimeStamp ":")? pkgdName ("{" list(parameter) "}")? */
static int observed_event(struct h248_dec *d, void *node)
{
	struct h248_observed_event ***tail = node, *e;
	struct spec s;
	int rc;

	if (H248_DEC_NEW(d, e))
		return -ENOMEM;
	rc = timestamp(d, e);
	if (!rc)
		rc = h248_dec_name(d, &e->name);
	s.stream = &e->stream;
	s.tail = &e->params;
	if (!rc && h248_dec_at(d, '{'))
		rc = h248_dec_block0(d, spec_parameter, &s);
	if (!rc)
		H248_APPEND(*tail, e);
	return rc;
}

/* observedEventsDescriptor: OE "=" reqId "{" list(observedEvent) "}" */
int h248_dec_observed(struct h248_dec *d, struct h248_observed *out)
{
	struct h248_observed_event **tail = &out->list;
	uint64_t id = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, UINT32_MAX, "a RequestID", &id);
	out->request_id = (uint32_t)id;
	return rc ? rc : h248_dec_block(d, observed_event, &tail);
}
