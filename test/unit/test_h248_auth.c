/*
 * test/unit/test_h248_auth.c - the interim authentication header
 *
 * H.248.1 clause 10.2; case ids C17, T3, T35.  The HMACs are those of RFC 2202,
 * and of whole messages as Python's hmac module computes them.
 */
#include "h248/auth.h"
#include "h248/txn.h"
#include "test/support/fake_net.h"
#include "test/support/dumpable.h"
#include "test/support/suite.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N(array) (sizeof(array) / sizeof(*(array)))

/* Of the peer, and ours. */
#define PEER "192.0.2.10"
#define SELF "192.0.2.20"
#define HEAD "MEGACO/3 [192.0.2.10]:2944\n"
#define BODY "T=5{C=-{AV=ROOT{AT{}}}}"
#define KEY "00112233445566778899aabbccddeeff01234567"

/* From the peer to us, with KEY: HMAC of BODY by pseudo header. */
#define MD5_DIGITS "b0175510740124fc123c7354352b954b"
#define MD5_OCTETS "72355bfbc50a4f6a89da5398e47d185c"
#define SHA1_DIGITS "ba210b8d4a29ac9d457fea4e79c1053fd4790f3f"
#define SHA1_OCTETS "573863a40898940b0459804506360e3bf39853b7"
#define SHA1_96 "ba210b8d4a29ac9d457fea4e"

static void put_secret(struct h248_auth_key *k, const char *hex)
{
	unsigned int octet;

	for (k->n = 0; hex[2 * k->n]; k->n++) {
		sscanf(hex + 2 * k->n, "%2x", &octet);
		k->secret[k->n] = (uint8_t)octet;
	}
}

static struct h248_auth_params params_of(enum h248_auth_alg alg)
{
	struct h248_auth_params p = {
		.mode = H248_AUTH_REQUIRE,
		.is_sending = true,
		.key = { { .spi = 0x101, .alg = alg } },
		.n_keys = 1,
	};

	put_secret(&p.key[0], KEY);
	return p;
}

static struct h248_authenticator *make(const struct h248_auth_params *p)
{
	struct h248_authenticator *a = NULL;

	CU_ASSERT_EQUAL_FATAL(h248_auth_new(p, &a), 0);
	return a;
}

/* ---- RFC 2202 ---- */

/* Ten octets of the data are the pseudo header. */
static void sign_data(const struct h248_auth_params *p, const char *data,
		      uint32_t n, char *out)
{
	struct sockaddr_storage from = { .ss_family = AF_INET }, to = from;
	struct h248_authenticator *a = make(p);
	int r;

	memcpy(&((struct sockaddr_in *)&from)->sin_addr, data, 4);
	memcpy(&((struct sockaddr_in *)&to)->sin_addr, data + 4, 4);
	memcpy(&((struct sockaddr_in *)&to)->sin_port, data + 8, 2);
	/* The same again: no message leaves anything behind. */
	for (int i = 0; i < 2; i++)
		r = h248_auth_sign(a, &from, &to,
				   (struct h248_span) { data + 10, n - 10 },
				   false, out);
	CU_ASSERT(r > 0 && r <= H248_AUTH_HEADER && out[r - 1] == '\n');
	out[r] = '\0';
	h248_auth_free(a);
}

