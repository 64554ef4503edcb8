/*
 * tools/bgfctl/trace.h - records of a trace, from the control socket to a file
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "tools/bgfctl/client.h"

/*
 * Asks for a trace and writes a capture until it is over; SIGINT and SIGTERM
 * end it early, with what there is; the second one ends the program.  The file
 * is not touched before the gateway has begun; it is nobody else's to read, and
 * one behind a symbolic link is not written.
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
/* 0: everything was written so far; else the errno of what was not. */
int trace_file_error(const struct trace_file *t);
/* The statistics, from the answer.  Returns as trace_file_error(). */
int trace_file_end(struct trace_file *t, const json_t *sums);
void trace_file_free(struct trace_file *t);
