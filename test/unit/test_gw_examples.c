/*
 * test/unit/test_gw_examples.c - the examples of h248.md 6, played
 *
 * What the controller says goes in as it is written there; what the gateway
 * answers is decoded and compared with what is written there, as trees: token
 * forms, white space and error texts do not matter.  "@" stands for the
 * transaction id of a request of ours.  Ids and ports are set so that they are
 * those of the examples.
 *
 * Other than there: events of a stream that was named say its StreamID; an
 * audit of Media answers with all of it (TerminationState, every property,
 * Remote), where the example shows an extract.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/context.h"
#include "gateway/drain.h"
#include "gateway/realm.h"
#include "h248/span.h"
#include "h248/text.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"
#include "test/support/tree_eq.h"

#define MGC(v) "!/" v " [198.51.100.10]:2944\n"
#define BGF(v) "!/" v " [198.51.100.20]:2944\n"

static struct rig *rig;
static unsigned int seen; /* of what the gateway has sent */

/* --- comparing ----------------------------------------------------------- */

struct tree {
	struct h248_arena *arena;
	struct h248_msg msg;
};

/* Error texts are ours. */
static void forget_texts(const struct h248_msg *m)
{
	for (struct h248_txn *t = m->txns; t; t = t->next) {
		if (t->error)
			t->error->text = H248_SPAN("");
		for (struct h248_action *a = t->actions; a; a = a->next) {
			if (a->error)
				a->error->text = H248_SPAN("");
			for (struct h248_cmd *c = a->cmds; c; c = c->next)
				for (struct h248_desc *d = c->descs; d;
				     d = d->next)
					if (d->kind == H248_DESC_ERROR)
						d->u.error.text = H248_SPAN("");
		}
	}
}

/* Line ends of SDP do not matter. */
static char *without_cr(const char *text)
{
	char *out = strdup(text), *to = out;

	for (; *text; text++)
		if (*text != '\r')
			*to++ = *text;
	*to = '\0';
	return out;
}

static struct tree decode(const char *text)
{
	struct tree t = { .arena = h248_arena_new(0) };
	const struct h248_err *fault;

	h248_text_dec(t.arena, text, strlen(text), &t.msg);
	fault = tree_fault(&t.msg);
	if (fault)
		fprintf(stderr, "%u %s in\n%s\n", fault->code, fault->text,
			text);
	CU_ASSERT_PTR_NULL(fault);
	forget_texts(&t.msg);
	return t;
}

/* The expected text with the transaction id that was used. */
static char *with_id(const char *text, const char *actual)
{
	size_t cap = strlen(text) + 4096;
	char *out = malloc(cap), *to = out;
	const char *id = strchr(actual, '=');

	for (; *text; text++)
		if (*text == '@')
			to += sprintf(to, "%lu",
				      id ? strtoul(id + 1, NULL, 10) : 0);
		else
			*to++ = *text;
	*to = '\0';
	return out;
}

static const char *difference(const char *expected, const char *actual)
{
	char *plain = without_cr(actual), *want = with_id(expected, actual);
	struct tree a = decode(want), b = decode(plain);
	const char *why = tree_difference(&a.msg, &b.msg);

	/* tree_difference() has nothing to say about the version. */
	if (!why && a.msg.version != b.msg.version)
		why = "version";
	h248_arena_free(a.arena);
	h248_arena_free(b.arena);
	free(plain);
	free(want);
	return why;
}

#define OUT(text) out(text, __LINE__)
static void out(const char *expected, int line)
{
	const char *why = "nothing was sent";

	if (seen < rig->n_sent)
		why = difference(expected, rig->sent[seen]);
	if (why)
		fprintf(stderr, "line %d: %s\n%s\ninstead of\n%s\n", line, why,
			seen < rig->n_sent ? rig->sent[seen] : "", expected);
	CU_ASSERT_PTR_NULL(why);
	seen++;
}