static void rfc2202(void)
{
	static const struct {
		enum h248_auth_alg alg;
		char octet; /* of the key; 0: 1, 2, 3 and so on */
		unsigned int n;
		char data; /* repeated 50 times; 0: text */
		const char *icv;
	} t[] = {
		{ H248_AUTH_MD5, '\xaa', 16, '\xdd',
		  "56BE34521D144C88DBB8C733F0E8B3F6" },
		{ H248_AUTH_MD5, 0, 25, '\xcd',
		  "697EAF0ACA3A3AEA3A75164746FFAA79" },
		{ H248_AUTH_MD5, '\x0c', 16, 0,
		  "56461EF2342EDC00F9BAB995690EFD4C" },
		{ H248_AUTH_MD5_96, '\x0c', 16, 0, "56461EF2342EDC00F9BAB995" },
		{ H248_AUTH_SHA1, '\xaa', 20, '\xdd',
		  "125D7342B9AC11CD91A39AF48AA17B4F63F175D3" },
		{ H248_AUTH_SHA1, 0, 25, '\xcd',
		  "4C9007F4026250C6BC8414F9BF50C86C2D7235DA" },
		{ H248_AUTH_SHA1, '\x0c', 20, 0,
		  "4C1A03424B55E07FE7F27BE1D58BB9324A9A5A04" },
		{ H248_AUTH_SHA1_96, '\x0c', 20, 0,
		  "4C1A03424B55E07FE7F27BE1" },
	};

	for (unsigned int i = 0; i < N(t); i++) {
		struct h248_auth_params p = params_of(t[i].alg);
		char data[51] = "Test With Truncation";
		char out[H248_AUTH_HEADER + 1], want[H248_AUTH_HEADER];

		p.pseudo = H248_AUTH_OCTETS;
		p.key[0].n = t[i].n;
		for (unsigned int k = 0; k < t[i].n; k++)
			p.key[0].secret[k] = t[i].octet ? (uint8_t)t[i].octet :
							  (uint8_t)(k + 1);
		if (t[i].data)
			memset(data, t[i].data, 50);
		sign_data(&p, data, (uint32_t)strlen(data), out);
		snprintf(want, sizeof(want), "AU=0x00000101:0x00000002:0x%s\n",
			 t[i].icv);
		CU_ASSERT_STRING_EQUAL(out, want);
	}
}

/* ---- what a header is worth ---- */

/* A decoded message in memory of exactly its size. */
struct decoded {
	struct h248_arena *arena;
	char *buf;
	struct h248_msg msg;
};

static struct decoded decode(const char *text)
{
	struct decoded d = { .arena = h248_arena_new(0) };
	size_t n = strlen(text);

	d.buf = malloc(n);
	memcpy(d.buf, text, n);
	CU_ASSERT_EQUAL(h248_text_dec(d.arena, d.buf, n, &d.msg), 0);
	return d;
}

static enum h248_auth_verdict judge(struct h248_authenticator *a,
				    const char *text, const char *from,
				    const char *to)
{
	struct sockaddr_storage source = fake_addr(from, 40000);
	struct sockaddr_storage target = fake_addr(to, 2944);
	struct decoded d = decode(text);
	enum h248_auth_verdict v = h248_auth_check(a, &d.msg, &source, &target);

	h248_arena_free(d.arena);
	free(d.buf);
	return v;
}

/* The verdict on a text from the peer to us. */
static enum h248_auth_verdict check(const struct h248_auth_params *p,
				    const char *text)
{
	struct h248_authenticator *a = p ? make(p) : NULL;
	enum h248_auth_verdict v = judge(a, text, PEER, SELF);

	h248_auth_free(a);
	return v;
}

#define AU(spi, icv) "AU=0x" spi ":0x00000007:0x" icv "\n"
#define AU101(icv) AU("00000101", icv)

static void whole_messages(void)
{
	static const struct {
		enum h248_auth_alg alg;
		enum h248_auth_pseudo pseudo;
		const char *text;
	} t[] = {
		{ H248_AUTH_MD5, H248_AUTH_DIGITS,
		  AU101(MD5_DIGITS) HEAD BODY },
		{ H248_AUTH_MD5, H248_AUTH_OCTETS,
		  AU101(MD5_OCTETS) HEAD BODY },
		{ H248_AUTH_SHA1, H248_AUTH_DIGITS,
		  AU101(SHA1_DIGITS) HEAD BODY },
		{ H248_AUTH_SHA1, H248_AUTH_OCTETS,
		  AU101(SHA1_OCTETS) HEAD BODY },
		{ H248_AUTH_MD5_96, H248_AUTH_DIGITS,
		  AU101("b0175510740124fc123c7354") HEAD BODY },
		{ H248_AUTH_SHA1_96, H248_AUTH_DIGITS,
		  AU101(SHA1_96) HEAD BODY },
		/* What is not covered, and may look as it likes. */
		{ H248_AUTH_SHA1_96, H248_AUTH_DIGITS,
		  "Authentication = 0X00000101 : 0xffffFFFF : 0x"
		  "BA210b8d4a29ac9d457fea4e ; comment\r\n!/2"
		  " [10.0.0.1] \n\n" BODY "\r\n \t\n" },
		{ H248_AUTH_SHA1_96, H248_AUTH_DIGITS,
		  AU101(SHA1_96) "!/1 <mgc.example>\n" BODY },
	};

	for (unsigned int i = 0; i < N(t); i++) {
		struct h248_auth_params p = params_of(t[i].alg);

		p.pseudo = t[i].pseudo;
		CU_ASSERT_EQUAL(check(&p, t[i].text), H248_AUTH_OK);
		/* The other reading of the standard is another ICV. */
		p.pseudo = !p.pseudo;
		CU_ASSERT_EQUAL(check(&p, t[i].text), H248_AUTH_WRONG);
	}
}

