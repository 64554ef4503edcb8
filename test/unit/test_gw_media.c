/* test/unit/test_gw_media.c - what testers ask of media and packages (8.4) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define REMOTE                                               \
	"R{\nv=0\nc=IN IP4 198.18.0.9\nm=message 4711 TCP -" \
	"\na=setup:active\n}"
#define STREAM(id, o) "ST=" id "{O{MO=SR" o "}," LOCAL "," REMOTE "}"
#define LATCH ",SG{ipnapt/latch{napt=LATCH}}"
#define ADD(ctx, streams, rest) \
	"C=" ctx "{A=ip/1/access/${M{" streams "}" LATCH rest "}}"
#define CONTROL(o) "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR" o "}}}}}"
#define SIGNAL(napt) "C=1{MF=ip/1/access/1{SG{ipnapt/latch{napt=" napt "}}}}"
#define SECOND UINT64_C(1000000)
#define START_US UINT64_C(5000000)

#define HAS(text, part) has(text, part, __LINE__)
static void has(const char *text, const char *part, int line)
{
	if (!strstr(text, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

#define LACKS(text, part) CU_ASSERT_PTR_NULL(strstr(text, part))

static const struct stub_cmd *last_cmd(void)
{
	return stub_cmd(stub_count() - 1);
}

/* Answers the Notify that was sent last. */
static void acknowledge(struct rig *r)
{
	char text[64];

	snprintf(text, sizeof(text), "P=%lu{C=1{N=ip/1/access/1}}",
		 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
	rig_send(r, text);
}

static void latched(unsigned int cmd, uint16_t port)
{
	struct pkt_gate_stat stat = { .remote_port = port };

	memcpy(&stat.remote.s6_addr[10], "\xff\xff\xcb\x00\x71\x07", 6);
	stub_set_stat(stub_cmd(cmd)->gate, &stat);
	stub_event(PKT_EVT_SYN, stub_cmd(cmd)->gate, PKT_CAUSE_NONE, false);
}

/* The filter holds before the latch, in any mode; who comes is for the engine
 * to judge (test_pkt_rendezvous).  Signals has the latch until it is done. */
static void t40(void)
{
	struct rig *r = rig_new(10);
	const struct pkt_leg_cfg *leg;

	rig_ask(r, "C=${A=ip/1/access/${M{ST=1{O{MO=IN,gm/saf=ON,"
		   "gm/sam=\"203.0.113.7\"}," LOCAL "," REMOTE "}}" LATCH "}}");
	leg = &stub_cmd(0)->cfg.leg;
	CU_ASSERT(leg->is_armed);
	CU_ASSERT_EQUAL(leg->mode, 0);
	CU_ASSERT_EQUAL(leg->from.prefix_len, 128);
	CU_ASSERT_EQUAL(leg->from.addr.s6_addr[15], 7);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"),
	    "1{SG{ipnapt/latch{ST=1,napt=LATCH}}}");
	rig_ask(r, CONTROL(",gm/saf=ON,gm/sam=\"203.0.113.7\""));
	CU_ASSERT_EQUAL(last_cmd()->cfg.leg.mode, PKT_MODE_RX | PKT_MODE_TX);
	CU_ASSERT(!last_cmd()->rearm); /* the mode alone latches nothing */
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"), "1{SG{ipnapt/");
	latched(0, 7);
	rig_events(r);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"), "1{SG}");
	rig_free(r);
}

static void t41(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD("$", STREAM("1", ""), ""));
	latched(0, 7);
	rig_events(r);
	/* Another filter does not move a latch, a signal does. */
	rig_ask(r, CONTROL(",gm/saf=ON,gm/sam=\"203.0.113.8\""));
	CU_ASSERT_EQUAL(last_cmd()->cfg.leg.from.addr.s6_addr[15], 8);
	CU_ASSERT(!last_cmd()->rearm);
	rig_ask(r, SIGNAL("RELATCH"));
	CU_ASSERT(last_cmd()->rearm);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"), "napt=RELATCH}");
	/* LATCH, then OFF: Remote decides, as if it had not been said. */
	rig_ask(r, CONTROL(""));
	rig_ask(r, SIGNAL("LATCH"));
	CU_ASSERT_EQUAL(last_cmd()->cfg.leg.from.prefix_len, 0);
	rig_ask(r, SIGNAL("OFF"));
	CU_ASSERT(!last_cmd()->rearm);
	CU_ASSERT_EQUAL(last_cmd()->cfg.leg.from.prefix_len, 128);
	CU_ASSERT_EQUAL(last_cmd()->cfg.leg.from.addr.s6_addr[15], 9);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"), "1{SG}");
	rig_free(r);
}

