/* conf/table.c - the form of the gateway's own file */
#include "conf/table.h"

#include <string.h>

#include "conf/conf.h"

const char *const conf_yes_no[] = { "no", "yes", NULL };

static const char *const transports[] = { "udp", "tcp", "tls", NULL };
static const char *const encodings[] = { "short", "long", NULL };
static const char *const change_events[] = {
	"boot",       "return",   "primary", "failover", "hand-off",
	"state-loss", "drain",    "resume",  "stop",     "realm-down",
	"realm-up",   "packages", NULL
};
static const char *const returns[] = { "no", "idle", "always", NULL };
static const char *const change_methods[] = { "restart",  "disconnected",
					      "failover", "hand-off",
					      "graceful", "forced",
					      NULL };
static const char *const profiles[] = { "lenient", "etsi-bgf", "3gpp-iq",
					NULL };
static const char *const octet_strings[] = { "plain", "mirrored", NULL };
static const char *const headers[] = { "1", "offered", NULL };
static const char *const wildcard_replies[] = { "all", "subtract", NULL };
static const char *const accepts[] = { "accept", "refuse", NULL };
static const char *const unsupported[] = { "own", "445", "501", NULL };
static const char *const braces[] = { "escape", "omit", NULL };
static const char *const line_ends[] = { "as-is", "lf", "crlf", NULL };
static const char *const supervisions[] = { "asked", "always", NULL };
static const char *const auth_modes[] = { "off", "null", "accept", "require",
					  NULL };
static const char *const auth_algs[] = { "hmac-md5-96", "hmac-sha1-96",
					 "hmac-md5", "hmac-sha1", NULL };
static const char *const pseudo_headers[] = { "digits", "octets", NULL };
static const char *const commits[] = { "auto", "parallel", "waiting", NULL };
static const char *const stamps[] = { "fresh", "latest", "zero", "never",
				      NULL };
static const char *const releases[] = { "silent", "rst", NULL };
/* In the order of enum conf_fastpath. */
static const char *const fastpaths[] = { "auto", "tc", "xdp", "off", NULL };
static const char *const busy[] = { "503", "510", "511", NULL };
static const char *const formats[] = { "text", "json", "journal", "auto",
				       NULL };
static const char *const messages[] = { "no", "yes", "body", NULL };
/* The index is the number; 0 is CONF_WORKERS_AUTO. */
static const char *const workers[] = { "auto", "1",  "2",  "3",  "4",  "5",
				       "6",    "7",  "8",  "9",  "10", "11",
				       "12",   "13", "14", "15", "16", NULL };
_Static_assert(sizeof(workers) / sizeof(workers[0]) == CONF_MAX_WORKERS + 2,
	       "auto, each number, and the end");
/* Index: severity as in syslog(3). */
static const char *const levels[] = { "emerg", "alert",   "crit",
				      "error", "warning", "notice",
				      "info",  "debug",   NULL };

/* The same, one further: that of all parts is the first. */
static const char *const part_levels[] = { "level", "emerg",   "alert",  "crit",
					   "error", "warning", "notice", "info",
					   "debug", NULL };

/* When none is written; docs/metrics.md. */
enum { HTTP_PORT = 9464 };

enum {
	BGFD,
	GATEWAY,
	H248,
	CONTROLLER,
	ACCEPT,
	TIMERS,
	H248_LIMITS,
	ASSOCIATION,
	TLS,
	CHANGE,
	AUTH,
	AUTH_KEY,
	INTEROP,
	HOST,
	REALM,
	MEDIA,
	POOL,
	PORTS,
	REALM_LIMITS,
	RENDEZVOUS,
	LIMITS,
	OVERLOAD,
	CONTROL,
	HTTP,
	PACKAGES,
	LOG,
	N_ELEMS
};

#define ONE(name, parent, offset)                               \
	{                                                       \
		name, parent, 0, 1, offset, 0, 0, 0, NULL, NULL \
	}