/* Nothing more was sent. */
#define SILENT() CU_ASSERT_EQUAL(rig->n_sent, seen)

/* --- playing ------------------------------------------------------------- */

/* A message comes; "@" is the id of our last request. */
static void in(const char *message)
{
	char *text = with_id(message, rig_last(rig));

	stub_auto_done(true);
	rig_input(rig, text);
	for (unsigned int i = 0; i < 8; i++)
		rig_events(rig);
	stub_auto_done(false);
	free(text);
}

/* It is "hhmmsscc" of the 15th of January 2026; monotonic time stands. */
static void at(unsigned int hhmmsscc)
{
	uint64_t cs = hhmmsscc % 10000;
	uint64_t s = hhmmsscc / 1000000 * 3600ULL +
		     hhmmsscc / 10000 % 100 * 60ULL + cs / 100;

	gw_clock_freeze(5000000, (UINT64_C(1768435200) + s) * 1000000 +
					 cs % 100 * 10000);
}

static void later(uint64_t ms)
{
	gw_clock_freeze(5000000 + ms * 1000,
			UINT64_C(1768465800000000) + ms * 1000);
	gw_tick(&rig->gw);
}

static void boot(void)
{
	rig = rig_boot(100);
	seen = 0;
	h248_assoc_start(rig->gw.assoc, gw_now_ms());
	gw_tick(&rig->gw);
}

/* Registered for a version; what is not offered is declared, or not. */
static void start(const char *version)
{
	char text[128];

	boot();
	snprintf(text, sizeof(text), MGC("1") "P=@{C=-{SC=ROOT{SV{V=%s}}}}",
		 version);
	in(text);
	CU_ASSERT_EQUAL(h248_assoc_state(rig->gw.assoc), H248_ASSOC_ACTIVE);
	rig->gw.next_context_id = 7001;
	rig->gw.next_term_id = 101;
	stub_set_v6_port(41001);
	seen = rig->n_sent;
}

