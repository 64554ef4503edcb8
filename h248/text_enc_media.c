/* h248/text_enc_media.c - the Media descriptor (B.2 "mediaDescriptor") */
#include "h248/text_enc_int.h"
#include "h248/names.h"

/* An item that is absent, only named, or given with a token as its value. */
static void given(struct h248_enc *e, enum h248_given g, enum h248_tok t,
		  enum h248_tok value, bool *is_first)
{
	if (g == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	if (g == H248_NAMED)
		h248_enc_tok(e, t);
	else
		h248_enc_tok_tok(e, t, value);
}

/* MO#SR, SI#IV select what to audit (v3). */
static void other_than(struct h248_enc *e, enum h248_tok t, enum h248_tok value,
		       bool *is_first)
{
	h248_enc_item(e, is_first);
	h248_enc_tok(e, t);
	h248_enc_str(e, "#");
	h248_enc_tok(e, value);
}

static enum h248_tok on_off(bool b)
{
	return b ? H248_TOK_ON : H248_TOK_OFF;
}

static void local_control(struct h248_enc *e,
			  const struct h248_local_control *lc)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_LOCAL_CONTROL);
	h248_enc_open(e, &is_first);
	if (lc->has_mode == H248_GIVEN && lc->mode_ne)
		other_than(e, H248_TOK_MODE, h248_mode_toks[lc->mode],
			   &is_first);
	else
		given(e, lc->has_mode, H248_TOK_MODE, h248_mode_toks[lc->mode],
		      &is_first);
	given(e, lc->has_reserve_value, H248_TOK_RESERVED_VALUE,
	      on_off(lc->reserve_value), &is_first);
	given(e, lc->has_reserve_group, H248_TOK_RESERVED_GROUP,
	      on_off(lc->reserve_group), &is_first);
	h248_enc_props(e, lc->props, &is_first);
	h248_enc_close(e);
}

static void body(struct h248_enc *e, enum h248_tok t, const struct h248_body *b,
		 bool *is_first)
{
	if (!b)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, t);
	h248_enc_body(e, b->sdp);
}

static void stream_parms(struct h248_enc *e, const struct h248_stream *s,
			 bool *is_first)
{
	if (s->control) {
		h248_enc_item(e, is_first);
		local_control(e, s->control);
	}
	body(e, H248_TOK_LOCAL, s->local, is_first);
	body(e, H248_TOK_REMOTE, s->remote, is_first);
	if (s->has_stats) {
		h248_enc_item(e, is_first);
		h248_enc_stats(e, s->stats);
	}
}

static void stream(struct h248_enc *e, const struct h248_stream *s,
		   bool *is_first)
{
	bool is_first_parm;

	if (s->is_implicit) {
		stream_parms(e, s, is_first);
		return;
	}
	h248_enc_item(e, is_first);
	h248_enc_tok_uint(e, H248_TOK_STREAM, s->id);
	h248_enc_open(e, &is_first_parm);
	stream_parms(e, s, &is_first_parm);
	h248_enc_close(e);
}

static void term_state(struct h248_enc *e, const struct h248_term_state *ts)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_TERMINATION_STATE);
	h248_enc_open(e, &is_first);
	if (ts->has_service == H248_GIVEN && ts->service_ne)
		other_than(e, H248_TOK_SERVICE_STATES,
			   h248_service_state_toks[ts->service], &is_first);
	else
		given(e, ts->has_service, H248_TOK_SERVICE_STATES,
		      h248_service_state_toks[ts->service], &is_first);
	given(e, ts->has_buffer, H248_TOK_BUFFER,
	      ts->buffer_lockstep ? H248_TOK_LOCK_STEP : H248_TOK_OFF,
	      &is_first);
	h248_enc_props(e, ts->props, &is_first);
	h248_enc_close(e);
}

void h248_enc_media(struct h248_enc *e, const struct h248_media *m)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_MEDIA);
	h248_enc_open(e, &is_first);
	if (m->state) {
		h248_enc_item(e, &is_first);
		term_state(e, m->state);
	}
	for (const struct h248_stream *s = m->streams; s; s = s->next)
		stream(e, s, &is_first);
	h248_enc_close(e);
}