/* One digit, one octet, one address, one more octet: all are covered. */
static void t35_wrong_icv(void)
{
	static const char *const t[] = {
		AU101("aa210b8d4a29ac9d457fea4e") HEAD BODY,
		AU101("ba210b8d4a29ac9d457fea4f") HEAD BODY,
		AU101("ba210b8d4a29ac9d457fea4e3f") HEAD BODY,
		AU101(SHA1_DIGITS) HEAD BODY,
		AU101("000000000000000000000000") HEAD BODY,
		AU101(SHA1_96) HEAD "T=6{C=-{AV=ROOT{AT{}}}}",
		AU101(SHA1_96) HEAD BODY "T=6{C=-{AV=ROOT{AT{}}}}",
		AU101(SHA1_96) HEAD "T=5 {C=-{AV=ROOT{AT{}}}}",
		AU101(SHA1_96) HEAD BODY ";",
	};
	struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
	struct h248_authenticator *a = make(&p);

	for (unsigned int i = 0; i < N(t); i++)
		CU_ASSERT_EQUAL(check(&p, t[i]), H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(judge(a, AU101(SHA1_96) HEAD BODY, SELF, PEER),
			H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(judge(a, AU101(SHA1_96) HEAD BODY, PEER, "192.0.2.21"),
			H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(judge(a, AU101(SHA1_96) HEAD BODY, PEER, SELF),
			H248_AUTH_OK);
	h248_auth_free(a);
	p.key[0].secret[19] ^= 1;
	CU_ASSERT_EQUAL(check(&p, AU101(SHA1_96) HEAD BODY), H248_AUTH_WRONG);
}

/* C17, T35: a header by mode. */
static void t35_modes(void)
{
	static const struct {
		enum h248_auth_mode mode;
		enum h248_auth_verdict none, right, wrong, stranger, null;
	} t[] = {
		{ H248_AUTH_OFF, H248_AUTH_OK, H248_AUTH_UNEXPECTED,
		  H248_AUTH_UNEXPECTED, H248_AUTH_UNEXPECTED,
		  H248_AUTH_UNEXPECTED },
		{ H248_AUTH_NULL, H248_AUTH_OK, H248_AUTH_OK, H248_AUTH_OK,
		  H248_AUTH_OK, H248_AUTH_OK },
		{ H248_AUTH_ACCEPT, H248_AUTH_OK, H248_AUTH_OK, H248_AUTH_WRONG,
		  H248_AUTH_UNKNOWN, H248_AUTH_UNKNOWN },
		{ H248_AUTH_REQUIRE, H248_AUTH_ABSENT, H248_AUTH_OK,
		  H248_AUTH_WRONG, H248_AUTH_UNKNOWN, H248_AUTH_UNKNOWN },
	};

	for (unsigned int i = 0; i < N(t); i++) {
		struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);

		p.mode = t[i].mode;
		CU_ASSERT_EQUAL(check(&p, HEAD BODY), t[i].none);
		CU_ASSERT_EQUAL(check(&p, AU101(SHA1_96) HEAD BODY),
				t[i].right);
		CU_ASSERT_EQUAL(check(&p, AU101("ba210b8d4a29ac9d457fea40")
						  HEAD BODY),
				t[i].wrong);
		CU_ASSERT_EQUAL(check(&p, AU("00000102", SHA1_96) HEAD BODY),
				t[i].stranger);
		CU_ASSERT_EQUAL(check(&p,
				      "AU=0x00000000:0x00000000:0x"
				      "000000000000000000000000\n" HEAD BODY),
				t[i].null);
	}
	CU_ASSERT_EQUAL(check(NULL, HEAD BODY), H248_AUTH_OK);
	CU_ASSERT_EQUAL(check(NULL, AU101(SHA1_96) HEAD BODY),
			H248_AUTH_UNEXPECTED);
}

static void never_for_ip6(void)
{
	struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
	struct sockaddr_storage six = { .ss_family = AF_INET6 };
	struct sockaddr_storage four = fake_addr(SELF, 2944), none = { 0 };
	struct h248_authenticator *a = make(&p);
	struct decoded d = decode(AU101(SHA1_96) HEAD BODY);
	struct h248_span body = { BODY, sizeof(BODY) - 1 };
	char out[H248_AUTH_HEADER];

	CU_ASSERT_EQUAL(h248_auth_check(a, &d.msg, &six, &four),
			H248_AUTH_NO_IPV4);
	CU_ASSERT_EQUAL(h248_auth_check(a, &d.msg, &four, &none),
			H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(h248_auth_sign(a, &six, &six, body, false, out),
			-EAFNOSUPPORT);
	CU_ASSERT_EQUAL(h248_auth_sign(a, &none, &four, body, false, out),
			-EAFNOSUPPORT);
	h248_arena_free(d.arena);
	free(d.buf);
	h248_auth_free(a);
}

static void several_keys(void)
{
	struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
	struct h248_authenticator *a = make(&p);

	p.key[1] = p.key[0];
	p.key[0].spi = 0xffffffff;
	p.key[0].secret[0] ^= 1;
	p.n_keys = 2;
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), 0);
	CU_ASSERT_EQUAL(judge(a, AU101(SHA1_96) HEAD BODY, PEER, SELF),
			H248_AUTH_OK);
	CU_ASSERT_EQUAL(judge(a, AU("FFFFFFFF", SHA1_96) HEAD BODY, PEER, SELF),
			H248_AUTH_WRONG);
	/* What cannot be taken changes nothing. */
	p.key[0].spi = 0x101;
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), -EINVAL);
	p.key[0].spi = 0x102;
	p.key[1].n = H248_AUTH_MIN_SECRET - 1;
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), -EINVAL);
	p.key[1].n = H248_AUTH_MAX_SECRET + 1;
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), -EINVAL);
	p.n_keys = 0;
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), -EINVAL);
	CU_ASSERT_EQUAL(judge(a, AU101(SHA1_96) HEAD BODY, PEER, SELF),
			H248_AUTH_OK);
	h248_auth_free(a);
}