static void declare(const char *package, bool is_supported)
{
	struct h248_span name = { package, (uint32_t)strlen(package) };
	struct h248_pkg *p =
		(struct h248_pkg *)h248_pkgs_find(rig->gw.pkgs, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	p->is_supported = is_supported;
}

static void end(void)
{
	SILENT();
	rig_free(rig);
}

/* --- 6.1 to 6.3 ---------------------------------------------------------- */

#define REGISTRATION                                     \
	BGF("1")                                         \
	"T=@{C=-{SC=ROOT{SV{MT=RS,RE=\"901 Cold Boot\"," \
	"V=3,PF=ETSI_BGF/2,20260115T08300000}}}}"

static void registration(void)
{
	boot();
	OUT(REGISTRATION);
	in(MGC("1") "T=77{C=-{AV=ROOT{AT{}}}}");
	OUT(BGF("1") "P=77{ER=505{\"\"}}");
	rig_input(rig, ""); /* nothing */
	in(MGC("1") "P=0{ER=403{}}");
	CU_ASSERT(h248_assoc_state(rig->gw.assoc) != H248_ASSOC_ACTIVE);
	rig_free(rig);

	boot();
	OUT(REGISTRATION);
	in(MGC("1") "P=@{C=-{SC=ROOT{SV{V=2,PF=ETSI_BGF/2,"
		    "20260115T08300014}}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(rig->gw.assoc), H248_ASSOC_ACTIVE);
	in(MGC("2") "T=9002{C=-{AV=ROOT{AT{}}}}");
	OUT(BGF("2") "P=9002{C=-{AV=ROOT}}"); /* from here on both use 2 */
	end();
}

/* Redirected: the same to another one. */
static void redirected(void)
{
	const struct sockaddr_in *to;

	boot();
	OUT(REGISTRATION);
	in(MGC("1") "P=@{C=-{SC=ROOT{SV{MG=[198.51.100.11]:2944}}}}");
	gw_tick(&rig->gw);
	OUT(REGISTRATION);
	to = (const struct sockaddr_in *)&rig->to;
	CU_ASSERT_EQUAL(ntohl(to->sin_addr.s_addr) & 0xff, 11);
	end();
}

static void refusals(void)
{
	static const char *const no[] = {
		MGC("1") "P=@{C=-{SC=ROOT{ER=406{\"Version Not Supported\"}}}}",
		MGC("1") "P=@{C=-{SC=ROOT{ER=402{\"Unauthorized\"}}}}",
	};

	for (unsigned int i = 0; i < 2; i++) {
		boot();
		OUT(REGISTRATION);
		in(no[i]);
		CU_ASSERT(h248_assoc_state(rig->gw.assoc) != H248_ASSOC_ACTIVE);
		rig_free(rig);
	}
}

static void root_properties(void)
{
	start("2");
	declare("chp", true);
	in(MGC("2") "T=9001{C=-{MF=ROOT{\n"
		    " M{TS{root/normalMGExecutionTime=500,"
		    "root/normalMGCExecutionTime=500,\n"
		    "      root/MGProvisionalResponseTimerValue=2000,"
		    "root/MGCProvisionalResponseTimerValue=2000,\n"
		    "      root/MGOriginatedPendingLimit=4,"
		    "root/MGCOriginatedPendingLimit=4}},\n"
		    " E=1{it/ito{mit=6000},chp/mgcon}}}}");
	OUT(BGF("2") "P=9001{C=-{MF=ROOT}}");
	in(MGC("2") "K{9001}");
	in(MGC("2") "T=9003{C=-{MF=ROOT{E=1{it/ito{mit=99999999}}}}}");
	OUT(BGF("2") "P=9003{C=-{MF=ROOT{ER=449{\"it/ito mit=99999999\"}}}}");
	end();
}

static void heartbeats(void)
{
	start("2");
	in(MGC("2") "T=9002{C=-{AV=ROOT{AT{}}}}");
	OUT(BGF("2") "P=9002{C=-{AV=ROOT}}");
	in(MGC("2") "K{9002}");
	in(MGC("2") "T=9001{C=-{MF=ROOT{E=1{it/ito{mit=6000}}}}}");
	OUT(BGF("2") "P=9001{C=-{MF=ROOT}}");
	later(59999);
	SILENT();
	later(60000);
	OUT(BGF("2") "T=@{C=-{N=ROOT{OE=1{20260115T08310000:it/ito}}}}");
	in(MGC("2") "P=@{C=-{N=ROOT}}");
	end();
}

/* --- 6.4 to 6.7 ---------------------------------------------------------- */

#define O_A                                                            \
	"ipdc/realm=\"access.example\",gm/saf=ON,gm/sam=\"[203.0.113." \
	"7]\",\n     tman/pol=ON,tman/sdr=125000,tman/mbs=32000,ds/dscp=28"
#define O_B "ipdc/realm=\"core.example\",ds/dscp=28"
#define L_A "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define L_B "L{\nv=0\nc=IN IP6 $\nm=message $ TCP -\na=setup:passive\n}"
#define R_A "R{\nv=0\nc=IN IP4 10.9.8.7\nm=message 9 TCP -\na=setup:active\n}"
#define R_B                                                    \
	"R{\nv=0\nc=IN IP6 2001:db8:5::9\nm=message 9 TCP -\n" \
	"a=setup:active\n}"
#define EVENTS_A "E=2001{hangterm/thb{timerx=1800},adr/rsac,g/cause}"
#define EVENTS_B "E=2002{hangterm/thb{timerx=1800},g/cause}"
#define LATCH "SG{ipnapt/latch{napt=LATCH}}"
#define LATCH_1 "SG{ipnapt/latch{ST=1,napt=LATCH}}" /* as reported */
#define ADD_ADD                                                            \
	"C=${PR=6,\n A=ip/1/access/${\n  M{ST=1{\n   O{MO=IN," O_A         \
	"},\n   " L_A ",\n   " R_A "}},\n  " EVENTS_A ",\n  " LATCH "},\n" \
	" A=ip/1/core/${\n  M{ST=1{\n   O{MO=IN," O_B "},\n   " L_B        \
	",\n   " R_B "}},\n  " EVENTS_B ",\n  " LATCH "}}"
#define GOT_A                                                          \
	"L{\nv=0\nc=IN IP4 192.0.2.10\nm=message 40001 TCP -\na=setup" \
	":passive\n}"
#define GOT_B                                                         \
	"L{\nv=0\nc=IN IP6 2001:db8:1::10\nm=message 41001 TCP -\na=" \
	"setup:passive\n}"

/* What the later examples begin with. */
static void session(const char *version)
{
	start(version);
	in(MGC("2") "T=50001{" ADD_ADD "}");
	CU_ASSERT_EQUAL(rig->n_sent, seen + 1);
	seen = rig->n_sent;
}

static void two_parties(void)
{
	start("2");
	in(MGC("2") "T=50001{" ADD_ADD "}");
	OUT(BGF("2") "P=50001{C=7001{\n A=ip/1/access/101{M{ST=1{" GOT_A
		     "}}},\n A=ip/1/core/102{M{ST=1{" GOT_B "}}}}}");
	in(MGC("2") "K{50001}");
	/* Merge mode, IPv4 to IPv6. */
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.role, PKT_ROLE_MERGE);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.role, PKT_ROLE_MERGE);
	CU_ASSERT_EQUAL(stub_cmd(1)->peer.gen, stub_cmd(0)->gate.gen);
	end();
}

