/*
 * h248/pkg.h - packages: what may be asked, and where (H.248.1 clause 12)
 *
 * Definitions are data: conf/packages/ holds them as XML, the gateway copies
 * them in here at start.  This file knows no package by name, only how to
 * look one up and how to judge a property, event, signal or statistic
 * against its definition.  Read-only after start; thread: any.
 */
#pragma once

#include "h248/desc.h"

enum h248_item_kind {
	H248_ITEM_PROPERTY,
	H248_ITEM_EVENT,
	H248_ITEM_SIGNAL,
	H248_ITEM_STATISTIC,
	H248_ITEM_PARAMETER, /* of an event or signal */
};

enum h248_type {
	H248_TYPE_STRING,
	H248_TYPE_BOOLEAN,
	H248_TYPE_INTEGER,
	H248_TYPE_DOUBLE, /* 8-octet signed integer */
	H248_TYPE_ENUM,
	H248_TYPE_OCTETS, /* hex */
	H248_TYPE_CHARACTER,
};

/* Bits of h248_item.where. */
enum {
	H248_IN_LOCAL_CONTROL = 1 << 0,
	H248_IN_TERMINATION_STATE = 1 << 1, /* of any termination */
	H248_IN_ROOT = 1 << 2,              /* TerminationState of ROOT */
	H248_IN_REMOTE_LOCAL = 1 << 3,
	H248_READ_ONLY = 1 << 4,
	H248_IN_REQUEST = 1 << 5,     /* parameter of Events or Signals */
	H248_IN_OBSERVED = 1 << 6,    /* parameter of ObservedEvents */
	H248_REQUIRED = 1 << 7,       /* its absence: 457 */
	H248_ON_ROOT = 1 << 8,        /* events, signals: of ROOT */
	H248_ON_TERMINATION = 1 << 9, /* the same: of others */
};

/* Strings are held by the registry. */
struct h248_item {
	struct h248_item *next;
	enum h248_item_kind kind;
	enum h248_type type;
	unsigned int where; /* H248_IN_*, H248_ON_* */
	bool is_supported;  /* false: known, refused as below */
	char name[64];
	uint8_t name_n;   /* its octets; h248_pkgs_add() counts them */
	uint16_t id;      /* binary id; 0: not known */
	int64_t min, max; /* for numbers; min > max: no limit */
	char default_value[64];
	char values[256]; /* enumeration: "LATCH RELATCH OFF" */
	struct h248_item *params;
};

struct h248_pkg {
	struct h248_pkg *next;
	char name[64];
	uint8_t name_n; /* as above */
	uint16_t id;
	uint16_t version;
	bool is_supported; /* false: known, answered 440 */
	struct h248_item *items;
};

struct h248_pkgs; /* opaque */

struct h248_pkgs *h248_pkgs_new(void); /* returns new */
void h248_pkgs_free(struct h248_pkgs *pkgs);
/* Copies *pkg and its items.  -EEXIST for a name that is there, -ENOMEM. */
int h248_pkgs_add(struct h248_pkgs *pkgs, const struct h248_pkg *pkg);

const struct h248_pkg *h248_pkgs_first(const struct h248_pkgs *pkgs);
const struct h248_pkg *h248_pkgs_find(const struct h248_pkgs *pkgs,
				      struct h248_span name);
const struct h248_item *h248_pkg_item(const struct h248_pkg *pkg,
				      enum h248_item_kind kind,
				      struct h248_span name);

/*
 * Judge what a controller wrote.  0, or -EPROTO with *err:
 * 440 unknown package, 450/451/452/453 unknown property/event/signal/
 * statistic in a known package, 454 value not of the enumeration, 449 value of
 * the wrong type or out of range, 455 property not legal in `where`, 456 the
 * same property twice in the list, 534 write of a read-only property, 446
 * unknown parameter, 457 a required parameter is missing.  What is known and
 * not supported: 440 a package, 445 a property, 512 an event, 513 a signal,
 * 453 a statistic, 446 a parameter; 512 and 513 also for what may not stand on
 * a termination of this kind (H248_ON_*).
 *
 * Liberal in form (B.2 asks for quotes exactly for strings, peers do not):
 * quotes are never judged.  "$", the relations > < #, and lists of several are
 * not supported values: 449.  Of alternatives {a,b} and of a range
 * [a:b] each value is judged, and the first is the one to use.  An item that
 * is only named (audit) is judged by its name; "*" names any.
 */
int h248_pkgs_check_props(const struct h248_pkgs *pkgs,
			  const struct h248_prop *list, unsigned int where,
			  struct h248_err *err);
int h248_pkgs_check_event(const struct h248_pkgs *pkgs,
			  const struct h248_event *event, unsigned int on,
			  struct h248_err *err);
int h248_pkgs_check_signal(const struct h248_pkgs *pkgs,
			   const struct h248_signal *signal, unsigned int on,
			   struct h248_err *err);
/* A name in an audit, "*" for any: 440, or that of its kind. */
int h248_pkgs_check_name(const struct h248_pkgs *pkgs, enum h248_item_kind kind,
			 const struct h248_name *name, struct h248_place at,
			 struct h248_err *err);
/* Statistics that are asked for (v3): 440 or 453. */
int h248_pkgs_check_stats(const struct h248_pkgs *pkgs,
			  const struct h248_prop *list, struct h248_err *err);

/* Values, as data types of B.2.  0, or -EBADMSG; *out untouched on error. */
int h248_value_bool(const struct h248_prop *p, bool *out);
int h248_value_int(const struct h248_prop *p, int64_t *out);
/* Hex with optional 0x; *n octets at out.  Not mirrored (h248.md 1.3). */
int h248_value_octets(const struct h248_prop *p, uint8_t *out, size_t cap,
		      size_t *n);
