/*
 * gateway/gw.h - one virtual gateway, as its controller sees it
 *
 * Control thread only.  Contexts own terminations, terminations own streams,
 * a stream owns a gate id of the packet engine.  Nothing here points into a
 * decoded message: what is kept is copied at commit.  What virtual gateways
 * share (engine, packages, event loop) is in gateway/host.h.
 *
 * gateway/core.c makes the part without sockets and timers (tests drive it by
 * hand), gateway/wire.c puts it on libevent.
 */
#pragma once

#include <event2/event.h>
#include <sys/queue.h>

#include "conf/conf.h"
#include "h248/assoc.h"
#include "h248/pkg.h"
#include "h248/pool.h"
#include "h248/transport.h"
#include "h248/transport_tls.h"
#include "packet/engine.h"

struct gw_host;     /* gateway/host.h */
struct gw_job;      /* gateway/job.h */
struct gw_wait;     /* gateway/job.h */
struct gw_context;  /* gateway/context.h */
struct gw_term;     /* gateway/context.h */
struct gw_gate_ref; /* gateway/context.c */
struct gw_root;     /* gateway/root.h */
struct gw_history;  /* gateway/history.h */
struct gw_rungs;    /* gateway/rungs.h */

TAILQ_HEAD(gw_contexts, gw_context);
TAILQ_HEAD(gw_terms, gw_term);
TAILQ_HEAD(gw_jobs, gw_job);
TAILQ_HEAD(gw_waits, gw_wait);

enum { GW_MAX_ERROR_CODE = 1000 };

/* Who ended a context. */
enum gw_end {
	GW_END_CONTROLLER, /* Subtract of its last termination */
	GW_END_SERVICE,    /* the controller took ROOT out of service */
	GW_END_LOSS,       /* no controller for context-lifetime-s */
	GW_END_DRAIN,      /* the time of a drain was over */
	GW_END_STOP,       /* the process ends */
	GW_END_OPERATOR,   /* bgfctl release */
	GW_END__COUNT
};
const char *gw_end_name(enum gw_end end); /* "controller", ... */
const char *gw_end_text(enum gw_end end); /* the same, in words */

/* Times, by upper bound: all but the last bucket have one. */
enum { GW_TIME_BUCKETS = 12 };
struct gw_times {
	uint64_t n[GW_TIME_BUCKETS];
	uint64_t sum_us;
};
extern const uint32_t gw_setup_bound_us[GW_TIME_BUCKETS - 1];
extern const uint32_t gw_txn_bound_us[GW_TIME_BUCKETS - 1];

/* What was done, for operators. */
struct gw_stats {
	uint64_t cmd_in[H248_CMD__COUNT];
	uint64_t cmd_failed[H248_CMD__COUNT];
	uint64_t cmd_wild[H248_CMD__COUNT];     /* of cmd_in: with a wildcard */
	uint64_t error_in[GW_MAX_ERROR_CODE];   /* answers to us, by code */
	uint64_t error_code[GW_MAX_ERROR_CODE]; /* answers by H.248.8 code */
	uint64_t notifies, notify_failed;
	uint64_t notify_unknown; /* the controller did not know it */
	uint64_t events_lost;    /* a termination had too many, or no memory */
	uint64_t contexts_created, contexts_closed;
	uint64_t closed_by[GW_END__COUNT]; /* of these */
	uint32_t contexts_most, terms_most, sessions_most;
	struct gw_times setup; /* of sessions, first SYN to open */
	struct gw_times txn;   /* of transactions, read to answered */
	uint64_t syn, open, fail, closed, quiet; /* reports of the engine */
};

/* Of ROOT, by order of a controller; gateway/service.c. */
struct gw_service {
	bool is_out;
	uint64_t end_before_us; /* contexts made before go, some each turn */
	uint64_t until_us;      /* Graceful with Delay, monotonic; 0: none */
};

/* What is in use; gateway/admission.c. */
struct gw_usage {
	uint32_t contexts;
	uint64_t octets_s;
};
struct gw_admission {
	uint64_t octets_s; /* of all realms */
	struct gw_usage realm[CONF_MAX_REALMS];
};

/* How loaded it is, and what the controller was told; gateway/overload.c. */
enum gw_level {
	GW_LEVEL_NORMAL,
	GW_LEVEL_NOTIFY,
	GW_LEVEL_NO_ADDS,
	GW_LEVEL_FULL,
};
struct gw_overload {
	enum gw_level level;
	bool is_ocp_out, is_chp_out; /* a Notify of it */
	unsigned int told, told_out; /* reduction, percent */
	uint64_t told_us;
	uint64_t refused_adds, refused_others;
	uint64_t n_rises;      /* of the level */
	unsigned int max_jobs; /* most there ever were */
};