static void second_fails(void)
{
	start("2");
	stub_fail_add_after(1, -ENOSPC);
	in(MGC("2") "T=50001{" ADD_ADD "}");
	OUT(BGF("2") "P=50001{C=7001{A=ip/1/access/101{M{ST=1{" GOT_A
		     "}}},A=ip/1/core/${ER=510{\"\"}}}}");
	CU_ASSERT_EQUAL(rig->gw.n_terms, 1);
	CU_ASSERT_EQUAL(stub_gates(), 1);
	end();
}

static void through_connection(void)
{
	session("2");
	in(MGC("2") "T=50002{C=7001{\n MF=ip/1/access/101{M{ST=1{O{MO=SR," O_A
		    "}}}," LATCH "},\n MF=ip/1/core/102{M{ST=1{O{MO=SR," O_B
		    "}}}}}}");
	OUT(BGF("2") "P=50002{C=7001{MF=ip/1/access/101,MF=ip/1/core/102}}");
	CU_ASSERT_EQUAL(stub_cmd(3)->cfg.leg.mode, PKT_MODE_RX | PKT_MODE_TX);
	in(MGC("2") "T=50003{C=7001{MF=ip/1/access/101{"
		    "SG{ipnapt/latch{napt=RELATCH}}}}}");
	OUT(BGF("2") "P=50003{C=7001{MF=ip/1/access/101}}");
	CU_ASSERT(stub_cmd(4)->rearm);
	end();
}

