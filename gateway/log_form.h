/*
 * gateway/log_form.h - a line of the log as text, as JSON, or as fields of the
 * journal
 *
 * Pure functions: a line in, octets out.  Whatever a controller or a client has
 * written into a line, one event is one line, and no field of it becomes
 * another.  Thread: any.
 */
#pragma once

#include "gateway/log.h"

enum { GW_LOG_LEAST = 8192 }; /* octets that any line without body takes */

struct gw_log_line {
	int priority;
	unsigned int part; /* index of gw_log_part_name() */
	uint64_t wall_us;
	const struct gw_about *about;
	const char *text; /* printable */
	const char *body; /* of an H.248 message; NULL: none */
	size_t n_body;
};

/*
 * Writes at most cap octets, GW_LOG_LEAST or more: only a body may be cut off,
 * and the line stays well-formed.  CONF_LOG_AUTO: as text.  Returns: octets
 * written, without a 0 behind them.
 */
size_t gw_log_form(const struct gw_log_line *line, enum conf_log_format form,
		   char *buf, size_t cap);
