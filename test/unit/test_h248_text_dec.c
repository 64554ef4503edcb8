/* test/unit/test_h248_text_dec.c - what the text decoder makes of a message
 *
 * Cases T1 to T15 and C01 to C16 of the project's fault lists; the vectors of
 * test/data/h248 through both codecs, whole, cut and bent.
 */
#include "h248/error.h"
#include "h248/span.h"
#include "h248/text.h"
#include "test/support/round_trip.h"
#include "test/support/suite.h"
#include "test/support/tree_eq.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof(*(array)))
#define HDR "!/2 [192.0.2.1]:2944 "
#define HDR3 "!/3 [192.0.2.1]:2944 "
#define MF(body) HDR "T=1{C=2{MF=a/1{" body "}}}"

/* A message and the buffer it points into, of exactly its size so that a
 * sanitizer sees each read behind the end. */
struct decoded {
	struct h248_arena *arena;
	char *buf;
	int rc;
	struct h248_msg msg;
};

static struct decoded decode_octets(const char *text, size_t n)
{
	struct decoded d = { .arena = h248_arena_new(0) };

	d.buf = malloc(n ? n : 1);
	memcpy(d.buf, text, n);
	d.rc = h248_text_dec(d.arena, d.buf, n, &d.msg);
	return d;
}

static struct decoded decode(const char *text)
{
	return decode_octets(text, strlen(text));
}

static void release(struct decoded *d)
{
	h248_arena_free(d->arena);
	free(d->buf);
}

static const struct h248_cmd *first_cmd(const struct h248_msg *m)
{
	if (!m->txns || !m->txns->actions)
		return NULL;
	return m->txns->actions->cmds;
}

/* The code of the first fault, 0 when the message is clean. */
static unsigned int verdict(const char *text)
{
	struct decoded d = decode(text);
	const struct h248_err *e = tree_fault(&d.msg);
	unsigned int code = e ? e->code : 0;

	CU_ASSERT(!d.rc || (d.rc == -EPROTO && code == 400));
	release(&d);
	return code;
}

struct verdict {
	const char *text;
	unsigned int code;
};

static void expect(const struct verdict *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned int code = verdict(t[i].text);

		if (code != t[i].code)
			printf("\n  %s: %u, not %u\n", t[i].text, code,
			       t[i].code);
		CU_ASSERT_EQUAL(code, t[i].code);
	}
}

/* Both must give the same tree. */
static void same(const char *a, const char *b)
{
	struct decoded x = decode(a), y = decode(b);
	const char *diff = tree_difference(&x.msg, &y.msg);

	if (diff)
		printf("\n  %s\n  %s: %s\n", a, b, diff);
	CU_ASSERT_PTR_NULL(diff);
	CU_ASSERT_PTR_NULL(tree_fault(&x.msg));
	release(&x);
	release(&y);
}

static void survives(const char *name, const struct h248_msg *m)
{
	for (int is_long = 0; is_long < 2; is_long++) {
		const char *wrong = round_trip(m, is_long);

		if (wrong)
			printf("\n  %s: %s\n", name, wrong);
		CU_ASSERT_PTR_NULL(wrong);
	}
}

static void round_trips(const char *name, const char *text, size_t n)
{
	const char *wrong = round_trip_octets(text, n);

	if (wrong)
		printf("\n  %s: %s\n", name, wrong);
	CU_ASSERT_PTR_NULL(wrong);
}

/* Every truncation: no read behind the end, and never a clean message unless
 * only the envelope was cut between transactions. */
static void cut(const char *name, const char *text, size_t n)
{
	(void)name;
	for (size_t i = 0; i < n; i++) {
		struct decoded d = decode_octets(text, i);

		if (!d.rc && !tree_fault(&d.msg))
			CU_ASSERT(d.msg.txns || d.msg.error);
		release(&d);
	}
}

/* xorshift32: the same numbers in every run. */
static uint32_t random_state;

static uint32_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* Any octet, or, as often, one that means something here. */
static char random_octet(void)
{
	static const char octets[] = "\0{}[]\",=;:#<>$*/\\\n\r\t \x80";
	uint32_t r = next_random();

	return r & 1 ? octets[(r >> 8) % (sizeof(octets) - 1)] : (char)(r >> 8);
}

