/* h248/text_dec_media.c - the Media descriptor: streams, Local, Remote */
#include "h248/text_dec_int.h"
#include "h248/names.h"

#include <errno.h>
#include <string.h>

struct control {
	struct h248_local_control *c;
	struct h248_prop **tail;
};

static int twice(struct h248_dec *d, const char *what)
{
	return h248_dec_fail(d, 448, what);
}

/* streamMode: MO "=" mode; MO "#" mode selects in an audit (v3) */
static int mode(struct h248_dec *d, void *node)
{
	struct control *lc = node;
	unsigned int i = 0;

	h248_dec_advance(d);
	lc->c->has_mode = H248_NAMED;
	if (h248_dec_is_named(d))
		return 0;
	lc->c->has_mode = H248_GIVEN;
	lc->c->mode_ne = d->is_audit && h248_dec_at(d, '#');
	if (!h248_dec_accept(d, lc->c->mode_ne ? '#' : '='))
		return h248_dec_syntax(d, "'='");
	while (i < H248_N_MODES && !h248_dec_at_tok(d, h248_mode_toks[i]))
		i++;
	if (i == H248_N_MODES)
		return h248_dec_syntax(d, "a stream mode");
	lc->c->mode = (enum h248_mode)i;
	h248_dec_advance(d);
	return 0;
}

static int reserved(struct h248_dec *d, enum h248_given *given, bool *value)
{
	h248_dec_advance(d);
	*given = H248_NAMED;
	if (h248_dec_is_named(d))
		return 0;
	*given = H248_GIVEN;
	return h248_dec_eq_onoff(d, value);
}

static int reserved_value(struct h248_dec *d, void *node)
{
	struct h248_local_control *c = ((struct control *)node)->c;

	return reserved(d, &c->has_reserve_value, &c->reserve_value);
}

static int reserved_group(struct h248_dec *d, void *node)
{
	struct h248_local_control *c = ((struct control *)node)->c;

	return reserved(d, &c->has_reserve_group, &c->reserve_group);
}

/* localParm */
static int local_parm(struct h248_dec *d, void *node)
{
	static const struct h248_dec_choice choices[] = {
		{ H248_TOK_MODE, mode },
		{ H248_TOK_RESERVED_VALUE, reserved_value },
		{ H248_TOK_RESERVED_GROUP, reserved_group },
	};
	struct control *lc = node;
	h248_dec_rule *rule = h248_dec_choose(d, choices, 3);

	return rule ? rule(d, lc) : h248_dec_pkg_prop(d, &lc->tail);
}

/* localControlDescriptor */
static int local_control(struct h248_dec *d, void *node)
{
	struct h248_stream *s = node;
	struct control lc;

	if (s->control)
		return twice(d, "LocalControl appears twice");
	if (H248_DEC_NEW(d, s->control))
		return -ENOMEM;
	lc.c = s->control;
	lc.tail = &s->control->props;
	h248_dec_advance(d);
	return h248_dec_is_named(d) ? 0 : h248_dec_block0(d, local_parm, &lc);
}

/* "\}" stands for "}" */
static int unescape(struct h248_dec *d, struct h248_span *s)
{
	struct h248_span copy = h248_arena_dup(d->arena, *s);
	char *to = (char *)copy.p;

	if (!copy.p)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->p[i] == '\\' && i + 1 < s->n && s->p[i + 1] == '}')
			continue;
		*to++ = s->p[i];
	}
	copy.n = (uint32_t)(to - copy.p);
	*s = copy;
	return 0;
}

