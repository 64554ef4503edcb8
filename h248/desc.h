/*
 * h248/desc.h - descriptors, as a tree (H.248.1 clause 7.1, Annex B.2)
 *
 * Text and (later) binary decoders produce this tree, the encoders print it.
 * It says what was written, not what it means: wildcards, CHOOSE and whether
 * a package exists are for the reader.  Lists keep their order and are linked
 * by `next`; all nodes live in the arena of the message.  An item that was
 * only named (in an audit) has is_bare set or its value list empty.
 */
#pragma once

#include "h248/services.h"

/* "gm/saf", or a parameter name alone: then pkg.p is NULL. */
struct h248_name {
	struct h248_span pkg;
	struct h248_span item;
};

struct h248_value {
	struct h248_value *next;
	struct h248_span text; /* without the quotes */
	bool is_quoted;
};

enum h248_rel { H248_EQ, H248_GT, H248_LT, H248_NE };

/* How the values of a property stand together (B.2 "alternativeValue"). */
enum h248_set {
	H248_ONE,   /* =v */
	H248_LIST,  /* =[a,b]: a and b */
	H248_ALT,   /* ={a,b}: a or b */
	H248_RANGE, /* =[a:b], two values */
};

/* A property, a statistic, or a parameter of an event or signal. */
struct h248_prop {
	struct h248_prop *next;
	struct h248_name name;
	enum h248_rel rel;
	enum h248_set set;
	struct h248_value *values; /* NULL: only named */
	struct h248_place at;
};

/* A value that may be absent, only named (audit), or given. */
enum h248_given { H248_ABSENT, H248_NAMED, H248_GIVEN };

enum h248_mode {
	H248_MODE_SEND_ONLY,
	H248_MODE_RECV_ONLY,
	H248_MODE_SEND_RECV,
	H248_MODE_INACTIVE,
	H248_MODE_LOOPBACK,
};

struct h248_local_control {
	enum h248_given has_mode;
	enum h248_mode mode;
	bool mode_ne; /* MO#SR in an audit selection (v3) */
	enum h248_given has_reserve_value;
	bool reserve_value;
	enum h248_given has_reserve_group;
	bool reserve_group;
	struct h248_prop *props;
};

/* Local or Remote: SDP octets with the escape \} undone.  n 0: "L{}". */
struct h248_body {
	struct h248_span sdp;
	struct h248_place at;
};

struct h248_stream {
	struct h248_stream *next;
	bool is_implicit; /* no Stream descriptor around: id 1 */
	uint16_t id;
	struct h248_local_control *control; /* NULL: absent */
	struct h248_body *local;            /* NULL: absent */
	struct h248_body *remote;           /* NULL: absent */
	bool has_stats;                     /* v3 */
	struct h248_prop *stats;
	struct h248_place at;
};

enum h248_service_state { H248_SVC_TEST, H248_SVC_OUT, H248_SVC_IN };

struct h248_term_state {
	enum h248_given has_service;
	enum h248_service_state service;
	bool service_ne; /* SI#IV in an audit selection (v3) */
	enum h248_given has_buffer;
	bool buffer_lockstep; /* else OFF */
	struct h248_prop *props;
};

struct h248_media {
	struct h248_term_state *state; /* NULL: absent */
	struct h248_stream *streams;
};

enum h248_notify_behaviour { /* v3 */
			     H248_NOTIFY_DEFAULT,
			     H248_NOTIFY_IMMEDIATE,
			     H248_NOTIFY_REGULATED,
			     H248_NOTIFY_NEVER,
};

/* One requested event (Events, EventBuffer). */
struct h248_event {
	struct h248_event *next;
	struct h248_name name;
	uint16_t stream; /* 0: none given */
	bool keep_active;
	bool reset_events; /* v3 */
	enum h248_notify_behaviour behaviour;
	struct h248_span digit_map; /* name or {value}; p NULL: none */
	struct h248_signals *embed_signals;
	struct h248_events *embed_events;
	struct h248_prop *params;
	struct h248_place at;
};

struct h248_events {
	bool has_id;    /* false: bare "E" removes all */
	bool is_any_id; /* E=* */
	uint32_t id;
	struct h248_event *list;
};

enum h248_signal_type {
	H248_SIG_DEFAULT,
	H248_SIG_ON_OFF,
	H248_SIG_TIMEOUT,
	H248_SIG_BRIEF
};
/* Bits of notify_completion. */
enum {
	H248_NC_TIMEOUT = 1 << 0,
	H248_NC_EVENT = 1 << 1,
	H248_NC_SIGNALS = 1 << 2,
	H248_NC_OTHER = 1 << 3,
	H248_NC_ITERATION = 1 << 4,
};
enum h248_direction {
	H248_DIR_NONE,
	H248_DIR_EXTERNAL,
	H248_DIR_INTERNAL,
	H248_DIR_BOTH
};

struct h248_signal {
	struct h248_signal *next;
	bool is_list; /* SL=n{...}: only list_id and sub */
	uint16_t list_id;
	struct h248_signal *sub;
	struct h248_name name;
	uint16_t stream; /* 0: none given */
	enum h248_signal_type type;
	bool has_duration;
	uint16_t duration_cs; /* 1/100 s */
	bool has_completion;
	uint8_t notify_completion; /* H248_NC_* */
	bool keep_active;
	enum h248_direction direction;
	bool has_request_id;
	uint32_t request_id;
	bool has_intersignal;
	uint16_t intersignal_cs;
	struct h248_prop *params;
	struct h248_place at;
};

struct h248_signals {
	struct h248_signal *list; /* NULL: stop all */
};

/* yyyymmddThhmmsscc, kept as written; n 0: none. */
struct h248_observed_event {
	struct h248_observed_event *next;
	struct h248_span timestamp; /* 17 octets "20260115T08300000" */
	struct h248_name name;
	uint16_t stream;
	struct h248_prop *params;
};

struct h248_observed {
	uint32_t request_id;
	struct h248_observed_event *list;
};

struct h248_package_version {
	struct h248_package_version *next;
	struct h248_span name;
	uint16_t version;
};

struct h248_error_desc {
	uint16_t code;
	struct h248_span text; /* p NULL: absent */
};

enum h248_desc_kind {
	H248_DESC_MEDIA,
	H248_DESC_MODEM,
	H248_DESC_MUX,
	H248_DESC_EVENTS,
	H248_DESC_EVENT_BUFFER,
	H248_DESC_SIGNALS,
	H248_DESC_DIGIT_MAP,
	H248_DESC_AUDIT,
	H248_DESC_STATISTICS,
	H248_DESC_OBSERVED,
	H248_DESC_PACKAGES,
	H248_DESC_SERVICES,
	H248_DESC_ERROR,
	H248_DESC__COUNT
};

/* One descriptor of a command or reply, or one item of an Audit descriptor.
 * is_bare: only the token stood there ("SG", or "M" in an audit); then
 * u.events and u.signals still point to an empty one, the others are NULL.
 * raw is all that follows the token, e.g. "=dm1{...}". */
struct h248_desc {
	struct h248_desc *next;
	enum h248_desc_kind kind;
	bool is_bare;
	struct h248_place at;
	union {
		struct h248_media *media;
		struct h248_events *events;
		struct h248_event *event_buffer;
		struct h248_signals *signals;
		struct h248_desc *audit; /* NULL: AT{} */
		struct h248_prop *stats;
		struct h248_observed *observed;
		struct h248_package_version *packages;
		struct h248_services *services;
		struct h248_error_desc error;
		struct h248_span raw; /* Modem, Mux, DigitMap: as written */
	} u;
};
