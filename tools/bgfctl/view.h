/*
 * tools/bgfctl/view.h - a context as its pairs of streams; addresses, times
 *
 * A rendezvous is one stream id on both terminations; which of them is A and
 * which is B the gateway says.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* The termination of one side, 0 or 1; NULL: none. */
const json_t *view_termination(const json_t *context, unsigned int side);
/* Its stream with this id; NULL: none. */
const json_t *view_stream(const json_t *context, unsigned int side,
			  json_int_t id);
/* The lowest stream id of either side that is over `above`; false: none. */
bool view_next_stream(const json_t *context, json_int_t above, json_int_t *id);

/* State of the rendezvous of a stream id: "open", ...; "-": none. */
const char *view_state(const json_t *context, json_int_t id);
/* "192.0.2.1:7", "[2001:db8::1]:7"; "?": not known.  Returns new. */
char *view_endpoint(const json_t *endpoint);
/* Milliseconds since 1970 as UTC: "2026-01-15T08:30:00.123Z". */
void view_time(const json_t *ms, char *out, size_t cap);
/* "192.0.2.1:7 -> 198.51.100.1:8 | 198.51.100.2:9 <- 192.0.2.2:10", "?" for
 * an end that is not known yet.  Returns new. */
char *view_arrow(const json_t *context, json_int_t id);