/* Any verdict, but no harm, and what is taken survives the encoder. */
static void judge(const char *name, const char *text, size_t n)
{
	struct decoded d = decode_octets(text, n);

	CU_ASSERT(!d.rc || d.rc == -EPROTO);
	if (!d.rc && !tree_fault(&d.msg))
		survives(name, &d.msg);
	release(&d);
}

/* At each octet: one bit flipped, the octet replaced, removed, and another one
 * put in front of it. */
static void bent(const char *name, const char *text, size_t n)
{
	char *copy = malloc(n + 1);

	random_state = 0x2944;
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, text, n);
		copy[i] ^= (char)(1 << next_random() % 8);
		judge(name, copy, n);
		copy[i] = random_octet();
		judge(name, copy, n);
		memmove(copy + i, text + i + 1, n - i - 1);
		judge(name, copy, n - 1);
		copy[i] = random_octet();
		memcpy(copy + i + 1, text + i, n - i);
		judge(name, copy, n + 1);
	}
	free(copy);
}

typedef void(vector_h)(const char *name, const char *text, size_t n);

static void each_vector(vector_h *h)
{
	static char buf[65536];
	DIR *dir = opendir(TEST_DATA "/h248");
	unsigned int seen = 0;
	struct dirent *e;
	char path[512];

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((e = readdir(dir))) {
		FILE *f;
		size_t n;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), TEST_DATA "/h248/%s", e->d_name);
		f = fopen(path, "rb");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		n = fread(buf, 1, sizeof(buf), f);
		fclose(f);
		h(e->d_name, buf, n);
		seen++;
	}
	closedir(dir);
	CU_ASSERT(seen >= 80);
}

static void c16_vectors_round_trip(void)
{
	each_vector(round_trips);
}

static void c02_vectors_cut(void)
{
	each_vector(cut);
}

static void c03_vectors_bent(void)
{
	each_vector(bent);
}

static void t1_forms(void)
{
	const char *plain = HDR "T=1{C=2{MF=a/1{M{O{MO=SR}},SG}}}";

	same(plain, "MEGACO/2 [192.0.2.1]:2944 Transaction=1{Context=2{"
		    "Modify=a/1{Media{LocalControl{Mode=SendReceive}},"
		    "Signals}}}");
	same(plain, "\r\n ; x\r !/2\t[192.0.2.1]:2944\nt = 1 { c=2 { mf = A/1"
		    " ; y } {\n {m { o\r{ mo\r\n= sr } } , sg { } } } }\r\n");
	same(plain, HDR "T=1{C=2{MF=a/1{M{O{mode=Sr}},sg{}}}}\r");
	same(HDR "T=1{C=2{O-W-S=*{AT{}}}}", HDR "T=1{C=2{w-o-s=*{AT{}}}}");
}

static void t2_broken(void)
{
	static const struct verdict t[] = {
		{ "", 400 },
		{ "T=1{C=2{S=a}}", 400 },
		{ "! [192.0.2.1] T=1{C=2{S=a}}", 400 },
		{ "!/x [192.0.2.1] T=1{C=2{S=a}}", 400 },
		{ "!/2 [192.0.2.300] T=1{C=2{S=a}}", 400 },
		{ HDR, 400 },
		{ HDR "FOO=1{C=2{S=a}}", 400 },
		{ HDR "T=1{C=2{S=a}}FOO", 400 },
		{ HDR "T={C=2{S=a}}", 403 },
		{ HDR "T=x{C=2{S=a}}", 403 },
		{ HDR "T=1{}", 422 },
		{ HDR "T=1{X=2{S=a}}", 422 },
		{ HDR "T=1{C=2}", 422 },
		{ HDR "T=1{C=2{}}", 422 },
		{ HDR "T=1{C=x{S=a}}", 422 },
		{ HDR "T=1{C=2{FOO=a}}", 422 },
		{ HDR "T=1{C=2{S=a", 442 },
		{ HDR "T=1{C=2{S=a b}}", 442 },
		{ HDR "T=1{C=2{S a}}", 442 },
		{ HDR "T=1{C=2{N=a}}", 442 },
		{ HDR "T=1{C=2{SC=a}}", 442 },
		{ MF("FOO{}"), 444 },
		{ MF("FOO=1{}"), 444 },
		{ MF("SG,FOO"), 444 },
		{ MF("FOO BAR{}"), 442 },
		{ MF("AT{FOO}"), 444 },
		{ MF("M"), 442 },
		{ MF("M{O{MO=XX}}"), 442 },
		{ MF("M{L{v=0\n"), 442 },
		{ MF("SG{\"x}"), 442 },
	};

	expect(t, N(t));
}

