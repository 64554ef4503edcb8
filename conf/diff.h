/*
 * conf/diff.h - what differs between two configurations
 *
 * Driven by the table: whatever can be written is compared, by its effective
 * value.  Elements of one kind are compared in their order.
 */
#pragma once

#include "conf/conf.h"

enum { CONF_DIFF_TEXT = 320, CONF_DIFF_WHERE = 256 };

struct conf_change_of {
	char where[CONF_DIFF_WHERE]; /* "gateway west, realm a.x, limits" */
	const char *what; /* an attribute; NULL: how many there are */
	char from[CONF_DIFF_TEXT], to[CONF_DIFF_TEXT];
	bool needs_restart; /* false: it takes effect while bgfd runs */
};
typedef void(conf_diff_h)(void *arg, const struct conf_change_of *change);

/* Calls each for every difference.  Returns how many there are. */
unsigned int conf_diff(const struct conf *from, const struct conf *to,
		       conf_diff_h *each, void *arg);
