/* test/unit/test_h248_sdp.c - bodies of Local and Remote */
#include "h248/sdp.h"
#include "h248/span.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MSRP "m=message 5000 TCP/MSRP *"

/* code 0: accepted, and then the fields hold for the first alternative. */
struct body_case {
	const char *id, *body;
	uint16_t code;
	size_t n;
	const char *addr; /* "$": choose; NULL: no c= */
	uint16_t port;    /* 0: choose */
	const char *proto;
	enum h248_setup setup;
};

static const struct body_case bodies[] = {
	{ "1.4 v= o= s= t= may be missing",
	  "c=IN IP4 192.0.2.1\r\n" MSRP "\r\n", 0, 1, "192.0.2.1", 5000,
	  "TCP/MSRP", 0 },
	{ "1.4 CHOOSE", "v=0\r\nc=IN IP4 $\r\nm=message $ TCP -\r\n", 0, 1, "$",
	  0, "TCP", 0 },
	{ "1.4 CHOOSE of the family", "c=IN $ $\nm=- $ TCP -\n", 0, 1, "$", 0,
	  "TCP", 0 },
	{ "T6 complete, LF",
	  "v=0\no=- 1 1 IN IP4 192.0.2.9\ns=x y\nc=IN IP4 192.0.2.1\nt=0 0\n"
	  "m=message 9 TCP/MSRP *\na=setup:active\n",
	  0, 1, "192.0.2.1", 9, "TCP/MSRP", H248_SETUP_ACTIVE },
	{ "T6 CR only", "v=0\rc=IN IP4 192.0.2.1\r" MSRP "\r", 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "T6 leading blank line, blanks, no end",
	  "\r\n \t\r\n  v=0\r\n c=IN IP4 192.0.2.1 \r\n " MSRP, 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "C08 blank line in the middle",
	  "v=0\r\nc=IN IP4 192.0.2.1\r\n\r\n" MSRP "\r\n", 0, 1, "192.0.2.1",
	  5000, "TCP/MSRP", 0 },
	{ "25 t= before c=", "v=0\nt=0 0\nc=IN IP4 192.0.2.1\n" MSRP "\n", 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "25 t= after m=", "v=0\nc=IN IP4 192.0.2.1\n" MSRP "\nt=0 0\n", 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "25 b= before c=", "b=AS:64\nc=IN IP4 192.0.2.1\n" MSRP "\n", 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "25 media c= after a=", MSRP "\na=setup:passive\nc=IN IP4 192.0.2.1\n",
	  0, 1, "192.0.2.1", 5000, "TCP/MSRP", H248_SETUP_PASSIVE },
	{ "25 media c= wins",
	  "c=IN IP4 192.0.2.7\n" MSRP "\nc=IN IP4 192.0.2.1\n", 0, 1,
	  "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "T6 alternatives",
	  "v=0\nc=IN IP4 192.0.2.1\n" MSRP "\nv=0\nc=IN IP6 2001:db8::1\n" MSRP
	  "\n",
	  0, 2, "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "T5 braces", MSRP "\na=x:{a}\na=key:p}w{\n", 0, 1, NULL, 5000,
	  "TCP/MSRP", 0 },
	{ "T15 IPv6", "c=IN IP6 2001:db8::5\nm=- 7 TCP -\n", 0, 1,
	  "2001:db8::5", 7, "TCP", 0 },
	{ "5.14.3 TCP/TLS/MSRP", "m=message 7 TCP/TLS/MSRP *\n", 0, 1, NULL, 7,
	  "TCP/TLS/MSRP", 0 },
	{ "5.14.3 actpass", MSRP "\na=setup:actpass\n", 0, 1, NULL, 5000,
	  "TCP/MSRP", H248_SETUP_ACTPASS },
	{ "5.14.3 holdconn", MSRP "\na=Setup:HoldConn\n", 0, 1, NULL, 5000,
	  "TCP/MSRP", H248_SETUP_HOLDCONN },
	{ "5.14.3 session setup holds", "a=setup:active\n" MSRP "\n", 0, 1,
	  NULL, 5000, "TCP/MSRP", H248_SETUP_ACTIVE },
	{ "every type of line survives",
	  "v=0\no=- 1 1 IN IP4 192.0.2.9\ns=x\ni=i\nu=http://x.example/\n"
	  "e=a@x.example\np=+1 2\nc=IN IP4 192.0.2.1\nb=AS:1\nt=1 2\nr=1 2 3\n"
	  "k=clear:x\na=y\n" MSRP "\ni=z\nb=TIAS:9\nk=prompt\na=y:1\n",
	  0, 1, "192.0.2.1", 5000, "TCP/MSRP", 0 },
	{ "C08 Latin-1 and UTF-8", MSRP "\ns=\xe4\na=x:\xc3\xa4\n", 0, 1, NULL,
	  5000, "TCP/MSRP", 0 },

	{ "C01 nothing", "", 474, 0, NULL, 0, NULL, 0 },
	{ "C01 only blanks", " \r\n ", 474, 0, NULL, 0, NULL, 0 },
	{ "not SDP", "hello", 474, 0, NULL, 0, NULL, 0 },
	{ "25 an unknown line", MSRP "\nx=1\n", 474, 0, NULL, 0, NULL, 0 },
	{ "25 a line without =", MSRP "\na\n", 474, 0, NULL, 0, NULL, 0 },
	{ "25 a line without value", MSRP "\na=\n", 474, 0, NULL, 0, NULL, 0 },
	{ "no m=", "v=0\nc=IN IP4 192.0.2.1\n", 474, 0, NULL, 0, NULL, 0 },
	{ "1.4 two m=", MSRP "\n" MSRP "\n", 474, 0, NULL, 0, NULL, 0 },
	{ "25 s= twice", "s=a\ns=b\n" MSRP "\n", 474, 0, NULL, 0, NULL, 0 },
	{ "25 two media c=", MSRP "\nc=IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\n",
	  474, 0, NULL, 0, NULL, 0 },
	{ "25 two session c=",
	  "c=IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\n" MSRP "\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "m= without a format", "m=message 5000 TCP\n", 474, 0, NULL, 0, NULL,
	  0 },
	{ "m= without a transport", "m=message 5000\n", 474, 0, NULL, 0, NULL,
	  0 },
	{ "C14 port 70000", "m=message 70000 TCP -\n", 474, 0, NULL, 0, NULL,
	  0 },
	{ "C14 port of many digits",
	  "m=message 99999999999999999999999999 TCP -\n", 474, 0, NULL, 0, NULL,
	  0 },
	{ "C14 port -1", "m=message -1 TCP -\n", 474, 0, NULL, 0, NULL, 0 },
	{ "C14 port 0", "m=message 0 TCP -\n", 449, 0, NULL, 0, NULL, 0 },
	{ "C14 $ ports", "c=IN IP4 $\nm=message $/$ TCP -\n", 449, 0, NULL, 0,
	  NULL, 0 },
	{ "C14 two of $", "c=IN IP4 $\nm=message $/2 TCP -\n", 449, 0, NULL, 0,
	  NULL, 0 },
	{ "C14 $ with TTL", "c=IN IP4 $/3\nm=message $ TCP -\n", 449, 0, NULL,
	  0, NULL, 0 },
	{ "C14 two ports", "m=message 5000/2 TCP -\n", 449, 0, NULL, 0, NULL,
	  0 },
	{ "C14 a name", "c=IN IP4 host.example\n" MSRP "\n", 449, 0, NULL, 0,
	  NULL, 0 },
	{ "C14 a name with a digit first", "c=IN IP6 4host.example\n" MSRP "\n",
	  449, 0, NULL, 0, NULL, 0 },
	{ "C14 families mixed", "c=IN IP4 2001:db8::1\n" MSRP "\n", 474, 0,
	  NULL, 0, NULL, 0 },
	{ "C14 families mixed", "c=IN IP6 192.0.2.1\n" MSRP "\n", 474, 0, NULL,
	  0, NULL, 0 },
	{ "C14 families mixed, session and media",
	  "c=IN IP4 192.0.2.1\n" MSRP "\nc=IN IP6 2001:db8::1\n", 474, 0, NULL,
	  0, NULL, 0 },
	{ "C14 session c= that does not count",
	  "c=IN IP4 192.0.2\n" MSRP "\nc=IN IP4 192.0.2.1\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "C14 four numbers too large", "c=IN IP4 192.0.2.256\n" MSRP "\n", 474,
	  0, NULL, 0, NULL, 0 },
	{ "C14 scope", "c=IN IP6 fe80::1%eth0\n" MSRP "\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "C14 bandwidth", "b=AS:99999999999\n" MSRP "\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "C15 multicast with TTL", "c=IN IP4 224.0.0.1/3\n" MSRP "\n", 449, 0,
	  NULL, 0, NULL, 0 },
	{ "c= another network", "c=ATM NSAP 47\n" MSRP "\n", 449, 0, NULL, 0,
	  NULL, 0 },
	{ "c= another type", "c=IN IP5 192.0.2.1\n" MSRP "\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "c= too short", "c=IN IP4\n" MSRP "\n", 474, 0, NULL, 0, NULL, 0 },
	{ "515 RTP", "m=audio 5000 RTP/AVP 0\n", 515, 0, NULL, 0, NULL, 0 },
	{ "515 UDP", "m=message 5000 UDP -\n", 515, 0, NULL, 0, NULL, 0 },
	{ "515 only looks like TCP", "m=message 5000 TCPX -\n", 515, 0, NULL, 0,
	  NULL, 0 },
	{ "a=setup unknown", MSRP "\na=setup:both\n", 474, 0, NULL, 0, NULL,
	  0 },
	{ "a=connection unknown", MSRP "\na=connection:old\n", 474, 0, NULL, 0,
	  NULL, 0 },
	{ "T6 first alternative without m=", "v=0\nv=0\n" MSRP "\n", 474, 0,
	  NULL, 0, NULL, 0 },
};

static void check_address(const struct body_case *c, const struct h248_sdp *s)
{
	const struct sockaddr_in *v4 = (const void *)&s->address;
	const struct sockaddr_in6 *v6 = (const void *)&s->address;
	bool is_v6 = s->family == AF_INET6;
	char text[INET6_ADDRSTRLEN] = "";

	CU_ASSERT_EQUAL(s->has_address, c->addr != NULL);
	if (!c->addr)
		return;
	CU_ASSERT_EQUAL(s->is_address_choose, !strcmp(c->addr, "$"));
	if (s->is_address_choose)
		return;
	inet_ntop(s->family,
		  is_v6 ? (const void *)&v6->sin6_addr : &v4->sin_addr, text,
		  sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, c->addr);
	CU_ASSERT_EQUAL(ntohs(is_v6 ? v6->sin6_port : v4->sin_port), c->port);
}

static void parse(void)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		const struct body_case *c = &bodies[i];
		struct h248_sdp out[2];
		struct h248_err err = { 0 };
		size_t n = 77;
		int rc =
			h248_sdp_parse(h248_span_of(c->body), out, 2, &n, &err);

		if (rc != (c->code ? -EPROTO : 0) || err.code != c->code)
			printf("\n%s: %u %s", c->id, err.code, err.text);
		CU_ASSERT_EQUAL(rc, c->code ? -EPROTO : 0);
		CU_ASSERT_EQUAL(err.code, c->code);
		if (rc || c->code)
			continue;
		CU_ASSERT_EQUAL(n, c->n);
		CU_ASSERT_EQUAL(out[0].is_port_choose, !c->port);
		CU_ASSERT_EQUAL(out[0].port, c->port);
		CU_ASSERT_STRING_EQUAL(out[0].proto, c->proto);
		CU_ASSERT(out[0].is_tcp);
		CU_ASSERT_EQUAL(out[0].setup, c->setup);
		check_address(c, &out[0]);
	}
}

