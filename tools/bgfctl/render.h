/*
 * tools/bgfctl/render.h - an answer of the gateway, for people and programs
 *
 * The JSON document is the only source; text and XML are renderings of it.
 * A member that is missing is shown as "-": a newer gateway may say less or
 * more.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

typedef void(render_h)(const json_t *reply, FILE *out);

/* text.c, dump.c, lists.c: one for each command */
void text_contexts(const json_t *reply, FILE *out);
void text_context(const json_t *reply, FILE *out);
void text_dump(const json_t *reply, FILE *out);
void text_gateways(const json_t *reply, FILE *out);
void text_status(const json_t *reply, FILE *out);
void text_statistics(const json_t *reply, FILE *out);
void text_terminations(const json_t *reply, FILE *out);
void text_flows(const json_t *reply, FILE *out);
void text_ports(const json_t *reply, FILE *out);
void text_associations(const json_t *reply, FILE *out);
void text_history(const json_t *reply, FILE *out);
void text_reload(const json_t *reply, FILE *out);
void text_top(const json_t *reply, FILE *out);
void text_ladder(const json_t *reply, FILE *out);
void text_explain(const json_t *reply, FILE *out);
void text_events(const json_t *reply, FILE *out);
void text_trace(const json_t *reply, FILE *out);
void text_log(const json_t *reply, FILE *out);
/* Of drain, resume and release. */
void text_service(const json_t *reply, FILE *out);

/* Of `ladder` alone. */
void mermaid_ladder(const json_t *reply, FILE *out);
void svg_ladder(const json_t *reply, FILE *out);

/* <reply> with an element for each member; an item of the list "streams" is
 * <stream>.  Well-formed whatever the strings hold. */
void xml_reply(const json_t *reply, FILE *out);