static void t3_authentication(void)
{
	static const struct verdict t[] = {
		{ "AU=0x00000001:0x00000002:0x000000000000000000000003 " HDR
		  "K{1}",
		  0 },
		{ "AU=0x0000001:0x00000002:0x000000000000000000000003 " HDR
		  "K{1}",
		  400 },
		{ "AU=0x00000001:0x00000002:0x0000000000000003 " HDR "K{1}",
		  400 },
		{ "AU=0x00000001:0x0000000g:0x000000000000000000000003 " HDR
		  "K{1}",
		  400 },
		{ "AU=" HDR "K{1}", 400 },
	};

	expect(t, N(t));
}

static void t4_liberal_values(void)
{
	static const struct verdict t[] = {
		{ MF("M{O{ipdc/realm=811}}"), 0 },
		{ MF("M{O{gm/sam=203.0.113.0/24}}"), 0 },
		{ MF("M{O{gm/sam=\"[203.0.113.0]\"}}"), 0 },
		{ MF("M{O{gm/sam=2001:db8::1}}"), 442 },
		{ MF("M{O{x/y=\"caf\xc3\xa9\"}}"), 0 },
		{ MF("M{O{x/y=\"two\nlines\"}}"), 0 },
		{ MF(""), 0 },
		{ MF("SG{}"), 0 },
		{ HDR "T=1{C=-{AV=ROOT}}", 0 },
		{ HDR "P=1{C=-{SC=ROOT{SV{}}}}", 0 },
		{ HDR "P=1{C=2{W-S=*}}", 0 },
		{ HDR "T=1{C=-{N=ROOT{OE=1{20260101T00000000 : a/b},"
		      "ER=518{}}}}",
		  0 },
	};

	expect(t, N(t));
	same(HDR "T=1{C=-{SC=ROOT{SV{MT=RS,RE=901}}}}",
	     HDR "T=1{C=-{SC=ROOT{SV{MT=RS,RE=\"901\"}}}}");
	same(HDR "P=1{C=-{SC=ROOT{SV{}}}}", HDR "P=1{C=-{SC=ROOT}}");
	same(HDR "T=1{C=-{AV=a{AT{M{},SA{},SG{}}}}}",
	     HDR "T=1{C=-{AV=a{AT{M,SA,SG}}}}");
}

/* The Local body of the only stream. */
static void expect_body(const char *text, const char *sdp)
{
	struct decoded d = decode(text);
	const struct h248_cmd *c = first_cmd(&d.msg);
	const struct h248_body *b = NULL;

	CU_ASSERT_PTR_NULL(tree_fault(&d.msg));
	if (c && c->descs && c->descs->u.media->streams)
		b = c->descs->u.media->streams->local;
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(b->sdp.n, strlen(sdp));
	CU_ASSERT(!memcmp(b->sdp.p, sdp, b->sdp.n));
	survives(text, &d.msg);
	release(&d);
}

static void t5_braces_in_sdp(void)
{
	expect_body(MF("M{L{v=0\ns={a\\}\n}}"), "v=0\ns={a}\n");
	expect_body(MF("M{L{\\}}}"), "}");
	expect_body(MF("M{L{a=\\\\}x\n}}"), "a=\\}x\n");
	expect_body(MF("M{L{a=\"{;\n}}"), "a=\"{;\n");
	/* the brace meant to end it is escaped: one is missing at the end */
	CU_ASSERT_EQUAL(verdict(MF("M{L{a=\\}}")), 403);
}

static void t6_sdp_shapes(void)
{
	expect_body(MF("M{L{}}"), "");
	expect_body(MF("M{L{ \r\n\t\n}}"), "");
	expect_body(MF("M{L{\r\n \nc=IN IP4 $\rm=x\r\n }}"),
		    "c=IN IP4 $\rm=x\r\n ");
	expect_body(MF("M{L{v=0\n\nv=0\n}}"), "v=0\n\nv=0\n");
}

