/*
 * tools/h248tool/json.h - parts of the tree as JSON
 *
 * Each returns a new value, or NULL when memory is used up; jansson takes NULL
 * where a value is put and says so, and each caller asks only its last.
 */
#pragma once

#include <jansson.h>

#include "h248/msg.h"
#include "h248/tok.h"

/* Octets that are no UTF-8 are taken for Latin-1. */
json_t *tool_json_span(struct h248_span s);
json_t *tool_json_mid(const struct h248_mid *mid);
json_t *tool_json_error(const struct h248_error_desc *e);
/* [{"name": "gm/saf", "value": "ON"}, ...] */
json_t *tool_json_props(const struct h248_prop *list);
/* [{"Media": {...}}, {"Signals": [...]}, ...] */
json_t *tool_json_descs(const struct h248_desc *list);
json_t *tool_json_services(const struct h248_services *sv);
json_t *tool_json_media(const struct h248_media *m);
json_t *tool_json_events(const struct h248_events *e);
json_t *tool_json_event_list(const struct h248_event *list);
json_t *tool_json_signals(const struct h248_signal *list);
json_t *tool_json_observed(const struct h248_observed *o);
/* Of a context; is_audit: what is asked for is told apart from values. */
json_t *tool_json_context(const struct h248_ctx_props *p, bool is_audit);

/* Put v under key when there is something to say. */
void tool_json_set(json_t *o, const char *key, json_t *v);
void tool_json_flag(json_t *o, const char *key, bool is_set);
void tool_json_int(json_t *o, const char *key, uint32_t v); /* 0: nothing */
/* The long form of a token. */
json_t *tool_json_tok(enum h248_tok t);
/* A value that is absent, only asked for (null), or given. */
void tool_json_given(json_t *o, const char *key, enum h248_given g, json_t *v);