static void notifies(void)
{
	struct pkt_gate_stat stat = { .remote_port = 51312 };

	session("2");
	stat.remote = stub_cmd(0)->cfg.leg.from.addr;
	stub_set_stat(stub_cmd(0)->gate, &stat);
	at(9012207);
	stub_event(PKT_EVT_SYN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(rig);
	OUT(BGF("2") "T=@{C=7001{N=ip/1/access/101{OE=2001{20260115T09012207:"
		     "adr/rsac{ST=1,nrsa=\"203.0.113.7\",nrsp=51312}}}}}");
	in(MGC("2") "P=@{C=7001{N=ip/1/access/101}}");
	at(9100350);
	stub_event(PKT_EVT_CLOSED, stub_cmd(1)->gate, PKT_CAUSE_RST, false);
	rig_events(rig);
	OUT(BGF("2") "T=@{C=7001{N=ip/1/core/102{OE=2002{20260115T09100350:"
		     "g/cause{ST=1,Generalcause=FT,"
		     "Failurecause=7463702d727374}}}}}");
	in(MGC("2") "P=@{C=7001{N=ip/1/core/102}}");
	later(1800000); /* half an hour from the last message */
	OUT(BGF("2") "T=@{C=7001{N=ip/1/access/101{OE=2001{20260115T09000000:"
		     "hangterm/thb}}}}");
	/* It does not know the termination: nothing is released by guess. */
	in(MGC("2") "P=@{C=7001{N=ip/1/access/101{"
		    "ER=430{\"Unknown TerminationID\"}}}}");
	CU_ASSERT_EQUAL(rig->gw.stats.notify_unknown, 1);
	CU_ASSERT_EQUAL(rig->gw.n_terms, 2);
	OUT(BGF("2") "T=@{C=7001{N=ip/1/core/102{OE=2002{20260115T09000000:"
		     "hangterm/thb}}}}");
	end();
}

/* The engine takes its time. */
static void pending(void)
{
	const char *ask =
		MGC("2") "T=50004{C=7001{MF=ip/1/access/101{" LATCH "}}}";

	session("2");
	rig_input(rig, ask);
	SILENT();
	later(2000);
	OUT(BGF("2") "PN=50004{}");
	rig_input(rig, ask); /* repeated while it runs */
	OUT(BGF("2") "PN=50004{}");
	stub_done_all();
	rig_events(rig);
	OUT(BGF("2") "P=50004{IA,C=7001{MF=ip/1/access/101}}");
	rig_input(rig, ask); /* and after the reply */
	OUT(BGF("2") "P=50004{IA,C=7001{MF=ip/1/access/101}}");
	in(MGC("2") "K{50004}");
	rig_input(rig, ask);
	end();
}

/* --- 6.8 and 6.9 --------------------------------------------------------- */

static void statistics(void)
{
	const struct pkt_gate_stat a = { .tx_octets = 1884512,
					 .rx_octets = 299310 };
	const struct pkt_gate_stat b = { .tx_octets = 299310,
					 .rx_octets = 1884512 };

	session("2");
	declare("tcprv", false); /* its statistics are not in the example */
	stub_set_stat(stub_cmd(0)->gate, &a);
	stub_set_stat(stub_cmd(1)->gate, &b);
	gw_clock_freeze(5000000 + 84213000, UINT64_C(1768465884213000));
	in(MGC("2") "T=50005{C=7001{S=ip/1/access/101,S=ip/1/core/102}}");
	OUT(BGF("2") "P=50005{C=7001{\n"
		     " S=ip/1/access/101{SA{nt/dur=84213,nt/os=1884512,"
		     "nt/or=299310}},\n"
		     " S=ip/1/core/102{SA{nt/dur=84213,nt/os=299310,"
		     "nt/or=1884512}}}}");
	CU_ASSERT_EQUAL(rig->gw.n_contexts, 0);
	end();
}

static void other_subtracts(void)
{
	session("2");
	in(MGC("2") "T=50006{C=7001{S=*{AT{}}}}");
	OUT(BGF("2") "P=50006{C=7001{S=ip/1/access/101,S=ip/1/core/102}}");
	in(MGC("2") "T=50009{" ADD_ADD "}");
	seen = rig->n_sent;
	in(MGC("2") "T=50007{C=7002{W-S=*{AT{}}}}");
	OUT(BGF("2") "P=50007{C=7002{S=*}}");
	in(MGC("2") "T=50010{" ADD_ADD "}");
	in(MGC("2") "T=50011{" ADD_ADD "}");
	seen = rig->n_sent;
	in(MGC("2") "T=50008{C=*{W-S=*{AT{}}}}");
	OUT(BGF("2") "P=50008{C=*{S=*}}");
	CU_ASSERT_EQUAL(rig->gw.n_contexts, 0);
	end();
}

/* v3: statistics of a stream. */
static void stream_statistics(void)
{
	const struct pkt_gate_stat a = { .tx_octets = 5 };

	session("3");
	stub_set_stat(stub_cmd(0)->gate, &a);
	in(MGC("3") "T=50012{C=7001{S=ip/1/access/101{"
		    "AT{M{ST=1{SA{nt/os}}}}}}}");
	OUT(BGF("3") "P=50012{C=7001{S=ip/1/access/101{M{ST=1{"
		     "SA{nt/os=5}}}}}}");
	end();
}

static void audits(void)
{
	session("2");
	in(MGC("2") "T=50009{C=7001{MF=ip/1/access/101{M{ST=1{O{MO=SR,"
		    "ds/dscp=28}}},SG},MF=ip/1/core/102{M{ST=1{O{MO=SR,"
		    "ds/dscp=28}}},SG}}}");
	seen = rig->n_sent;
	in(MGC("2") "T=50010{C=7001{AV=*{AT{M,SG,E,OE}}}}");
	OUT(BGF("2") "P=50010{C=7001{\n AV=ip/1/access/101{M{TS{SI=IV},ST=1{"
		     "O{MO=SR,ds/dscp=28}," GOT_A "," R_A "}},SG," EVENTS_A
		     ",OE},\n AV=ip/1/core/102{M{TS{SI=IV},ST=1{O{MO=SR,"
		     "ds/dscp=28}," GOT_B "," R_B "}},SG," EVENTS_B ",OE}}}");
	in(MGC("2") "T=50012{C=7001{AV=*{AT{}}}}");
	OUT(BGF("2") "P=50012{C=7001{AV=C{ip/1/access/101,ip/1/core/102}}}");
	in(MGC("2") "T=50014{C=7001{CA{PR,EG,TP}}}");
	OUT(BGF("2") "P=50014{C=7001{PR=6}}");
	in(MGC("2") "T=50015{C=7001{AV=ip/1/access/101{"
		    "AT{M{ST=1{O{ds/dscp}}}}}}}");
	OUT(BGF("2") "P=50015{C=7001{AV=ip/1/access/101{M{ST=1{O{ds/dscp=28}"
		     "}}}}}");
	in(MGC("2") "T=50016{" ADD_ADD "}");
	seen = rig->n_sent;
	in(MGC("2") "T=50011{C=*{AV=ROOT{AT{}}}}");
	OUT(BGF("2") "P=50011{C=7001{AV=ROOT},C=7002{AV=ROOT}}");
	end();
}

/* The packages of the example that are ours, declared; no others. */
static void packages(void)
{
	static const char *const in_example[] = { "g",    "root",     "nt",
						  "it",   "gm",       "ds",
						  "tman", "ipnapt",   "adr",
						  "ipdc", "hangterm", "chp" };

	start("2");
	for (const struct h248_pkg *p = h248_pkgs_first(rig->gw.pkgs); p;
	     p = p->next)
		declare(p->name, false);
	for (size_t i = 0; i < sizeof(in_example) / sizeof(*in_example); i++)
		declare(in_example[i], true);
	in(MGC("2") "T=50013{C=-{AV=ROOT{AT{PG}}}}");
	OUT(BGF("2") "P=50013{C=-{AV=ROOT{PG{adr-1,chp-1,ds-2,g-1,gm-2,"
		     "hangterm-1,ipdc-1,ipnapt-1,it-1,nt-1,root-2,tman-1}}}}");
	end();
}

/* --- 6.10 to 6.13 ------------------------------------------------------ */

static void errors(void)
{
	session("2");
	in(MGC("2") "FOO");
	CU_ASSERT_EQUAL_FATAL(rig->n_sent, seen + 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig->sent[seen], "\nER=400{"));
	seen++;
	in(MGC("2") "T=50020{FOO}");
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(rig), "P=50020{ER=4"));
	seen++;
	in(MGC("2") "T={C=7001{S=*}}");
	OUT(BGF("2") "P=0{ER=403{\"\"}}");
	in(MGC("2") "T=50021{C=7999{S=*}}");
	OUT(BGF("2") "P=50021{C=7999{ER=411{\"Unknown ContextID\"}}}");
	in(MGC("2") "T=50022{C=7001{MF=ip/1/access/999{SG}}}");
	OUT(BGF("2") "P=50022{C=7001{MF=ip/1/access/999{ER=430{\"\"}}}}");
	/* A property that is known and not done; xnq as a whole is not known:
	 * 440. */
	in(MGC("2") "T=50023{C=7001{MF=ip/1/access/101{M{ST=1{O{MO=SR,"
		    "nt/jit=40}}}}}}");
	OUT(BGF("2") "P=50023{C=7001{MF=ip/1/access/101{ER=445{\"\"}}}}");
	in(MGC("2") "T=50024{C=7001{O-MF=ip/1/access/999{SG},"
		    "MF=ip/1/core/102{SG}}}");
	OUT(BGF("2") "P=50024{C=7001{MF=ip/1/access/999{ER=430{\"\"}},"
		     "MF=ip/1/core/102}}");
	end();
}