/* ---- sequence numbers ---- */

static enum h248_auth_verdict arrive(struct h248_authenticator *a, uint32_t seq,
				     const char *from)
{
	static char text[256];

	snprintf(text, sizeof(text), "AU=0x00000101:0x%08x:0x%s\n" HEAD BODY,
		 seq, SHA1_96);
	return judge(a, text, from, SELF);
}

static void window(void)
{
	static const struct {
		uint32_t seq;
		bool is_new;
	} t[] = {
		{ 100, true },         { 100, false },
		{ 99, true },          { 99, false },
		{ 93, true },          { 92, false },
		{ 101, true },         { 93, false },
		{ 94, true },          { 1000, true },
		{ 101, false },        { 995, true },
		{ 995, false },        { 1064, true },
		{ 1000, false },       { 0x80000427, true },
		{ 1064, false },       { 0xfffffffe, true },
		{ 2, true },           { 0xffffffff, true },
		{ 0xfffffffe, false }, { 0xffffffff, false },
	};
	struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
	struct h248_authenticator *a;

	p.window = 8;
	a = make(&p);
	for (unsigned int i = 0; i < N(t); i++)
		CU_ASSERT_EQUAL(arrive(a, t[i].seq, PEER),
				t[i].is_new ? H248_AUTH_OK :
					      H248_AUTH_REPLAYED);
	/* Keys may be read again meanwhile. */
	CU_ASSERT_EQUAL(h248_auth_set(a, &p), 0);
	CU_ASSERT_EQUAL(arrive(a, 2, PEER), H248_AUTH_REPLAYED);
	h248_auth_free(a);
}