static void details(void)
{
	struct h248_sdp out[1];
	struct h248_err err = { 0 };
	size_t n;

	CU_ASSERT_EQUAL_FATAL(
		h248_sdp_parse(H248_SPAN("b=CT:9\nb=AS:64\n" MSRP
					 "\na=connection:existing\n"),
			       out, 1, &n, &err),
		0);
	CU_ASSERT(out[0].is_existing);
	CU_ASSERT_EQUAL(out[0].bandwidth_as_kbps, 64);
	CU_ASSERT_STRING_EQUAL(out[0].media, "message");
	CU_ASSERT_EQUAL(h248_sdp_parse(H248_SPAN("v=0\n" MSRP "\nv=0\n" MSRP),
				       out, 1, &n, &err),
			-EPROTO);
	CU_ASSERT_EQUAL(err.code, 474);
}

/* C14: a thousand m= lines; T15: nearly 64 KiB; C08: a NUL. */
static void large(void)
{
	static char body[80000];
	struct h248_sdp out[1];
	struct h248_err err = { 0 };
	size_t n, at = 0;

	for (int i = 0; i < 1000; i++)
		at += (size_t)sprintf(body + at, MSRP "\n");
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, at }, out, 1,
				       &n, &err),
			-EPROTO);
	CU_ASSERT_EQUAL(err.code, 474);
	at = (size_t)sprintf(body, MSRP "\na=x:");
	memset(body + at, 'y', 64000);
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, at + 64000 },
				       out, 1, &n, &err),
			0);
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, 70000 }, out,
				       1, &n, &err),
			-EPROTO);
	body[at] = '\0';
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, at + 2 }, out,
				       1, &n, &err),
			-EPROTO);
	CU_ASSERT_EQUAL(err.code, 474);
	at = (size_t)sprintf(body, "m=message 9 TCP");
	for (int i = 0; i < 62; i++)
		at += (size_t)sprintf(body + at, " x");
	err.code = 0;
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, at }, out, 1,
				       &n, &err),
			-EPROTO);
	CU_ASSERT_EQUAL(err.code, 474);
	CU_ASSERT_EQUAL(h248_sdp_parse((struct h248_span) { body, at - 2 }, out,
				       1, &n, &err),
			0);
}

