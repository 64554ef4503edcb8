/*
 * test/unit/test_gw_interop.c - every value of every interoperability switch
 *
 * docs/interop.md; a test per switch, named after it.  What a profile stands
 * for is in test_conf_interop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm, o, more)                                             \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR" o "},L{\nv=0\nc=IN IP4 $\n" \
	"m=message $ TCP -\na=setup:passive\n" more "},R{\nv=0\n"       \
	"c=IN IP4 10.9.8.7\nm=message 9 TCP -\na=setup:active\n}}},"    \
	"E=5{g/cause}}"
#define ADD(o) "C=${" LEG("access", o, "") "}"
#define SECOND UINT64_C(1000000)

#define HAS(text, part) CU_ASSERT_PTR_NOT_NULL(strstr(text, part))
#define HAS_NOT(text, part) CU_ASSERT_PTR_NULL(strstr(text, part))

/* What the next gateway gets. */
static struct conf_interop wanted;

static void edit(struct conf_gateway *c)
{
	c->h248.interop = wanted;
}

static struct rig *with(struct conf_interop c)
{
	wanted = c;
	return rig_new_with(10, edit);
}

/* EF is the DS octet b8; mirrored 1d. */
static void octet_strings(void)
{
	static const struct {
		bool is_mirrored;
		const char *dscp;
		const char *cause; /* "tcp-twait" */
	} t[] = {
		{ false, ",ds/dscp=b8", "Failurecause=7463702d7477616974" },
		{ true, ",ds/dscp=1D", "Failurecause=2ec60eb42eee86962e" },
		{ true, ",ds/dscp=0x1d", "Failurecause=2ec60eb42eee86962e" },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct rig *r = with((struct conf_interop) {
			.is_mirrored = t[i].is_mirrored });
		char ask[512];

		snprintf(ask, sizeof(ask), "C=${%s}",
			 i == 0 ? LEG("access", ",ds/dscp=b8", "") :
			 i == 1 ? LEG("access", ",ds/dscp=1D", "") :
				  LEG("access", ",ds/dscp=0x1d", ""));
		HAS_NOT(rig_ask(r, ask), "ER=");
		CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.dscp, 46);
		/* It is audited as it was written. */
		HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}}}"), t[i].dscp + 1);
		stub_event(PKT_EVT_FAIL, stub_cmd(0)->gate, PKT_CAUSE_TWAIT,
			   false);
		rig_events(r);
		HAS(rig_last(r), t[i].cause);
		rig_free(r);
	}
}

static void registration_header(void)
{
	struct rig *r = with((struct conf_interop) { 0 });

	HAS(r->sent[0], "!/1 ");
	HAS(r->sent[0], "V=3");
	/* Agreed is agreed. */
	HAS(rig_ask(r, "C=-{AV=ROOT{AT{}}}"), "!/3 ");
	rig_free(r);
	r = with((struct conf_interop) { .offers_in_header = true });
	HAS(r->sent[0], "!/3 ");
	HAS(r->sent[0], "V=3");
	rig_free(r);
}

static void wildcard_reply(void)
{
	struct rig *r = with((struct conf_interop) { 0 });

	rig_ask(r, ADD(""));
	HAS(rig_ask(r, "C=1{W-AV=*{AT{SA}}}"), "AV=*{SA{");
	HAS(rig_ask(r, "C=1{W-S=*}"), "S=*");
	rig_free(r);
	r = with((struct conf_interop) { .only_subtract = true });
	rig_ask(r, ADD(""));
	HAS(rig_ask(r, "C=1{W-AV=*{AT{SA}}}"), "ER=501{\"W-AuditValue\"}");
	HAS(rig_ask(r, "C=1{O-W-MF=*{SG},W-S=*}"), "S=*");
	rig_free(r);
}

/* Set in a request, asked in an audit; the others are still taken. */
static void context_properties(void)
{
	static const struct {
		const char *set, *audit, *says;
		struct conf_interop refuse;
	} t[] = {
		{ "PR=5,",
		  "PR",
		  "ER=445{\"Priority\"}",
		  { .refuses_priority = true } },
		{ "EG,",
		  "EG",
		  "ER=445{\"Emergency\"}",
		  { .refuses_emergency = true } },
		{ "EGO,",
		  "EG",
		  "ER=445{\"Emergency\"}",
		  { .refuses_emergency = true } },
		{ "IEPS=ON,",
		  "IEPS",
		  "ER=445{\"IEPSCall\"}",
		  { .refuses_ieps = true } },
	};
	const unsigned int n = sizeof(t) / sizeof(*t);

	for (unsigned int i = 0; i < n * n; i++) {
		bool is_refused = t[i / n].says == t[i % n].says;
		struct rig *r = with(t[i / n].refuse);
		char ask[512];

		rig_ask(r, ADD(""));
		snprintf(ask, sizeof(ask), "C=1{%sMF=ip/1/access/1{SG}}",
			 t[i % n].set);
		rig_ask(r, ask);
		CU_ASSERT_EQUAL(!!strstr(rig_last(r), t[i % n].says),
				is_refused);
		CU_ASSERT_EQUAL(!!strstr(rig_last(r), "ER="), is_refused);
		snprintf(ask, sizeof(ask), "C=1{CA{%s}}", t[i % n].audit);
		rig_ask(r, ask);
		CU_ASSERT_EQUAL(!!strstr(rig_last(r), t[i % n].says),
				is_refused);
		CU_ASSERT_EQUAL(!!strstr(rig_last(r), "ER="), is_refused);
		rig_free(r);
	}
}

