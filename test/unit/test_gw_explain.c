/*
 * test/unit/test_gw_explain.c - each situation of docs/explain.md, made
 *
 * The situation is made with a controller's text and with what the engine
 * says of the gates, and is known by that; what is said of it is compared with
 * what has to be in it and what must not.
 */
#include "gateway/explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/drain.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP(setup) "\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:" setup "\n"
#define REMOTE(setup) \
	"\nv=0\nc=IN IP4 10.9.8.7\nm=message 9 TCP -\na=setup:" setup "\n"
#define LEG(realm, mode, more)                                        \
	"A=ip/1/" realm "/${M{ST=1{O{MO=" mode ",ipdc/realm=\"" realm \
	".example\"" more "},L{" SDP("passive") "},R{" REMOTE(        \
		"active") "}}},E=2001{tcprv/syn,tcprv/rel}}"
#define BOTH "C=${" LEG("access", "SR", "") "," LEG("core", "SR", "") "}"

static char said[16384];

static void keep(void *arg, unsigned int stream, enum gw_explain_kind kind,
		 const char *text)
{
	size_t n = strlen(said);

	(void)arg;
	snprintf(said + n, sizeof(said) - n, "%u %s: %s\n", stream,
		 gw_explain_kind_name(kind), text);
}

#define SAYS(part) says(part, __LINE__)
static void says(const char *part, int line)
{
	if (!strstr(said, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, part));
}

#define LACKS(part) CU_ASSERT_PTR_NULL(strstr(said, part))

static struct gw_context *context_of(struct rig *r)
{
	return TAILQ_FIRST(&r->gw.contexts);
}

static void explain(struct rig *r)
{
	said[0] = '\0';
	CU_ASSERT_PTR_NOT_NULL_FATAL(context_of(r));
	gw_explain_context(context_of(r), keep, NULL);
}

static struct in6_addr mapped(uint8_t last)
{
	return (struct in6_addr) { .s6_addr = { [10] = 0xff,
						[11] = 0xff,
						[12] = 203,
						[13] = 0,
						[14] = 113,
						[15] = last } };
}

/* What the engine says of a side: A is 203.0.113.1:5001, B ...2:5002. */
static void gate(struct rig *r, int side, enum pkt_state state,
		 enum pkt_leg_state leg, struct pkt_gate_stat more)
{
	more.state = state;
	more.leg_state = leg;
	if (leg != PKT_LEG_IDLE) {
		more.remote = mapped((uint8_t)(side + 1));
		more.remote_port = (uint16_t)(5001 + side);
	}
	context_of(r)->term[side]->stream[0].stat = more;
}

static void both(struct rig *r, enum pkt_state state, enum pkt_leg_state a,
		 enum pkt_leg_state b)
{
	gate(r, 0, state, a, (struct pkt_gate_stat) { 0 });
	gate(r, 1, state, b, (struct pkt_gate_stat) { 0 });
}

static struct rig *session(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	return r;
}

/* --- before it opens ----------------------------------------------------- */

static void one_side(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${" LEG("access", "SR", "") "}");
	explain(r);
	SAYS("0 waits: It has only the termination ip/1/access/1: the"
	     " controller has not added the other side");
	LACKS("B has");
	rig_free(r);
}

/* Who is A and who is B is said when they come; it stays so. */
static void names_stay(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{S=ip/1/access/1}");
	context_of(r)->term[0]->stream[0].gate_cfg.leg.role = PKT_ROLE_HOLD;
	explain(r);
	SAYS("a=setup:holdconn on B:");
	LACKS("holdconn on A:");
	rig_ask(r, "C=1{" LEG("access", "SR", "") "}");
	context_of(r)->term[1]->stream[0].gate_cfg.leg.role = PKT_ROLE_HOLD;
	explain(r);
	SAYS("a=setup:holdconn on B:");
	LACKS("holdconn on A:");
	rig_free(r);
}

static void no_local(void)
{
	struct rig *r = rig_new(10);

	gw_log_setup(LOG_NOTICE, CONF_LOG_TEXT);
	rig_ask(r, "C=${" LEG("access", "SR", "") "}");
	rig_ask(r, "C=1{A=ip/1/core/${M{ST=1{O{MO=SR}}}}}");
	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	explain(r);
	SAYS("0 waits: It has only the termination ip/1/access/1");
	SAYS("0 refused: Add ip/1/core/$ refused: 441 Local of stream 1");
	rig_free(r);
}

