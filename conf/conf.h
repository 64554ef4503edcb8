/*
 * conf/conf.h - the configuration file as plain structs
 *
 * XML in, structs out.  Knows neither H.248 nor packets: the gateway copies
 * what it needs into the parameters of the other folders.  Every value
 * remembers the line it came from, or 0 for a default, so that --dump-config
 * can say so.  Read-only after loading; thread: any.
 */
#pragma once

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "conf/conf_peer.h"
#include "conf/conf_realm.h"

enum {
	CONF_MAX_CONTROLLERS = 8,
	CONF_MAX_GATEWAYS = 32,
	CONF_MAX_PROFILES = 8,
	CONF_MAX_REALMS = 16,     /* of one gateway */
	CONF_MAX_ALL_REALMS = 64, /* of all together */
	CONF_LOG_PARTS = 3,
	CONF_MIN_SEGMENT = 512, /* octets */
	CONF_ERR_TEXT = 512,
	CONF_MAX_ORIGINS = 4096,
	CONF_MAX_FILE = 1 << 20,     /* octets */
	CONF_MAX_PORTS = 1 << 24,    /* of all pools together */
	CONF_MAX_CONTEXTS = 1 << 20, /* of all gateways together */
	CONF_MAX_WORKERS = 16,
	CONF_WORKERS_AUTO = 0,
};

/* Where a value was written: its offset in struct conf, and the line. */
struct conf_origin {
	uint32_t at;
	int line;
};

enum conf_transport {
	CONF_TRANSPORT_UDP,
	CONF_TRANSPORT_TCP,
	CONF_TRANSPORT_TLS
};

enum conf_encoding { CONF_ENC_SHORT, CONF_ENC_LONG };

/* In the order of their words in the table. */
enum conf_change_event {
	CONF_CHANGE_BOOT,
	CONF_CHANGE_RETURN,
	CONF_CHANGE_PRIMARY,
	CONF_CHANGE_FAILOVER,
	CONF_CHANGE_HANDOFF,
	CONF_CHANGE_LOSS,
	CONF_CHANGE_DRAIN,
	CONF_CHANGE_RESUME,
	CONF_CHANGE_STOP,
	CONF_CHANGE_REALM_DOWN,
	CONF_CHANGE_REALM_UP,
	CONF_CHANGE_PACKAGES,
	CONF_CHANGE__COUNT
};
enum conf_change_method {
	CONF_METHOD_RESTART,
	CONF_METHOD_DISCONNECTED,
	CONF_METHOD_FAILOVER,
	CONF_METHOD_HANDOFF,
	CONF_METHOD_GRACEFUL,
	CONF_METHOD_FORCED
};

/* <service-change>: what the gateway says of itself when. */
struct conf_change {
	enum conf_change_event event;
	enum conf_change_method method;
	uint16_t reason;
};

/* Back to the first controller of the list from another one. */
enum conf_return {
	CONF_RETURN_NO,
	CONF_RETURN_IDLE,  /* when there are no sessions */
	CONF_RETURN_ALWAYS /* when it is there again */
};

/* <accept>: a profile that a controller may answer with. */
struct conf_profile {
	char name[CONF_NAME];
	uint8_t version;
};

struct conf_h248 {
	enum conf_interop_profile profile_kind;
	struct conf_interop interop;
	char mid[CONF_NAME + 8];       /* text form, "[192.0.2.1]:2944" */
	struct sockaddr_storage local; /* bound address and port */
	struct sockaddr_storage controller[CONF_MAX_CONTROLLERS];
	unsigned int n_controllers;
	char profile[CONF_NAME];
	uint8_t profile_version;
	struct conf_profile accept[CONF_MAX_PROFILES];
	unsigned int n_accept;
	uint8_t version;     /* highest proposed, 1..3 */
	uint8_t min_version; /* lowest taken */
	enum conf_transport transport;
	enum conf_encoding encoding;
	char group[CONF_NAME]; /* of TerminationIDs, "1" */
	uint16_t max_txns_per_msg;
	uint32_t max_actions, max_commands; /* of a transaction */
	uint32_t retransmit_ms, retransmit_max_ms;
	uint32_t t_max_ms, long_timer_ms, provisional_ms, mwd_ms;
	uint32_t segment_ms; /* for what is missing of a segmented reply */
	uint16_t pending_limit;
	uint32_t segment_octets; /* of a segment of a reply; 0: none is sent */
	char tls_certificate[CONF_PATH], tls_key[CONF_PATH], tls_ca[CONF_PATH];
	char tls_crl[CONF_PATH], tls_name[CONF_PATH]; /* empty: none; address */
	uint32_t drain_s;                             /* 0: stop at once */
	uint32_t context_lifetime_s; /* without controller; 0: for ever */
	enum conf_return return_when;
	uint32_t return_s;       /* between two attempts */
	uint32_t inactivity_s;   /* as it/ito unasked; 0: only when asked */
	bool emergency_when_out; /* new ones, while out of service */
	struct conf_change change[CONF_CHANGE__COUNT];
	unsigned int n_changes;
	struct conf_auth auth;
};