static const struct {
	const char *id, *body;
	size_t which;
	const char *local; /* NULL: 192.0.2.1 port 7; else IPv6 */
	int rc;
	const char *out;
} completions[] = {
	{ "1.4 CHOOSE filled in, v= in front",
	  "c=IN IP4 $\nm=message $ TCP/MSRP *\na=setup:passive\n", 0, NULL, 0,
	  "v=0\r\nc=IN IP4 192.0.2.1\r\nm=message 7 TCP/MSRP *\r\n"
	  "a=setup:passive\r\n" },
	{ "25 v= stays first",
	  "\n v=0\r\no=- 1 1 IN IP4 $\r\ns=-\r\nc=IN IP4 $\r\nt=0 0\r\n"
	  "m=- $ TCP -\r\n",
	  0, NULL, 0,
	  "v=0\r\no=- 1 1 IN IP4 $\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
	  "m=- 7 TCP -\r\n" },
	{ "T5 other lines stay", "m=- $ TCP -\nc=IN IP4 $\na=x:{}\n", 0, NULL,
	  0, "v=0\r\nm=- 7 TCP -\r\nc=IN IP4 192.0.2.1\r\na=x:{}\r\n" },
	{ "1.4 no c=", "v=0\ns=-\nb=AS:6\nm=- $ TCP -\n", 0, NULL, 0,
	  "v=0\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nb=AS:6\r\nm=- 7 TCP -\r\n" },
	{ "what was given stays", "c=IN IP4 192.0.2.9\nm=- 5 TCP -\n", 0, NULL,
	  0, "v=0\r\nc=IN IP4 192.0.2.9\r\nm=- 5 TCP -\r\n" },
	{ "family chosen", "c=IN $ $\nm=- $ TCP -\n", 0, "2001:db8::1", 0,
	  "v=0\r\nc=IN IP6 2001:db8::1\r\nm=- 7 TCP -\r\n" },
	{ "T6 the second",
	  "v=0\nc=IN IP6 $\nm=- $ TCP -\nv=0\nc=IN IP4 $\nm=- $ TCP x\n", 1,
	  NULL, 0, "v=0\r\nc=IN IP4 192.0.2.1\r\nm=- 7 TCP x\r\n" },
	{ "there is no second", "m=- $ TCP -\n", 1, NULL, -EBADMSG, NULL },
	{ "the other family", "c=IN IP6 $\nm=- $ TCP -\n", 0, NULL, -EBADMSG,
	  NULL },
	{ "no m=", "v=0\n", 0, NULL, -EBADMSG, NULL },
	{ "no SDP", "x", 0, NULL, -EBADMSG, NULL },
};

