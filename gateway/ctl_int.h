/*
 * gateway/ctl_int.h - between the files of the control socket
 *
 * ctl.c has the socket and its clients, ctl_request.c what they may ask,
 * ctl_job.c the answers and their turns, ctl_json.c and ctl_stats.c what an
 * answer says.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "gateway/context.h"
#include "gateway/ctl.h"
#include "gateway/host.h"

struct evbuffer;

/* How much of a context an answer tells. */
enum ctl_detail {
	CTL_SUMMARY, /* one line of `contexts` */
	CTL_LIVE,    /* and rendezvous, timers, counters */
	CTL_FULL,    /* and every descriptor, and the policy of the gate */
};

/* All of these return new, or NULL (memory). */
json_t *ctl_json_context(const struct gw_context *ctx, enum ctl_detail detail);
json_t *ctl_json_gateways(const struct gw_host *host);
json_t *ctl_json_status(const struct gw *gw);
json_t *ctl_json_statistics(const struct gw *gw);
json_t *ctl_json_service(const struct gw *gw); /* draining, or not */
json_t *ctl_json_limits(const struct gw *gw);  /* admission */
json_t *ctl_json_overload(const struct gw *gw);
/* Octets that came from outside: what is not UTF-8, and NUL, as \xNN. */
json_t *ctl_json_text(const char *octets, size_t n);

enum {
	CTL_MAX_LINE = 4096,   /* octets of a request */
	CTL_OUT_PAUSE = 65536, /* octets waiting: the answer pauses */
};

/* Where an answer goes: a client, as its request sees it. */
struct ctl_sink {
	struct evbuffer *out;
	/* The answer is complete; the job is gone. */
	void (*done)(void *arg);
	void *arg;
};

struct ctl_command {
	const char *name;
	bool needs_id, takes_id;
	enum ctl_detail detail;
	/* Answers about one gateway, or about all of them together, under the
	 * name of the command.  Both NULL: with a list of contexts. */
	json_t *(*object)(const struct gw *gw);
	json_t *(*all)(const struct gw_host *host);
	/* Changes something first; NULL, or why not. */
	const char *(*order)(struct gw *gw, uint32_t seconds);
	bool takes_seconds;
};

/* A request that was understood. */
struct ctl_request {
	const struct ctl_command *cmd;
	struct gw *gw;    /* NULL: all of them */
	uint32_t id;      /* of a context; 0: none */
	uint32_t seconds; /* 0: none */
};

/* NULL, or what is wrong. */
const char *ctl_request_read(struct ctl_request *r, const json_t *req,
			     const struct gw_host *host);

struct ctl_jobs; /* all requests being answered */
struct ctl_job;  /* one of them */

struct ctl_jobs *ctl_jobs_new(struct gw_host *host); /* new, or NULL */
void ctl_jobs_free(struct ctl_jobs *jobs);           /* after its last job */

/*
 * Begin to answer a request.  What is refused or done at once is in the
 * output already, NULL is returned and no done() follows.  sink must outlive
 * the job.
 */
struct ctl_job *ctl_job_new(struct ctl_jobs *jobs, const struct ctl_sink *sink,
			    const char *line, size_t n);
/* The sink has room again. */
void ctl_job_resume(struct ctl_job *job);
/* Nobody wants the answer any more.  NULL is fine. */
void ctl_job_free(struct ctl_job *job);
void ctl_jobs_read_done(struct ctl_jobs *jobs, uint64_t token);

/* {"ok":false,"error":text} as one line. */
void ctl_refuse(struct evbuffer *out, const char *text);