#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void t7_termination_ids(void)
{
	static const struct verdict t[] = {
		{ HDR "T=1{C=2{S=" SIXTY "aaaa}}", 0 },
		{ HDR "T=1{C=2{S=" SIXTY "aaaaa}}", 442 },
		{ HDR "T=1{C=2{S=ip/a-b/c.d/*}}", 0 },
		{ HDR "T=1{C=2{S=ip/$/x@gw-1.example.net}}", 0 },
		{ HDR "T=1{C=2{S=ip/%}}", 442 },
		{ HDR "T=1{C=2{S=}}", 442 },
	};
	struct decoded d = decode(HDR "T=1{C=2{S=ip/$/*,S=root}}");
	const struct h248_cmd *c = first_cmd(&d.msg);

	expect(t, N(t));
	CU_ASSERT(c->terms->has_all && c->terms->has_choose);
	CU_ASSERT(c->next->terms->is_root && !c->next->terms->has_all);
	release(&d);
}

static void t8_version_3_only(void)
{
	static const struct verdict t[] = {
		{ HDR "T=1{C=2{S=[a,b]}}", 442 },
		{ HDR3 "T=1{C=2{S=[a,b]}}", 0 },
		{ HDR "P=1/2/&{C=2{S=a}}", 403 },
		{ HDR3 "P=1/2/&{C=2{S=a}}", 0 },
		{ HDR3 "P=1/0{C=2{S=a}}", 403 },
		{ HDR "T=1{C=2{CT{a/b=1},S=a}}", 422 },
		{ HDR3 "T=1{C=2{CT{a/b=1},S=a}}", 0 },
		{ HDR "P=1{C=*{CT{CLT={1,2}}}}", 422 },
		{ HDR3 "P=1{C=*{CT{CLT={1,2}}}}", 0 },
		{ HDR "SM=1/1", 403 },
		{ HDR3 "SM=1/1", 0 },
	};

	expect(t, N(t));
}

/* n times "T=1{C=2{S=a}}" or the like behind the header; returns new. */
static char *repeated(const char *head, const char *item, const char *tail,
		      unsigned int n)
{
	size_t cap = strlen(head) + n * strlen(item) + strlen(tail) + 1;
	char *s = malloc(cap), *p = s + strlen(head);

	memcpy(s, head, strlen(head));
	for (unsigned int i = 0; i < n; i++, p += strlen(item))
		memcpy(p, item, strlen(item));
	memcpy(p, tail, strlen(tail) + 1);
	return s;
}

static void t9_c09_counts(void)
{
	static const struct {
		const char *head, *item, *tail;
		unsigned int max, code;
	} t[] = {
		{ HDR, "K{1}", "", H248_MAX_TXNS, 413 },
		{ HDR "T=1{", "C=1{S=a},", "C=1{S=a}}", H248_MAX_ACTIONS - 1,
		  403 },
		{ HDR "T=1{C=1{", "S=a,", "S=a}}", H248_MAX_CMDS - 1, 422 },
		{ HDR "P=1{C=1{AV=a{", "SG,", "SG}}}", H248_MAX_DESCS - 1,
		  442 },
		{ HDR "T=1{C=1{MF=a{SG{", "a/b,", "a/b}}}}", H248_MAX_ITEMS - 1,
		  442 },
		{ HDR "K{", "1,", "1}", H248_MAX_ITEMS - 1, 403 },
	};

	for (size_t i = 0; i < N(t); i++) {
		char *s = repeated(t[i].head, t[i].item, t[i].tail, t[i].max);

		CU_ASSERT_EQUAL(verdict(s), 0);
		free(s);
		s = repeated(t[i].head, t[i].item, t[i].tail, t[i].max + 1);
		CU_ASSERT_EQUAL(verdict(s), t[i].code);
		free(s);
		s = repeated(t[i].head, t[i].item, t[i].tail, 6000);
		CU_ASSERT_EQUAL(verdict(s), t[i].code);
		free(s);
	}
}