/* c= of the media leaves open what that of the session says: it holds, or the
 * answer would be of a family that one of both lines denies. */
static void family_of_session(void)
{
	struct h248_span body =
		H248_SPAN("c=IN IP6 $\nm=- $ TCP -\nc=IN $ $\n");
	struct h248_sdp sdp;
	struct h248_err err;
	size_t n = 0;

	CU_ASSERT_EQUAL_FATAL(h248_sdp_parse(body, &sdp, 1, &n, &err), 0);
	CU_ASSERT_EQUAL(sdp.family, AF_INET6);
	CU_ASSERT(sdp.is_address_choose);
}

static void complete(void)
{
	for (size_t i = 0; i < sizeof(completions) / sizeof(*completions);
	     i++) {
		struct sockaddr_storage local = { .ss_family = AF_INET };
		struct sockaddr_in *v4 = (struct sockaddr_in *)&local;
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&local;
		struct h248_span body = h248_span_of(completions[i].body);
		char out[256];
		size_t n = 0;

		v4->sin_port = htons(7);
		inet_pton(AF_INET, "192.0.2.1", &v4->sin_addr);
		if (completions[i].local) {
			local.ss_family = AF_INET6;
			inet_pton(AF_INET6, completions[i].local,
				  &v6->sin6_addr);
		}
		CU_ASSERT_EQUAL(h248_sdp_complete(body, completions[i].which,
						  &local, out, sizeof(out), &n),
				completions[i].rc);
		if (completions[i].rc)
			continue;
		out[n] = '\0';
		CU_ASSERT_STRING_EQUAL(out, completions[i].out);
		for (size_t cap = 0; cap < n; cap++)
			CU_ASSERT_EQUAL(h248_sdp_complete(body,
							  completions[i].which,
							  &local, out, cap, &n),
					-EMSGSIZE);
	}
}