static void another_stream(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r,
		"C=${" LEG("access", "SR", "") ",A=ip/1/core/${M{ST=2{O{MO=SR},L{" SDP(
			"passive") "},R{" REMOTE("active") "}}}}}");
	explain(r);
	SAYS("1 waits: B (ip/1/core/2) has no such stream");
	SAYS("2 waits: A (ip/1/access/1) has no such stream");
	rig_free(r);
}

static void armed(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	explain(r);
	SAYS("1 state: Both clients may come, and none has");
	SAYS("a SYN to 192.0.2.10:40001 (A) or 192.0.2.10:40002 (B)");
	LACKS("1 refused");
	LACKS("note");
	rig_free(r);
}

static void wrong_source(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r,
		"C=${" LEG(
			"access", "SR",
			",gm/saf=ON,gm/sam=\"[203.0.113.9]\"") "," LEG("core",
								       "SR",
								       "") "}");
	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	context_of(r)->term[0]->stream[0].stat.drops = 4;
	context_of(r)->term[0]->stream[0].stat.why[0] = PKT_DROP_SOURCE + 1;
	explain(r);
	SAYS("1 refused: 4 packets to the gate of A were dropped before its"
	     " client came, the latest because of source (not from where this"
	     " gate may be reached): it takes a SYN only from 203.0.113.9/32.");
	LACKS("gate of B");
	rig_free(r);
}

static void waits_for_b(void)
{
	struct rig *r = session();

	gate(r, 0, PKT_STATE_WAIT, PKT_LEG_SYN,
	     (struct pkt_gate_stat) { .wait_left_ms = 41000 });
	gate(r, 1, PKT_STATE_WAIT, PKT_LEG_IDLE, (struct pkt_gate_stat) { 0 });
	explain(r);
	SAYS("1 state: A has come from 203.0.113.1:5001; its SYN is held");
	SAYS("1 waits: It waits for a SYN of B to 192.0.2.10:40002, for 41 s"
	     " more of 75 s");
	rig_free(r);
}

static void waits_for_a(void)
{
	struct rig *r = session();

	gate(r, 0, PKT_STATE_WAIT, PKT_LEG_IDLE, (struct pkt_gate_stat) { 0 });
	gate(r, 1, PKT_STATE_WAIT, PKT_LEG_SYN,
	     (struct pkt_gate_stat) { .wait_left_ms = 7999 });
	explain(r);
	SAYS("1 state: B has come from 203.0.113.2:5002");
	SAYS("a SYN of A to 192.0.2.10:40001, for 7 s more of 75 s");
	rig_free(r);
}

/* Of one side only, by an event of the engine: the other was heard of when it
 * was made. */
static void hears_of(struct rig *r, int side, enum pkt_evt_type event,
		     struct pkt_gate_stat stat)
{
	stub_set_stat(stub_cmd((unsigned int)side)->gate, &stat);
	stub_event(event, stub_cmd((unsigned int)side)->gate, PKT_CAUSE_NONE,
		   false);
	rig_events(r);
}

/* The event of B's SYN is of B's gate; what is known of A's is older. */
static void only_b_has_come(void)
{
	struct rig *r = session();
	struct pkt_gate_stat st = { .state = PKT_STATE_WAIT,
				    .leg_state = PKT_LEG_SYN,
				    .wait_left_ms = 75000,
				    .remote = mapped(2),
				    .remote_port = 5002 };

	hears_of(r, 1, PKT_EVT_SYN, st);
	explain(r);
	LACKS("and none has");
	SAYS("1 state: B has come from 203.0.113.2:5002; its SYN is held");
	SAYS("a SYN of A to 192.0.2.10:40001, for 75 s more of 75 s");
	rig_free(r);
}

/* Armed again by a command for A: later counts, not further on. */
static void armed_again(void)
{
	struct rig *r = session();

	hears_of(r, 0, PKT_EVT_FAIL,
		 (struct pkt_gate_stat) { .state = PKT_STATE_SILENT });
	hears_of(r, 1, PKT_EVT_FAIL,
		 (struct pkt_gate_stat) { .state = PKT_STATE_SILENT });
	explain(r);
	SAYS("1 state: It is over");
	hears_of(r, 0, PKT_EVT_DONE,
		 (struct pkt_gate_stat) { .state = PKT_STATE_ARMED });
	explain(r);
	SAYS("1 state: Both clients may come, and none has");
	rig_free(r);
}