/* localDescriptor, remoteDescriptor: octets up to a "}" not escaped */
static int body(struct h248_dec *d, struct h248_body **out)
{
	struct h248_body *b;
	uint32_t escapes;

	if (*out)
		return twice(d, "Local or Remote appears twice");
	if (H248_DEC_NEW(d, b))
		return -ENOMEM;
	h248_dec_advance(d);
	b->at = d->cur.at;
	b->sdp = (struct h248_span) { d->cur.text.p, 0 };
	*out = b;
	if (h248_dec_is_named(d))
		return 0;
	if (!h248_dec_at(d, '{'))
		return h248_dec_syntax(d, "'{'");
	if (h248_lex_body(&d->lex, &b->sdp, &escapes))
		return h248_dec_fail(d, d->level, "no end of Local or Remote");
	h248_dec_advance(d);
	if (escapes && unescape(d, &b->sdp))
		return -ENOMEM;
	return h248_dec_expect(d, '}');
}

static int local(struct h248_dec *d, void *node)
{
	return body(d, &((struct h248_stream *)node)->local);
}

static int remote(struct h248_dec *d, void *node)
{
	return body(d, &((struct h248_stream *)node)->remote);
}

/* statisticsDescriptor of a stream (v3) */
static int stream_statistics(struct h248_dec *d, void *node)
{
	struct h248_stream *s = node;
	struct h248_prop **tail = &s->stats;

	if (s->has_stats)
		return twice(d, "Statistics appear twice");
	s->has_stats = true;
	h248_dec_advance(d);
	return h248_dec_is_named(d) ? 0 :
				      h248_dec_filled(d, h248_dec_stat, &tail);
}

static const struct {
	enum h248_tok tok;
	enum h248_clause clause;
	h248_dec_rule *rule;
} stream_parms[] = {
	{ H248_TOK_LOCAL_CONTROL, H248_CLAUSE_LOCAL_CONTROL, local_control },
	{ H248_TOK_LOCAL, H248_CLAUSE_LOCAL_REMOTE, local },
	{ H248_TOK_REMOTE, H248_CLAUSE_LOCAL_REMOTE, remote },
	{ H248_TOK_STATISTICS, H248_CLAUSE_STATISTICS, stream_statistics },
};
enum { N_STREAM_PARMS = sizeof(stream_parms) / sizeof(*stream_parms) };

/* Which of them begins here; N_STREAM_PARMS: none. */
static unsigned int which_parm(const struct h248_dec *d)
{
	unsigned int i = 0;

	while (i < N_STREAM_PARMS && !h248_dec_at_tok(d, stream_parms[i].tok))
		i++;
	return i;
}

/* streamParm */
static int stream_parm(struct h248_dec *d, void *node)
{
	unsigned int i = which_parm(d);

	if (i == N_STREAM_PARMS)
		return h248_dec_syntax(d, "LocalControl, Local or Remote");
	return h248_dec_within(d, stream_parms[i].clause, stream_parms[i].rule,
			       node);
}

struct media {
	struct h248_media *m;
	struct h248_stream **streams_tail;
};

static int new_stream(struct h248_dec *d, struct media *c,
		      struct h248_stream **out)
{
	if (H248_DEC_NEW(d, *out))
		return -ENOMEM;
	(*out)->at = d->cur.at;
	H248_APPEND(c->streams_tail, *out);
	return 0;
}

/* streamDescriptor: ST "=" sid "{" list(streamParm) "}" */
static int stream_descriptor(struct h248_dec *d, void *node)
{
	struct media *c = node;
	struct h248_stream *s, *other = c->m->streams;
	int rc;

	if (other && other->is_implicit)
		return h248_dec_syntax(d, "no Stream beside its parts");
	rc = new_stream(d, c, &s);
	if (rc)
		return rc;
	h248_dec_advance(d);
	rc = h248_dec_eq_uint16(d, "a StreamID", &s->id);
	for (; !rc && other; other = other->next)
		if (other != s && other->id == s->id)
			return twice(d, "a Stream appears twice");
	if (rc || h248_dec_is_named(d))
		return rc;
	return h248_dec_block0(d, stream_parm, s);
}

struct state {
	struct h248_term_state *s;
	struct h248_prop **tail;
};

