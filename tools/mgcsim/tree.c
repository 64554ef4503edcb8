/* mgcsim/tree.c - a decoded message as an XML tree */
#include "tools/mgcsim/tree.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/sdp.h"
#include "h248/span.h"
#include "h248/text.h"

static const char *const CMD_NAME[H248_CMD__COUNT] = {
	[H248_CMD_ADD] = "add",
	[H248_CMD_MOVE] = "move",
	[H248_CMD_MODIFY] = "modify",
	[H248_CMD_SUBTRACT] = "subtract",
	[H248_CMD_AUDIT_VALUE] = "audit-value",
	[H248_CMD_AUDIT_CAP] = "audit-capability",
	[H248_CMD_NOTIFY] = "notify",
	[H248_CMD_SERVICE_CHANGE] = "service-change",
};

static const char *const TXN_NAME[] = {
	[H248_TXN_REQUEST] = "request",         [H248_TXN_REPLY] = "reply",
	[H248_TXN_PENDING] = "pending",         [H248_TXN_ACK] = "ack",
	[H248_TXN_SEGMENT_ACK] = "segment-ack",
};

static const char *const MODE_NAME[] = {
	[H248_MODE_SEND_ONLY] = "send-only",
	[H248_MODE_RECV_ONLY] = "receive-only",
	[H248_MODE_SEND_RECV] = "send-receive",
	[H248_MODE_INACTIVE] = "inactive",
	[H248_MODE_LOOPBACK] = "loopback",
};

static const char *const METHOD_NAME[] = {
	[H248_SC_NONE] = "none",       [H248_SC_FAILOVER] = "failover",
	[H248_SC_FORCED] = "forced",   [H248_SC_GRACEFUL] = "graceful",
	[H248_SC_RESTART] = "restart", [H248_SC_DISCONNECTED] = "disconnected",
	[H248_SC_HANDOFF] = "handoff", [H248_SC_EXTENSION] = "extension",
};

static const char *const SERVICE_NAME[] = {
	[H248_SVC_TEST] = "test",
	[H248_SVC_OUT] = "out-of-service",
	[H248_SVC_IN] = "in-service",
};

static const char *const SETUP_NAME[] = {
	[H248_SETUP_NONE] = "",
	[H248_SETUP_ACTIVE] = "active",
	[H248_SETUP_PASSIVE] = "passive",
	[H248_SETUP_ACTPASS] = "actpass",
	[H248_SETUP_HOLDCONN] = "holdconn",
};

const char *tree_cmd_name(enum h248_cmd_kind kind)
{
	return kind < H248_CMD__COUNT ? CMD_NAME[kind] : "unknown";
}

const char *tree_txn_name(enum h248_txn_kind kind)
{
	return TXN_NAME[kind];
}

static xmlNode *child(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

static void attr(xmlNode *node, const char *name, const char *value)
{
	xmlNewProp(node, BAD_CAST name, BAD_CAST value);
}

/* A peer may send any octet; what XML cannot hold becomes '?'. */
static char *clean(struct h248_span s)
{
	char *text = malloc(s.n + 1u);

	if (!text)
		return NULL;
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool is_fine = (c >= 0x20 && c < 0x7f) || c == '\n' ||
			       c == '\r' || c == '\t';

		text[i] = is_fine ? (char)c : '?';
	}
	text[s.n] = '\0';
	return text;
}

static void attr_span(xmlNode *node, const char *name, struct h248_span s)
{
	char *text = s.p ? clean(s) : NULL;

	if (text)
		attr(node, name, text);
	free(text);
}

static void attr_uint(xmlNode *node, const char *name, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, value);
	attr(node, name, buf);
}

/* "pkg/item", or "item" alone. */
static void attr_name(xmlNode *node, const struct h248_name *name)
{
	char buf[160];

	if (name->pkg.p)
		snprintf(buf, sizeof(buf), "%.*s/%.*s", (int)name->pkg.n,
			 name->pkg.p, (int)name->item.n, name->item.p);
	else
		snprintf(buf, sizeof(buf), "%.*s", (int)name->item.n,
			 name->item.p);
	attr_span(node, "name", (struct h248_span) { buf, strlen(buf) });
}

static void put_error(xmlNode *parent, uint16_t code, struct h248_span text)
{
	xmlNode *node = child(parent, "error");

	attr_uint(node, "code", code);
	attr_span(node, "text", text);
}

static void put_error_desc(xmlNode *parent, const struct h248_error_desc *e)
{
	if (e)
		put_error(parent, e->code, e->text);
}