static void mode_inactive(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r,
		"C=${" LEG("access", "SR", "") "," LEG("core", "IN", "") "}");
	both(r, PKT_STATE_WAIT, PKT_LEG_SYN, PKT_LEG_SYN);
	explain(r);
	SAYS("1 state: Both clients have come (A from 203.0.113.1:5001, B from"
	     " 203.0.113.2:5002), but a stream mode is not SendReceive: A has"
	     " SendReceive, B has Inactive.");
	SAYS("1 waits: It waits for stream mode SendReceive on both sides");
	rig_free(r);
}

static void handshake(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_COMMIT, PKT_LEG_ACKED, PKT_LEG_SENT);
	context_of(r)->term[1]->stream[0].gate_cfg.rdv.thalf_s = 30;
	explain(r);
	SAYS("1 waits: It waits for the handshake ACK of B (203.0.113.2:5002),"
	     " at most 30 s (thalf).");
	LACKS("ACK of A");
	rig_free(r);
}

/* The SYN of A was held for longer than its firewall knows of it: its SYN-ACK is
 * lost there, A repeats its SYN, until it is answered or T_half is over. */
static void half_open_timer(void)
{
	struct rig *r = session();
	struct pkt_gate_stat st = { .state = PKT_STATE_SILENT };

	both(r, PKT_STATE_COMMIT, PKT_LEG_SENT, PKT_LEG_ACKED);
	explain(r);
	SAYS("1 waits: It waits for the handshake ACK of A");
	SAYS("1 note: A firewall that has forgotten the held SYN of A (half-open"
	     " timer) drops the SYN-ACK; the next SYN of A opens it, and is"
	     " answered again.");
	LACKS("SYN of B");
	for (int side = 0; side < 2; side++) {
		stub_set_stat(stub_cmd(side)->gate, &st);
		stub_event(PKT_EVT_FAIL, stub_cmd(side)->gate, PKT_CAUSE_TSA,
			   false);
	}
	rig_events(r);
	explain(r);
	SAYS("1 state: It is over, because a client never acknowledged its"
	     " SYN-ACK (cause tsa): it had given up, or its firewall dropped");
	rig_free(r);
}

static void waiting_first(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_PROBE, PKT_LEG_SENT, PKT_LEG_SYN);
	explain(r);
	SAYS("1 waits: It waits for the handshake ACK of A");
	SAYS("1 waits: B (203.0.113.2:5002) is answered when the other has");
	rig_free(r);
}

static void relay(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_PROBE, PKT_LEG_SYN, PKT_LEG_IDLE);
	context_of(r)->term[1]->stream[0].gate_cfg.leg.role = PKT_ROLE_RELAY;
	explain(r);
	SAYS("1 state: The SYN of A was sent on to the server behind B");
	SAYS("1 waits: It waits for the answer of that server");
	rig_free(r);
}

static void holdconn(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	context_of(r)->term[0]->stream[0].gate_cfg.leg.role = PKT_ROLE_HOLD;
	explain(r);
	SAYS("1 waits: a=setup:holdconn on A");
	LACKS("holdconn on B");
	rig_free(r);
}

/* --- open, and after ----------------------------------------------------- */

static void is_open(void)
{
	struct rig *r = session();
	struct pkt_gate_stat st = { .est_ms = 35, .idle_ms = 40000 };

	st.rx_octets = 1000;
	gate(r, 0, PKT_STATE_OPEN, PKT_LEG_ACKED, st);
	st.rx_octets = 77;
	st.idle_ms = 41000;
	gate(r, 1, PKT_STATE_OPEN, PKT_LEG_ACKED, st);
	explain(r);
	SAYS("1 state: The session of A (203.0.113.1:5001) and B"
	     " (203.0.113.2:5002) is open, 35 ms after the first SYN; A sent"
	     " 1000 octets, B 77.");
	SAYS("1 note: The last segment came 40 s ago; without any it is ended"
	     " in 7400 s (tidle).");
	LACKS("waits");
	LACKS("1 refused");
	rig_free(r);
}

