/* tools/h248tool/json_desc.c - descriptors as JSON */
#include "h248/names.h"
#include "tools/h248tool/json.h"

static json_t *local_control(const struct h248_local_control *c)
{
	json_t *o = json_object();

	tool_json_given(o, c->mode_ne ? "ModeOtherThan" : "Mode", c->has_mode,
			json_string(h248_mode_name(c->mode)));
	tool_json_given(o, "ReservedValue", c->has_reserve_value,
			json_boolean(c->reserve_value));
	tool_json_given(o, "ReservedGroup", c->has_reserve_group,
			json_boolean(c->reserve_group));
	if (c->props)
		tool_json_set(o, "properties", tool_json_props(c->props));
	return o;
}

static json_t *stream(const struct h248_stream *s)
{
	json_t *o = json_object();

	tool_json_set(o, "id", json_integer(s->id));
	tool_json_flag(o, "implicit", s->is_implicit);
	if (s->control)
		tool_json_set(o, "LocalControl", local_control(s->control));
	if (s->local)
		tool_json_set(o, "Local", tool_json_span(s->local->sdp));
	if (s->remote)
		tool_json_set(o, "Remote", tool_json_span(s->remote->sdp));
	if (s->has_stats)
		tool_json_set(o, "Statistics", tool_json_props(s->stats));
	return o;
}

static json_t *term_state(const struct h248_term_state *s)
{
	json_t *o = json_object();

	tool_json_given(
		o, s->service_ne ? "ServiceStatesOtherThan" : "ServiceStates",
		s->has_service,
		tool_json_tok(h248_service_state_toks[s->service]));
	tool_json_given(o, "Buffer", s->has_buffer,
			tool_json_tok(s->buffer_lockstep ? H248_TOK_LOCK_STEP :
							   H248_TOK_OFF));
	if (s->props)
		tool_json_set(o, "properties", tool_json_props(s->props));
	return o;
}

json_t *tool_json_media(const struct h248_media *m)
{
	json_t *o = json_object(), *streams = json_array();

	if (m->state)
		tool_json_set(o, "TerminationState", term_state(m->state));
	for (const struct h248_stream *s = m->streams; s; s = s->next)
		json_array_append_new(streams, stream(s));
	tool_json_set(o, "streams", streams);
	return o;
}

static json_t *packages(const struct h248_package_version *p)
{
	json_t *list = json_array();

	for (; p; p = p->next)
		json_array_append_new(list,
				      json_sprintf("%.*s-%u", (int)p->name.n,
						   p->name.p, p->version));
	return list;
}

json_t *tool_json_services(const struct h248_services *sv)
{
	static const char *const methods[] = {
		[H248_SC_NONE] = "",
		[H248_SC_FAILOVER] = "Failover",
		[H248_SC_FORCED] = "Forced",
		[H248_SC_GRACEFUL] = "Graceful",
		[H248_SC_RESTART] = "Restart",
		[H248_SC_DISCONNECTED] = "Disconnected",
		[H248_SC_HANDOFF] = "HandOff",
		[H248_SC_EXTENSION] = "",
	};
	json_t *o = json_object();

	if (sv->method == H248_SC_EXTENSION)
		tool_json_set(o, "Method", tool_json_span(sv->method_text));
	else if (sv->method)
		tool_json_set(o, "Method", json_string(methods[sv->method]));
	if (sv->reason.p)
		tool_json_set(o, "Reason", tool_json_span(sv->reason));
	if (sv->has_delay)
		tool_json_set(o, "Delay", json_integer(sv->delay_s));
	if (sv->address)
		tool_json_set(o, "ServiceChangeAddress",
			      tool_json_mid(sv->address));
	tool_json_int(o, "ServiceChangePort", sv->address_port);
	if (sv->mgc_id)
		tool_json_set(o, "MgcIdToTry", tool_json_mid(sv->mgc_id));
	if (sv->profile.p)
		tool_json_set(o, "Profile",
			      json_sprintf("%.*s/%u", (int)sv->profile.n,
					   sv->profile.p, sv->profile_version));
	tool_json_int(o, "Version", sv->version);
	if (sv->timestamp.n)
		tool_json_set(o, "TimeStamp", tool_json_span(sv->timestamp));
	tool_json_flag(o, "ServiceChangeInc", sv->is_incomplete);
	if (sv->audit)
		tool_json_set(o, "Audit", tool_json_descs(sv->audit));
	if (sv->extensions)
		tool_json_set(o, "extensions", tool_json_props(sv->extensions));
	return o;
}

/* What is only named has nothing to tell: null. */
static json_t *content(const struct h248_desc *d)
{
	switch (d->kind) {
	case H248_DESC_MEDIA:
		return tool_json_media(d->u.media);
	case H248_DESC_EVENTS:
		return tool_json_events(d->u.events);
	case H248_DESC_EVENT_BUFFER:
		return tool_json_event_list(d->u.event_buffer);
	case H248_DESC_SIGNALS:
		return tool_json_signals(d->u.signals->list);
	case H248_DESC_AUDIT:
		return tool_json_descs(d->u.audit);
	case H248_DESC_STATISTICS:
		return tool_json_props(d->u.stats);
	case H248_DESC_OBSERVED:
		return tool_json_observed(d->u.observed);
	case H248_DESC_PACKAGES:
		return packages(d->u.packages);
	case H248_DESC_SERVICES:
		return tool_json_services(d->u.services);
	case H248_DESC_ERROR:
		return tool_json_error(&d->u.error);
	default:
		return tool_json_span(d->u.raw);
	}
}

json_t *tool_json_descs(const struct h248_desc *list)
{
	json_t *all = json_array();

	for (; list; list = list->next) {
		json_t *o = json_object();

		tool_json_set(o, h248_desc_name(list->kind),
			      list->is_bare ? json_null() : content(list));
		json_array_append_new(all, o);
	}
	return all;
}
