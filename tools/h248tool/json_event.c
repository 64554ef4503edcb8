/* tools/h248tool/json_event.c - events and signals as JSON */
#include "tools/h248tool/json.h"

/* An object with the name of an event or signal, its stream and parameters. */
static json_t *item(const struct h248_name *n, uint16_t stream_id,
		    const struct h248_prop *params)
{
	json_t *o = json_object();

	tool_json_set(o, "name",
		      json_sprintf("%.*s/%.*s", (int)n->pkg.n, n->pkg.p,
				   (int)n->item.n, n->item.p));
	tool_json_int(o, "Stream", stream_id);
	if (params)
		tool_json_set(o, "parameters", tool_json_props(params));
	return o;
}

static json_t *event(const struct h248_event *e)
{
	static const enum h248_tok behaviours[] = {
		[H248_NOTIFY_DEFAULT] = H248_TOK_NONE,
		[H248_NOTIFY_IMMEDIATE] = H248_TOK_NOTIFY_IMMEDIATE,
		[H248_NOTIFY_REGULATED] = H248_TOK_NOTIFY_REGULATED,
		[H248_NOTIFY_NEVER] = H248_TOK_NEVER_NOTIFY,
	};
	json_t *o = item(&e->name, e->stream, e->params);

	tool_json_flag(o, "KeepActive", e->keep_active);
	tool_json_flag(o, "ResetEventsDescriptor", e->reset_events);
	if (e->behaviour)
		tool_json_set(o, "notify",
			      tool_json_tok(behaviours[e->behaviour]));
	if (e->digit_map.p)
		tool_json_set(o, "DigitMap", tool_json_span(e->digit_map));
	if (e->embed_signals)
		tool_json_set(o, "embedded_signals",
			      tool_json_signals(e->embed_signals->list));
	/* One level: an embedded event has none embedded. */
	if (e->embed_events)
		tool_json_set(o, "embedded_events",
			      tool_json_events(e->embed_events));
	return o;
}

json_t *tool_json_event_list(const struct h248_event *list)
{
	json_t *all = json_array();

	for (; list; list = list->next)
		json_array_append_new(all, event(list));
	return all;
}

json_t *tool_json_events(const struct h248_events *e)
{
	json_t *o = json_object();

	if (e->is_any_id)
		tool_json_set(o, "RequestID", json_string("*"));
	else if (e->has_id)
		tool_json_set(o, "RequestID", json_integer(e->id));
	tool_json_set(o, "events", tool_json_event_list(e->list));
	return o;
}

static json_t *completion(uint8_t bits)
{
	static const enum h248_tok reasons[] = {
		H248_TOK_TIME_OUT,             /* bit 0, H248_NC_TIMEOUT */
		H248_TOK_INTERRUPT_BY_EVENT,   /* bit 1 */
		H248_TOK_INTERRUPT_BY_SIGNALS, /* bit 2 */
		H248_TOK_OTHER_REASON,         /* bit 3 */
		H248_TOK_ITERATION,            /* bit 4 */
	};
	json_t *list = json_array();

	for (unsigned int i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (bits & 1u << i)
			json_array_append_new(list, tool_json_tok(reasons[i]));
	return list;
}

static json_t *signal_of(const struct h248_signal *s)
{
	static const enum h248_tok types[] = { H248_TOK_NONE, H248_TOK_ON_OFF,
					       H248_TOK_TIME_OUT,
					       H248_TOK_BRIEF };
	static const enum h248_tok directions[] = { H248_TOK_NONE,
						    H248_TOK_EXTERNAL,
						    H248_TOK_INTERNAL,
						    H248_TOK_BOTH };
	json_t *o = item(&s->name, s->stream, s->params);

	if (s->type)
		tool_json_set(o, "SignalType", tool_json_tok(types[s->type]));
	if (s->has_duration)
		tool_json_set(o, "Duration", json_integer(s->duration_cs));
	if (s->has_completion)
		tool_json_set(o, "NotifyCompletion",
			      completion(s->notify_completion));
	tool_json_flag(o, "KeepActive", s->keep_active);
	if (s->direction)
		tool_json_set(o, "Direction",
			      tool_json_tok(directions[s->direction]));
	if (s->has_request_id)
		tool_json_set(o, "RequestID", json_integer(s->request_id));
	if (s->has_intersignal)
		tool_json_set(o, "Intersignal",
			      json_integer(s->intersignal_cs));
	return o;
}

static json_t *signal_list(const struct h248_signal *s)
{
	json_t *o = json_object(), *list = json_array();

	tool_json_set(o, "SignalList", json_integer(s->list_id));
	for (s = s->sub; s; s = s->next)
		json_array_append_new(list, signal_of(s));
	tool_json_set(o, "signals", list);
	return o;
}

json_t *tool_json_signals(const struct h248_signal *list)
{
	json_t *all = json_array();

	for (; list; list = list->next)
		json_array_append_new(all, list->is_list ? signal_list(list) :
							   signal_of(list));
	return all;
}

json_t *tool_json_observed(const struct h248_observed *o)
{
	json_t *all = json_object(), *list = json_array();

	tool_json_set(all, "RequestID", json_integer(o->request_id));
	for (const struct h248_observed_event *e = o->list; e; e = e->next) {
		json_t *one = item(&e->name, e->stream, e->params);

		if (e->timestamp.n)
			tool_json_set(one, "TimeStamp",
				      tool_json_span(e->timestamp));
		json_array_append_new(list, one);
	}
	tool_json_set(all, "events", list);
	return all;
}
