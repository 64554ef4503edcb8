/* gateway/trace_text.c - what the gateway made of a packet, in words */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/trace_int.h"

struct text {
	char *out;
	size_t n, cap;
};

static void say(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->out + t->n, t->cap - t->n, fmt, args);
	va_end(args);
	if (n > 0)
		t->n += (size_t)n;
	if (t->n >= t->cap)
		t->n = t->cap - 1;
}

static bool has(const struct pkt_tapped *r, enum pkt_report_type report)
{
	return r->reports & 1u << report;
}

static void say_drop(struct text *t, const struct pkt_tapped *r)
{
	say(t, "dropped: %s (%s)", pkt_drop_name(r->drop),
	    pkt_drop_help(r->drop));
}

static bool is_waiting(const struct pkt_tapped *r)
{
	return r->after == PKT_STATE_WAIT || r->after == PKT_STATE_ARMED;
}

static void say_consumed(struct text *t, const struct pkt_tapped *r, char other)
{
	bool is_syn = r->flags & PKT_SYN;

	if (is_syn && has(r, PKT_REPORT_SYN))
		say(t, "SYN: latched, its source is this client's from here"
		       " on");
	else if (is_syn)
		say(t, "SYN, again or anew: the latest one counts");
	else if (r->leg_before == PKT_LEG_SENT && r->leg_after == PKT_LEG_ACKED)
		say(t, "acknowledges its SYN-ACK: the source is fixed");
	else
		say(t, "taken, nothing is sent on");
	if (is_syn && is_waiting(r))
		say(t,
		    "; kept until %c has come and both modes are"
		    " SendReceive, answered with nothing",
		    other);
}

static void say_changes(struct text *t, const struct pkt_tapped *r)
{
	if (has(r, PKT_REPORT_OPEN))
		say(t, "; both handshakes are complete");
	if (has(r, PKT_REPORT_FAIL))
		say(t, "; it will not open: %s", pkt_cause_name(r->cause));
	if (has(r, PKT_REPORT_CLOSED))
		say(t, "; the session is over: %s", pkt_cause_name(r->cause));
	if (r->before != r->after)
		say(t, "; state %s -> %s", pkt_state_name(r->before),
		    pkt_state_name(r->after));
}

static void say_came(struct text *t, const struct pkt_tapped *r, char me,
		     char other)
{
	say(t, "from %c: ", me);
	if (r->act == PKT_ACT_DROP)
		say_drop(t, r);
	else if (r->act == PKT_ACT_FORWARD)
		say(t, "accepted, sent on to %c", other);
	else
		say_consumed(t, r, other);
	say_changes(t, r);
}

static void say_own(struct text *t, const struct pkt_tapped *r, char me,
		    char other)
{
	say(t, "to %c: ", me);
	if (r->flags & PKT_SYN && r->flags & PKT_ACK)
		say(t,
		    "SYN-ACK synthesised from the SYN of %c: its sequence"
		    " number and options",
		    other);
	else if (r->flags & PKT_SYN)
		say(t, "SYN of %c, sent on", other);
	else if (r->flags & PKT_RST)
		say(t, "RST made by the gateway, with the exact sequence"
		       " number");
	else
		say(t, "ACK made by the gateway");
	if (r->drop != PKT_DROP_NONE) {
		say(t, "; ");
		say_drop(t, r);
	}
}

void trace_comment(const struct pkt_tapped *r, uint8_t side, char *out,
		   size_t cap)
{
	struct text t = { out, 0, cap };
	char me = side ? 'B' : 'A', other = side ? 'A' : 'B';

	out[0] = '\0';
	switch (r->what) {
	case PKT_TAP_CAME:
		say_came(&t, r, me, other);
		break;
	case PKT_TAP_OWN:
		say_own(&t, r, me, other);
		break;
	case PKT_TAP_ICMP:
		say(&t, "ICMP about a segment that left to %c: ", me);
		if (r->drop == PKT_DROP_NONE)
			say(&t, "passed on to %c", other);
		else
			say_drop(&t, r);
		break;
	default:
		say(&t, "to %c: ", me);
		if (r->drop == PKT_DROP_NONE)
			say(&t, "translated, from %c", other);
		else
			say_drop(&t, r);
		break;
	}
}