/* Who has no key moves no window. */
static void window_of_the_authentic(void)
{
	struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
	struct h248_authenticator *a;

	p.window = H248_AUTH_MAX_WINDOW;
	a = make(&p);
	CU_ASSERT_EQUAL(arrive(a, 5, PEER), H248_AUTH_OK);
	CU_ASSERT_EQUAL(arrive(a, 0x70000000, "192.0.2.66"), H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(judge(a,
			      "AU=0x00000101:0x70000000:0x"
			      "000000000000000000000000\n" HEAD BODY,
			      PEER, SELF),
			H248_AUTH_WRONG);
	CU_ASSERT_EQUAL(arrive(a, 6, PEER), H248_AUTH_OK);
	CU_ASSERT_EQUAL(arrive(a, 5, PEER), H248_AUTH_REPLAYED);
	h248_auth_free(a);
	p.window = 0;
	a = make(&p);
	CU_ASSERT_EQUAL(arrive(a, 5, PEER), H248_AUTH_OK);
	CU_ASSERT_EQUAL(arrive(a, 5, PEER), H248_AUTH_OK);
	h248_auth_free(a);
}

/* ---- transactions ---- */

struct end {
	struct fake_net net; /* first: the hooks take it */
	struct h248_txns *txns;
	struct h248_authenticator *auth;
	struct sockaddr_storage peer, self;
	unsigned int executed, heard, done;
	char wire[16384]; /* the last message sent, as it was */
	size_t n;
};

static void on_send(void *arg, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	struct end *e = arg;

	e->n = n < sizeof(e->wire) ? n : 0;
	memcpy(e->wire, buf, e->n);
	e->wire[e->n] = '\0';
	fake_net_send(arg, to, buf, n);
}

static void on_local(void *arg, const struct sockaddr_storage *peer,
		     struct sockaddr_storage *out)
{
	struct end *e = arg;

	(void)peer;
	*out = e->self;
}

static struct h248_term_id root = { .text = { "ROOT", 4 }, .is_root = true };
static struct h248_cmd audit = { .kind = H248_CMD_AUDIT_VALUE, .terms = &root };
static struct h248_action action = { .ctx = H248_CTX_NULL, .cmds = &audit };

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct end *e = arg;

	(void)req;
	(void)msg;
	(void)from;
	e->executed++;
	h248_in_reply(in, &action, e->net.now_ms);
}

static void on_heard(void *arg, const struct sockaddr_storage *from,
		     uint64_t now_ms)
{
	struct end *e = arg;

	(void)from;
	(void)now_ms;
	e->heard++;
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct end *e = arg;

	(void)reply;
	e->done += !err;
}

static struct end *end_new(const struct h248_auth_params *auth,
			   const char *self, const char *peer)
{
	static const struct h248_txn_ops ops = {
		.send = on_send,
		.random = fake_net_random,
		.local = on_local,
		.request = on_request,
		.heard = on_heard,
	};
	struct h248_txn_params p = {
		.mid = { .kind = H248_MID_IP4,
			 .text = { self, (uint32_t)strlen(self) } },
		.version = 3,
		.first_tid = 100,
	};
	struct end *e = calloc(1, sizeof(*e));

	e->net.now_ms = 1000;
	e->peer = fake_addr(peer, 2944);
	e->self = fake_addr(self, 2944);
	if (auth)
		e->auth = make(auth);
	p.auth = e->auth;
	e->txns = h248_txns_new(&p, &ops, e);
	return e;
}

static void end_free(struct end *e)
{
	h248_txns_free(e->txns);
	h248_auth_free(e->auth);
	free(e);
}

static void receive(struct end *e, const char *text)
{
	h248_txns_input(e->txns, &e->peer, text, strlen(text), e->net.now_ms);
}

static uint64_t count(const struct end *e, enum h248_auth_verdict v)
{
	return h248_txns_counters(e->txns)->auth[v];
}

/* C17: what is not authentic is not processed, not heard, and told only to who
 * asks. */