static const struct conf_elem elems[N_ELEMS] = {
	[BGFD] = { "bgfd", -1, 1, 1, 0, 0, 0, 0, "<bgfd> ... </bgfd>", NULL },
	[GATEWAY] = { "gateway", BGFD, 1, CONF_MAX_GATEWAYS,
		      offsetof(struct conf, gateway),
		      sizeof(struct conf_gateway),
		      offsetof(struct conf, n_gateways),
		      offsetof(struct conf_gateway, line),
		      "<gateway name=\"bgf-1\"> ... </gateway>", NULL },
	[H248] = { "h248", GATEWAY, 1, 1, offsetof(struct conf_gateway, h248),
		   0, 0, 0, "<h248 listen=\"192.0.2.1:2944\"> ... </h248>",
		   NULL },
	[CONTROLLER] = { "controller", H248, 1, CONF_MAX_CONTROLLERS,
			 offsetof(struct conf_h248, controller),
			 sizeof(struct sockaddr_storage),
			 offsetof(struct conf_h248, n_controllers), 0,
			 "<controller address=\"192.0.2.2:2944\"/>", NULL },
	[ACCEPT] = { "accept", H248, 0, CONF_MAX_PROFILES,
		     offsetof(struct conf_h248, accept),
		     sizeof(struct conf_profile),
		     offsetof(struct conf_h248, n_accept), 0, NULL, NULL },
	[TIMERS] = ONE("timers", H248, 0),
	[H248_LIMITS] = ONE("limits", H248, 0),
	[ASSOCIATION] = ONE("association", H248, 0),
	[TLS] = ONE("tls", H248, 0),
	[CHANGE] = { "service-change", H248, 0, CONF_CHANGE__COUNT,
		     offsetof(struct conf_h248, change),
		     sizeof(struct conf_change),
		     offsetof(struct conf_h248, n_changes), 0, NULL, NULL },
	[AUTH] = ONE("authentication", H248, offsetof(struct conf_h248, auth)),
	[AUTH_KEY] = { "key", AUTH, 0, CONF_MAX_AUTH_KEYS,
		       offsetof(struct conf_auth, key),
		       sizeof(struct conf_auth_key),
		       offsetof(struct conf_auth, n_keys), 0, NULL, NULL },
	[INTEROP] = ONE("interop", H248, offsetof(struct conf_h248, interop)),
	[HOST] = ONE("host", BGFD, 0),
	[REALM] = { "realm", GATEWAY, 1, CONF_MAX_REALMS,
		    offsetof(struct conf_gateway, realm),
		    sizeof(struct conf_realm),
		    offsetof(struct conf_gateway, n_realms),
		    offsetof(struct conf_realm, line),
		    "<realm name=\"access.example\"> ... </realm>", NULL },
	[MEDIA] = { "media", REALM, 0, CONF_MAX_IFACES,
		    offsetof(struct conf_realm, media),
		    sizeof(struct conf_media),
		    offsetof(struct conf_realm, n_ifaces), 0, NULL, NULL },
	[POOL] = { "pool", REALM, 1, CONF_MAX_POOLS,
		   offsetof(struct conf_realm, pool),
		   sizeof(struct conf_prefix),
		   offsetof(struct conf_realm, n_pools), 0,
		   "<pool prefix=\"198.51.100.0/29\"/>", NULL },
	[PORTS] = ONE("ports", REALM, 0),
	[REALM_LIMITS] = ONE("limits", REALM, 0),
	[RENDEZVOUS] = ONE("rendezvous", GATEWAY,
			   offsetof(struct conf_gateway, rendezvous)),
	[LIMITS] = ONE("limits", GATEWAY, 0),
	[OVERLOAD] = ONE("overload", GATEWAY,
			 offsetof(struct conf_gateway, overload)),
	[CONTROL] = ONE("control", BGFD, 0),
	[HTTP] = ONE("http", BGFD, 0),
	[PACKAGES] = ONE("packages", BGFD, 0),
	[LOG] = ONE("log", BGFD, 0),
};

#define IN(type, member) \
	offsetof(struct type, member), sizeof(((struct type *)0)->member)

/* The struct of the element is the value. */
#define SELF(size) 0, size

#define TEXT(elem, name, where, min, max, chars, value, help)                  \
	{                                                                      \
		elem, name, CONF_TEXT, where, min, max, NULL, chars, 0, value, \
			help                                                   \
	}
#define NUMBER(elem, name, where, min, max, value, help)                 \
	{                                                                \
		elem, name, CONF_NUMBER, where, min, max, NULL, NULL, 0, \
			value, help                                      \
	}
#define WORD(elem, name, where, words, value)                              \
	{                                                                  \
		elem, name, CONF_WORD, where, 0, 0, words, NULL, 0, value, \
			NULL                                               \
	}
