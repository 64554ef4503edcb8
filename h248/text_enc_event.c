/* h248/text_enc_event.c - Events, Signals, ObservedEvents, EventBuffer */
#include "h248/text_enc_int.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

static void tok_item(struct h248_enc *e, bool want, enum h248_tok t,
		     bool *is_first)
{
	if (!want)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, t);
}

static void uint_item(struct h248_enc *e, bool want, enum h248_tok t,
		      uint64_t v, bool *is_first)
{
	if (!want)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok_uint(e, t, v);
}

static void embed(struct h248_enc *e, const struct h248_event *ev,
		  bool *is_first)
{
	bool is_first_in;

	if (!ev->embed_signals && !ev->embed_events)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_EMBED);
	h248_enc_open(e, &is_first_in);
	if (ev->embed_signals) {
		h248_enc_item(e, &is_first_in);
		h248_enc_signals(e, ev->embed_signals);
	}
	if (ev->embed_events) {
		h248_enc_item(e, &is_first_in);
		h248_enc_events(e, ev->embed_events);
	}
	h248_enc_close(e);
}

/* notifyRegulated takes the embedded descriptors in braces of its own. */
static void notify_behaviour(struct h248_enc *e, const struct h248_event *ev,
			     bool *is_first)
{
	static const enum h248_tok behaviours[] = {
		[H248_NOTIFY_DEFAULT] = H248_TOK_NONE,
		[H248_NOTIFY_IMMEDIATE] = H248_TOK_NOTIFY_IMMEDIATE,
		[H248_NOTIFY_REGULATED] = H248_TOK_NOTIFY_REGULATED,
		[H248_NOTIFY_NEVER] = H248_TOK_NEVER_NOTIFY,
	};
	bool is_first_in;

	tok_item(e, ev->behaviour, behaviours[ev->behaviour], is_first);
	if (ev->behaviour != H248_NOTIFY_REGULATED) {
		embed(e, ev, is_first);
	} else if (ev->embed_signals || ev->embed_events) {
		h248_enc_open(e, &is_first_in);
		embed(e, ev, &is_first_in);
		h248_enc_close(e);
	}
}

static bool has_event_parms(const struct h248_event *ev)
{
	return ev->stream || ev->keep_active || ev->reset_events ||
	       ev->behaviour || ev->digit_map.p || ev->embed_signals ||
	       ev->embed_events || ev->params;
}

static void event(struct h248_enc *e, const struct h248_event *ev)
{
	bool is_first;

	h248_enc_name(e, &ev->name);
	if (!has_event_parms(ev))
		return;
	h248_enc_open(e, &is_first);
	uint_item(e, ev->stream, H248_TOK_STREAM, ev->stream, &is_first);
	tok_item(e, ev->keep_active, H248_TOK_KEEP_ACTIVE, &is_first);
	notify_behaviour(e, ev, &is_first);
	tok_item(e, ev->reset_events, H248_TOK_RESET_EVENTS, &is_first);
	if (ev->digit_map.p) {
		h248_enc_item(e, &is_first);
		h248_enc_tok(e, H248_TOK_DIGIT_MAP);
		h248_enc_eq(e);
		h248_enc_span(e, ev->digit_map);
	}
	h248_enc_props(e, ev->params, &is_first);
	h248_enc_close(e);
}

static void event_list(struct h248_enc *e, const struct h248_event *list)
{
	bool is_first;

	if (!list)
		return;
	h248_enc_open(e, &is_first);
	for (; list; list = list->next) {
		h248_enc_item(e, &is_first);
		event(e, list);
	}
	h248_enc_close(e);
}

/* The bare token removes all events. */
void h248_enc_events(struct h248_enc *e, const struct h248_events *ev)
{
	h248_enc_tok(e, H248_TOK_EVENTS);
	if (ev->has_id || ev->is_any_id)
		h248_enc_eq(e);
	if (ev->is_any_id)
		h248_enc_str(e, "*");
	else if (ev->has_id)
		h248_enc_uint(e, ev->id);
	event_list(e, ev->list);
}

void h248_enc_event_buffer(struct h248_enc *e, const struct h248_event *list)
{
	h248_enc_tok(e, H248_TOK_EVENT_BUFFER);
	event_list(e, list);
}

static void completion(struct h248_enc *e, uint8_t bits)
{
	static const struct {
		uint8_t bit;
		enum h248_tok tok;
	} reasons[] = {
		{ H248_NC_TIMEOUT, H248_TOK_TIME_OUT },
		{ H248_NC_EVENT, H248_TOK_INTERRUPT_BY_EVENT },
		{ H248_NC_SIGNALS, H248_TOK_INTERRUPT_BY_SIGNALS },
		{ H248_NC_OTHER, H248_TOK_OTHER_REASON },
		{ H248_NC_ITERATION, H248_TOK_ITERATION },
	};
	bool is_first;

	h248_enc_tok(e, H248_TOK_NOTIFY_COMPLETION);
	h248_enc_str(e, e->is_long ? " =" : "=");
	h248_enc_open(e, &is_first);
	for (size_t i = 0; i < N(reasons); i++)
		tok_item(e, bits & reasons[i].bit, reasons[i].tok, &is_first);
	h248_enc_close(e);
}

