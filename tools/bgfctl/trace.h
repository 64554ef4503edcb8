/*
 * tools/bgfctl/trace.h - records of a trace, from the control socket to a file
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "tools/bgfctl/client.h"

/*
 * Asks for a trace and writes a capture until it is over; SIGINT and SIGTERM
 * end it early, with what there is.
 *
 * Out:     *reply, new: the answer, with "file" in it, or a refusal
 */
enum client_result trace_run(const char *path, const json_t *request,
			     const char *file, json_t **reply, char *err,
			     size_t cap);
/* One line of the gateway into a capture; false: it is no record.  For tests
 * as well. */
struct trace_file;
struct trace_file *trace_file_new(FILE *out); /* NULL: memory */
bool trace_file_record(struct trace_file *t, const json_t *record);
/* The statistics, from the answer.  true: everything was written. */
bool trace_file_end(struct trace_file *t, const json_t *sums);
void trace_file_free(struct trace_file *t);