/* One report per stream and change; none that was not asked for. */
static void t42(void)
{
	struct rig *r = rig_new(10);
	unsigned int n;

	rig_ask(r, ADD("$", STREAM("1", "") "," STREAM("2", ""),
		       ",E=7{adr/rsac{ST=2}}"));
	CU_ASSERT_EQUAL(stub_gates(), 2);
	n = r->n_sent;
	latched(0, 7);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, n); /* stream 1 was not asked for */
	latched(1, 8);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	HAS(rig_last(r), "adr/rsac{ST=2,nrsa=\"203.0.113.7\",nrsp=8}");
	LACKS(rig_last(r), "ST=1");
	acknowledge(r);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	latched(1, 9);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, n + 2);
	HAS(rig_last(r), "nrsp=9}");
	rig_free(r);
}

/* The shapes of gm/sam, for either family. */
static const struct {
	const char *sam;
	unsigned int len; /* over the mapped address; 0: 449 */
} shapes[] = {
	{ "\"203.0.113.7\"", 128 },
	{ "203.0.113.7", 128 },
	{ "\"[203.0.113.7]\"", 128 },
	{ "[203.0.113.7]", 128 },
	{ "\"203.0.113.0/24\"", 120 },
	{ "203.0.113.0/24", 120 },
	{ "\"[203.0.113.0]/25\"", 121 },
	{ "\"203.0.112.0/255.255.240.0\"", 116 },
	{ "\"0.0.0.0/0\"", 96 },
	{ "\"2001:db8::1\"", 128 },
	{ "\"[2001:db8::1]\"", 128 },
	{ "\"2001:db8::/32\"", 32 },
	{ "\"[2001:db8::]/48\"", 48 },
	{ "\"203.0.113.7/33\"", 0 },
	{ "\"203.0.113.7/-1\"", 0 },
	{ "\"203.0.113.7/\"", 0 },
	{ "\"2001:db8::/129\"", 0 },
	{ "\"203.0.113.0/255.0.255.0\"", 0 },
	{ "\"client.example\"", 0 },
	{ "\"\"", 0 },
	{ "[\"203.0.113.7\",\"203.0.113.8\"]", 0 },
};

static void t43(void)
{
	char ask[1024];

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct rig *r = rig_new(10);

		snprintf(ask, sizeof(ask),
			 ADD("$", STREAM("1", ",gm/saf=ON,gm/sam=%s"), ""),
			 shapes[i].sam);
		rig_ask(r, ask);
		if (!shapes[i].len)
			HAS(rig_last(r), "ER=449{");
		CU_ASSERT_EQUAL(stub_gates(), shapes[i].len ? 1 : 0);
		if (stub_gates() &&
		    stub_cmd(0)->cfg.leg.from.prefix_len != shapes[i].len)
			fprintf(stderr, "%s: /%u\n", shapes[i].sam,
				stub_cmd(0)->cfg.leg.from.prefix_len);
		CU_ASSERT(!stub_gates() ||
			  stub_cmd(0)->cfg.leg.from.prefix_len ==
				  shapes[i].len);
		rig_free(r);
	}
}

