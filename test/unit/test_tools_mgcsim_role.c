/* test/unit/test_tools_mgcsim_role.c - mgcsim as a gateway */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/text.h"
#include "test/support/suite.h"
#include "tools/mgcsim/crowd.h"

#define SCENARIOS SOURCE_DIR "/test/scenarios/gateway/"
#define SDP "{M{ST=1{L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n}}}}"

static struct sockaddr_storage loopback(uint32_t address)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;

	in4->sin_family = AF_INET;
	in4->sin_addr.s_addr = htonl(address);
	return ss;
}

/* What is asked in turn, and what the answers are without blanks. */
static const struct {
	const char *asked, *answer;
} TALK[] = {
	{ "C=${A=ip/$" SDP ",A=ip/$}",
	  "C=1{A=ip/1{M{ST=1{L{v=0c=INIP4198.51.100.1m=message20000TCP-}}}},"
	  "A=ip/2}" },
	{ "C=${A=ip/$" SDP "}",
	  "C=2{A=ip/3{M{ST=1{L{v=0c=INIP4198.51.100.1m=message20002TCP-}}}}}" },
	{ "C=1{A=fixed,A=fixed,A=ip/$}", "C=1{A=fixed,A=fixed{ER=433{" },
	{ "C=1{MF=ip/1" SDP "}",
	  "C=1{MF=ip/1{M{ST=1{L{v=0c=INIP4198.51.100.1m=message20004TCP-}}}}}" },
	{ "C=1{MF=ip/9" SDP ",AV=ip/1{AT{}}}", "C=1{MF=ip/9{ER=430{" },
	{ "C=7{S=ip/1},C=1{S=ip/1}", "C=7{ER=411{" },
	{ "C=1{AV=*{AT{}}}", "C=1{AV=fixed,AV=ip/2,AV=ip/1}" },
	{ "C=-{AV=ROOT{AT{}}}", "C=-{AV=ROOT}" },
	{ "C=-{AV=ip/1{AT{}}}", "C=-{AV=ip/1{ER=430{" },
	{ "C=1{MV=ip/1}", "C=1{MV=ip/1{ER=443{" },
	{ "C=1{S=ip/2}", "C=1{S=ip/2{SA{nt/dur=9,nt/os=0,nt/or=0}}}" },
	{ "C=*{S=*}", "C=1{S=fixed{SA{nt/dur=9,nt/os=0,nt/or=0}},"
		      "S=ip/1{SA{nt/dur=9,nt/os=0,nt/or=0}}},"
		      "C=2{S=ip/3{SA{nt/dur=9,nt/os=0,nt/or=0}}}" },
	{ "C=1{AV=*{AT{}}}", "C=1{ER=411{" },
};

/* The answer, encoded, without blanks and line ends. */
static void ask(struct media *m, const char *asked, uint64_t now_ms, char *out,
		size_t cap)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg msg = { 0 }, reply = { .version = 1 };
	struct h248_txn txn = { .kind = H248_TXN_REPLY, .has_id = true };
	char text[2048], *to = out;
	size_t n = 0;

	snprintf(text, sizeof(text), "!/1 [192.0.2.1]\nT=1{%s}", asked);
	CU_ASSERT_EQUAL_FATAL(h248_text_dec(a, text, strlen(text), &msg), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(msg.txns);
	txn.id = 1;
	txn.actions = media_answer(m, a, msg.txns, now_ms);
	reply.mid = msg.mid;
	reply.txns = &txn;
	CU_ASSERT_EQUAL(h248_text_enc(&reply, &(struct h248_text_style) { 0 },
				      out, cap - 1, &n),
			0);
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r\n", out[i]))
			*to++ = out[i];
	*to = '\0';
	h248_arena_free(a);
}

static void media_has_contexts_and_ports(void)
{
	struct sockaddr_storage at = loopback(0xc6336401);
	struct media *m = malloc(sizeof(*m));
	char text[4096], expected[512];

	media_init(m, &at);
	for (size_t i = 0; i < sizeof(TALK) / sizeof(TALK[0]); i++) {
		uint64_t now_ms = strstr(TALK[i].asked, "S=") ? 10 : 1;

		ask(m, TALK[i].asked, now_ms, text, sizeof(text));
		snprintf(expected, sizeof(expected), "P=1{%s", TALK[i].answer);
		CU_ASSERT(strstr(text, expected) != NULL);
		if (!strstr(text, expected))
			fprintf(stderr, "%s\n%s\n", expected, text);
	}
	CU_ASSERT_EQUAL(m->n_contexts, 0);
	CU_ASSERT_EQUAL(m->n_terms, 0);
	ask(m, "C=${A=ip/$}", 1, text, sizeof(text));
	media_fini(m);
	CU_ASSERT_EQUAL(m->n_contexts, 0);
	free(m);
}

struct pair { /* a controller and a gateway of the same loop */
	struct event_base *base;
	struct sim controller, gateway;
	struct scenario theirs, ours;
	struct vars vars;
	struct run *run;
	struct verdict end; /* of the gateway */
	bool is_ended;
	bool is_last; /* the controller need not end by itself */
};

