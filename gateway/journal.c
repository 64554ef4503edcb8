/* gateway/journal.c - see journal.h */
#include "gateway/journal.h"

#include <stdio.h>

#include "gateway/gw.h"

static struct gw_line lines[GW_JOURNAL];
static uint64_t last;

void gw_journal_put(int priority, const struct gw_about *about,
		    const char *text)
{
	struct gw_line *l = &lines[++last % GW_JOURNAL];

	l->seq = last;
	l->wall_us = gw_wall_us();
	l->priority = priority;
	l->ctx = about->ctx;
	l->txn = about->txn;
	snprintf(l->gw, sizeof(l->gw), "%s", about->gw ? about->gw : "");
	snprintf(l->term, sizeof(l->term), "%s",
		 about->term ? about->term : "");
	snprintf(l->text, sizeof(l->text), "%.*s", GW_JOURNAL_TEXT - 1, text);
}

uint64_t gw_journal_last(void)
{
	return last;
}

const struct gw_line *gw_journal_after(uint64_t seq)
{
	if (last > GW_JOURNAL && seq < last - GW_JOURNAL)
		seq = last - GW_JOURNAL;
	return seq < last ? &lines[(seq + 1) % GW_JOURNAL] : NULL;
}