/* Each termination has masks and a port of its own. */
static void t43_many_masks(void)
{
	struct rig *r = rig_new(10);
	char ask[1024];

	for (unsigned int len = 20; len < 28; len++) {
		snprintf(ask, sizeof(ask),
			 ADD("$",
			     STREAM("1", ",gm/saf=ON,gm/sam=\"10.0.0.0/%u\""),
			     ""),
			 len);
		HAS(rig_ask(r, ask), "L{");
	}
	CU_ASSERT_EQUAL(stub_gates(), 8);
	for (unsigned int i = 1; i < 8; i++)
		CU_ASSERT(stub_cmd(i)->cfg.leg.local_port !=
			  stub_cmd(i - 1)->cfg.leg.local_port);
	rig_free(r);
}

/* Policing by Modify; on one leg; gone with the LocalControl that asked. */
static void t44(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r,
		ADD("$", STREAM("1", ",tman/pol=ON,tman/sdr=800,tman/mbs=1500"),
		    ""));
	CU_ASSERT(stub_cmd(0)->cfg.traffic.is_policed);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.traffic.sdr, 800);
	rig_ask(r, ADD("1", STREAM("1", ""), ""));
	CU_ASSERT(!stub_cmd(1)->cfg.traffic.is_policed);
	rig_ask(r, CONTROL(",tman/pol=ON,tman/sdr=1600,tman/mbs=3000"));
	CU_ASSERT_EQUAL(last_cmd()->cfg.traffic.sdr, 1600);
	CU_ASSERT_EQUAL(last_cmd()->cfg.traffic.mbs, 3000);
	HAS(rig_ask(r, CONTROL(",tman/pol=ON,tman/sdr=1600")), "ER=472{");
	HAS(rig_ask(r, CONTROL(",tman/pol=ON,tman/mbs=1600")), "ER=472{");
	HAS(rig_ask(r, CONTROL(",tman/pol=ON,tman/sdr=2,tman/mbs=1,"
			       "tman/pdr=1")),
	    "ER=473{");
	rig_ask(r, CONTROL(""));
	CU_ASSERT(!last_cmd()->cfg.traffic.is_policed);
	rig_free(r);
}

/* Its spellings are in test_gw_policy. */
static void t45(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD("$", STREAM("1", ",ds/dscp=b8"), ""));
	rig_ask(r, ADD("1", STREAM("1", ",ds/dscp=28"), ""));
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.dscp, 46);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.dscp, 10); /* each its own */
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{M{ST=1{O{ds/dscp}}}}}}"),
	    "ds/dscp=b8");
	rig_ask(r, CONTROL("")); /* not named: as provisioned */
	CU_ASSERT(!last_cmd()->cfg.leg.has_dscp);
	HAS(rig_ask(r, CONTROL(",ds/dscp=b8b8")), "ER=449{");
	HAS(rig_ask(r, CONTROL(",ds/dscp=x")), "ER=449{");
	rig_free(r);
}

/* Seconds after the start; what is due is done. */
static void at(struct rig *r, uint64_t s)
{
	gw_clock_freeze(START_US + s * SECOND,
			UINT64_C(1768465800000000) + s * SECOND);
	gw_tick(&r->gw);
}

static bool has_thb(struct rig *r, unsigned int since)
{
	for (unsigned int i = since; i < r->n_sent; i++)
		if (strstr(r->sent[i], "hangterm/thb"))
			return true;
	return false;
}

static void t46(void)
{
	struct rig *r = rig_new(10);
	unsigned int n;

	rig_ask(r, ADD("$", STREAM("1", ""), ",E=7{hangterm/thb{timerx=60}}"));
	at(r, 50);
	/* Any message about it begins the time again. */
	rig_ask(r, "C=1{AV=ip/1/access/1{AT{}}}");
	n = r->n_sent;
	at(r, 109);
	CU_ASSERT(!has_thb(r, n));
	at(r, 110);
	CU_ASSERT(has_thb(r, n));
	acknowledge(r);
	n = r->n_sent;
	at(r, 169);
	CU_ASSERT(!has_thb(r, n)); /* it restarts by itself */
	at(r, 170);
	CU_ASSERT(has_thb(r, n));
	acknowledge(r);
	/* Another value; 0 is off. */
	rig_ask(r, "C=1{MF=ip/1/access/1{E=8{hangterm/thb{timerx=10}}}}");
	n = r->n_sent;
	at(r, 181);
	CU_ASSERT(has_thb(r, n));
	HAS(rig_last(r), "OE=8{");
	acknowledge(r);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=9{hangterm/thb{timerx=0}}}}");
	n = r->n_sent;
	at(r, 100000);
	CU_ASSERT(!has_thb(r, n));
	rig_free(r);
}