static void maintenance(void)
{
	session("2");
	in(MGC("2") "T=9101{C=-{SC=ip/1/access/101{SV{MT=FO,"
		    "RE=\"903 MGC Directed Change\"}}}}");
	OUT(BGF("2") "P=9101{C=-{SC=ip/1/access/101}}");
	in(MGC("2") "T=9100{C=-{SC=ROOT{SV{MT=HO,"
		    "RE=\"903 MGC Directed Change\","
		    "MG=[198.51.100.11]:2944}}}}");
	OUT(BGF("2") "P=9100{C=-{SC=ROOT}}");
	at(10000000);
	gw_tick(&rig->gw);
	OUT(BGF("1") "T=@{C=-{SC=ROOT{SV{MT=HO,RE=\"903 MGC Directed Change\","
		     "V=3,PF=ETSI_BGF/2,20260115T10000000}}}}");
	CU_ASSERT_EQUAL(rig->gw.n_contexts, 1); /* all contexts stay */
	end();
}

/* T=60 to 62: the operator takes the gateway out and back, and the interface of
 * a realm goes down. */
static void announced(void)
{
	session("2");
	CU_ASSERT_EQUAL(gw_drain(&rig->gw, 600), 0);
	OUT(BGF("2") "T=@{C=-{SC=ROOT{SV{MT=GR,RE=\"905 Termination Taken Out "
		     "Of Service\",DL=600}}}}");
	in(MGC("2") "P=@{C=-{SC=ROOT}}");
	CU_ASSERT_EQUAL(gw_drain_cancel(&rig->gw), 0);
	OUT(BGF("2") "T=@{C=-{SC=ROOT{SV{MT=RS,RE=\"918 Cancel Graceful\"}}}}");
	in(MGC("2") "P=@{C=-{SC=ROOT}}");
	gw_realm_set(&rig->gw, 0x2);
	OUT(BGF("2") "T=@{C=-{SC=ip/1/access/*{SV{MT=FO,"
		     "RE=\"906 Loss Of Lower Layer Connectivity\"}}}}");
	in(MGC("2") "P=@{C=-{SC=ip/1/access/*}}");
	gw_realm_set(&rig->gw, 0x3);
	OUT(BGF("2") "T=@{C=-{SC=ip/1/access/*{SV{MT=RS,"
		     "RE=\"900 Service Restored\"}}}}");
	in(MGC("2") "P=@{C=-{SC=ip/1/access/*}}");
	CU_ASSERT_EQUAL(rig->gw.n_terms, 2); /* none of it takes sessions */
	end();
}