/* Contexts that went without a controller, to be reported; gateway/loss.c. */
struct gw_losses {
	uint32_t *id; /* owned */
	uint32_t n, room;
	uint32_t n_out; /* the first ones, in a report that is out */
};

/* One message to a controller; never blocks. */
typedef void(gw_send_h)(void *arg, const struct sockaddr_storage *to,
			const char *buf, size_t n);

struct gw {
	TAILQ_ENTRY(gw) entry;
	struct gw_host *host;
	struct conf_gateway conf;
	uint8_t first_realm;    /* of conf.realm, as the engine counts them */
	struct h248_pkgs *pkgs; /* of the host */
	struct pkt_engine *engine; /* of the host */
	struct h248_assoc *assoc;
	struct h248_assoc_ops ops;
	gw_send_h *send;
	void *send_arg;

	/* gateway/wire.c */
	struct h248_transport transport;
	struct h248_tls *tls;            /* NULL: none */
	struct h248_authenticator *auth; /* NULL: none */
	struct event *timer;

	struct gw_contexts contexts;      /* in the order they were made */
	struct gw_context **ctx_bucket;   /* by id, n_buckets of them */
	struct gw_gate_ref **gate_bucket; /* by slot */
	uint32_t n_buckets;               /* a power of two */
	uint32_t n_contexts, n_terms;
	uint32_t n_rendezvous; /* with a gate, or two */
	uint32_t n_open;       /* sessions, by one gate or both */
	uint64_t n_heard;      /* events of gates, to tell which is later */
	uint32_t next_context_id;
	uint32_t next_term_id;

	struct gw_jobs front; /* before ready: gateway/overload.h */
	struct gw_jobs ready;
	struct gw_waits waits; /* for DONE, in the order asked */
	struct h248_pool job_pool;
	unsigned int n_jobs;
	uint64_t next_token;

	struct gw_root *root;        /* Events and properties of ROOT */
	uint64_t start_us;           /* monotonic */
	uint64_t hangterm_us;        /* next look at hangterm timers */
	uint32_t hangterm_bucket;    /* how far it is */
	struct gw_terms to_tell;     /* have events; gateway/notify.c */
	unsigned int n_notifies_out; /* of terminations */
	/* gateway/link.c; monotonic */
	uint64_t heard_us; /* our controller, or when we spoke of silence */
	uint64_t orphans_until_us; /* 0: there is a controller */
	uint64_t drain_until_us;   /* 0: not draining; gateway/drain.c */
	bool is_leaving;           /* after that the process ends */
	uint64_t return_us; /* to the first controller; 0: we are there */
	struct gw_losses losses;
	struct gw_history *history; /* owned; of the contexts */
	bool is_ito_out;            /* a Notify of it/ito */
	bool is_releasing;          /* contexts that nobody controls */
	/* gateway/realm.c; bits: what is down, what of that the controller was
	 * told, and what the Notify that is out says. */
	uint32_t realms_down, realms_told, realms_down_out;
	bool is_arc_out; /* a Notify of ipra/arc */
	struct gw_service service;
	struct gw_admission admission;
	struct gw_overload overload;
	struct gw_stats stats;
	bool is_running_jobs;
	bool is_stopping;
};

/*
 * The gateway without its sockets: contexts and association (not started).  It
 * is made known to its host, and goes before it.  conf: one of the host's.
 *
 * Returns: 0, or a negative errno with one line in err; then the object is
 *          as after gw_fini().
 */
int gw_init(struct gw *gw, struct gw_host *host,
	    const struct conf_gateway *conf, char *err, size_t cap);
void gw_fini(struct gw *gw);
/* H248_ASSOC_IDLE as long as there is no association. */
enum h248_assoc_state gw_assoc_state(const struct gw *gw);

/* One message from a controller.  What it asks is done by gw_jobs_run(), in
 * gw_tick(): what goes first can be told from the rest before it is begun. */
void gw_input(struct gw *gw, const struct sockaddr_storage *from,
	      const char *buf, size_t n);
/* When gw_tick() is due (CLOCK_MONOTONIC), UINT64_MAX: never. */
uint64_t gw_next_ms(const struct gw *gw);
void gw_tick(struct gw *gw);

uint64_t gw_now_ms(void); /* CLOCK_MONOTONIC */
uint64_t gw_now_us(void);
uint64_t gw_wall_us(void); /* CLOCK_REALTIME */
/* The wall-clock time of a monotonic time stamp. */
uint64_t gw_wall_of(uint64_t mono_us);
/* Tests only: both clocks stand still from now on. */
void gw_clock_freeze(uint64_t mono_us, uint64_t wall_us);