/* serviceStates: SI "=" state; SI "#" state selects in an audit (v3) */
static int service_states(struct h248_dec *d, void *node)
{
	struct h248_term_state *s = ((struct state *)node)->s;
	unsigned int i = 0;

	h248_dec_advance(d);
	s->has_service = H248_NAMED;
	if (h248_dec_is_named(d))
		return 0;
	s->has_service = H248_GIVEN;
	s->service_ne = d->is_audit && h248_dec_at(d, '#');
	if (!h248_dec_accept(d, s->service_ne ? '#' : '='))
		return h248_dec_syntax(d, "'='");
	while (i < H248_N_SERVICE_STATES &&
	       !h248_dec_at_tok(d, h248_service_state_toks[i]))
		i++;
	if (i == H248_N_SERVICE_STATES)
		return h248_dec_syntax(d, "a service state");
	s->service = (enum h248_service_state)i;
	h248_dec_advance(d);
	return 0;
}

/* eventBufferControl: BF "=" (OFF | LockStep) */
static int event_buffer_control(struct h248_dec *d, void *node)
{
	static const enum h248_tok toks[] = { H248_TOK_OFF,
					      H248_TOK_LOCK_STEP };
	struct h248_term_state *s = ((struct state *)node)->s;
	unsigned int which = 0;
	int rc;

	h248_dec_advance(d);
	s->has_buffer = H248_NAMED;
	if (h248_dec_is_named(d))
		return 0;
	s->has_buffer = H248_GIVEN;
	rc = h248_dec_eq_tok(d, toks, 2, "OFF or LockStep", &which);
	s->buffer_lockstep = which;
	return rc;
}

static int termination_state_parm(struct h248_dec *d, void *node)
{
	static const struct h248_dec_choice choices[] = {
		{ H248_TOK_SERVICE_STATES, service_states },
		{ H248_TOK_BUFFER, event_buffer_control },
	};
	struct state *c = node;
	h248_dec_rule *rule = h248_dec_choose(d, choices, 2);

	return rule ? rule(d, c) : h248_dec_pkg_prop(d, &c->tail);
}

/* terminationStateDescriptor */
static int termination_state(struct h248_dec *d, void *node)
{
	struct h248_media *m = ((struct media *)node)->m;
	struct state c;

	if (m->state)
		return twice(d, "TerminationState appears twice");
	if (H248_DEC_NEW(d, m->state))
		return -ENOMEM;
	c.s = m->state;
	c.tail = &m->state->props;
	h248_dec_advance(d);
	return h248_dec_is_named(d) ?
		       0 :
		       h248_dec_block0(d, termination_state_parm, &c);
}

/* A streamParm without Stream around it belongs to stream 1. */
static int implicit_stream(struct h248_dec *d, struct media *c)
{
	struct h248_stream *s = c->m->streams;
	int rc;

	if (s && !s->is_implicit)
		return h248_dec_syntax(d, "Stream");
	if (!s) {
		rc = new_stream(d, c, &s);
		if (rc)
			return rc;
		s->is_implicit = true;
		s->id = 1;
	}
	return stream_parm(d, s);
}

/* mediaParm */
static int media_parm(struct h248_dec *d, void *node)
{
	if (h248_dec_at_tok(d, H248_TOK_STREAM))
		return h248_dec_within(d, H248_CLAUSE_STREAM, stream_descriptor,
				       node);
	if (h248_dec_at_tok(d, H248_TOK_TERMINATION_STATE))
		return h248_dec_within(d, H248_CLAUSE_TERMINATION_STATE,
				       termination_state, node);
	if (which_parm(d) < N_STREAM_PARMS)
		return implicit_stream(d, node);
	return h248_dec_syntax(d, "Stream or TerminationState");
}

/* mediaDescriptor: M "{" list(mediaParm) "}" */
int h248_dec_media(struct h248_dec *d, struct h248_desc *desc)
{
	struct media c;

	if (H248_DEC_NEW(d, desc->u.media))
		return -ENOMEM;
	c.m = desc->u.media;
	c.streams_tail = &c.m->streams;
	h248_dec_advance(d);
	return h248_dec_filled(d, media_parm, &c);
}