static void c17_no_processing(void)
{
	static const char reply[] = "P=100{C=-{AV=ROOT}}";
	static const struct {
		enum h248_auth_mode mode;
		const char *header;
		enum h248_auth_verdict why;
	} t[] = {
		{ H248_AUTH_OFF, AU101(SHA1_96), H248_AUTH_UNEXPECTED },
		{ H248_AUTH_ACCEPT, AU101("ba210b8d4a29ac9d457fea40"),
		  H248_AUTH_WRONG },
		{ H248_AUTH_ACCEPT, AU("00000007", SHA1_96),
		  H248_AUTH_UNKNOWN },
		{ H248_AUTH_REQUIRE, "", H248_AUTH_ABSENT },
	};

	for (unsigned int i = 0; i < N(t); i++) {
		struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
		char text[256];
		struct end *e;

		p.mode = t[i].mode;
		e = end_new(&p, SELF, PEER);
		CU_ASSERT_EQUAL(h248_txns_request(e->txns, &e->peer, &action,
						  on_reply, e, e->net.now_ms,
						  NULL),
				0);
		snprintf(text, sizeof(text), "%s" HEAD BODY, t[i].header);
		receive(e, text);
		CU_ASSERT_EQUAL(e->executed, 0);
		CU_ASSERT(fake_net_last_has(&e->net, "ER=402{"));
		snprintf(text, sizeof(text), "%s" HEAD "%s", t[i].header,
			 reply);
		receive(e, text);
		snprintf(text, sizeof(text), "%s" HEAD "ER=500{}", t[i].header);
		receive(e, text);
		CU_ASSERT_EQUAL(e->done, 0);
		CU_ASSERT_EQUAL(e->heard, 0);
		CU_ASSERT_EQUAL(e->net.n_sent, 2);
		CU_ASSERT_EQUAL(count(e, t[i].why), 3);
		CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->refused, 3);
		end_free(e);
	}
}

/* T3: nothing of it is read; 400 for who asks, in every mode. */
static void t3_malformed(void)
{
	static const char *const bad[] = {
		"AU=0x0000101:0x00000001:0x" SHA1_96 "\n",
		"AU=0x00000101:0x00000001:0x" SHA1_DIGITS SHA1_DIGITS "\n",
		"AU=0x00000101:0x00000001:0xba210b8d4a29ac9d457fea4g\n",
		"AU=0x00000101:0x00000001:" SHA1_96 "\n",
		"AU=0x00000101:0x00000001\n",
		"AU={}{}{}{}{}{}{}{}\n",
		"AU\n",
	};
	char text[256];

	for (unsigned int i = 0; i < N(bad) * 4; i++) {
		struct h248_auth_params p = params_of(H248_AUTH_SHA1_96);
		struct end *e;

		p.mode = (enum h248_auth_mode)(i % 4);
		e = end_new(&p, SELF, PEER);
		snprintf(text, sizeof(text), "%s" HEAD BODY, bad[i / 4]);
		receive(e, text);
		CU_ASSERT_EQUAL(e->executed, 0);
		CU_ASSERT_EQUAL(e->net.n_sent, 1);
		CU_ASSERT(fake_net_last_has(&e->net, "ER=400{"));
		snprintf(text, sizeof(text), "%s" HEAD "P=100{C=-{AV=ROOT}}",
			 bad[i / 4]);
		receive(e, text);
		receive(e, bad[i / 4]);
		CU_ASSERT_EQUAL(e->net.n_sent, 1);
		CU_ASSERT_EQUAL(e->heard, 0);
		CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->undecodable, 3);
		end_free(e);
	}
}

/* Everything that one end sends, the other takes: requests and their
 * repetition with a number of its own, replies, errors. */
static void both_ways(enum h248_auth_alg alg, enum h248_auth_pseudo pseudo,
		      bool is_null)
{
	struct h248_auth_params p = params_of(alg);
	struct end *gate, *mgc;

	p.pseudo = pseudo;
	p.window = 32;
	if (is_null)
		p = (struct h248_auth_params) { .mode = H248_AUTH_NULL,
						.is_sending = true };
	gate = end_new(&p, SELF, PEER);
	mgc = end_new(&p, PEER, SELF);
	h248_txns_request(gate->txns, &gate->peer, &action, on_reply, gate,
			  gate->net.now_ms, NULL);
	CU_ASSERT_EQUAL(strncmp(gate->wire, "AU=0x", 5), 0);
	receive(mgc, gate->wire);
	receive(mgc, gate->wire); /* a network that repeats */
	CU_ASSERT_EQUAL(mgc->net.n_sent, is_null ? 2 : 1);
	h248_txns_tick(gate->txns, gate->net.now_ms + 500);
	receive(mgc, gate->wire); /* a repetition */
	CU_ASSERT_EQUAL(mgc->executed, 1);
	CU_ASSERT_EQUAL(mgc->net.n_sent, is_null ? 3 : 2);
	CU_ASSERT_EQUAL(count(mgc, H248_AUTH_REPLAYED), !is_null);
	receive(gate, mgc->wire);
	CU_ASSERT_EQUAL(gate->done, 1);
	CU_ASSERT_EQUAL(gate->heard, 1);
	/* A body that cannot be read, signed: told, and the error is signed. */
	receive(gate, is_null ? HEAD "T=5{" : HEAD "x");
	CU_ASSERT_EQUAL(strncmp(gate->wire, "AU=0x", 5), 0);
	receive(mgc, gate->wire);
	CU_ASSERT_EQUAL(count(mgc, H248_AUTH_OK), is_null ? 4 : 3);
	end_free(gate);
	end_free(mgc);
}