static void t10_numbers(void)
{
	static const struct verdict t[] = {
		{ HDR "T=0{C=2{S=a}}", 0 },
		{ HDR "T=4294967295{C=2{S=a}}", 0 },
		{ HDR "T=4294967296{C=2{S=a}}", 403 },
		{ HDR "T=1{C=0{S=a}}", 0 },
		{ HDR "T=1{C=4294967294{S=a}}", 0 },
		{ HDR "T=1{C=4294967296{S=a}}", 422 },
		{ HDR "T=1{C=2{PR=15,S=a}}", 0 },
		{ HDR "T=1{C=2{PR=16,S=a}}", 422 },
		{ MF("M{ST=65535{O{MO=IN}}}"), 0 },
		{ MF("M{ST=65536{O{MO=IN}}}"), 442 },
		{ HDR "K{5-3}", 403 },
	};

	expect(t, N(t));
}

static void t12_c10_descriptors(void)
{
	static const struct verdict t[] = {
		{ MF("SG,SG"), 448 },
		{ MF("SG,E,SG{a/b}"), 448 },
		{ MF("M{O{MO=IN},O{MO=SR}}"), 448 },
		{ MF("M{ST=1{L{},L{}}}"), 448 },
		{ MF("M{ST=1{L{}},ST=1{R{}}}"), 448 },
		{ MF("OE=1{a/b}"), 447 },
		{ MF("PG{g-1}"), 447 },
		{ MF("ER=500{}"), 447 },
		{ HDR "T=1{C=2{S=a{SG}}}", 447 },
		{ HDR "T=1{C=2{AV=a{M{O{MO=IN}}}}}", 447 },
		{ HDR "T=1{C=2{AC=a{AT{M,PG}}}}", 447 },
		{ HDR "T=1{C=2{AC=a{AT{M,SG}}}}", 0 },
		{ HDR "P=1{C=2{AV=a{SG,SG}}}", 0 },
	};

	expect(t, N(t));
}

static void t13_kept_as_written(void)
{
	struct decoded d = decode(MF("MD[V18,V22]{a/b=1},MX=H223{x,y},"
				     "DM=dial{(0|[1-7]x.)}"));
	const struct h248_cmd *c = first_cmd(&d.msg);
	const struct h248_desc *desc;

	CU_ASSERT_PTR_NULL(tree_fault(&d.msg));
	desc = c->descs;
	CU_ASSERT(h248_span_is(desc->u.raw, "[V18,V22]{a/b=1}"));
	desc = desc->next;
	CU_ASSERT(h248_span_is(desc->u.raw, "=H223{x,y}"));
	desc = desc->next;
	CU_ASSERT(h248_span_is(desc->u.raw, "=dial{(0|[1-7]x.)}"));
	CU_ASSERT_EQUAL(verdict(MF("MX H223{x,y}")), 442);
	release(&d);
}

static void services_once(void)
{
	static const struct verdict t[] = {
		{ HDR "T=1{C=-{SC=ROOT{SV{MT=RS,RE=\"900\",MT=FO}}}}", 442 },
		{ HDR "T=1{C=-{SC=ROOT{SV{MT=RS,AD=[192.0.2.1],AD=5}}}}", 442 },
		{ HDR "T=1{C=-{SC=ROOT{SV{RE=\"900\"}}}}", 442 },
		{ HDR "P=1{C=-{SC=ROOT{SV{V=2,V=2}}}}", 442 },
	};

	expect(t, N(t));
}

static void t14_extensions(void)
{
	struct decoded d = decode(HDR "T=1{C=-{SC=ROOT{SV{MT=X-a1,RE=\"900\","
				      "X-abc=5}}}}");
	const struct h248_services *s;

	CU_ASSERT_PTR_NULL(tree_fault(&d.msg));
	s = first_cmd(&d.msg)->descs->u.services;
	CU_ASSERT_EQUAL(s->method, H248_SC_EXTENSION);
	CU_ASSERT(h248_span_is(s->extensions->name.item, "X-abc"));
	release(&d);
}