#define OTHER(elem, name, kind, where, aux, value, help)                    \
	{                                                                   \
		elem, name, kind, where, 0, 0, NULL, NULL, aux, value, help \
	}

static const struct conf_row rows[] = {
	TEXT(BGFD, "name", IN(conf, name), 1, CONF_NAME - 1, "-._", "bgfd",
	     "bgf-1"),

	TEXT(GATEWAY, "name", IN(conf_gateway, name), 1, CONF_NAME - 1, "-._",
	     NULL, "bgf-1"),
	OTHER(H248, "listen", CONF_ENDPOINT, IN(conf_h248, local), 0, NULL,
	      "192.0.2.1:2944"),
	/* Empty: the address and port of listen; conf/check.c. */
	TEXT(H248, "mid", IN(conf_h248, mid), 0, CONF_NAME + 7, "[]<>:.-_/@",
	     "", "[192.0.2.1]:2944"),
	NUMBER(H248, "version", IN(conf_h248, version), 1, 3, "3", "3"),
	OTHER(H248, "profile", CONF_PROFILE, IN(conf_h248, profile),
	      offsetof(struct conf_h248, profile_version), "ETSI_BGF/2",
	      "ETSI_BGF/2"),
	WORD(H248, "interop", IN(conf_h248, profile_kind), profiles, "lenient"),
	WORD(H248, "transport", IN(conf_h248, transport), transports, "udp"),
	WORD(H248, "encoding", IN(conf_h248, encoding), encodings, "short"),
	TEXT(H248, "group", IN(conf_h248, group), 1, 16, "_", "1", "1"),
	OTHER(CONTROLLER, "address", CONF_ENDPOINT,
	      SELF(sizeof(struct sockaddr_storage)), 0, NULL, "192.0.2.2:2944"),
	OTHER(ACCEPT, "profile", CONF_PROFILE, IN(conf_profile, name),
	      offsetof(struct conf_profile, version), NULL, "ETSI_BGF/1"),
	NUMBER(TIMERS, "retransmit-ms", IN(conf_h248, retransmit_ms), 50, 10000,
	       "500", "milliseconds to the first repetition"),
	NUMBER(TIMERS, "retransmit-max-ms", IN(conf_h248, retransmit_max_ms),
	       50, 60000, "4000", "milliseconds between repetitions, at most"),
	NUMBER(TIMERS, "t-max-ms", IN(conf_h248, t_max_ms), 1000, 120000,
	       "25000", "milliseconds until a request is given up"),
	NUMBER(TIMERS, "long-timer-ms", IN(conf_h248, long_timer_ms), 1000,
	       600000, "30000", "milliseconds a reply is kept"),
	NUMBER(TIMERS, "provisional-ms", IN(conf_h248, provisional_ms), 100,
	       30000, "2000", "milliseconds until Pending is sent"),
	NUMBER(TIMERS, "mwd-ms", IN(conf_h248, mwd_ms), 0, 600000, "3000",
	       "milliseconds to wait before registration, at most"),
	NUMBER(TIMERS, "segment-ms", IN(conf_h248, segment_ms), 100, 60000,
	       "4000", "milliseconds for what is missing of a reply"),
	NUMBER(H248_LIMITS, "transactions-per-message",
	       IN(conf_h248, max_txns_per_msg), 1, 64, "10", "10"),
	NUMBER(H248_LIMITS, "actions-per-transaction",
	       IN(conf_h248, max_actions), 1, 256, "256", "256"),
	NUMBER(H248_LIMITS, "commands-per-transaction",
	       IN(conf_h248, max_commands), 1, 65536, "4096", "4096"),
	NUMBER(H248_LIMITS, "pendings", IN(conf_h248, pending_limit), 0, 512,
	       "0", "Pendings a request may get; 0: any number"),
	NUMBER(H248_LIMITS, "segment-octets", IN(conf_h248, segment_octets), 0,
	       65507, "0", "octets of a segment of a reply; 0: none is sent"),

	NUMBER(ASSOCIATION, "context-lifetime-s",
	       IN(conf_h248, context_lifetime_s), 0, 604800, "0",
	       "seconds without a controller; 0: for ever"),
	NUMBER(ASSOCIATION, "drain-s", IN(conf_h248, drain_s), 0, 86400, "0",
	       "seconds sessions may last at a stop; 0: none"),
	NUMBER(ASSOCIATION, "min-version", IN(conf_h248, min_version), 1, 3,
	       "1", "the lowest version that a controller may want"),
	WORD(ASSOCIATION, "return", IN(conf_h248, return_when), returns, "no"),
	NUMBER(ASSOCIATION, "return-s", IN(conf_h248, return_s), 1, 86400, "60",
	       "seconds between two attempts to return"),
	NUMBER(ASSOCIATION, "inactivity-s", IN(conf_h248, inactivity_s), 0, 655,
	       "0", "seconds of silence without it/ito; 0: any"),
	WORD(ASSOCIATION, "emergency-when-out",
	     IN(conf_h248, emergency_when_out), conf_yes_no, "yes"),
	/* They must be there with transport="tls"; conf/check.c. */
	TEXT(TLS, "certificate", IN(conf_h248, tls_certificate), 0,
	     CONF_PATH - 1, NULL, "", "/etc/bgfd/bgfd.pem"),
	TEXT(TLS, "key", IN(conf_h248, tls_key), 0, CONF_PATH - 1, NULL, "",
	     "/etc/bgfd/bgfd.key"),
	TEXT(TLS, "ca", IN(conf_h248, tls_ca), 0, CONF_PATH - 1, NULL, "",
	     "/etc/bgfd/ca.pem"),
	TEXT(TLS, "crl", IN(conf_h248, tls_crl), 0, CONF_PATH - 1, NULL, "",
	     "/etc/bgfd/crl.pem"),
	TEXT(TLS, "name", IN(conf_h248, tls_name), 0, CONF_PATH - 1, "-._", "",
	     "mgc.example"),
	WORD(CHANGE, "event", IN(conf_change, event), change_events, NULL),
	WORD(CHANGE, "method", IN(conf_change, method), change_methods, NULL),
	NUMBER(CHANGE, "reason", IN(conf_change, reason), 900, 999, NULL,
	       "905"),

	WORD(AUTH, "mode", IN(conf_auth, mode), auth_modes, "off"),
	WORD(AUTH, "send", IN(conf_auth, is_sending), conf_yes_no, "no"),
	WORD(AUTH, "pseudo-header", IN(conf_auth, is_octets), pseudo_headers,
	     "digits"),
	NUMBER(AUTH, "window", IN(conf_auth, window), 0, 64, "0",
	       "sequence numbers that may arrive late; 0: any"),
	NUMBER(AUTH_KEY, "spi", IN(conf_auth_key, spi), 1, 4294967295, NULL,
	       "0x00000101"),
	WORD(AUTH_KEY, "algorithm", IN(conf_auth_key, alg), auth_algs, NULL),
	TEXT(AUTH_KEY, "file", IN(conf_auth_key, file), 1, CONF_PATH - 1, NULL,
	     NULL, "/etc/bgfd/h248-101.hex"),

	/* What is not written here follows the profile: conf/interop.c. */
	WORD(INTEROP, "octet-strings", IN(conf_interop, is_mirrored),
	     octet_strings, "plain"),
	WORD(INTEROP, "registration-header", IN(conf_interop, offers_in_header),
	     headers, "1"),
	WORD(INTEROP, "wildcard-reply", IN(conf_interop, only_subtract),
	     wildcard_replies, "all"),
	WORD(INTEROP, "priority", IN(conf_interop, refuses_priority), accepts,
	     "accept"),
	WORD(INTEROP, "emergency", IN(conf_interop, refuses_emergency), accepts,
	     "accept"),
	WORD(INTEROP, "ieps", IN(conf_interop, refuses_ieps), accepts,
	     "accept"),
	WORD(INTEROP, "unsupported", IN(conf_interop, unsupported), unsupported,
	     "own"),
	WORD(INTEROP, "sdp-brace", IN(conf_interop, omits_braces), braces,
	     "escape"),
	WORD(INTEROP, "sdp-line-end", IN(conf_interop, sdp_eol), line_ends,
	     "as-is"),
	WORD(INTEROP, "supervision", IN(conf_interop, supervises), supervisions,
	     "asked"),

	WORD(HOST, "setup", IN(conf, owns_host), conf_yes_no, "yes"),

	TEXT(REALM, "name", IN(conf_realm, name), 1, CONF_NAME - 1, "-._", NULL,
	     "access.example"),
	/* Empty: the name up to the first dot; conf/check.c. */
	TEXT(REALM, "interface", IN(conf_realm, interface), 0, 32, "_-", "",
	     "access"),
	/* Empty: "bgf-" and the interface; conf/check.c. */
	TEXT(REALM, "tun", IN(conf_realm, tun), 0, IFNAMSIZ - 1, "-._", "",
	     "bgf-access"),
	NUMBER(REALM, "table", IN(conf_realm, table), 1, 4294967295, "254",
	       "a routing table; 254 is the main one"),
	NUMBER(REALM, "mtu", IN(conf_realm, mtu), 576, 65535, "1500", "1500"),
	WORD(REALM, "default", IN(conf_realm, is_default), conf_yes_no, "no"),
	TEXT(MEDIA, "interface", IN(conf_media, name), 1, IFNAMSIZ - 1, "-._",
	     NULL, "eth1"),
	WORD(MEDIA, "fastpath", IN(conf_media, fastpath), fastpaths, "auto"),
	OTHER(POOL, "prefix", CONF_PREFIX, SELF(sizeof(struct conf_prefix)), 0,
	      NULL, "198.51.100.0/29"),
	NUMBER(PORTS, "min", IN(conf_realm, port_min), 1, 65535, "16384",
	       "the first media port"),
	NUMBER(PORTS, "max", IN(conf_realm, port_max), 1, 65535, "65535",
	       "the last media port"),
	NUMBER(PORTS, "quarantine-s", IN(conf_realm, quarantine_s), 0, 3600,
	       "120", "seconds a used port rests"),

	NUMBER(REALM_LIMITS, "contexts", IN(conf_realm, max_contexts), 0,
	       CONF_MAX_CONTEXTS, "0", "contexts; 0: those of the gateway"),
	NUMBER(REALM_LIMITS, "reserve-contexts",
	       IN(conf_realm, limits.reserve_contexts), 0, CONF_MAX_CONTEXTS,
	       "0", "of these, for calls that go first"),
	NUMBER(REALM_LIMITS, "bandwidth-kbps",
	       IN(conf_realm, limits.bandwidth_kbps), 0, 4294967295, "0",
	       "kbit/s each way; 0: no limit"),
	NUMBER(REALM_LIMITS, "reserve-kbps",
	       IN(conf_realm, limits.reserve_kbps), 0, 4294967295, "0",
	       "of these, for calls that go first"),

	WORD(RENDEZVOUS, "commit", IN(conf_rendezvous, commit), commits,
	     "auto"),
	WORD(RENDEZVOUS, "timestamps", IN(conf_rendezvous, ts_policy), stamps,
	     "fresh"),
	WORD(RENDEZVOUS, "fast-fail", IN(conf_rendezvous, fast_fail),
	     conf_yes_no, "no"),
	WORD(RENDEZVOUS, "on-release", IN(conf_rendezvous, release_rst),
	     releases, "rst"),
	NUMBER(RENDEZVOUS, "twait-s", IN(conf_rendezvous, twait_s), 1, 120,
	       "75", "seconds a lone SYN may wait"),
	NUMBER(RENDEZVOUS, "thalf-s", IN(conf_rendezvous, thalf_s), 1, 600,
	       "30", "seconds a half-open session may take"),
	NUMBER(RENDEZVOUS, "tidle-s", IN(conf_rendezvous, tidle_s), 10, 604800,
	       "7440", "seconds an open session may be idle"),
	NUMBER(RENDEZVOUS, "tfin-s", IN(conf_rendezvous, tfin_s), 1, 3600,
	       "120", "seconds a finished session lingers"),
	NUMBER(RENDEZVOUS, "trst-s", IN(conf_rendezvous, trst_s), 1, 3600, "30",
	       "seconds a reset session lingers"),
	NUMBER(RENDEZVOUS, "tfresh-ms", IN(conf_rendezvous, tfresh_ms), 0,
	       60000, "3000", "milliseconds a SYN counts as fresh"),
	NUMBER(RENDEZVOUS, "tts-ms", IN(conf_rendezvous, tts_ms), 0, 60000,
	       "1000", "milliseconds a time stamp counts as fresh"),
	NUMBER(RENDEZVOUS, "tgrace-ms", IN(conf_rendezvous, tgrace_ms), 0,
	       60000, "1500", "milliseconds to wait for a fresh SYN"),
	NUMBER(RENDEZVOUS, "syn-rate", IN(conf_rendezvous, syn_rate), 1, 1000,
	       "5", "SYNs a second on one gate"),

	NUMBER(LIMITS, "contexts", IN(conf_gateway, max_contexts), 1,
	       CONF_MAX_CONTEXTS, "10000", "10000"),
	NUMBER(LIMITS, "reserve-contexts",
	       IN(conf_gateway, limits.reserve_contexts), 0, CONF_MAX_CONTEXTS,
	       "0", "of these, for calls that go first"),
	NUMBER(LIMITS, "bandwidth-kbps",
	       IN(conf_gateway, limits.bandwidth_kbps), 0, 4294967295, "0",
	       "kbit/s each way; 0: no limit"),
	NUMBER(LIMITS, "reserve-kbps", IN(conf_gateway, limits.reserve_kbps), 0,
	       4294967295, "0", "of these, for calls that go first"),
	NUMBER(LIMITS, "termination-kbps", IN(conf_gateway, termination_kbps),
	       0, 4294967295, "0", "kbit/s of a termination that says nothing"),
	NUMBER(LIMITS, "reserve-priority", IN(conf_gateway, reserve_priority),
	       1, 16, "15", "Priority of calls that go first; 16: none"),
	WORD(LIMITS, "workers", IN(conf_gateway, workers), workers, "1"),
	NUMBER(OVERLOAD, "queue", IN(conf_overload, queue), 10, 8192, "2048",
	       "transactions waiting or being executed"),
	NUMBER(OVERLOAD, "notify-percent", IN(conf_overload, notify), 1, 100,
	       "50", "of the queue: the controller is told"),
	NUMBER(OVERLOAD, "refuse-adds-percent", IN(conf_overload, refuse_adds),
	       1, 100, "75", "of the queue: no new contexts"),
	NUMBER(OVERLOAD, "refuse-all-percent", IN(conf_overload, refuse_all), 1,
	       100, "90", "of the queue: only what must be served"),
	NUMBER(OVERLOAD, "hysteresis-percent", IN(conf_overload, hysteresis), 0,
	       50, "10", "of the queue: how far it must fall"),
	WORD(OVERLOAD, "error", IN(conf_overload, error), busy, "510"),
	TEXT(CONTROL, "socket", IN(conf, control_socket), 2, 107, "/-._",
	     "/run/bgfd/control", "/run/bgfd/control"),
	/* Empty: there is none. */
	OTHER(HTTP, "listen", CONF_ENDPOINT, IN(conf, http), HTTP_PORT, "",
	      "127.0.0.1:9464"),
	/* Empty: beside the schema; conf/check.c. */
	TEXT(PACKAGES, "directory", IN(conf, package_dir), 0, CONF_PATH - 1,
	     NULL, "", "/usr/share/bgfd/packages"),
	WORD(LOG, "level", IN(conf, log_level), levels, "info"),
	WORD(LOG, "core", IN(conf, log_part[0]), part_levels, "level"),
	WORD(LOG, "h248", IN(conf, log_part[1]), part_levels, "level"),
	WORD(LOG, "session", IN(conf, log_part[2]), part_levels, "level"),
	WORD(LOG, "format", IN(conf, log_format), formats, "auto"),
	WORD(LOG, "messages", IN(conf, log_messages), messages, "no"),
	NUMBER(LOG, "rate", IN(conf, log_rate), 0, 1000000, "50",
	       "lines of a kind in a second"),
};

const struct conf_spec conf_spec_bgfd = {
	elems, N_ELEMS, rows, sizeof(rows) / sizeof(*rows), GATEWAY,
};

/* Those that the gateway reads each time it needs them. */
bool conf_row_is_live(const struct conf_row *row)
{
	switch (row->elem) {
	case RENDEZVOUS:
	case OVERLOAD:
	case REALM_LIMITS:
	case LOG:
		return true;
	case LIMITS: /* tables and the engine are made for so many */
		return strcmp(row->name, "contexts") &&
		       strcmp(row->name, "workers");
	case ASSOCIATION:
		return strcmp(row->name, "min-version");
	default:
		return false;
	}
}