static void put_fault(xmlNode *parent, const struct h248_err *fault)
{
	if (fault->code)
		put_error(parent, fault->code,
			  (struct h248_span) { fault->text,
					       strlen(fault->text) });
}

/* Properties, statistics or parameters; several values: @value is the first,
 * <value> has each. */
static void put_props(xmlNode *parent, const char *element,
		      const struct h248_prop *list)
{
	for (; list; list = list->next) {
		xmlNode *node = child(parent, element);

		attr_name(node, &list->name);
		if (list->values)
			attr_span(node, "value", list->values->text);
		for (const struct h248_value *v = list->values;
		     v && list->values->next; v = v->next)
			attr_span(child(node, "value"), "is", v->text);
	}
}

static void put_sdp(xmlNode *node, struct h248_span body)
{
	struct h248_sdp sdp;
	struct h248_err err;
	size_t n;
	char text[INET6_ADDRSTRLEN] = "";
	const struct sockaddr_in *in4 = (const void *)&sdp.address;
	const struct sockaddr_in6 *in6 = (const void *)&sdp.address;

	if (h248_sdp_parse(body, &sdp, 1, &n, &err) || n != 1)
		return;
	if (sdp.has_address && !sdp.is_address_choose) {
		if (sdp.family == AF_INET)
			inet_ntop(AF_INET, &in4->sin_addr, text, sizeof(text));
		else
			inet_ntop(AF_INET6, &in6->sin6_addr, text,
				  sizeof(text));
		attr(node, "address", text);
	}
	if (!sdp.is_port_choose)
		attr_uint(node, "port", sdp.port);
	attr(node, "proto", sdp.proto);
	attr(node, "setup", SETUP_NAME[sdp.setup]);
}

static void put_body(xmlNode *parent, const char *element,
		     const struct h248_body *body)
{
	xmlNode *node;
	char *text;

	if (!body)
		return;
	node = child(parent, element);
	put_sdp(node, body->sdp);
	text = clean(body->sdp);
	if (text)
		xmlNodeAddContent(node, BAD_CAST text);
	free(text);
}

static void put_stream(xmlNode *parent, const struct h248_stream *stream)
{
	xmlNode *node = child(parent, "stream");
	xmlNode *control;

	attr_uint(node, "id", stream->is_implicit ? 1 : stream->id);
	if (stream->control) {
		control = child(node, "control");
		if (stream->control->has_mode == H248_GIVEN)
			attr(control, "mode", MODE_NAME[stream->control->mode]);
		put_props(control, "property", stream->control->props);
	}
	put_body(node, "local", stream->local);
	put_body(node, "remote", stream->remote);
	if (stream->has_stats)
		put_props(child(node, "statistics"), "statistic",
			  stream->stats);
}

static void put_media(xmlNode *node, const struct h248_media *media)
{
	xmlNode *state;

	if (media && media->state) {
		state = child(node, "state");
		if (media->state->has_service == H248_GIVEN)
			attr(state, "service",
			     SERVICE_NAME[media->state->service]);
		put_props(state, "property", media->state->props);
	}
	for (const struct h248_stream *s = media ? media->streams : NULL; s;
	     s = s->next)
		put_stream(node, s);
}

static void put_events(xmlNode *node, const struct h248_events *events)
{
	if (!events)
		return;
	if (events->has_id)
		attr_uint(node, "id", events->id);
	for (const struct h248_event *e = events->list; e; e = e->next) {
		xmlNode *event = child(node, "event");

		attr_name(event, &e->name);
		put_props(event, "param", e->params);
	}
}

static void put_signals(xmlNode *node, const struct h248_signals *signals)
{
	for (const struct h248_signal *s = signals ? signals->list : NULL; s;
	     s = s->next) {
		xmlNode *signal = child(node, "signal");

		if (!s->is_list)
			attr_name(signal, &s->name);
		put_props(signal, "param", s->params);
	}
}

static void put_observed(xmlNode *node, const struct h248_observed *observed)
{
	if (!observed)
		return;
	attr_uint(node, "id", observed->request_id);
	for (const struct h248_observed_event *e = observed->list; e;
	     e = e->next) {
		xmlNode *event = child(node, "event");

		attr_name(event, &e->name);
		attr_span(event, "time", e->timestamp);
		if (e->stream)
			attr_uint(event, "stream", e->stream);
		put_props(event, "param", e->params);
	}
}

static void attr_mid(xmlNode *node, const char *name,
		     const struct h248_mid *mid)
{
	char text[160];

	if (mid && !h248_mid_enc(mid, text, sizeof(text)))
		attr_span(node, name, h248_span_of(text));
}