static void one_way(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SO}}}}}");
	both(r, PKT_STATE_OPEN, PKT_LEG_ACKED, PKT_LEG_ACKED);
	context_of(r)->term[0]->stream[0].stat.drops = 3;
	memcpy(context_of(r)->term[0]->stream[0].stat.why,
	       (uint8_t[PKT_WHYS]) { PKT_DROP_MODE + 1, PKT_DROP_WINDOW + 1,
				     PKT_DROP_SHORT + 1 },
	       PKT_WHYS);
	explain(r);
	SAYS("1 refused: Stream mode SendOnly of A: payload against it is");
	SAYS("1 refused: 3 packets of A were dropped, the latest because of"
	     " mode (payload against the stream mode), before that window,"
	     " short.");
	LACKS("mode SendReceive of B");
	rig_free(r);
}

static void rst_not_exact(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_OPEN, PKT_LEG_ACKED, PKT_LEG_ACKED);
	context_of(r)->term[1]->stream[0].stat.drops = 1;
	context_of(r)->term[1]->stream[0].stat.why[0] =
		PKT_DROP_RST_INEXACT + 1;
	explain(r);
	SAYS("(203.0.113.2:5002) is open");
	SAYS("1 refused: 1 packet of B was dropped, the latest because of"
	     " rst_inexact (a RST whose number is not exact).");
	LACKS("of A was dropped");
	LACKS("has reset");
	rig_free(r);
}

static void policed(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r,
		"C=${" LEG(
			"access", "SR",
			",tman/pol=ON,tman/sdr=125000,tman/mbs=32000") "," LEG("core",
									       "SR",
									       "") "}");
	both(r, PKT_STATE_OPEN, PKT_LEG_ACKED, PKT_LEG_ACKED);
	explain(r);
	SAYS("1 note: The rate of A is policed (tman)");
	LACKS("rate of B");
	rig_free(r);
}

static void half(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_HALF, PKT_LEG_ACKED, PKT_LEG_FIN);
	explain(r);
	SAYS("1 state: B (203.0.113.2:5002) has closed its direction");
	SAYS("1 waits: It waits for the FIN of A");
	rig_free(r);
}

static void closing(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_CLOSING, PKT_LEG_FIN, PKT_LEG_FIN);
	context_of(r)->term[0]->stream[0].gate_cfg.rdv.tfin_s = 120;
	explain(r);
	SAYS("1 state: Both clients have closed: the session is over. Late"
	     " segments are still translated, at most 120 s (tfin).");
	rig_free(r);
}

static void dead(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_DEAD, PKT_LEG_CLOSED, PKT_LEG_CLOSED);
	explain(r);
	SAYS("1 state: A client has reset the session with an exact RST.");
	rig_free(r);
}

