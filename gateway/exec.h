/*
 * gateway/exec.h - what the two halves of executing a job share
 *
 * gateway/action.c takes the contexts, gateway/exec.c runs the commands.
 */
#pragma once

#include "gateway/job.h"
#include "gateway/log.h"

/* What a log line about the job is about. */
struct gw_about gw_exec_about(const struct gw_job *job);
/* The TerminationID as it was asked for. */
struct h248_span gw_exec_id(const struct h248_cmd *cmd);
/* "C=*{W-S=*}" is answered once, for all contexts together. */
bool gw_exec_is_union(const struct gw_job *job);

/* The next action, or the next context of it.  false: the job waits for the
 * context, or is over. */
bool gw_exec_begin_action(struct gw_job *job);
/* GW_JOB_EXPAND: a slice of the contexts of C=*. */
bool gw_exec_expand(struct gw_job *job);
/* After the last command: reply, and the context is free for others. */
void gw_exec_end_action(struct gw_job *job);
