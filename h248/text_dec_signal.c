/* h248/text_dec_signal.c - the Signals descriptor */
#include "h248/text_dec_int.h"

#include <errno.h>

struct signal {
	struct h248_signal *s;
	struct h248_prop **tail;
};

static struct h248_signal *of(void *node)
{
	return ((struct signal *)node)->s;
}

static int signal_stream(struct h248_dec *d, void *node)
{
	h248_dec_advance(d);
	return h248_dec_eq_uint16(d, "a StreamID", &of(node)->stream);
}

static int signal_type(struct h248_dec *d, void *node)
{
	static const enum h248_tok types[] = { H248_TOK_ON_OFF,
					       H248_TOK_TIME_OUT,
					       H248_TOK_BRIEF };
	static const enum h248_signal_type values[] = { H248_SIG_ON_OFF,
							H248_SIG_TIMEOUT,
							H248_SIG_BRIEF };
	unsigned int i = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_eq_tok(d, types, 3, "a signal type", &i);
	of(node)->type = values[i];
	return rc;
}

static int duration(struct h248_dec *d, void *node)
{
	h248_dec_advance(d);
	of(node)->has_duration = true;
	return h248_dec_eq_uint16(d, "a duration", &of(node)->duration_cs);
}

static int completion_reason(struct h248_dec *d, void *node)
{
	static const struct {
		enum h248_tok tok;
		uint8_t bit;
	} reasons[] = {
		{ H248_TOK_TIME_OUT, H248_NC_TIMEOUT },
		{ H248_TOK_INTERRUPT_BY_EVENT, H248_NC_EVENT },
		{ H248_TOK_INTERRUPT_BY_SIGNALS, H248_NC_SIGNALS },
		{ H248_TOK_OTHER_REASON, H248_NC_OTHER },
		{ H248_TOK_ITERATION, H248_NC_ITERATION },
	};

	for (unsigned int i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (!h248_dec_at_tok(d, reasons[i].tok))
			continue;
		of(node)->notify_completion |= reasons[i].bit;
		h248_dec_advance(d);
		return 0;
	}
	return h248_dec_syntax(d, "a completion reason");
}

/* notifyCompletion: NC "=" "{" list(reason) "}" */
static int notify_completion(struct h248_dec *d, void *node)
{
	int rc;

	h248_dec_advance(d);
	of(node)->has_completion = true;
	rc = h248_dec_expect(d, '=');
	return rc ? rc : h248_dec_block(d, completion_reason, node);
}

static int keep_active(struct h248_dec *d, void *node)
{
	of(node)->keep_active = true;
	h248_dec_advance(d);
	return 0;
}

static int direction(struct h248_dec *d, void *node)
{
	static const enum h248_tok dirs[] = { H248_TOK_EXTERNAL,
					      H248_TOK_INTERNAL,
					      H248_TOK_BOTH };
	static const enum h248_direction values[] = { H248_DIR_EXTERNAL,
						      H248_DIR_INTERNAL,
						      H248_DIR_BOTH };
	unsigned int i = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_eq_tok(d, dirs, 3, "a signal direction", &i);
	of(node)->direction = values[i];
	return rc;
}

static int signal_request_id(struct h248_dec *d, void *node)
{
	uint64_t id = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, UINT32_MAX, "a RequestID", &id);
	of(node)->has_request_id = true;
	of(node)->request_id = (uint32_t)id;
	return rc;
}

static int intersignal(struct h248_dec *d, void *node)
{
	h248_dec_advance(d);
	of(node)->has_intersignal = true;
	return h248_dec_eq_uint16(d, "a delay", &of(node)->intersignal_cs);
}

/* sigParameter */
static int signal_parameter(struct h248_dec *d, void *node)
{
	static const struct h248_dec_choice choices[] = {
		{ H248_TOK_STREAM, signal_stream },
		{ H248_TOK_SIGNAL_TYPE, signal_type },
		{ H248_TOK_DURATION, duration },
		{ H248_TOK_NOTIFY_COMPLETION, notify_completion },
		{ H248_TOK_KEEP_ACTIVE, keep_active },
		{ H248_TOK_DIRECTION, direction },
		{ H248_TOK_REQUEST_ID, signal_request_id },
		{ H248_TOK_INTERSIGNAL, intersignal },
	};
	struct signal *c = node;
	h248_dec_rule *rule =
		h248_dec_choose(d, choices, sizeof(choices) / sizeof(*choices));

	return rule ? rule(d, c) : h248_dec_param(d, &c->tail);
}

/* signalRequest: pkgdName ("{" list(sigParameter) "}")? */
static int signal_request(struct h248_dec *d, void *node)
{
	struct h248_signal ***tail = node;
	struct signal c;
	int rc;

	if (H248_DEC_NEW(d, c.s))
		return -ENOMEM;
	c.tail = &c.s->params;
	c.s->at = d->cur.at;
	rc = h248_dec_name(d, &c.s->name);
	if (!rc && h248_dec_at(d, '{'))
		rc = h248_dec_block0(d, signal_parameter, &c);
	if (!rc)
		H248_APPEND(*tail, c.s);
	return rc;
}

/* signalList: SL "=" id "{" list(signalRequest) "}" */
static int signal_list(struct h248_dec *d, void *node)
{
	struct h248_signal ***tail = node, **sub, *s;
	int rc;

	if (H248_DEC_NEW(d, s))
		return -ENOMEM;
	s->is_list = true;
	s->at = d->cur.at;
	sub = &s->sub;
	h248_dec_advance(d);
	rc = h248_dec_eq_uint16(d, "a signal list id", &s->list_id);
	if (!rc)
		rc = h248_dec_block(d, signal_request, &sub);
	if (!rc)
		H248_APPEND(*tail, s);
	return rc;
}

static int signal_parm(struct h248_dec *d, void *node)
{
	if (h248_dec_at_tok(d, H248_TOK_SIGNAL_LIST))
		return signal_list(d, node);
	return signal_request(d, node);
}

/* signalsDescriptor: SG ("{" list(signalParm)? "}")? */
int h248_dec_signals(struct h248_dec *d, struct h248_signals *out)
{
	struct h248_signal **tail = &out->list;

	h248_dec_advance(d);
	if (!h248_dec_at(d, '{'))
		return 0;
	return h248_dec_block0(d, signal_parm, &tail);
}