static void every_algorithm(void)
{
	for (unsigned int alg = 0; alg < H248_AUTH_ALG__COUNT; alg++) {
		both_ways(alg, H248_AUTH_DIGITS, false);
		both_ways(alg, H248_AUTH_OCTETS, false);
	}
	both_ways(0, H248_AUTH_DIGITS, true);
}

static void null_form(void)
{
	static const char zeros[] = "AU=0x00000000:0x00000000:0x"
				    "000000000000000000000000\n!/3 ";
	struct h248_auth_params p = { .mode = H248_AUTH_NULL,
				      .is_sending = true };
	struct end *e = end_new(&p, SELF, PEER);

	receive(e, HEAD BODY);
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(strncmp(e->wire, zeros, sizeof(zeros) - 1), 0);
	end_free(e);
}

/* A full message leaves room for its header, or is not sent. */
static void room_for_the_header(void)
{
	struct h248_auth_params p = params_of(H248_AUTH_SHA1);
	struct end *e = end_new(&p, SELF, PEER);
	static char sdp[H248_MAX_MSG_OCTETS];
	struct h248_body local = { .sdp = { sdp, 0 } };
	struct h248_stream stream = { .is_implicit = true, .local = &local };
	struct h248_media media = { .streams = &stream };
	struct h248_desc desc = { .kind = H248_DESC_MEDIA, .u.media = &media };
	struct h248_cmd modify = { .kind = H248_CMD_MODIFY,
				   .terms = &root,
				   .descs = &desc };
	struct h248_action big = { .ctx = H248_CTX_NULL, .cmds = &modify };
	int r = 0;

	memset(sdp, 'x', sizeof(sdp));
	for (local.sdp.n = 65300; !r; local.sdp.n++)
		r = h248_txns_request(e->txns, &e->peer, &big, on_reply, e,
				      e->net.now_ms, NULL);
	CU_ASSERT_EQUAL(r, -EMSGSIZE);
	CU_ASSERT(e->net.n_sent > 0);
	CU_ASSERT_EQUAL(e->net.n_sent,
			h248_txns_counters(e->txns)->requests_out);
	CU_ASSERT(fake_net_last(&e->net)->n <= H248_MAX_MSG_OCTETS);
	CU_ASSERT(fake_net_last(&e->net)->n > H248_MAX_MSG_OCTETS - 88);
	end_free(e);
}

/* ---- secrets and core dumps ---- */

/* A05: octets that are nowhere else. */
static void no_secret_in_a_dump(void)
{
	static uint8_t masked[32];
	struct h248_auth_params p = { .mode = H248_AUTH_REQUIRE, .n_keys = 1 };
	struct h248_authenticator *a = NULL;

	for (size_t i = 0; i < sizeof(masked); i++)
		masked[i] = (uint8_t)(i * 37 + 11);
	p.key[0].spi = 1;
	p.key[0].alg = H248_AUTH_SHA1;
	p.key[0].n = sizeof(masked);
	for (size_t i = 0; i < sizeof(masked); i++)
		p.key[0].secret[i] = masked[i] ^ DUMPABLE_MASK;
	CU_ASSERT(dumpable_has(masked, sizeof(masked)));
	CU_ASSERT_EQUAL(h248_secrets_init(), 0);
	CU_ASSERT_EQUAL_FATAL(h248_auth_new(&p, &a), 0);
	explicit_bzero(&p, sizeof(p));
	CU_ASSERT_FALSE(dumpable_has(masked, sizeof(masked)));
	h248_auth_free(a);
}