enum conf_commit {
	CONF_COMMIT_AUTO,
	CONF_COMMIT_PARALLEL,
	CONF_COMMIT_WAITING
};
enum conf_ts_policy {
	CONF_TS_FRESH,
	CONF_TS_LATEST,
	CONF_TS_ZERO,
	CONF_TS_NEVER
};

/* Defaults of every rendezvous; rendezvous.md 2.4. */
struct conf_rendezvous {
	enum conf_commit commit;
	enum conf_ts_policy ts_policy;
	bool fast_fail;
	bool release_rst; /* on-release="rst" (else silent) */
	uint16_t twait_s, thalf_s, tfin_s, trst_s;
	uint32_t tidle_s;
	uint16_t tfresh_ms, tts_ms, tgrace_ms;
	uint16_t syn_rate;
};

/* In the order of their words in the table. */
enum conf_log_format {
	CONF_LOG_TEXT,
	CONF_LOG_JSON,
	CONF_LOG_JOURNAL,
	CONF_LOG_AUTO /* journal when stderr leads there, else text */
};
/* Of each H.248 message: nothing, one line, and all of it. */
enum conf_messages { CONF_MESSAGES_NO, CONF_MESSAGES_YES, CONF_MESSAGES_BODY };
/* In the order of their words in the table. */
enum conf_busy { CONF_BUSY_503, CONF_BUSY_510, CONF_BUSY_511 };

/* <overload>: thresholds in percent of the queue. */
struct conf_overload {
	uint32_t queue; /* transactions */
	uint8_t notify, refuse_adds, refuse_all, hysteresis;
	enum conf_busy error;
};

/* A virtual gateway: what a controller sees as one gateway. */
struct conf_gateway {
	char name[CONF_NAME]; /* in logs and answers; that of struct conf when
			       * the tags of <gateway> are left out */
	struct conf_h248 h248;
	struct conf_realm realm[CONF_MAX_REALMS];
	unsigned int n_realms;
	struct conf_rendezvous rendezvous;
	uint32_t max_contexts;
	struct conf_limits limits;
	uint32_t termination_kbps; /* of one that does not say it */
	struct conf_overload overload;
	uint8_t reserve_priority; /* contexts from here on go first; 16: none */
	/* CONF_WORKERS_AUTO, or a number: of the engine that all share, the
	 * most asked for */
	unsigned int workers;
	int line; /* 0: the tags were left out */
};

struct conf {
	char name[CONF_NAME]; /* of this process, in logs */
	struct conf_gateway gateway[CONF_MAX_GATEWAYS];
	unsigned int n_gateways; /* at least 1 */
	bool owns_host;          /* <host setup="yes|no"> */
	char control_socket[CONF_PATH];
	struct sockaddr_storage http; /* AF_UNSPEC: none */
	char package_dir[CONF_PATH];
	int log_level; /* syslog priority */
	/* Of core, h248, session: that of all, or a priority plus 1. */
	uint8_t log_part[CONF_LOG_PARTS];
	enum conf_log_format log_format;
	enum conf_messages log_messages;
	uint32_t log_rate;    /* lines of a kind in a second; 0: any */
	char path[CONF_PATH]; /* the file it came from */
	struct conf_origin origin[CONF_MAX_ORIGINS]; /* what was written */
	unsigned int n_origins;
};

/*
 * Read, check against conf/bgfd.rng, and check what a schema cannot (pools
 * that overlap, ranges upside down, names twice).
 *
 * Returns: 0 and *out; -EINVAL with err = one or more lines
 *          "FILE:LINE: what is wrong; what to write instead"; -errno when the
 *          file cannot be read (err says so too). *out untouched on error.
 */
int conf_load(const char *path, struct conf *out, char *err, size_t cap);

/* The same from n octets in memory; path is only for messages. */
int conf_load_memory(const char *text, size_t n, const char *path,
		     struct conf *out, char *err, size_t cap);

/* The effective values as a file that loads again, with a comment before each
 * element: the line each value was written in, or "default".  0, or -EIO. */
int conf_dump(const struct conf *conf, FILE *to);
