/*
 * gateway/ctl_past.c - what was: contexts that ended, lines of the log
 *
 * Both are read in parts of at most PART items, newest first or oldest first;
 * "next" is where the next part begins (decision 24).
 */
#include <string.h>

#include "gateway/ctl_int.h"
#include "gateway/history.h"
#include "gateway/journal.h"

enum { PART = 256 };

static json_t *num(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *text_or_null(const char *s)
{
	return *s ? ctl_json_text(s, strlen(s)) : json_null();
}

static json_t *past_term(const struct gw *gw, const struct gw_past_term *t)
{
	return json_pack(
		"{s:o,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "id",
		ctl_json_text(t->id, strlen(t->id)), "side",
		gw_side_name(t->side), "realm",
		t->realm < gw->conf.n_realms ? gw->conf.realm[t->realm].name :
					       "",
		"state", t->has_gate ? pkt_state_name(t->state) : "none",
		"last_cause", pkt_cause_name(t->last_cause), "local_address",
		ctl_json_endpoint(&t->local, t->local_port), "latched_address",
		ctl_json_endpoint(&t->remote, t->remote_port), "rx_octets",
		num(t->rx_octets), "tx_octets", num(t->tx_octets), "drops",
		num(t->drops));
}

static json_t *past(const struct gw *gw, const struct gw_past *p)
{
	json_t *terms = json_array();

	for (unsigned int i = 0; i < p->n_terms; i++)
		json_array_append_new(terms, past_term(gw, &p->term[i]));
	return json_pack("{s:s,s:o,s:s,s:s,s:o,s:o,s:o,s:o}", "gateway",
			 gw->conf.name, "id", num(p->id), "reason",
			 gw_end_name(p->end), "reason_text",
			 gw_end_text(p->end), "ended_ms",
			 num(gw_wall_of(p->ended_us) / 1000), "lasted_ms",
			 num((p->ended_us - p->created_us) / 1000),
			 "established_ms", num(p->est_ms), "terminations",
			 terms);
}

json_t *ctl_json_history(const struct gw *gw, const struct ctl_request *r)
{
	uint32_t n = r->count && r->count < PART ? r->count : PART;
	uint64_t before = UINT64_MAX;
	json_t *list = json_array();
	const struct gw_past *p;

	while (n && (p = gw_history_before(gw, before))) {
		before = p->seq;
		if (r->id && r->id != p->id)
			continue;
		json_array_append_new(list, past(gw, p));
		n--;
	}
	return list;
}

static json_t *line(const struct gw_line *l)
{
	return json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "seq",
			 num(l->seq), "time_ms", num(l->wall_us / 1000),
			 "level", gw_log_level_name(l->priority), "gateway",
			 text_or_null(l->gw), "context",
			 l->ctx ? num(l->ctx) : json_null(), "termination",
			 text_or_null(l->term), "transaction",
			 l->txn ? num(l->txn) : json_null(), "text",
			 ctl_json_text(l->text, strlen(l->text)));
}

json_t *ctl_json_events(const struct gw_host *host, const struct ctl_request *r)
{
	uint32_t n = r->count && r->count < PART ? r->count : PART;
	uint64_t last = gw_journal_last(), next = r->since;
	const struct gw_line *l = gw_journal_after(next);
	uint64_t lost = l && next ? l->seq - next - 1 : 0;
	json_t *list = json_array();

	(void)host;
	/* A number of another process, from before a restart. */
	if (next > last) {
		next = 0;
		l = gw_journal_after(0);
	}
	for (; l && n; l = gw_journal_after(next), n--) {
		next = l->seq;
		if ((!r->id || l->ctx == r->id) &&
		    (!r->gw || !strcmp(l->gw, r->gw->conf.name)))
			json_array_append_new(list, line(l));
	}
	return json_pack("{s:o,s:o,s:b,s:o}", "next", num(next), "lost",
			 num(lost), "is_complete", next == last, "lines", list);
}
