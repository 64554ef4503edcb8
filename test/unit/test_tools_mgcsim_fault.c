/* test/unit/test_tools_mgcsim_fault.c - accidents of messages, by rule */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/suite.h"
#include "tools/mgcsim/channel.h"

static const char ADD[] = "!/1 [192.0.2.1] T=6{C=${A=ip/$}}";
static const char NOTIFY[] = "!/1 [192.0.2.1] T=7{C=1{N=ip/1{OE=1{g/x}}}} K{3}";
static const char REPLY[] = "!/1 [192.0.2.1] P=6{C=1{A=ip/1}}";
static const char NOISE[] = "nothing of the kind";

static const struct {
	const char *name, *rule;
	const char *hits; /* of ADD NOTIFY REPLY ADD NOISE, out then in */
} RULES[] = {
	{ "every message", "lose", "xxxxx xxxxx" },
	{ "one direction", "lose,direction=in", "..... xxxxx" },
	{ "the other", "lose,direction=out", "xxxxx ....." },
	{ "requests", "lose,kind=request", "xx.x. xx.x." },
	{ "replies", "lose,kind=reply", "..x.. ..x.." },
	{ "a transaction that is not the first", "lose,kind=ack",
	  ".x... .x..." },
	{ "a command, not its reply", "lose,kind=add", "x..x. x..x." },
	{ "the n-th alone", "lose,nth=4", "...x. ....." },
	{ "from the n-th on", "lose,nth=4,times=3", "...xx x...." },
	{ "the first ones", "lose,times=2", "xx... ....." },
	{ "the n-th of a kind", "lose,kind=add,nth=3,direction=both",
	  "..... x...." },
	{ "never", "lose,percent=0", "..... ....." },
};

static void rules_name_messages(void)
{
	static const char *const MSG[] = { ADD, NOTIFY, REPLY, ADD, NOISE };

	for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++) {
		struct fault_rule r;
		struct faults f;
		char hits[12] = "..... .....";

		faults_init(&f, 1);
		CU_ASSERT_EQUAL_FATAL(fault_rule_parse(&r, RULES[i].rule), 0);
		CU_ASSERT_EQUAL(faults_add(&f, &r), 0);
		for (unsigned int m = 0; m < 10; m++)
			if (faults_hit(&f, m < 5, MSG[m % 5],
				       strlen(MSG[m % 5])))
				hits[m + m / 5] = 'x';
		CU_ASSERT_STRING_EQUAL(hits, RULES[i].hits);
		if (strcmp(hits, RULES[i].hits))
			fprintf(stderr, "%s: %s\n", RULES[i].name, hits);
	}
}

static void rules_that_are_none(void)
{
	static const char *const WRONG[] = {
		"",
		"none",
		"loose",
		"lose,nth",
		"lose,nth=0",
		"lose,nth=1x",
		"lose,kind=",
		"lose,kind=adds",
		"lose,percent=101",
		"lose,percent=+5",
		"lose,percent=-18446744073709551606", /* 10, modulo 2^64 */
		"lose,x=1",
		"lose,direction=up",
		"truncate,octets=0",
	};
	struct fault_rule r;
	struct faults f;

	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		CU_ASSERT_EQUAL(fault_rule_parse(&r, WRONG[i]), -EINVAL);
	faults_init(&f, 1);
	fault_rule_parse(&r, "delay,ms=5,octets=9");
	CU_ASSERT_EQUAL(r.ms, 5);
	for (unsigned int i = 0; i < FAULT_MAX_RULES; i++)
		CU_ASSERT_EQUAL(faults_add(&f, &r), 0);
	CU_ASSERT_EQUAL(faults_add(&f, &r), -ENOSPC);
}

/* Which of 1000 messages a seed picks, as one number. */
static uint64_t picks(uint64_t seed, unsigned int *n)
{
	struct fault_rule r;
	struct faults f;
	uint64_t all = 0;

	faults_init(&f, seed);
	fault_rule_parse(&r, "lose,percent=30");
	faults_add(&f, &r);
	*n = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		bool is_hit = faults_hit(&f, true, ADD, sizeof(ADD) - 1);

		all = all * 31 + is_hit;
		*n += is_hit;
	}
	return all;
}

static void a_seed_says_the_same_again(void)
{
	unsigned int n, again, other;
	uint64_t first = picks(7, &n);

	CU_ASSERT_EQUAL(first, picks(7, &again));
	CU_ASSERT_NOT_EQUAL(first, picks(8, &other));
	/* Five standard deviations. */
	CU_ASSERT(n > 228 && n < 372);
	CU_ASSERT(other > 228 && other < 372);
}

