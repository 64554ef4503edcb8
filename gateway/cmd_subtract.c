/* gateway/cmd_subtract.c - Subtract (H.248.1 7.2.4, decision 20) */
#include <string.h>

#include "gateway/job.h"
#include "gateway/log.h"
#include "h248/build.h"
#include "h248/txn.h"

int gw_subtract_check(struct gw_call *c, struct h248_err *err)
{
	(void)c;
	(void)err;
	return 0;
}

/* The room for a removal was reserved when the gate was added. */
void gw_subtract_commit(struct gw_call *c)
{
	struct gw_stream *s;
	unsigned int gone = 0, asked = 0;

	for (unsigned int i = 0; i < c->term->n_slots; i++) {
		s = &c->term->stream[i];
		if (!s->gate.gen)
			continue;
		asked++;
		if (pkt_gate_remove(c->gw->engine, s->gate,
				    gw_job_expect(c->job)))
			gone++;
	}
	if (gone && gone == asked)
		gw_job_forget(c->job);
}

void gw_subtract_reply(struct gw_call *c)
{
	const struct h248_desc *at = gw_cmd_desc(c->cmd, H248_DESC_AUDIT);
	struct gw_about about = gw_about_term(c->term);
	struct gw_totals t = { 0 };

	about.txn = h248_in_tid(c->job->in);
	gw_totals_add(&t, c->term);
	gw_totals_add(&c->totals, c->term);
	gw_log(GW_LOG_SESSION | LOG_INFO, &about,
	       "subtracted after %llu ms, %llu octets in, %llu out",
	       (unsigned long long)t.dur_ms, (unsigned long long)t.received,
	       (unsigned long long)t.sent);
	if (at)
		gw_audit_items(c, at->u.audit);
	else if (!gw_cmd_is_union(c->cmd)) /* one sum for all of them */
		H248_APPEND(c->desc_tail,
			    gw_totals_build(c->gw->pkgs, &t, NULL, c->arena));
	gw_term_free(c->term);
	c->term = NULL;
}
