/* test/support/tree_eq.c - see tree_eq.h */
#include "test/support/tree_eq.h"

#include <string.h>

#include "h248/span.h"

#define SAME(expr)                    \
	do {                          \
		if (!(expr))          \
			return #expr; \
	} while (0)
#define EQ(member) SAME(a->member == b->member)
#define WORD(member) SAME(word(a->member, b->member))
/* A part that may be absent. */
#define PART(fn, member)                                            \
	do {                                                        \
		const char *part;                                   \
		SAME(!a->member == !b->member);                     \
		part = a->member ? fn(a->member, b->member) : NULL; \
		if (part)                                           \
			return part;                                \
	} while (0)
/* A list: node by node, and both end together. */
#define LIST(type, fn, member)                                    \
	do {                                                      \
		const struct type *x = a->member, *y = b->member; \
		for (; x && y; x = x->next, y = y->next) {        \
			const char *node = fn(x, y);              \
			if (node)                                 \
				return node;                      \
		}                                                 \
		if (x || y)                                       \
			return "length of " #member;              \
	} while (0)

static bool word(struct h248_span a, struct h248_span b)
{
	return !a.p == !b.p && h248_span_eq(a, b);
}

/* A quoted string, as it may be sent: the rest becomes "?". */
static bool quoted(struct h248_span a, struct h248_span b)
{
	if (!a.p != !b.p || a.n != b.n)
		return false;
	for (uint32_t i = 0; i < a.n; i++) {
		bool is_plain =
			(a.p[i] >= ' ' && a.p[i] <= '~') || a.p[i] == '\t';

		if (a.p[i] != b.p[i] && (is_plain || b.p[i] != '?'))
			return false;
	}
	return true;
}