static void t15_message_identifiers(void)
{
	static const struct {
		const char *text;
		enum h248_mid_kind kind;
		uint16_t port;
	} t[] = {
		{ "[192.0.2.1]", H248_MID_IP4, 0 },
		{ "[2001:db8::1]:2944", H248_MID_IP6, 2944 },
		{ "[::ffff:192.0.2.1]:1", H248_MID_IP6, 1 },
		{ "<gw-1.example.net>:65535", H248_MID_DOMAIN, 65535 },
		{ "gw/1*$@example.net", H248_MID_DEVICE, 0 },
		{ "192.0.2.1", H248_MID_DEVICE, 0 },
		{ "MTP{0A12}", H248_MID_MTP, 0 },
	};
	static const char *const bad[] = {
		"",
		"[]",
		"[192.0.2]",
		"[192.0.2.1]:0",
		"[192.0.2.1]:65536",
		"[192.0.2.1]x",
		"[192.0.2.1",
		"<a b>",
		"<>",
		"<a>:",
		"MTP{12}",
		"MTP{12345678a}",
		"MTP{12g4}",
		"a b",
		"[2001:db8::1::]",
	};
	struct h248_mid m;
	char buf[80], text[80];

	for (size_t i = 0; i < N(t); i++) {
		CU_ASSERT_EQUAL(h248_mid_dec(h248_span_of(t[i].text), &m), 0);
		CU_ASSERT_EQUAL(m.kind, t[i].kind);
		CU_ASSERT_EQUAL(m.port, t[i].port);
		CU_ASSERT_EQUAL(h248_mid_enc(&m, buf, sizeof(buf)), 0);
		CU_ASSERT_STRING_EQUAL(buf, t[i].text);
		CU_ASSERT_EQUAL(h248_mid_enc(&m, buf, strlen(t[i].text)),
				-EMSGSIZE);
		snprintf(text, sizeof(text), "!/1 %s\nK{1}", t[i].text);
		CU_ASSERT_EQUAL(verdict(text), 0);
	}
	CU_ASSERT_EQUAL(verdict("!/1 MTP {\n 0A12 } K{1}"), 0);
	CU_ASSERT_EQUAL(verdict("!/1 [ 192.0.2.1 ]:2944 K{1}"), 0);
	for (size_t i = 0; i < N(bad); i++)
		CU_ASSERT_EQUAL(h248_mid_dec(h248_span_of(bad[i]), &m),
				-EBADMSG);
}

static void t15_large_body(void)
{
	char *s = repeated(HDR "T=1{C=2{MF=a{M{L{\nv=0\n",
			   "a=fmtp:96 aaaaaaaaaaaaaaaaaaaaaaaaa\n", "}}}}}",
			   1800);

	CU_ASSERT(strlen(s) > 60000);
	CU_ASSERT_EQUAL(verdict(s), 0);
	free(s);
}

static void c01_nothing(void)
{
	static const struct verdict t[] = {
		{ "", 400 },
		{ " \t\r\n", 400 },
		{ "; only a comment", 400 },
		{ "; one\r; two\n ", 400 },
	};

	expect(t, N(t));
}

static void c04_too_large(void)
{
	struct h248_arena *a = h248_arena_new(0);
	char *s = repeated(HDR "K{1}", " ", "", 70000);
	struct h248_msg m;

	CU_ASSERT_EQUAL(h248_text_dec(a, s, H248_MAX_MSG_OCTETS + 1, &m),
			-EMSGSIZE);
	CU_ASSERT_EQUAL(h248_text_dec(a, s, H248_MAX_MSG_OCTETS, &m), 0);
	CU_ASSERT_EQUAL(h248_arena_used(a), 4096);
	h248_arena_free(a);
	free(s);
}

static void c04_budget(void)
{
	struct h248_arena *a = h248_arena_new(8192);
	char *s = repeated(HDR "T=1{C=1{", "S=a,", "S=a}}", 900);
	struct h248_msg m;

	CU_ASSERT_EQUAL(h248_text_dec(a, s, strlen(s), &m), -ENOMEM);
	CU_ASSERT_EQUAL(m.fault.code, 510);
	CU_ASSERT(h248_arena_used(a) <= 8192);
	h248_arena_free(a);
	free(s);
}

/* What costs most memory for its octets: the arena stays within a multiple of
 * the message, and the multiple does not grow with it. */
static void c04_memory_is_linear(void)
{
	static const struct {
		const char *head, *item, *tail;
	} t[] = {
		{ HDR "T=1{C=1{", "S=a,", "S=a}}" },
		{ HDR "T=1{C=1{MF=a{SG{", "a/b,", "a/b}}}}" },
		{ HDR "T=1{C=1{MF=a{E=1{", "a/b,", "a/b}}}}" },
		{ HDR "T=1{C=1{MF=a{M{O{", "a/b=1,", "a/b=1}}}}}" },
		{ HDR "T=1{", "C=1{S=a},", "C=1{S=a}}" },
		{ HDR, "K{1}", "" },
	};
	struct decoded d;

	for (size_t i = 0; i < N(t); i++)
		for (unsigned int n = 15; n < 256; n *= 4) {
			char *s = repeated(t[i].head, t[i].item, t[i].tail, n);

			d = decode(s);
			CU_ASSERT_EQUAL(d.rc, 0);
			CU_ASSERT(h248_arena_used(d.arena) <=
				  8192 + 200 * strlen(s));
			release(&d);
			free(s);
		}
}