/* As long as the controller says; what it does not acknowledge comes
 * again. */
static void segmented(void)
{
	const char *ask = MGC("3") "T=50030{C=7001{AV=*{AT{M,SG,E}}}}";
	const char *second =
		BGF("3") "P=50030/2/&{C=7001{AV=ip/1/core/102{M{TS{SI=IV},"
			 "ST=1{O{MO=IN," O_B "}," GOT_B "," R_B "}}," LATCH_1
			 "," EVENTS_B "}}}";

	session("3");
	in(MGC("3") "T=50029{C=-{MF=ROOT{M{TS{seg/MGCMaxPDUSize=600}}}}}");
	OUT(BGF("3") "P=50029{C=-{MF=ROOT}}");
	in(ask);
	OUT(BGF("3") "P=50030/1{C=7001{AV=ip/1/access/101{M{TS{SI=IV},"
		     "ST=1{O{MO=IN," O_A "}," GOT_A "," R_A "}}," LATCH_1
		     "," EVENTS_A "}}}");
	OUT(second);
	in(MGC("3") "SM=50030/1");
	SILENT();
	later(500);
	OUT(second);
	in(MGC("3") "SM=50030/2/&");
	in(ask);
	later(20000);
	end();
}

static void return_to_controller(void)
{
	session("2");
	at(10003000);
	h248_assoc_link_lost(rig->gw.assoc,
			     h248_assoc_controller(rig->gw.assoc), gw_now_ms());
	gw_tick(&rig->gw);
	OUT(BGF("1") "T=@{C=-{SC=ROOT{SV{MT=DC,RE=\"900 Service Restored\","
		     "V=3,PF=ETSI_BGF/2,20260115T10003000}}}}");
	end();
}