static void damage_is_as_large_as_it_says(void)
{
	char text[sizeof(ADD)], first[sizeof(ADD)];
	struct fault_rule r;
	struct faults f;

	for (unsigned int i = 0; i < 2; i++) {
		unsigned int n = 0;

		faults_init(&f, 3);
		fault_rule_parse(&r, "corrupt");
		memcpy(text, ADD, sizeof(text));
		CU_ASSERT_EQUAL(faults_damage(&f, &r, text, sizeof(text)),
				sizeof(text));
		for (size_t at = 0; at < sizeof(text); at++)
			n += text[at] != ADD[at];
		CU_ASSERT_EQUAL(n, 1);
		if (i)
			CU_ASSERT(!memcmp(first, text, sizeof(text)));
		memcpy(first, text, sizeof(text));
	}
	fault_rule_parse(&r, "truncate");
	CU_ASSERT_EQUAL(faults_damage(&f, &r, text, 30), 15);
	fault_rule_parse(&r, "truncate,octets=4");
	CU_ASSERT_EQUAL(faults_damage(&f, &r, text, 30), 4);
	CU_ASSERT_EQUAL(faults_damage(&f, &r, text, 3), 3);
}

struct seen {
	struct event_base *base;
	char text[256]; /* "a b a" */
	unsigned int n, told, until;
};

static int on_pass(void *arg, bool is_out, const struct sockaddr_storage *addr,
		   const char *buf, size_t n)
{
	struct seen *s = arg;
	size_t used = strlen(s->text);

	CU_ASSERT_EQUAL(((const struct sockaddr_in *)addr)->sin_port, 9);
	snprintf(s->text + used, sizeof(s->text) - used, "%s%.*s%s",
		 s->n ? " " : "", (int)n, buf, is_out ? "" : "'");
	if (++s->n == s->until)
		event_base_loopbreak(s->base);
	return 0;
}

static void on_fault(void *arg, bool is_out, const struct fault_rule *rule,
		     const char *buf, size_t n)
{
	struct seen *s = arg;

	(void)is_out;
	(void)rule;
	(void)buf;
	(void)n;
	s->told++;
}

static const struct {
	const char *name, *rule;
	/* Of a, be, c out and d in; "'": came in.  NULL: be is another. */
	const char *out;
	unsigned int told;
} WAYS[] = {
	{ "nothing", NULL, "a be c d'", 0 },
	{ "lose", "lose,nth=2", "a c d'", 1 },
	{ "repeat", "repeat,nth=1,ms=20", "a be c d' a", 1 },
	{ "delay", "delay,nth=2,ms=20", "a c d' be", 1 },
	{ "reorder", "reorder,nth=2,ms=5000", "a c be d'", 1 },
	{ "reorder, nobody comes", "reorder,nth=4,ms=20", "a be c d'", 1 },
	{ "truncate", "truncate,octets=1,nth=2", "a b c d'", 1 },
	{ "truncate to the half", "truncate,nth=2", "a b c d'", 1 },
	{ "corrupt", "corrupt,nth=2", NULL, 1 },
};

#define CORRUPTED "a be c d'" /* what is not, of the second */

static bool differs_in_one(const char *text, const char *from)
{
	unsigned int n = 0;

	if (strlen(text) != strlen(from))
		return false;
	for (size_t i = 0; from[i]; i++)
		n += text[i] != from[i];
	return n == 1 && (text[2] != 'b' || text[3] != 'e');
}

static void messages_take_their_ways(void)
{
	for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
		struct sockaddr_storage to = { .ss_family = AF_INET };
		struct seen s = { .base = event_base_new() };
		struct channel w = {
			.base = s.base,
			.pass = on_pass,
			.tell = on_fault,
			.arg = &s,
		};
		struct fault_rule r;
		struct faults none;

		((struct sockaddr_in *)&to)->sin_port = 9;
		faults_init(&none, 1);
		channel_init(&w, &none);
		s.until = strlen(WAYS[i].out ? WAYS[i].out : CORRUPTED) / 2;
		if (WAYS[i].rule) {
			CU_ASSERT_EQUAL(fault_rule_parse(&r, WAYS[i].rule), 0);
			faults_add(&w.faults, &r);
		}
		channel_put(&w, true, &to, "a", 1);
		channel_put(&w, true, &to, "be", 2);
		channel_put(&w, true, &to, "c", 1);
		/* What follows the third does so before the fourth. */
		if (WAYS[i].rule && strstr(WAYS[i].rule, "reorder"))
			event_base_loop(s.base, EVLOOP_NONBLOCK);
		channel_put(&w, false, &to, "d", 1);
		if (s.n < s.until)
			event_base_dispatch(s.base);
		if (WAYS[i].out)
			CU_ASSERT_STRING_EQUAL(s.text, WAYS[i].out);
		if (!WAYS[i].out)
			CU_ASSERT(differs_in_one(s.text, CORRUPTED));
		CU_ASSERT_EQUAL(s.told, WAYS[i].told);
		CU_ASSERT_EQUAL(w.n_held, 0);
		channel_put(&w, true, &to, "e", 1);
		channel_fini(&w);
		event_base_free(s.base);
	}
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "rules name messages", rules_name_messages },
		{ "rules that are none", rules_that_are_none },
		{ "a seed says the same again", a_seed_says_the_same_again },
		{ "damage is as large as it says",
		  damage_is_as_large_as_it_says },
		{ "messages take their ways", messages_take_their_ways },
		{ NULL, NULL },
	};

	return suite_run("tools/mgcsim_fault", TESTS);
}