static bool octets(struct h248_span a, struct h248_span b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static const char *desc(const struct h248_desc *a, const struct h248_desc *b);
static const char *events(const struct h248_events *a,
			  const struct h248_events *b);

static const char *mid(const struct h248_mid *a, const struct h248_mid *b)
{
	EQ(kind);
	WORD(text);
	EQ(port);
	return NULL;
}

static const char *value(const struct h248_value *a, const struct h248_value *b)
{
	EQ(is_quoted);
	SAME(a->is_quoted ? quoted(a->text, b->text) : word(a->text, b->text));
	return NULL;
}

static const char *prop(const struct h248_prop *a, const struct h248_prop *b)
{
	WORD(name.pkg);
	WORD(name.item);
	EQ(rel);
	EQ(set);
	LIST(h248_value, value, values);
	return NULL;
}

static const char *local_control(const struct h248_local_control *a,
				 const struct h248_local_control *b)
{
	EQ(has_mode);
	EQ(mode);
	EQ(mode_ne);
	EQ(has_reserve_value);
	EQ(reserve_value);
	EQ(has_reserve_group);
	EQ(reserve_group);
	LIST(h248_prop, prop, props);
	return NULL;
}

static const char *body(const struct h248_body *a, const struct h248_body *b)
{
	SAME(octets(a->sdp, b->sdp));
	return NULL;
}

static const char *stream(const struct h248_stream *a,
			  const struct h248_stream *b)
{
	EQ(is_implicit);
	EQ(id);
	PART(local_control, control);
	PART(body, local);
	PART(body, remote);
	EQ(has_stats);
	LIST(h248_prop, prop, stats);
	return NULL;
}

static const char *term_state(const struct h248_term_state *a,
			      const struct h248_term_state *b)
{
	EQ(has_service);
	EQ(service);
	EQ(service_ne);
	EQ(has_buffer);
	EQ(buffer_lockstep);
	LIST(h248_prop, prop, props);
	return NULL;
}

static const char *media(const struct h248_media *a, const struct h248_media *b)
{
	PART(term_state, state);
	LIST(h248_stream, stream, streams);
	return NULL;
}

static const char *signal(const struct h248_signal *a,
			  const struct h248_signal *b)
{
	EQ(is_list);
	EQ(list_id);
	WORD(name.pkg);
	WORD(name.item);
	EQ(stream);
	EQ(type);
	EQ(has_duration);
	EQ(duration_cs);
	EQ(has_completion);
	EQ(notify_completion);
	EQ(keep_active);
	EQ(direction);
	EQ(has_request_id);
	EQ(request_id);
	EQ(has_intersignal);
	EQ(intersignal_cs);
	LIST(h248_prop, prop, params);
	LIST(h248_signal, signal, sub);
	return NULL;
}

static const char *signals(const struct h248_signals *a,
			   const struct h248_signals *b)
{
	LIST(h248_signal, signal, list);
	return NULL;
}

static const char *event(const struct h248_event *a, const struct h248_event *b)
{
	WORD(name.pkg);
	WORD(name.item);
	EQ(stream);
	EQ(keep_active);
	EQ(reset_events);
	EQ(behaviour);
	WORD(digit_map);
	PART(signals, embed_signals);
	PART(events, embed_events);
	LIST(h248_prop, prop, params);
	return NULL;
}

static const char *events(const struct h248_events *a,
			  const struct h248_events *b)
{
	EQ(has_id);
	EQ(is_any_id);
	EQ(id);
	LIST(h248_event, event, list);
	return NULL;
}

static const char *observed_event(const struct h248_observed_event *a,
				  const struct h248_observed_event *b)
{
	WORD(timestamp);
	WORD(name.pkg);
	WORD(name.item);
	EQ(stream);
	LIST(h248_prop, prop, params);
	return NULL;
}

static const char *observed(const struct h248_observed *a,
			    const struct h248_observed *b)
{
	EQ(request_id);
	LIST(h248_observed_event, observed_event, list);
	return NULL;
}

static const char *package(const struct h248_package_version *a,
			   const struct h248_package_version *b)
{
	WORD(name);
	EQ(version);
	return NULL;
}

static const char *error(const struct h248_error_desc *a,
			 const struct h248_error_desc *b)
{
	EQ(code);
	SAME(!a->text.p == !b->text.p);
	SAME(quoted(a->text, b->text));
	return NULL;
}

static const char *services(const struct h248_services *a,
			    const struct h248_services *b)
{
	EQ(method);
	WORD(method_text);
	SAME(quoted(a->reason, b->reason));
	EQ(has_delay);
	EQ(delay_s);
	PART(mid, address);
	EQ(address_port);
	PART(mid, mgc_id);
	WORD(profile);
	EQ(profile_version);
	EQ(version);
	WORD(timestamp);
	EQ(is_incomplete);
	LIST(h248_desc, desc, audit);
	LIST(h248_prop, prop, extensions);
	return NULL;
}

static const char *desc_body(const struct h248_desc *a,
			     const struct h248_desc *b)
{
	switch (a->kind) {
	case H248_DESC_MEDIA:
		PART(media, u.media);
		break;
	case H248_DESC_EVENTS:
		PART(events, u.events);
		break;
	case H248_DESC_EVENT_BUFFER:
		LIST(h248_event, event, u.event_buffer);
		break;
	case H248_DESC_SIGNALS:
		PART(signals, u.signals);
		break;
	case H248_DESC_AUDIT:
		LIST(h248_desc, desc, u.audit);
		break;
	case H248_DESC_STATISTICS:
		LIST(h248_prop, prop, u.stats);
		break;
	case H248_DESC_OBSERVED:
		PART(observed, u.observed);
		break;
	case H248_DESC_PACKAGES:
		LIST(h248_package_version, package, u.packages);
		break;
	case H248_DESC_SERVICES:
		PART(services, u.services);
		break;
	case H248_DESC_ERROR:
		return error(&a->u.error, &b->u.error);
	default:
		WORD(u.raw);
		break;
	}
	return NULL;
}

static const char *desc(const struct h248_desc *a, const struct h248_desc *b)
{
	EQ(kind);
	EQ(is_bare);
	return desc_body(a, b);
}

static const char *term_id(const struct h248_term_id *a,
			   const struct h248_term_id *b)
{
	WORD(text);
	EQ(is_root);
	EQ(has_all);
	EQ(has_choose);
	return NULL;
}

static const char *cmd(const struct h248_cmd *a, const struct h248_cmd *b)
{
	EQ(kind);
	EQ(is_optional);
	EQ(is_wildcard_reply);
	EQ(is_context_list);
	LIST(h248_term_id, term_id, terms);
	LIST(h248_desc, desc, descs);
	EQ(fault.code);
	return NULL;
}

static const char *topology(const struct h248_topology *a,
			    const struct h248_topology *b)
{
	WORD(from);
	WORD(to);
	EQ(dir);
	EQ(has_extension);
	EQ(extension);
	EQ(stream);
	return NULL;
}

static const char *ctx_props(const struct h248_ctx_props *a,
			     const struct h248_ctx_props *b)
{
	EQ(has_priority);
	EQ(priority);
	EQ(has_emergency);
	EQ(emergency);
	EQ(has_ieps);
	EQ(asks_priority);
	EQ(asks_emergency);
	EQ(asks_ieps);
	LIST(h248_prop, prop, asks_attrs);
	EQ(ieps);
	EQ(has_topology);
	LIST(h248_topology, topology, topology);
	LIST(h248_prop, prop, attrs);
	EQ(has_context_list);
	LIST(h248_value, value, context_list);
	EQ(is_or);
	EQ(is_and);
	return NULL;
}

static const char *action(const struct h248_action *a,
			  const struct h248_action *b)
{
	EQ(ctx);
	EQ(ctx_id);
	EQ(is_bare);
	PART(ctx_props, props);
	PART(ctx_props, audit);
	LIST(h248_cmd, cmd, cmds);
	PART(error, error);
	EQ(fault.code);
	return NULL;
}

static const char *range(const struct h248_tid_range *a,
			 const struct h248_tid_range *b)
{
	EQ(first);
	EQ(last);
	return NULL;
}

static const char *txn(const struct h248_txn *a, const struct h248_txn *b)
{
	EQ(kind);
	EQ(has_id);
	EQ(id);
	EQ(wants_ack);
	EQ(segment);
	EQ(is_last_segment);
	LIST(h248_action, action, actions);
	PART(error, error);
	LIST(h248_tid_range, range, acks);
	EQ(fault.code);
	return NULL;
}

static const char *auth(const struct h248_auth *a, const struct h248_auth *b)
{
	EQ(spi);
	EQ(seq);
	WORD(data);
	return NULL;
}

const char *tree_difference(const struct h248_msg *a, const struct h248_msg *b)
{
	const char *m = mid(&a->mid, &b->mid);

	if (m)
		return m;
	EQ(version);
	PART(auth, auth);
	PART(error, error);
	LIST(h248_txn, txn, txns);
	EQ(fault.code);
	return NULL;
}

static const struct h248_err *action_fault(const struct h248_action *a)
{
	for (; a; a = a->next) {
		for (const struct h248_cmd *c = a->cmds; c; c = c->next)
			if (c->fault.code)
				return &c->fault;
		if (a->fault.code)
			return &a->fault;
	}
	return NULL;
}

const struct h248_err *tree_fault(const struct h248_msg *m)
{
	if (m->fault.code)
		return &m->fault;
	for (const struct h248_txn *t = m->txns; t; t = t->next) {
		const struct h248_err *e = action_fault(t->actions);

		if (e || t->fault.code)
			return e ? e : &t->fault;
	}
	return NULL;
}