/* Every cause there is, from the event of the engine. */
static void over(void)
{
	static const struct {
		enum pkt_evt_type event;
		enum pkt_cause cause;
		const char *text;
	} t[] = {
		{ PKT_EVT_FAIL, PKT_CAUSE_TWAIT, "did not come in time" },
		{ PKT_EVT_FAIL, PKT_CAUSE_TSA, "never acknowledged" },
		{ PKT_EVT_FAIL, PKT_CAUSE_RST, "reset the connection" },
		{ PKT_EVT_FAIL, PKT_CAUSE_RESTART, "started over" },
		{ PKT_EVT_FAIL, PKT_CAUSE_POLICY, "policy forbids" },
		{ PKT_EVT_CLOSED, PKT_CAUSE_FIN, "both clients closed it" },
		{ PKT_EVT_CLOSED, PKT_CAUSE_RST, "reset the connection" },
		{ PKT_EVT_CLOSED, PKT_CAUSE_IDLE, "for the idle time" },
		{ PKT_EVT_CLOSED, PKT_CAUSE_OPER, "an operator ended it" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct rig *r = session();
		struct pkt_gate_stat st = { .state = PKT_STATE_SILENT };

		for (int side = 0; side < 2; side++) {
			stub_set_stat(stub_cmd(side)->gate, &st);
			stub_event(t[i].event, stub_cmd(side)->gate, t[i].cause,
				   false);
		}
		rig_events(r);
		explain(r);
		SAYS("1 state: It is over, because ");
		SAYS(t[i].text);
		SAYS("LATCH, RELATCH or a new Remote");
		rig_free(r);
	}
}

/* --- the gateway and its controller -------------------------------------- */

static void refused(void)
{
	struct rig *r = session();
	unsigned int txn = r->tid;
	char want[64];

	gw_log_setup(LOG_NOTICE, CONF_LOG_JSON);
	rig_ask(r, "C=1{" LEG("access", "SR", "") "}"); /* a third: 434 */
	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	explain(r);
	snprintf(want, sizeof(want), "(transaction %u, 0 s ago)", txn);
	SAYS("0 refused: ");
	SAYS("refused: 434");
	SAYS(want);
	rig_free(r);
}

static void pool_empty(void)
{
	struct rig *r = rig_new(10);

	gw_log_setup(LOG_NOTICE, CONF_LOG_TEXT);
	rig_ask(r, "C=${" LEG("access", "SR", "") "}");
	stub_fail_add(-ENOSPC);
	rig_ask(r, "C=1{" LEG("core", "SR", "") "}");
	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	explain(r);
	SAYS("0 waits: It has only the termination ip/1/access/1");
	SAYS("refused: 510");
	rig_free(r);
}

static void controller_gone(void)
{
	struct rig *r = session();

	r->gw.conf.h248.context_lifetime_s = 300;
	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	explain(r);
	LACKS("No controller");
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	explain(r);
	SAYS("0 note: No controller has the gateway now");
	SAYS("0 waits: Without a controller it is released in 300 s"
	     " (context-lifetime-s=\"300\").");
	rig_free(r);
}

static void draining(void)
{
	struct rig *r = session();

	gw_drain(&r->gw, 90);
	explain(r);
	SAYS("0 waits: The gateway is draining: what is left is ended in 90 s");
	rig_free(r);
}

static void out_of_service(void)
{
	struct rig *r = session();

	rig_ask(r, "C=-{SC=ROOT{SV{MT=GR,RE=905}}}");
	explain(r);
	SAYS("0 note: The controller has taken the gateway out of service");
	rig_free(r);
}

static void term_out(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{SC=ip/1/access/1{SV{MT=FO,RE=905}}}");
	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	explain(r);
	SAYS("0 state: ip/1/access/1 is out of service by order of the");
	LACKS("ip/1/core/2 is out");
	rig_free(r);
}

static void event_unanswered(void)
{
	struct rig *r = session();
	char answer[64];
	const char *id;

	stub_event(PKT_EVT_SYN, stub_cmd(0)->gate, 0, false);
	rig_events(r);
	explain(r);
	SAYS("0 waits: 1 event of ip/1/access/1 waits for the controller: its"
	     " answer to a Notify is missing.");
	/* It does not know the termination. */
	id = strstr(rig_last(r), "T=");
	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	snprintf(answer, sizeof(answer),
		 "P=%lu{C=1{N=ip/1/access/1{ER=430{\"x\"}}}}",
		 strtoul(id + 2, NULL, 10));
	rig_send(r, answer);
	explain(r);
	LACKS("1 event of");
	SAYS("0 refused: The controller does not know ip/1/access/1 any more");
	SAYS("`bgfctl release 1` ends it");
	rig_free(r);
}

static void realm_down(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE);
	r->gw.realms_down = 1 << 1;
	explain(r);
	SAYS("1 note: The realm core.example of B is down");
	LACKS("of A is down");
	rig_free(r);
}

static void command_under_way(void)
{
	struct rig *r = session();

	rig_send(r, "T=77{C=1{MF=ip/1/access/1{M{ST=1{O{MO=IN}}}}}}");
	explain(r);
	SAYS("0 waits: A command of the controller works on it");
	stub_done_all();
	rig_events(r);
	explain(r);
	LACKS("A command of the controller");
	rig_free(r);
}

/* --- over ---------------------------------------------------------------- */

static void explain_past(struct rig *r)
{
	const struct gw_past *p = gw_history_find(&r->gw, 1);

	said[0] = '\0';
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	gw_explain_past(p, keep, NULL);
}