/* Without an MSRP parser: agnostic, the fmt is opaque. */
static void msrp(void)
{
	start("2");
	in(MGC("2") "T=50001{C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\n"
		    "c=IN IP4 $\nm=message $ TCP/MSRP *\na=setup:passive\n"
		    "a=path:msrp://192.0.2.10:40001/s;tcp\n}}}," LATCH "}}}");
	OUT(BGF("2") "P=50001{C=7001{A=ip/1/access/101{M{ST=1{L{\nv=0\n"
		     "c=IN IP4 192.0.2.10\nm=message 40001 TCP/MSRP *\n"
		     "a=setup:passive\na=path:msrp://192.0.2.10:40001/s;tcp"
		     "\n}}}}}}");
	end();
}

static const struct suite_test tests[] = {
	{ "6.1 registration, 505 before the reply, version 2", registration },
	{ "6.1 redirection to another controller", redirected },
	{ "6.1 refusals: 406, 402", refusals },
	{ "6.2 properties and supervision of ROOT", root_properties },
	{ "6.3 heartbeats both ways", heartbeats },
	{ "6.4 two parties behind firewalls: Add, Add", two_parties },
	{ "6.4 the second Add fails", second_fails },
	{ "6.5 through-connection and re-latch", through_connection },
	{ "6.6 Notify: latched, released, heartbeat, unknown", notifies },
	{ "6.7 Pending and immediate acknowledgement", pending },
	{ "6.8 Subtract with statistics", statistics },
	{ "6.8 silent, wildcarded, everything", other_subtracts },
	{ "6.8 statistics of a stream (v3)", stream_statistics },
	{ "6.9 audits", audits },
	{ "6.9 packages", packages },
	{ "6.10 errors by level", errors },
	{ "6.11 orders of the controller, hand-off", maintenance },
	{ "6.11 T33 905 and 918, 906 and 900 of a realm", announced },
	{ "6.11 return to the controller", return_to_controller },
	{ "6.12 C27 segmented reply", segmented },
	{ "6.13 MSRP, taken as it is", msrp },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/examples", tests);
}