/* ---- secrets in files ---- */

static int read_key(const char *content, mode_t mode, struct h248_auth_key *key,
		    char *err, size_t cap)
{
	char path[] = "/tmp/bgf-key.XXXXXX";
	int fd = mkstemp(path), r;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, content, strlen(content)),
			(ssize_t)strlen(content));
	fchmod(fd, mode);
	close(fd);
	r = h248_auth_key_read(path, key, err, cap);
	if (r)
		CU_ASSERT_PTR_NOT_NULL(strstr(err, path));
	unlink(path);
	return r;
}

static void key_files(void)
{
#define SIXTEEN "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define SIXTY_FOUR SIXTEEN SIXTEEN SIXTEEN SIXTEEN
	static const struct {
		const char *content;
		mode_t mode;
		int r;
		unsigned int n;
	} t[] = {
		{ SIXTEEN, 0600, 0, 16 },
		{ SIXTEEN "\n", 0640, 0, 16 },
		{ " 0F1E 2d3c\r\n\t4b5a 69788796a5b4c3d2e1 f0\n", 0400, 0, 16 },
		{ SIXTY_FOUR "\n", 0600, 0, 64 },
		{ SIXTY_FOUR "0", 0600, -EINVAL, 0 },
		{ SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR, 0600, -EINVAL,
		  0 },
		{ "0f1e2d3c4b5a69788796a5b4c3d2e1", 0600, -EINVAL, 0 },
		{ SIXTEEN "0", 0600, -EINVAL, 0 },
		{ "0x" SIXTEEN, 0600, -EINVAL, 0 },
		{ "", 0600, -EINVAL, 0 },
		{ SIXTEEN, 0644, -EACCES, 0 },
		{ SIXTEEN, 0602, -EACCES, 0 },
	};
	static const uint8_t none[H248_AUTH_MAX_SECRET];

	for (unsigned int i = 0; i < N(t); i++) {
		struct h248_auth_key key = { .spi = 5 };
		char err[256] = "";

		CU_ASSERT_EQUAL(read_key(t[i].content, t[i].mode, &key, err,
					 sizeof(err)),
				t[i].r);
		CU_ASSERT_EQUAL(key.n, t[i].n);
		CU_ASSERT_EQUAL(key.spi, 5);
		if (!t[i].r) {
			CU_ASSERT_EQUAL(memcmp(key.secret, "\x0f\x1e\x2d", 3),
					0);
			continue;
		}
		/* Nothing of it is left, and nothing is told. */
		CU_ASSERT_EQUAL(memcmp(key.secret, none, sizeof(none)), 0);
		CU_ASSERT_PTR_NULL(strstr(err, "0f1e"));
	}
}

static void key_files_that_are_none(void)
{
	struct h248_auth_key key = { 0 };
	char err[256];

	CU_ASSERT_EQUAL(h248_auth_key_read("/nowhere/key", &key, err,
					   sizeof(err)),
			-ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/nowhere/key"));
	CU_ASSERT_EQUAL(h248_auth_key_read("/tmp", &key, err, sizeof(err)),
			-EISDIR);
	CU_ASSERT_EQUAL(h248_auth_key_read("/dev/zero", &key, err, sizeof(err)),
			-EINVAL);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "RFC 2202: HMAC-MD5 and HMAC-SHA1", rfc2202 },
		{ "T35 whole messages, both pseudo headers", whole_messages },
		{ "T35 wrong ICV", t35_wrong_icv },
		{ "C17 T35 every mode, and null", t35_modes },
		{ "10.2 never for IPv6", never_for_ip6 },
		{ "several keys, and others later", several_keys },
		{ "a window of sequence numbers", window },
		{ "only the authentic move it", window_of_the_authentic },
		{ "C17 no processing", c17_no_processing },
		{ "T3 malformed header", t3_malformed },
		{ "10.2 both ways with every algorithm", every_algorithm },
		{ "the null form", null_form },
		{ "room for the header", room_for_the_header },
		{ "secrets from files", key_files },
		{ "A05 no secret in a core dump", no_secret_in_a_dump },
		{ "files that hold no secret", key_files_that_are_none },
		{ NULL, NULL },
	};

	return suite_run("h248/auth", tests);
}
