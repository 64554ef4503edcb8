/* test/unit/test_h248_text_enc.c - trees built by hand, octets expected */
#include "h248/build.h"
#include "h248/span.h"
#include "h248/text.h"
#include "test/support/suite.h"

#include <errno.h>
#include <string.h>

static struct h248_arena *a;
static char out[4096];

/* Encode one transaction behind the header of 192.0.2.1; NULL on error. */
static const char *enc(struct h248_txn *t, bool is_long)
{
	struct h248_msg m = { .arena = a, .version = 3, .txns = t };
	struct h248_text_style st = { .is_long = is_long };
	size_t n;

	m.mid.kind = H248_MID_IP4;
	m.mid.text = H248_SPAN("192.0.2.1");
	if (h248_text_enc(&m, &st, out, sizeof(out) - 1, &n))
		return NULL;
	out[n] = '\0';
	return strchr(out, '\n') + 1;
}

static struct h248_txn *one_command(enum h248_txn_kind kind,
				    enum h248_cmd_kind cmd,
				    struct h248_desc *desc)
{
	struct h248_txn *t = h248_txn_new(a, kind, 7);

	t->actions = h248_action_new(a, H248_CTX_ID, 5);
	t->actions->cmds = h248_cmd_new(a, cmd, H248_SPAN("ip/1/a/1"));
	t->actions->cmds->descs = desc;
	return t;
}

static void expect_desc(struct h248_desc *d, const char *text)
{
	struct h248_text_style st = { .is_long = false };
	char buf[1024];
	size_t n = 0;

	CU_ASSERT_EQUAL(h248_text_enc_descs(d, &st, buf, sizeof(buf) - 1, &n),
			0);
	buf[n] = '\0';
	CU_ASSERT_STRING_EQUAL(buf, text);
}

static void header_and_command(void)
{
	struct h248_txn *t;

	t = one_command(H248_TXN_REQUEST, H248_CMD_SUBTRACT, NULL);
	CU_ASSERT_STRING_EQUAL(enc(t, false), "T=7{C=5{S=ip/1/a/1}}");
	CU_ASSERT_EQUAL(strncmp(out, "!/3 [192.0.2.1]\n", 16), 0);
	t->actions->cmds->is_optional = true;
	t->actions->cmds->is_wildcard_reply = true;
	CU_ASSERT_STRING_EQUAL(enc(t, false), "T=7{C=5{O-W-S=ip/1/a/1}}");
	CU_ASSERT_STRING_EQUAL(enc(t, true), "Transaction = 7 {\n"
					     "  Context = 5 {\n"
					     "    O-W-Subtract = ip/1/a/1\n"
					     "  }\n"
					     "}");
}

static void transactions(void)
{
	struct h248_tid_range last = { NULL, 9, 12 }, first = { &last, 3, 3 };
	struct h248_txn *t = h248_txn_new(a, H248_TXN_PENDING, 4);

	CU_ASSERT_STRING_EQUAL(enc(t, false), "PN=4{}");
	t = h248_txn_new(a, H248_TXN_ACK, 0);
	t->acks = &first;
	CU_ASSERT_STRING_EQUAL(enc(t, false), "K{3,9-12}");
	t = h248_txn_new(a, H248_TXN_SEGMENT_ACK, 8);
	t->segment = 2;
	t->is_last_segment = true;
	CU_ASSERT_STRING_EQUAL(enc(t, false), "SM=8/2/&");
	t = one_command(H248_TXN_REPLY, H248_CMD_MODIFY, NULL);
	t->wants_ack = true;
	CU_ASSERT_STRING_EQUAL(enc(t, false), "P=7{IA,C=5{MF=ip/1/a/1}}");
	t = h248_txn_new(a, H248_TXN_REPLY, 0);
	t->has_id = false;
	t->error = h248_error_desc_new(a, 403, "bad");
	CU_ASSERT_STRING_EQUAL(enc(t, false), "P=0{ER=403{\"bad\"}}");
}

static void empties_are_bare(void)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_SIGNALS);
	struct h248_txn *t;

	d->u.signals = H248_NEW(a, struct h248_signals);
	expect_desc(d, "SG");
	d = h248_desc_new(a, H248_DESC_EVENTS);
	d->u.events = H248_NEW(a, struct h248_events);
	expect_desc(d, "E");
	expect_desc(h248_desc_new(a, H248_DESC_AUDIT), "AT{}");
	d = h248_desc_new(a, H248_DESC_SERVICES);
	d->u.services = H248_NEW(a, struct h248_services);
	t = one_command(H248_TXN_REPLY, H248_CMD_SERVICE_CHANGE, d);
	CU_ASSERT_STRING_EQUAL(enc(t, false), "P=7{C=5{SC=ip/1/a/1}}");
}