/* C02: every beginning of a body is read or refused, from exact memory. */
static void truncated(void)
{
	static const char whole[] =
		"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=x\r\nc=IN IP4 $\r\n"
		"b=AS:1\r\nt=0 0\r\nm=message $ TCP/MSRP *\r\na=setup:active";
	struct h248_sdp out[2];
	struct h248_err err;
	size_t n;

	for (size_t i = 0; i < sizeof(whole); i++) {
		char *copy = malloc(i ? i : 1);

		memcpy(copy, whole, i);
		err.code = 0;
		if (h248_sdp_parse((struct h248_span) { copy, (uint32_t)i },
				   out, 2, &n, &err))
			CU_ASSERT(err.code == 474 || err.code == 515);
		free(copy);
	}
}

/* More templates than are remembered, in turn, and each twice in a row; what
 * differs in one octet is another. */
static void templates_mean_the_same_again(void)
{
	static const char *const setups[] = { "active", "passive", "actpass" };
	char body[128];

	for (int i = 0; i < 120; i++) {
		struct h248_sdp one, two;
		struct h248_err err;
		size_t n = 0;
		int len = snprintf(body, sizeof(body),
				   "v=0\nc=IN IP%c $\nb=AS:%d\n"
				   "m=message $ TCP -\na=setup:%s\n",
				   i % 2 ? '4' : '6', 1 + i % 5, setups[i % 3]);
		struct h248_span s = { body, (uint32_t)len };

		CU_ASSERT_EQUAL(h248_sdp_parse(s, &one, 1, &n, &err), 0);
		CU_ASSERT_EQUAL(h248_sdp_parse(s, &two, 1, &n, &err), 0);
		CU_ASSERT(n == 1 && !err.code);
		CU_ASSERT_EQUAL(memcmp(&one, &two, sizeof(one)), 0);
		CU_ASSERT(two.family == (i % 2 ? AF_INET : AF_INET6));
		CU_ASSERT_EQUAL(two.bandwidth_as_kbps,
				1u + (unsigned int)i % 5);
		CU_ASSERT(two.setup == (i % 3 == 0 ? H248_SETUP_ACTIVE :
					i % 3 == 1 ? H248_SETUP_PASSIVE :
						     H248_SETUP_ACTPASS));
		CU_ASSERT(two.is_port_choose && two.is_address_choose);
	}
	CU_ASSERT_EQUAL(h248_sdp_parse(H248_SPAN("v=0\nc=IN IP4 $\nb=AS:5\n"
						 "m=message $ UDP -\n"),
				       &(struct h248_sdp) { 0 }, 1,
				       &(size_t) { 0 },
				       &(struct h248_err) { 0 }),
			-EPROTO);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C08 C14 T5 T6 T15 and decision 25: bodies", parse },
		{ "bandwidth, connection, too many alternatives", details },
		{ "templates mean the same again",
		  templates_mean_the_same_again },
		{ "C08 C14 T15 large bodies", large },
		{ "C02 truncated at every octet", truncated },
		{ "C14 family of the session, chosen by the media",
		  family_of_session },
		{ "1.4 completing a Local body", complete },
		{ NULL, NULL },
	};

	return suite_run("h248/sdp", tests);
}