static bool has_signal_parms(const struct h248_signal *s)
{
	return s->stream || s->type || s->has_duration || s->has_completion ||
	       s->keep_active || s->direction || s->has_request_id ||
	       s->has_intersignal || s->params;
}

static void signal_parms(struct h248_enc *e, const struct h248_signal *s)
{
	static const enum h248_tok types[] = {
		[H248_SIG_DEFAULT] = H248_TOK_NONE,
		[H248_SIG_ON_OFF] = H248_TOK_ON_OFF,
		[H248_SIG_TIMEOUT] = H248_TOK_TIME_OUT,
		[H248_SIG_BRIEF] = H248_TOK_BRIEF,
	};
	static const enum h248_tok directions[] = {
		[H248_DIR_NONE] = H248_TOK_NONE,
		[H248_DIR_EXTERNAL] = H248_TOK_EXTERNAL,
		[H248_DIR_INTERNAL] = H248_TOK_INTERNAL,
		[H248_DIR_BOTH] = H248_TOK_BOTH,
	};
	bool is_first;

	h248_enc_open(e, &is_first);
	uint_item(e, s->stream, H248_TOK_STREAM, s->stream, &is_first);
	if (s->type) {
		h248_enc_item(e, &is_first);
		h248_enc_tok_tok(e, H248_TOK_SIGNAL_TYPE, types[s->type]);
	}
	uint_item(e, s->has_duration, H248_TOK_DURATION, s->duration_cs,
		  &is_first);
	if (s->has_completion) {
		h248_enc_item(e, &is_first);
		completion(e, s->notify_completion);
	}
	tok_item(e, s->keep_active, H248_TOK_KEEP_ACTIVE, &is_first);
	if (s->direction) {
		h248_enc_item(e, &is_first);
		h248_enc_tok_tok(e, H248_TOK_DIRECTION,
				 directions[s->direction]);
	}
	uint_item(e, s->has_request_id, H248_TOK_REQUEST_ID, s->request_id,
		  &is_first);
	uint_item(e, s->has_intersignal, H248_TOK_INTERSIGNAL,
		  s->intersignal_cs, &is_first);
	h248_enc_props(e, s->params, &is_first);
	h248_enc_close(e);
}

static void signal_request(struct h248_enc *e, const struct h248_signal *s)
{
	h248_enc_name(e, &s->name);
	if (has_signal_parms(s))
		signal_parms(e, s);
}

static void signal_list(struct h248_enc *e, const struct h248_signal *s)
{
	bool is_first;

	h248_enc_tok_uint(e, H248_TOK_SIGNAL_LIST, s->list_id);
	h248_enc_open(e, &is_first);
	for (s = s->sub; s; s = s->next) {
		h248_enc_item(e, &is_first);
		signal_request(e, s);
	}
	h248_enc_close(e);
}

/* The bare token stops all signals; "SG{}" is legal, but widely refused. */
void h248_enc_signals(struct h248_enc *e, const struct h248_signals *sg)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_SIGNALS);
	if (!sg->list)
		return;
	h248_enc_open(e, &is_first);
	for (const struct h248_signal *s = sg->list; s; s = s->next) {
		h248_enc_item(e, &is_first);
		if (s->is_list)
			signal_list(e, s);
		else
			signal_request(e, s);
	}
	h248_enc_close(e);
}

static void observed_event(struct h248_enc *e,
			   const struct h248_observed_event *ev)
{
	bool is_first;

	if (ev->timestamp.n) {
		h248_enc_span(e, ev->timestamp);
		h248_enc_str(e, ":");
	}
	h248_enc_name(e, &ev->name);
	if (!ev->stream && !ev->params)
		return;
	h248_enc_open(e, &is_first);
	uint_item(e, ev->stream, H248_TOK_STREAM, ev->stream, &is_first);
	h248_enc_props(e, ev->params, &is_first);
	h248_enc_close(e);
}

void h248_enc_observed(struct h248_enc *e, const struct h248_observed *oe)
{
	bool is_first;

	h248_enc_tok_uint(e, H248_TOK_OBSERVED_EVENTS, oe->request_id);
	h248_enc_open(e, &is_first);
	for (const struct h248_observed_event *ev = oe->list; ev;
	     ev = ev->next) {
		h248_enc_item(e, &is_first);
		observed_event(e, ev);
	}
	h248_enc_close(e);
}