static void unsupported(void)
{
	/* Not done: LockStep, and a property of a package that is not. */
	static const char lockstep[] = "C=1{MF=ip/1/access/1{M{TS{BF=SP}}}}";
	static const char property[] =
		"C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR,ds/tb=ON}}}}}";
	static const struct {
		enum conf_unsupported how;
		const char *lockstep, *property;
	} t[] = {
		{ CONF_UNSUPPORTED_OWN, "ER=501{", "ER=445{" },
		{ CONF_UNSUPPORTED_445, "ER=445{", "ER=445{" },
		{ CONF_UNSUPPORTED_501, "ER=501{", "ER=501{" },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct rig *r =
			with((struct conf_interop) { .unsupported = t[i].how });

		rig_ask(r, ADD(""));
		HAS(rig_ask(r, lockstep), t[i].lockstep);
		HAS(rig_ask(r, property), t[i].property);
		/* What is no matter of options keeps its code. */
		HAS(rig_ask(r, "C=1{MF=ip/1/access/1{SG{x/y}}}"), "ER=440{");
		HAS(rig_ask(r, "C=-{SC=ROOT{SV{MT=RS,RE=\"901\",DL=5}}}"),
		    "ER=501{");
		rig_free(r);
	}
}

#define BRACED "a=x:1\na=note:\\}b\\}\na=y:2\n"

static void sdp_brace(void)
{
	struct rig *r = with((struct conf_interop) { 0 });
	const char *audit = "C=1{AV=ip/1/access/1{AT{M}}}";

	rig_ask(r, "C=${" LEG("access", "", BRACED) "}");
	HAS(rig_ask(r, audit), "a=x:1");
	HAS(rig_last(r), "a=note:\\}b\\}");
	HAS(rig_last(r), "a=y:2");
	rig_free(r);
	r = with((struct conf_interop) { .omits_braces = true });
	rig_ask(r, "C=${" LEG("access", "", BRACED) "}");
	HAS(rig_ask(r, audit), "a=x:1");
	HAS(rig_last(r), "a=y:2");
	HAS_NOT(rig_last(r), "note");
	HAS_NOT(rig_last(r), "\\}");
	/* It is still there. */
	HAS(rig_state(r), "note:}b}");
	rig_free(r);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	while ((text = strstr(text, part)) && ++n)
		text += strlen(part);
	return n;
}

static void sdp_line_end(void)
{
	for (int eol = CONF_EOL_AS_IS; eol <= CONF_EOL_CRLF; eol++) {
		struct rig *r = with((struct conf_interop) {
			.sdp_eol = (enum conf_sdp_eol)eol });
		const char *local, *remote;
		unsigned int crlf;

		rig_ask(r, ADD(""));
		rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}}}");
		local = strstr(rig_last(r), "L{");
		remote = strstr(rig_last(r), "R{");
		CU_ASSERT_FATAL(local && remote);
		/* Ours is made with CRLF, Remote is as the controller wrote
		 * it. */
		crlf = count(local, "\r\n");
		CU_ASSERT(count(remote, "\n") >= 4);
		if (eol == CONF_EOL_LF)
			CU_ASSERT_EQUAL(crlf, 0);
		if (eol == CONF_EOL_CRLF)
			CU_ASSERT_EQUAL(crlf, count(local, "\n"));
		if (eol == CONF_EOL_AS_IS) {
			CU_ASSERT(crlf > 0);
			CU_ASSERT(crlf < count(local, "\n"));
		}
		rig_free(r);
	}
}

static void pass(struct rig *r, uint64_t seconds)
{
	uint64_t now_us = gw_now_us() + seconds * SECOND;

	gw_clock_freeze(now_us, UINT64_C(1768465800000000) + now_us);
	gw_tick(&r->gw);
}

static void supervision(void)
{
	struct rig *r = with((struct conf_interop) { 0 });
	unsigned int n = r->n_sent;

	pass(r, 1000);
	CU_ASSERT_EQUAL(r->n_sent, n);
	rig_free(r);
	r = with((struct conf_interop) { .supervises = true });
	n = r->n_sent;
	pass(r, 119);
	CU_ASSERT_EQUAL(r->n_sent, n);
	CU_ASSERT(gw_next_ms(&r->gw) <= gw_now_ms() + 1000);
	pass(r, 1);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	HAS(rig_last(r), "N=ROOT{OE=0{");
	HAS(rig_last(r), ":it/ito}");
	rig_free(r);
}

/* The switches of the association that stood in the file before. */
static void version2(struct conf_gateway *c)
{
	c->h248.version = 2;
	c->h248.max_txns_per_msg = 1;
}

static void version_and_transactions(void)
{
	static const char two[] = "T=901{C=-{AV=ROOT{AT{}}}}"
				  "T=902{C=-{AV=ROOT{AT{}}}}";
	struct rig *r = rig_new_with(10, version2);

	HAS(r->sent[0], "V=2");
	rig_send(r, two);
	HAS(rig_last(r), "ER=413{");
	rig_free(r);
	r = rig_new(10);
	HAS(r->sent[0], "V=3");
	rig_send(r, two);
	HAS(rig_last(r), "P=902{");
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "octet-strings", octet_strings },
		{ "registration-header", registration_header },
		{ "wildcard-reply", wildcard_reply },
		{ "priority, emergency, ieps", context_properties },
		{ "unsupported", unsupported },
		{ "sdp-brace", sdp_brace },
		{ "sdp-line-end", sdp_line_end },
		{ "supervision", supervision },
		{ "version, transactions-per-message",
		  version_and_transactions },
		{ NULL, NULL },
	};

	return suite_run("gateway/interop", tests);
}