static void values(void)
{
	struct h248_value b = { NULL, H248_SPAN("20"), false };
	struct h248_value v = { &b, H248_SPAN("10"), false };
	struct h248_desc *d = h248_desc_new(a, H248_DESC_STATISTICS);
	struct h248_prop *p = h248_prop_new(a, "x", "y", &v);

	d->u.stats = p;
	p->set = H248_LIST;
	expect_desc(d, "SA{x/y=[10,20]}");
	p->set = H248_ALT;
	expect_desc(d, "SA{x/y={10,20}}");
	p->set = H248_RANGE;
	expect_desc(d, "SA{x/y=[10:20]}");
	v.next = NULL;
	p->set = H248_ONE;
	p->rel = H248_NE;
	expect_desc(d, "SA{x/y#10}");
	d->u.stats = h248_prop_str(a, "gm", "sam", "2001:db8::1");
	expect_desc(d, "SA{gm/sam=\"2001:db8::1\"}");
	v.text = H248_SPAN("2001:db8::1"); /* ":" is no SafeChar */
	d->u.stats = h248_prop_new(a, "gm", "sam", &v);
	expect_desc(d, "SA{gm/sam=\"2001:db8::1\"}");
}

static struct h248_desc *local(struct h248_span sdp)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_MEDIA);

	d->u.media = H248_NEW(a, struct h248_media);
	d->u.media->streams = H248_NEW(a, struct h248_stream);
	d->u.media->streams->id = 1;
	d->u.media->streams->local = H248_NEW(a, struct h248_body);
	d->u.media->streams->local->sdp = sdp;
	return d;
}

static void sdp_is_escaped(void)
{
	struct h248_text_style lf = { .sdp_eol = "\n" };
	char buf[128];
	size_t n;

	expect_desc(local(H248_SPAN("v=0\r\na=x}{\r\n")),
		    "M{ST=1{L{\r\nv=0\r\na=x\\}{\r\n}}}");
	expect_desc(local(H248_SPAN("")), "M{ST=1{L{}}}");
	CU_ASSERT_EQUAL(h248_text_enc_descs(local(H248_SPAN("v=0\r\nt=0\r")),
					    &lf, buf, sizeof(buf), &n),
			0);
	CU_ASSERT_EQUAL(n, strlen("M{ST=1{L{\nv=0\nt=0\n}}}"));
	CU_ASSERT_EQUAL(memcmp(buf, "M{ST=1{L{\nv=0\nt=0\n}}}", n), 0);
}

static void what_text_cannot_carry(void)
{
	struct h248_text_style st = { .is_long = false };
	char buf[128];
	size_t n;

	CU_ASSERT_EQUAL(h248_text_enc_descs(local(H248_SPAN("v=0\0\n")), &st,
					    buf, sizeof(buf), &n),
			-EINVAL);
	CU_ASSERT_EQUAL(h248_text_enc_descs(local(H248_SPAN("v=0\\")), &st, buf,
					    sizeof(buf), &n),
			-EINVAL);
	CU_ASSERT_EQUAL(h248_text_enc_descs(h248_desc_error(a, 400, "a\"b"),
					    &st, buf, sizeof(buf), &n),
			-EINVAL);
}

static void never_overruns(void)
{
	struct h248_desc *d = local(H248_SPAN("v=0\r\nc=IN IP4 192.0.2.1\r\n"));
	struct h248_text_style st = { .is_long = true };
	char buf[128];
	size_t n, whole;

	CU_ASSERT_EQUAL(h248_text_enc_descs(d, &st, buf, sizeof(buf), &whole),
			0);
	for (size_t cap = 0; cap < whole; cap++) {
		buf[cap] = 0x55;
		CU_ASSERT_EQUAL(h248_text_enc_descs(d, &st, buf, cap, &n),
				-EMSGSIZE);
		CU_ASSERT_EQUAL(buf[cap], 0x55);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "B.2 message header and command", header_and_command },
		{ "B.2 transactions", transactions },
		{ "1.11 empty descriptors are bare tokens", empties_are_bare },
		{ "B.2 values and sets", values },
		{ "T5 SDP is escaped", sdp_is_escaped },
		{ "what text cannot carry is refused", what_text_cannot_carry },
		{ "the buffer is never overrun", never_overruns },
		{ NULL, NULL },
	};
	int rc;

	a = h248_arena_new(0);
	rc = suite_run("h248/text_enc", tests);
	h248_arena_free(a);
	return rc;
}