static void c05_nesting(void)
{
	char *s = repeated(HDR, "{", "", 60000);

	CU_ASSERT_EQUAL(verdict(s), 400);
	free(s);
	s = repeated(HDR "T=1{C=2{MF=a{DM=x", "{", "", 60000);
	CU_ASSERT_EQUAL(verdict(s), 400);
	free(s);
	/* Not deep for the grammar, too deep to find the end of. */
	s = repeated(HDR "T=1{FOO", "{", "}}}}}}}}}}}}}}}}}}}}}K{1}", 20);
	CU_ASSERT_EQUAL(verdict(s), 422);
	free(s);
}

static void c08_odd_octets(void)
{
	static const struct verdict t[] = {
		{ MF("M{L{v=0\n\n\ns=\xc3\xa9\xff\t\r}}"), 0 },
		{ MF("SG;\n\t;\r ;\n"), 0 },
		{ HDR "T=1{\x01"
		      "C=2{S=a}}",
		  422 },
		{ HDR "T=1{C=2{S=a\xff}}", 442 },
	};
	static const char nul[] = HDR "T=1{C=2{MF=a{M{L{v=0\n\0}}}}}";
	struct decoded d = decode_octets(nul, sizeof(nul) - 1);

	expect(t, N(t));
	CU_ASSERT_EQUAL(tree_fault(&d.msg)->code, 442);
	release(&d);
}

/* The first two are there, the third has the fault, and the rest of the
 * transaction is not; the transaction behind it is. */
static void c13_third_of_five(void)
{
	struct decoded d = decode(HDR "T=1{C=2{S=a,S=b,S=c{FOO \"}\" L{\"\n}},"
				      "S=d,S=e},C=3{S=f}}\nT=2{C=4{S=g}}");
	const struct h248_cmd *c = first_cmd(&d.msg);
	const struct h248_txn *t = d.msg.txns;

	CU_ASSERT_EQUAL(d.rc, 0);
	CU_ASSERT(!c->fault.code && !c->next->fault.code);
	c = c->next->next;
	CU_ASSERT(h248_span_is(c->terms->text, "c"));
	CU_ASSERT_EQUAL(c->fault.code, 442);
	CU_ASSERT_EQUAL(c->fault.at.line, 1);
	CU_ASSERT_EQUAL(c->fault.at.col, 42);
	CU_ASSERT_PTR_NOT_NULL(strstr(c->fault.text, "a descriptor"));
	CU_ASSERT_PTR_NULL(c->next);
	CU_ASSERT_PTR_NULL(t->actions->next);
	CU_ASSERT(t->next && t->next->id == 2 && !t->next->fault.code);
	CU_ASSERT_PTR_NOT_NULL(t->next->actions);
	CU_ASSERT_EQUAL(d.msg.fault.code, 0);
	release(&d);
}

/* 448 is no fault of syntax: behind an optional command the rest is read. */
static void c13_optional(void)
{
	struct decoded d = decode(HDR "T=1{C=2{O-MF=a{SG,SG},S=b}}"
				      "T=2{C=2{MF=a{SG,SG},S=b}}");
	const struct h248_cmd *c = first_cmd(&d.msg);

	CU_ASSERT_EQUAL(c->fault.code, 448);
	CU_ASSERT(c->next && h248_span_is(c->next->terms->text, "b"));
	CU_ASSERT_PTR_NOT_NULL(c->descs);
	c = d.msg.txns->next->actions->cmds;
	CU_ASSERT_EQUAL(c->fault.code, 448);
	CU_ASSERT_PTR_NULL(c->next);
	release(&d);
}

