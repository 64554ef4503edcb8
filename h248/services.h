/*
 * h248/services.h - MIDs, and the Services descriptor of ServiceChange
 */
#pragma once

#include "h248/types.h"

struct h248_desc;
struct h248_prop;

enum h248_mid_kind {
	H248_MID_IP4,
	H248_MID_IP6,
	H248_MID_DOMAIN,
	H248_MID_DEVICE,
	H248_MID_MTP
};

/* text is what stands between the brackets, or the device name (B.2 "mId"). */
struct h248_mid {
	enum h248_mid_kind kind;
	struct h248_span text;
	uint16_t port; /* 0: none given */
};

enum h248_sc_method {
	H248_SC_NONE,
	H248_SC_FAILOVER,
	H248_SC_FORCED,
	H248_SC_GRACEFUL,
	H248_SC_RESTART,
	H248_SC_DISCONNECTED,
	H248_SC_HANDOFF,
	H248_SC_EXTENSION
};

/* The Services descriptor of ServiceChange (7.2.8), request and reply. */
struct h248_services {
	enum h248_sc_method method;
	struct h248_span method_text; /* only for an extension "X-..." */
	struct h248_span reason;      /* "901 Cold Boot"; p NULL: absent */
	bool has_delay;
	uint32_t delay_s;
	struct h248_mid *address; /* NULL: absent */
	uint16_t address_port;    /* AD=2944 alone; 0: absent */
	struct h248_mid *mgc_id;  /* NULL: absent */
	struct h248_span profile; /* name; p NULL: absent */
	uint8_t profile_version;
	uint8_t version;              /* 0: absent */
	struct h248_span timestamp;   /* n 0: absent */
	bool is_incomplete;           /* v3 SIC */
	struct h248_desc *audit;      /* audit items, e.g. Packages (v2) */
	struct h248_prop *extensions; /* X-... */
};