/* Audits and a Subtract say the same; AT{} says nothing; octets are payload
 * (decision 22), times milliseconds. */
static void t48(void)
{
	struct pkt_gate_stat stat = { .rx_octets = 7, .tx_octets = 9 };
	struct rig *r = rig_new(10);

	rig_ask(r, ADD("$", STREAM("1", ""), ""));
	rig_ask(r, ADD("1", STREAM("1", ""), ""));
	stub_set_stat(stub_cmd(0)->gate, &stat);
	gw_clock_freeze(START_US + 1500000, UINT64_C(1768465801500000));
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SA}}}"),
	    "SA{nt/dur=1500,nt/os=9,nt/or=7,");
	stat.rx_octets = 8;
	stub_set_stat(stub_cmd(0)->gate, &stat);
	HAS(rig_ask(r, "C=1{S=ip/1/access/1}"),
	    "SA{nt/dur=1500,nt/os=9,nt/or=8,");
	LACKS(rig_ask(r, "C=1{S=ip/1/access/2{AT{}}}"), "SA");
	rig_free(r);
}

/* One port for one stream: no pair, odd or even; gm/rsb is about RTCP. */
static void t49(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD("$", STREAM("1", ",gm/rsb=ON"), ""));
	rig_ask(r, ADD("$", STREAM("1", ",gm/rsb=OFF"), ""));
	CU_ASSERT_EQUAL(stub_gates(), 2);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.local_port,
			stub_cmd(0)->cfg.leg.local_port + 1);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{M{ST=1{O{gm/rsb}}}}}}"),
	    "gm/rsb=ON");
	rig_free(r);
}

/* Two streams; one goes, on both sides; ids that the peer has not stay alone. */
static void t50(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD("$", STREAM("1", "") "," STREAM("2", ""), ""));
	rig_ask(r, ADD("1", STREAM("2", "") "," STREAM("3", ""), ""));
	CU_ASSERT_EQUAL(stub_gates(), 4);
	/* Stream 2 of both is one rendezvous, 1 and 3 have no peer. */
	CU_ASSERT_EQUAL(stub_cmd(2)->peer.gen, stub_cmd(1)->gate.gen);
	CU_ASSERT_EQUAL(stub_cmd(3)->peer.gen, 0);
	rig_ask(r, "C=1{MF=*{M{ST=2{O{MO=IN},L{},R{}}}}}");
	LACKS(rig_last(r), "ER=");
	CU_ASSERT_EQUAL(stub_gates(), 2);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{M{ST=2{L}}}}}"), "ER=532{");
	HAS(rig_ask(r, "C=1{AV=ip/1/access/2{AT{M{ST=3{L}}}}}"), "ST=3{L{");
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T40 LATCH: filter, modes, audit of Signals", t40 },
	{ "T41 RELATCH, gm/sam alone, OFF", t41 },
	{ "T42 adr/rsac per stream and change", t42 },
	{ "T43 shapes of gm/sam", t43 },
	{ "T43 many mask lengths", t43_many_masks },
	{ "T44 tman", t44 },
	{ "T45 ds/dscp: each leg, and gone when not named", t45 },
	{ "T46 hangterm/thb", t46 },
	{ "T48 statistics", t48 },
	{ "T49 gm/rsb with TCP", t49 },
	{ "T50 two streams, and one goes", t50 },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/media", tests);
}
