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

enum { CTL_STATE_NONE = PKT_STATE__COUNT }; /* of a stream without a gate */

/* What a list is asked for; all of it has to fit one stream. */
struct ctl_filter {
	bool is_set;
	char term[H248_MAX_TERM_ID + 1]; /* or its beginning and "*" */
	char realm[CONF_NAME];
	bool has_address, has_state;
	struct in6_addr address; /* local or latched, and so the port */
	uint16_t port;
	unsigned int state; /* enum pkt_state, CTL_STATE_NONE */
};

/* NULL, or what is wrong. */
const char *ctl_filter_read(struct ctl_filter *f, const json_t *req);
bool ctl_filter_stream(const struct ctl_filter *f, const struct gw_term *term,
		       const struct gw_stream *s);
bool ctl_filter_term(const struct ctl_filter *f, const struct gw_term *term);
bool ctl_filter_context(const struct ctl_filter *f,
			const struct gw_context *ctx);

/* A request that was understood. */
struct ctl_request {
	const struct ctl_command *cmd;
	struct gw *gw;    /* NULL: all of them */
	uint32_t id;      /* of a context; 0: none */
	uint32_t seconds; /* 0: none */
	uint32_t count;   /* at most so many; 0: not said */
	uint64_t since;   /* behind this line of the journal */
	int level;        /* of the log; -1: none */
	bool wants_svg;   /* the drawing as well */
	int part;         /* of the log; -1: all but the messages */
	/* Of a trace; 0: not said. */
	uint32_t next, megabytes;
	bool has_payload;
	bool is_dry;  /* says only what would be done */
	bool is_over; /* the context of id is in the history only */
	struct ctl_filter filter;
};

/* All of these return new, or NULL (memory). */
json_t *ctl_json_context(const struct gw_context *ctx, enum ctl_detail detail);
json_t *ctl_json_gateways(const struct gw_host *host,
			  const struct ctl_request *r);
json_t *ctl_json_associations(const struct gw_host *host,
			      const struct ctl_request *r);
json_t *ctl_json_ports(const struct gw_host *host, const struct ctl_request *r);
json_t *ctl_json_events(const struct gw_host *host,
			const struct ctl_request *r);
json_t *ctl_json_reload(const struct gw_host *host,
			const struct ctl_request *r);
json_t *ctl_json_log(const struct gw_host *host, const struct ctl_request *r);
json_t *ctl_json_status(const struct gw *gw, const struct ctl_request *r);
json_t *ctl_json_statistics(const struct gw *gw, const struct ctl_request *r);
json_t *ctl_json_history(const struct gw *gw, const struct ctl_request *r);
/* draining, or not */
json_t *ctl_json_service(const struct gw *gw, const struct ctl_request *r);
json_t *ctl_json_released(const struct gw *gw, const struct ctl_request *r);
json_t *ctl_json_limits(const struct gw *gw); /* admission */
json_t *ctl_json_overload(const struct gw *gw);
/* Why packets of a gate were dropped: names, the latest first. */
json_t *ctl_json_whys(const struct pkt_gate_stat *s);
/* {"address":...,"port":...}; null without a port. */
json_t *ctl_json_endpoint(const struct in6_addr *addr, uint16_t port);
/* "192.0.2.1:2944", "[2001:db8::1]:2944"; null when there is none. */
json_t *ctl_json_address(const struct sockaddr_storage *ss);

/* What one context has for a list of this name; adds to it. */
void ctl_list_contexts(json_t *list, const struct gw_context *ctx,
		       const struct ctl_request *r);
void ctl_list_terminations(json_t *list, const struct gw_context *ctx,
			   const struct ctl_request *r);
void ctl_list_flows(json_t *list, const struct gw_context *ctx,
		    const struct ctl_request *r);
void ctl_list_explain(json_t *list, const struct gw_context *ctx,
		      const struct ctl_request *r);
json_t *ctl_json_ladder(const struct gw *gw, const struct ctl_request *r);
json_t *ctl_json_explain_past(const struct gw *gw, const struct ctl_request *r);
/* Octets that came from outside: what is not UTF-8, and NUL, as \xNN. */
json_t *ctl_json_text(const char *octets, size_t n);

enum {
	CTL_MAX_LINE = 4096,   /* octets of a request */
	CTL_OUT_PAUSE = 65536, /* octets waiting: the answer pauses */
	CTL_TRACE_S = 60,      /* unless it is said */
	CTL_TRACE_MB = 64,
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
	bool needs_id, takes_id; /* of a context */
	bool is_past;            /* that need not be there any more */
	bool knows_past; /* object() answers when it is in the history only */
	bool takes_seconds, takes_count, takes_since, takes_level;
	bool takes_dry_run, takes_svg;
	bool is_trace;      /* answered with lines, until it is over */
	bool takes_gateway; /* although it answers about all */
	enum ctl_detail detail;
	/* One of them.  A list of this name, from context to context, with
	 * filters; or an answer about one gateway, or about all of them
	 * together, under the name of the command. */
	const char *list;
	void (*items)(json_t *list, const struct gw_context *ctx,
		      const struct ctl_request *r);
	json_t *(*object)(const struct gw *gw, const struct ctl_request *r);
	json_t *(*all)(const struct gw_host *host, const struct ctl_request *r);
	/* Changes something first; NULL, or why not. */
	const char *(*order)(struct gw *gw, const struct ctl_request *r);
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
/* Nobody will ask any more; what goes on by itself may end.  NULL is fine. */
void ctl_job_eof(struct ctl_job *job);
void ctl_job_done(struct ctl_job *job); /* its answer is written */
/* Nobody wants the answer any more.  NULL is fine. */
void ctl_job_free(struct ctl_job *job);
void ctl_jobs_read_done(struct ctl_jobs *jobs, uint64_t token);

/* {"ok":false,"error":text} as one line. */
void ctl_refuse(struct evbuffer *out, const char *text);

/* ctl_trace.c.  NULL and *trace, or why not. */
struct ctl_trace;
const char *ctl_trace_start(struct gw_host *host, struct ctl_job *job,
			    const struct ctl_request *r, struct evbuffer *out,
			    struct ctl_trace **trace);
void ctl_trace_end(struct ctl_trace *t);  /* with what there is */
void ctl_trace_free(struct ctl_trace *t); /* nobody reads it; NULL is fine */
