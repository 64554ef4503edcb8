/*
 * conf/packages.h - H.248 package definitions as plain structs
 *
 * One XML file per package in a directory, checked against packages.rng.  This
 * folder does not know what a package is for: the gateway copies the
 * definitions into libh248.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_item_kind {
	CONF_ITEM_PROPERTY,
	CONF_ITEM_EVENT,
	CONF_ITEM_SIGNAL,
	CONF_ITEM_STATISTIC,
	CONF_ITEM_PARAMETER
};
enum conf_item_type {
	CONF_TYPE_STRING,
	CONF_TYPE_BOOLEAN,
	CONF_TYPE_INTEGER,
	CONF_TYPE_DOUBLE,
	CONF_TYPE_ENUM,
	CONF_TYPE_OCTETS,
	CONF_TYPE_CHARACTER
};

struct conf_item {
	struct conf_item *next;
	struct conf_item *params; /* of an event or signal */
	enum conf_item_kind kind;
	enum conf_item_type type;
	char name[64];
	uint16_t id; /* 0: not known */
	bool in_local_control, in_termination_state, in_root;
	bool in_request, in_observed; /* parameters */
	bool on_termination;          /* events, signals; on ROOT: in_root */
	bool is_read_only, is_required;
	bool is_supported; /* no: known, and refused */
	bool has_range;
	int64_t min, max;
	char default_value[64];
	char values[256]; /* enumeration, blank-separated */
	char confidence;  /* 'V' verified, 'F' field, 'R' recalled,
					 * 'P' ours */
};

struct conf_package {
	struct conf_package *next;
	char name[64];
	uint16_t id, version;
	bool is_supported;
	struct conf_item *items;
};

/* All *.xml of dir in the order of their names.  0 and a new list, or a
 * negative errno and err as in conf_load(). */
int conf_packages_load(const char *dir, struct conf_package **out, char *err,
		       size_t cap);
void conf_packages_free(struct conf_package *list);
