/*
 * tools/bgfctl/follow.h - an answer that is asked for in parts, or for ever
 */
#pragma once

#include <stdbool.h>

#include "tools/bgfctl/client.h"

/* Ask `request` (of `events`) until all is there; the lines of all parts are
 * in the reply, which is that of the last part. */
enum client_result follow_all(const char *path, json_t *request, json_t **reply,
			      char *err, size_t cap);

/* Ask again and again, four times a second, and hand over each reply that has
 * lines; most: end after so many lines, 0: only when asking fails or show()
 * returns false. */
typedef bool(follow_h)(void *arg, const json_t *reply);
enum client_result follow_on(const char *path, json_t *request, json_int_t most,
			     follow_h *show, void *arg, char *err, size_t cap);