static void on_done(void *arg, struct run *run)
{
	struct pair *p = arg;

	run_verdict(run, &p->end);
	p->is_ended = true;
	if (p->is_last)
		event_base_loopbreak(p->base);
}

static void open_pair(struct pair *p, const char *theirs, const char *ours)
{
	struct sim_params sp = { .version = 3,
				 .is_silent = true,
				 .listen = loopback(INADDR_LOOPBACK) };
	char err[512] = "";

	memset(p, 0, sizeof(*p));
	p->base = event_base_new();
	CU_ASSERT_EQUAL_FATAL(sim_init(&p->controller, &sp, p->base), 0);
	sp.is_gateway = true;
	sp.controller = *h248_transport_local(&p->controller.transport);
	sp.media = loopback(0xc6336401);
	CU_ASSERT_EQUAL_FATAL(sim_init(&p->gateway, &sp, p->base), 0);
	CU_ASSERT_EQUAL_FATAL(scenario_load(&p->theirs, theirs,
					    SOURCE_DIR
					    "/test/scenarios/scenario.rng",
					    err, sizeof(err)),
			      0);
	CU_ASSERT_EQUAL_FATAL(scenario_load(&p->ours, ours,
					    SOURCE_DIR
					    "/test/scenarios/scenario.rng",
					    err, sizeof(err)),
			      0);
	vars_set(&p->vars, "callers", "5");
}

static void close_pair(struct pair *p)
{
	if (p->run)
		run_free(p->run);
	sim_fini(&p->controller);
	sim_fini(&p->gateway);
	scenario_fini(&p->theirs);
	scenario_fini(&p->ours);
	vars_fini(&p->vars);
	event_base_free(p->base);
}

static void play_pair(struct pair *p, struct verdicts *all, unsigned int n)
{
	struct run_params rp = {
		.sim = &p->gateway,
		.scenario = &p->ours,
		.vars = &p->vars,
		.number = 1,
		.done = on_done,
		.arg = p,
	};
	struct crowd_params cp = {
		.sim = &p->controller,
		.scenario = &p->theirs,
		.vars = &p->vars,
		.n_users = n,
		.timeout_ms = 60000,
	};

	p->run = run_new(&rp);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->run);
	run_start(p->run);
	verdicts_init(all);
	CU_ASSERT_EQUAL(crowd_play(&cp, all), 0);
	/* The gateway may have its last answer still before it. */
	for (unsigned int i = 0; i < 2000 && !p->is_ended; i++)
		event_base_loop(p->base, EVLOOP_ONCE);
}

static void both_roles_at_once(void)
{
	struct pair *p = malloc(sizeof(*p));
	struct verdicts all;
	const struct verdict *v;

	open_pair(p, SCENARIOS "reserves.xml", SCENARIOS "serves.xml");
	play_pair(p, &all, 5);
	CU_ASSERT_EQUAL(all.n_pass, 5);
	STAILQ_FOREACH (v, &all.list, entry)
		if (!v->is_pass)
			fprintf(stderr, "%s %s\n", v->where, v->why);
	CU_ASSERT(p->is_ended);
	CU_ASSERT(p->end.is_pass);
	if (!p->end.is_pass)
		fprintf(stderr, "%s %s\n", p->end.where, p->end.why);
	verdicts_fini(&all);
	close_pair(p);
	free(p);
}

