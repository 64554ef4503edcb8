/*
 * gateway/journal.h - the last lines of the log, for `bgfctl events`
 *
 * A ring of fixed size of what gw_log() wrote, as fields.  Who follows names
 * the number of the last line it has.  Thread: control.
 */
#pragma once

#include "gateway/log.h"

enum {
	GW_JOURNAL = 1024, /* lines */
	GW_JOURNAL_TEXT = 192,
	GW_JOURNAL_TERM = 64,
};

struct gw_line {
	uint64_t seq; /* from 1; 0: not in use */
	uint64_t wall_us;
	int priority;       /* syslog(3) */
	char gw[CONF_NAME]; /* empty: of none */
	uint32_t ctx, txn;  /* 0: of none */
	char term[GW_JOURNAL_TERM + 1];
	char text[GW_JOURNAL_TEXT]; /* cut off when longer */
};

/* For gw_log(); text is printable. */
void gw_journal_put(int priority, const struct gw_about *about,
		    const char *text);
/* The number of the latest line; 0: there is none. */
uint64_t gw_journal_last(void);
/* The oldest line behind `seq`; NULL: none. */
const struct gw_line *gw_journal_after(uint64_t seq);
