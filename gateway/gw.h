/*
 * gateway/gw.h - the gateway: the one object that holds everything
 *
 * Control thread only.  Contexts own terminations, terminations own streams,
 * a stream owns a gate id of the packet engine.  Nothing here points into a
 * decoded message: what is kept is copied at commit.
 */
#pragma once

#include <event2/event.h>
#include <sys/queue.h>

#include "conf/conf.h"
#include "h248/assoc.h"
#include "h248/pkg.h"
#include "h248/transport_udp.h"
#include "packet/engine.h"

struct gw_ctl; /* gateway/ctl.h */
struct gw_job; /* gateway/job.h */
struct gw_context; /* gateway/context.h */

TAILQ_HEAD(gw_contexts, gw_context);

/* What was done, for operators; counted by gateway/stats.c. */
struct gw_stats {
	uint64_t cmd_in[H248_CMD__COUNT];
	uint64_t cmd_failed[H248_CMD__COUNT];
	uint64_t error_code[1000]; /* answers by H.248.8 code */
	uint64_t notifies, notify_failed;
	uint64_t contexts_created, contexts_closed;
	uint64_t syn, open, fail, closed; /* reports of the engine */
};

struct gw {
	struct conf conf;
	struct event_base *base;
	struct h248_pkgs *pkgs;
	struct h248_assoc *assoc;
	struct h248_udp *udp;
	struct pkt_engine *engine;
	struct gw_ctl *ctl;
	struct event *assoc_timer, *engine_event;
	struct event *sig_term, *sig_int;

	struct gw_contexts contexts; /* in the order of their ids */
	uint32_t n_contexts;
	uint32_t next_context_id;
	uint32_t next_term_id;
	uint64_t next_token;
	uint32_t root_request_id; /* Events on ROOT */
	uint64_t start_us; /* monotonic */
	struct gw_stats stats;
	bool is_stopping;
};

/* Everything from the configuration: packages, engine, socket, association,
 * control socket.  0, or a negative errno with one line in err. */
int gw_start(struct gw *gw, const struct conf *conf, char *err, size_t cap);
/* Runs until it is told to stop. */
void gw_run(struct gw *gw);
void gw_stop(struct gw *gw); /* leave, then end gw_run() */
void gw_fini(struct gw *gw);

uint64_t gw_now_ms(void); /* CLOCK_MONOTONIC */
uint64_t gw_now_us(void);
uint64_t gw_wall_us(void); /* CLOCK_REALTIME */
/* The wall-clock time of a monotonic time stamp. */
uint64_t gw_wall_of(uint64_t mono_us);