static const char *put(const char *dir, const char *name, const char *steps)
{
	static char path[2][80];
	static unsigned int turn;
	char *to = path[++turn % 2];
	FILE *f;

	snprintf(to, sizeof(path[0]), "%s/%s.xml", dir, name);
	f = fopen(to, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fprintf(f, "<scenario name=\"%s\">%s</scenario>", name, steps);
	fclose(f);
	return to;
}

#define TELL(as, code)                                               \
	"<send as=\"" as "\">C=1{N=ip/1{OE=1{g/x}}}</send>"          \
	"<expect type=\"reply\" to=\"" as "\"><assert "              \
	"path=\"concat(//error/@code, '/')\" equals=\"" code "/\"/>" \
	"</expect>"

/* The rule that was made last goes first, and one ends after its times. */
static void answers_come_in_turn(void)
{
	char path[] = "/tmp/test_mgcsim.XXXXXX", command[64];
	struct pair *p = malloc(sizeof(*p));
	struct verdicts all;
	const char *theirs;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
	theirs = put(path, "theirs",
		     "<set var=\"x\" value=\"mine\"/>"
		     "<answer match=\"//notify\" times=\"1\" error=\"501\">"
		     "<bind var=\"x\" path=\"//notify/@term\"/></answer>"
		     "<answer match=\"//notify\" times=\"2\" error=\"500\"/>"
		     "<register/><repeat times=\"4\">"
		     "<expect type=\"request\" match=\"//notify\"/></repeat>"
		     "<assert path=\"$x\" equals=\"mine\"/>");
	open_pair(p, theirs,
		  put(path, "ours",
		      "<register/>" TELL("a", "500") TELL("b", "500")
			      TELL("c", "501") TELL("d", "")));
	play_pair(p, &all, 1);
	CU_ASSERT_EQUAL(all.n_pass, 1);
	CU_ASSERT(p->end.is_pass);
	if (!p->end.is_pass)
		fprintf(stderr, "%s\n", p->end.why);
	verdicts_fini(&all);
	close_pair(p);
	free(p);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* What a controller answers, and what becomes of it.  ${other} is a second
 * one, ${same} the first by another name. */
static const struct {
	const char *name, *rule, *answer, *step;
	const char *why;  /* NULL: it is registered */
	bool is_at_other; /* with the second */
} REGISTRATIONS[] = {
	{ "refused", "match='//request'", "C=-{SC=ROOT{ER=505{\"no\"}}}", "",
	  "refuses: error 505", false },
	{ "an answer that is none", "match='//request'", "C=-{SC=ROOT{ER=", "",
	  "refuses: error 500", false },
	{ "sent to nobody", "match='//request'",
	  "C=-{SC=ROOT{SV{MG=[192.0.2.1]:1}}}", "within='50'",
	  "not done in time", false },
	{ "sent nowhere", "match='//request'", "C=-{SC=ROOT{SV{MG=nowhere}}}",
	  "", "cannot go to", false },
	{ "sent to another", "match='//request'",
	  "C=-{SC=ROOT{SV{MG=${other}}}}", "", NULL, true },
	{ "sent to another, and stays", "match='//request'",
	  "C=-{SC=ROOT{SV{MG=${other}}}}", "redirect='no'", NULL, false },
	{ "sent on five times", "match='//request' times='5'",
	  "C=-{SC=ROOT{SV{MG=${same}}}}", "", NULL, false },
	{ "sent on six times", "match='//request' times='6'",
	  "C=-{SC=ROOT{SV{MG=${same}}}}", "", "cannot go to", false },
	{ "what it says of itself",
	  "error='501' match='//services[@method=\"forced\" and "
	  "@reason=\"905 Out\" and @profile=\"X\"]'",
	  "", "method='FO' reason='905 Out' profile='X/7'",
	  "refuses: error 501", false },
	{ "what it says when nothing is written",
	  "error='501' match='//services[@method=\"restart\" and "
	  "@reason=\"901 Cold Boot\" and not(@profile)]'",
	  "", "", "refuses: error 501", false },
};

static void open_other(struct pair *p, struct sim *other)
{
	struct sim_params sp = { .version = 3,
				 .is_silent = true,
				 .listen = loopback(INADDR_LOOPBACK) };

	CU_ASSERT_EQUAL_FATAL(sim_init(other, &sp, p->base), 0);
}

static void set_address(struct vars *vars, const char *name,
			const struct sim *sim)
{
	char text[SIM_MID];

	h248_addr_str(h248_transport_local(&sim->transport), text,
		      sizeof(text));
	vars_set(vars, name, text);
}

static void check_registration(size_t i, const char *path)
{
	struct pair *p = malloc(sizeof(*p));
	struct sim *other = malloc(sizeof(*other));
	char theirs[512], ours[128];
	struct verdicts all;
	bool is_good;

	snprintf(theirs, sizeof(theirs),
		 "<answer %s>%s</answer><pause ms='60000'/>",
		 REGISTRATIONS[i].rule, REGISTRATIONS[i].answer);
	snprintf(ours, sizeof(ours), "<register %s/>", REGISTRATIONS[i].step);
	open_pair(p, put(path, "theirs", theirs), put(path, "ours", ours));
	open_other(p, other);
	set_address(&p->vars, "same", &p->controller);
	set_address(&p->vars, "other", other);
	strcpy(p->controller.params.mid, "<first.example>");
	p->is_last = true;
	play_pair(p, &all, 1);
	is_good = REGISTRATIONS[i].why ?
			  !!strstr(p->end.why, REGISTRATIONS[i].why) :
			  p->end.is_pass;
	CU_ASSERT(is_good);
	if (!is_good)
		fprintf(stderr, "%s: %s\n", REGISTRATIONS[i].name, p->end.why);
	CU_ASSERT_EQUAL(other->n_peers, REGISTRATIONS[i].is_at_other);
	verdicts_fini(&all);
	sim_fini(other);
	close_pair(p);
	free(other);
	free(p);
}

static void registrations_end_as_they_are_answered(void)
{
	char path[] = "/tmp/test_mgcsim.XXXXXX", command[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
	for (size_t i = 0; i < sizeof(REGISTRATIONS) / sizeof(REGISTRATIONS[0]);
	     i++)
		check_registration(i, path);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	CU_ASSERT_EQUAL(system(command), 0);
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "media has contexts and ports",
		  media_has_contexts_and_ports },
		{ "both roles at once", both_roles_at_once },
		{ "answers come in turn", answers_come_in_turn },
		{ "registrations end as they are answered",
		  registrations_end_as_they_are_answered },
		{ NULL, NULL },
	};

	return suite_run("tools/mgcsim_role", TESTS);
}