static void put_services(xmlNode *node, const struct h248_services *s)
{
	if (!s)
		return;
	attr(node, "method", METHOD_NAME[s->method]);
	attr_span(node, "reason", s->reason);
	attr_span(node, "profile", s->profile);
	if (s->profile.p)
		attr_uint(node, "profile-version", s->profile_version);
	if (s->version)
		attr_uint(node, "version", s->version);
	attr_span(node, "timestamp", s->timestamp);
	attr_mid(node, "mgc-id", s->mgc_id);
	attr_mid(node, "address", s->address);
}

static void put_packages(xmlNode *node, const struct h248_package_version *p)
{
	for (; p; p = p->next) {
		xmlNode *pkg = child(node, "package");

		attr_span(pkg, "name", p->name);
		attr_uint(pkg, "version", p->version);
	}
}

static void put_desc(xmlNode *parent, const struct h248_desc *desc)
{
	switch (desc->kind) {
	case H248_DESC_MEDIA:
		put_media(child(parent, "media"), desc->u.media);
		break;
	case H248_DESC_EVENTS:
		put_events(child(parent, "events"), desc->u.events);
		break;
	case H248_DESC_SIGNALS:
		put_signals(child(parent, "signals"), desc->u.signals);
		break;
	case H248_DESC_STATISTICS:
		put_props(child(parent, "statistics"), "statistic",
			  desc->u.stats);
		break;
	case H248_DESC_OBSERVED:
		put_observed(child(parent, "observed"), desc->u.observed);
		break;
	case H248_DESC_PACKAGES:
		put_packages(child(parent, "packages"), desc->u.packages);
		break;
	case H248_DESC_SERVICES:
		put_services(child(parent, "services"), desc->u.services);
		break;
	case H248_DESC_ERROR:
		put_error_desc(parent, &desc->u.error);
		break;
	default:
		/* Audit, Modem, Mux, DigitMap: no scenario asks for them. */
		child(parent, "other");
		break;
	}
}

static void put_cmd(xmlNode *parent, const struct h248_cmd *cmd)
{
	xmlNode *node = child(parent, tree_cmd_name(cmd->kind));

	if (cmd->terms)
		attr_span(node, "term", cmd->terms->text);
	for (const struct h248_term_id *t = cmd->terms; t; t = t->next)
		attr_span(child(node, "termination"), "id", t->text);
	for (const struct h248_desc *d = cmd->descs; d; d = d->next)
		put_desc(node, d);
	put_fault(node, &cmd->fault);
}

static void put_action(xmlNode *parent, const struct h248_action *action)
{
	static const char *const SPECIAL[] = {
		[H248_CTX_NULL] = "-",
		[H248_CTX_CHOOSE] = "$",
		[H248_CTX_ALL] = "*",
	};
	xmlNode *node = child(parent, "context");

	if (action->ctx == H248_CTX_ID)
		attr_uint(node, "id", action->ctx_id);
	else
		attr(node, "id", SPECIAL[action->ctx]);
	for (const struct h248_cmd *c = action->cmds; c; c = c->next)
		put_cmd(node, c);
	put_error_desc(node, action->error);
	put_fault(node, &action->fault);
}

static xmlNode *new_root(xmlDoc **doc, const char *name)
{
	xmlNode *root;

	*doc = xmlNewDoc(BAD_CAST "1.0");
	if (!*doc)
		return NULL;
	root = xmlNewDocNode(*doc, NULL, BAD_CAST name, NULL);
	if (root)
		xmlDocSetRootElement(*doc, root);
	return root;
}

xmlDoc *tree_of_txn(const struct h248_txn *txn)
{
	xmlDoc *doc;
	xmlNode *root = new_root(&doc, tree_txn_name(txn->kind));

	if (!root)
		return doc;
	if (txn->has_id)
		attr_uint(root, "tid", txn->id);
	for (const struct h248_action *a = txn->actions; a; a = a->next)
		put_action(root, a);
	put_error_desc(root, txn->error);
	put_fault(root, &txn->fault);
	return doc;
}

xmlDoc *tree_of_error(const struct h248_msg *msg)
{
	xmlDoc *doc;
	xmlNode *root = new_root(&doc, "message");

	if (root) {
		put_error_desc(root, msg->error);
		put_fault(root, &msg->fault);
	}
	return doc;
}

void tree_note_port(xmlDoc *doc, uint16_t port)
{
	xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	char text[8];

	snprintf(text, sizeof(text), "%u", port);
	if (root)
		xmlNewProp(root, BAD_CAST "port", BAD_CAST text);
}
