/*
 * gateway/stream.h - the parts of a stream: bodies, properties, copies
 *
 * A Modify works on a deep copy of the stream and swaps it in at commit, so
 * that a refused command has touched nothing (decision 8).
 */
#pragma once

#include "gateway/context.h"

/* Copies text; 0, or -ENOMEM (then *b is absent). */
int gw_body_set(struct gw_body *b, struct h248_span text);
struct h248_span gw_body_span(const struct gw_body *b);

void gw_props_init(struct gw_props *props);
/* Copies decoded properties behind those that are there; of several values the
 * first.  0, or -EPROTO: 449 too long, 510 memory. */
int gw_props_read(struct gw_props *props, const struct h248_prop *list,
		  struct h248_err *err);
/* Moves all of `from`; what had the same name in *to goes. */
void gw_props_merge(struct gw_props *to, struct gw_props *from);
const struct gw_prop *gw_props_find(const struct gw_props *props,
				    const char *pkg, const char *item);
void gw_props_clear(struct gw_props *props);

/* An unused stream with the defaults of H.248.1 7.1.7 (mode Inactive). */
void gw_stream_init(struct gw_stream *s, uint16_t id);
/* Deep copy into an initialised stream.  0 or -ENOMEM (then *to is clear). */
int gw_stream_copy(struct gw_stream *to, const struct gw_stream *from);
/* Frees what it owns; the stream is unused and initialised after. */
void gw_stream_clear(struct gw_stream *s);
/* *to becomes what *from was; *from is clear after.  Cannot fail. */
void gw_stream_move(struct gw_stream *to, struct gw_stream *from);