static void past_subtracted(void)
{
	struct rig *r = session();
	struct pkt_gate_stat st = { .state = PKT_STATE_CLOSING, .est_ms = 5 };

	for (int side = 0; side < 2; side++) {
		stub_set_stat(stub_cmd(side)->gate, &st);
		stub_event(PKT_EVT_CLOSED, stub_cmd(side)->gate, PKT_CAUSE_FIN,
			   false);
	}
	rig_events(r);
	gw_clock_freeze(5000000 + 60000000, UINT64_C(1768465800000000));
	rig_ask(r, "C=1{S=*}");
	gw_clock_freeze(5000000 + 67000000, UINT64_C(1768465800000000));
	explain_past(r);
	SAYS("0 state: It is over since 7 s, after 60 s: the controller"
	     " subtracted its last termination.");
	SAYS("0 note: Its session: both clients closed it");
	rig_free(r);
}

static void past_never_open(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{S=*}");
	explain_past(r);
	SAYS("0 note: Its session never opened.");
	rig_free(r);
}

static void past_released(void)
{
	struct rig *r = session();

	both(r, PKT_STATE_OPEN, PKT_LEG_ACKED, PKT_LEG_ACKED);
	context_of(r)->term[0]->stream[0].stat.est_ms = 9;
	CU_ASSERT_EQUAL(gw_link_release(context_of(r)), 0);
	explain_past(r);
	SAYS("an operator released it");
	SAYS("0 note: Its session was open, and ended with it.");
	rig_free(r);
}

/* --- the page ------------------------------------------------------------- */

static void listed(void);

static const struct suite_test tests[] = {
	{ "only one termination", one_side },
	{ "A and B keep their names", names_stay },
	{ "the other side without Local", no_local },
	{ "streams that do not meet", another_stream },
	{ "nobody has come", armed },
	{ "wrong source", wrong_source },
	{ "waiting for B", waits_for_b },
	{ "waiting for A", waits_for_a },
	{ "only B has come, as the engine tells", only_b_has_come },
	{ "armed again after it failed", armed_again },
	{ "stream mode inactive", mode_inactive },
	{ "handshake ACK missing", handshake },
	{ "half-open timer", half_open_timer },
	{ "waiting first", waiting_first },
	{ "relay: waiting for the server", relay },
	{ "holdconn", holdconn },
	{ "open", is_open },
	{ "open one way", one_way },
	{ "RST that is not exact", rst_not_exact },
	{ "policed", policed },
	{ "half closed", half },
	{ "closed and lingering", closing },
	{ "reset and lingering", dead },
	{ "over, for each cause", over },
	{ "a command was refused", refused },
	{ "port pool empty", pool_empty },
	{ "controller gone", controller_gone },
	{ "draining", draining },
	{ "gateway out of service", out_of_service },
	{ "termination out of service", term_out },
	{ "events wait, termination unknown", event_unanswered },
	{ "realm down", realm_down },
	{ "a command works on it", command_under_way },
	{ "past: subtracted after FIN", past_subtracted },
	{ "past: never open", past_never_open },
	{ "past: released by an operator", past_released },
	{ "each row of the page has its test, each test its row", listed },
	{ NULL, NULL },
};

static bool is_test(const char *name)
{
	for (const struct suite_test *t = tests; t->name; t++)
		if (!strcmp(t->name, name))
			return true;
	fprintf(stderr, "docs/explain.md: no test is called %s\n", name);
	return false;
}

/* The situations of a row, divided by "; ". */
static unsigned int situations(char *row)
{
	unsigned int n = 0;
	char *save, *name;

	for (name = strtok_r(row, ";", &save); name;
	     name = strtok_r(NULL, ";", &save), n++)
		CU_ASSERT(is_test(name + strspn(name, " ")));
	return n;
}

static void listed(void)
{
	FILE *f = fopen(SOURCE_DIR "/docs/explain.md", "r");
	unsigned int n = 0, n_tests = sizeof(tests) / sizeof(*tests) - 2;
	char line[1024], *end;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f)) {
		end = strncmp(line, "| ", 2) ? NULL : strstr(line + 2, " |");
		if (!end || !strncmp(line, "| situation |", 13))
			continue;
		*end = '\0';
		n += situations(line + 2);
	}
	fclose(f);
	/* No name is there twice: as many are all of them. */
	CU_ASSERT_EQUAL(n, n_tests);
}

int main(void)
{
	return suite_run("gateway/explain", tests);
}