/* A fault is where the reader was, an unknown id is no id. */
static void placement(void)
{
	struct decoded d = decode("!/1\n[192.0.2.1]\r\nT=7{\r  C=-{\n\tS=?}}"
				  "T=x{C=1{S=a}}");
	const struct h248_txn *t = d.msg.txns;
	const struct h248_cmd *c = t->actions->cmds;

	CU_ASSERT_EQUAL(c->fault.code, 442);
	CU_ASSERT_EQUAL(c->fault.at.line, 5);
	CU_ASSERT_EQUAL(c->fault.at.col, 4);
	CU_ASSERT_PTR_NULL(c->terms);
	CU_ASSERT(t->has_id && t->id == 7);
	CU_ASSERT(!t->next->has_id && t->next->fault.code == 403);
	release(&d);
}

/* Each verdict names the clause that was offended. */
static void clauses(void)
{
	static const struct {
		const char *text, *clause;
	} t[] = {
		{ "!/x [192.0.2.1] K{1}", "8.3" },
		{ "AU=0x1 " HDR "K{1}", "10.2" },
		{ HDR "FOO{}", "8.3" },
		{ HDR "T=x{}", "8.2.1" },
		{ HDR "P=1", "8.2.2" },
		{ HDR "PN=1{C}", "8.2.3" },
		{ HDR "K{x}", "D.1.2.2" },
		{ HDR "T=1{C=x{}}", "6.1.1" },
		{ HDR "T=1{C=1{TP{a,b,XX}}}", "7.1.18" },
		{ HDR "T=1{C=1{FOO=a}}", "6.1.1" },
		{ HDR "T=1{C=1{S=?}}", "7.2.3" },
		{ HDR "T=1{C=1{N=a{}}}", "7.2.7" },
		{ MF("SG,SG"), "7.2.2" },
		{ MF("SG{x}"), "7.1.11" },
		{ MF("M{x}"), "7.1.4" },
		{ MF("M{ST=x}"), "7.1.6" },
		{ MF("M{ST=1{O{MO=x}}}"), "7.1.7" },
		{ MF("M{ST=1{O{MO=SR},FOO}}"), "7.1.6" },
		{ MF("M{ST=1{L=1}}"), "7.1.8" },
		{ MF("M{TS{SI=x}}"), "7.1.5" },
		{ MF("E=x"), "7.1.9" },
		{ MF("M{O{MO=SR}},E=x"), "7.1.9" },
		{ HDR "P=1{ER=x}", "7.1.19" },
	};

	for (size_t i = 0; i < N(t); i++) {
		struct decoded d = decode(t[i].text);
		const struct h248_err *e = tree_fault(&d.msg);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_STRING_EQUAL(h248_clause_text(e->clause),
				       t[i].clause);
		release(&d);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C16 vectors round trip", c16_vectors_round_trip },
		{ "C02 vectors cut at every octet", c02_vectors_cut },
		{ "C03 vectors bent at every octet", c03_vectors_bent },
		{ "T1 long, short, case, white space", t1_forms },
		{ "T2 broken messages", t2_broken },
		{ "T3 authentication header", t3_authentication },
		{ "T4 liberal values", t4_liberal_values },
		{ "T5 braces in SDP", t5_braces_in_sdp },
		{ "T6 shapes of SDP", t6_sdp_shapes },
		{ "T7 TerminationIDs", t7_termination_ids },
		{ "T8 version 3 only", t8_version_3_only },
		{ "T9 C09 counts", t9_c09_counts },
		{ "T10 numbers", t10_numbers },
		{ "T12 C10 descriptors", t12_c10_descriptors },
		{ "T13 Modem, Mux, DigitMap as written", t13_kept_as_written },
		{ "T14 extensions", t14_extensions },
		{ "1.8 Services: each parameter once", services_once },
		{ "T15 message identifiers", t15_message_identifiers },
		{ "T15 large body", t15_large_body },
		{ "C01 nothing", c01_nothing },
		{ "C04 too large", c04_too_large },
		{ "C04 budget", c04_budget },
		{ "C04 memory is linear", c04_memory_is_linear },
		{ "C05 nesting", c05_nesting },
		{ "C08 odd octets", c08_odd_octets },
		{ "C13 third of five commands", c13_third_of_five },
		{ "C13 optional command", c13_optional },
		{ "8.2.2 place of a fault", placement },
		{ "the clause of a fault", clauses },
		{ NULL, NULL },
	};

	return suite_run("h248/text_dec", tests);
}
