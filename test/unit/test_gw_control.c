/*
 * test/unit/test_gw_control.c - what controllers do in the wrong order
 *
 * Case ids: C12, C25, C32 of the fault catalogue, T23, T33 of the
 * interoperability list; reference 3.5.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/context.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                             \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR},L{\nv=0\n"         \
	"c=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}}}," \
	"SG{ipnapt/latch{napt=LATCH}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"

#define ASK(r, ask, part) asked(r, ask, part, __LINE__)
static void asked(struct rig *r, const char *ask, const char *part, int line)
{
	const char *reply = rig_ask(r, ask);

	if (!strstr(reply, part))
		fprintf(stderr, "line %d: no <%s> in %s\n", line, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
}

/* The Subtract overtakes the Add: it is refused, the Add then makes what
 * nobody wants any more, an audit shows it, and nothing of it leaks. */
static void subtract_overtakes(void)
{
	struct rig *r = rig_new(10);

	ASK(r, "C=1{S=ip/1/access/1}", "C=1{ER=411{");
	ASK(r, "C=1{S=*}", "ER=411{");
	ASK(r, BOTH, "C=1{A=ip/1/access/1");
	ASK(r, "C=1{S=ip/1/access/7}", "S=ip/1/access/7{ER=430{");
	ASK(r, "C=*{AV=ROOT{AT{}}}", "C=1{AV=ROOT}");
	ASK(r, "C=1{AV=*{AT{}}}", "AV=C{ip/1/access/1,ip/1/core/2}");
	ASK(r, "C=1{S=*{AT{}}}", "S=ip/1/access/1,S=ip/1/core/2");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	ASK(r, "C=*{AV=ROOT{AT{}}}", "C=*");
	rig_free(r);
}

/* Two Modifies and a Subtract, the other way round. */
static void modify_after_subtract(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	ASK(r, "C=1{S=ip/1/access/1{AT{}}}", "C=1{S=ip/1/access/1}");
	ASK(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=IN}}}}}", "ER=430{");
	ASK(r, "C=1{MF=ip/1/core/2{M{ST=1{O{MO=IN}}}}}", "MF=ip/1/core/2}");
	CU_ASSERT_EQUAL(stub_gates(), 1);
	rig_free(r);
}

/* A message of another version than agreed: refused above what we speak, read
 * below it; the association does not change either way. */
static void other_version(void)
{
	static const struct {
		const char *head, *part;
	} t[] = {
		{ "!/4 ", "ER=406{" },  { "!/99 ", "ER=406{" },
		{ "!/1 ", "AV=ROOT}" }, { "!/2 ", "AV=ROOT}" },
		{ "!/3 ", "AV=ROOT}" },
	};
	struct rig *r = rig_new(10);
	char text[128];

	rig_ask(r, BOTH);
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		snprintf(text, sizeof(text),
			 "%s[198.51.100.10]:2944\nT=%u{C=-{AV=ROOT{AT{}}}}",
			 t[i].head, 900 + i);
		rig_input(r, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), t[i].part));
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "!/3 "));
		CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc),
				H248_ASSOC_ACTIVE);
		CU_ASSERT_EQUAL(h248_assoc_version(r->gw.assoc), 3);
	}
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

/* It counts from the beginning and makes its calls anew; the old ones are
 * found by audits. */
static void controller_restarts(void)
{
	struct rig *r = rig_new(10);
	unsigned int first = r->tid;

	rig_ask(r, BOTH);
	ASK(r, BOTH, "C=2{");
	r->tid = first;
	ASK(r, BOTH, "C=1{"); /* a copy, as far as anybody knows */
	r->tid = first;
	ASK(r, "C=-{SC=ROOT{SV{MT=RS,RE=\"901 Cold Boot\"}}}", "SC=ROOT}");
	ASK(r, BOTH, "C=3{");
	ASK(r, "C=*{AV=ROOT{AT{}}}", "C=1{AV=ROOT},C=2{AV=ROOT},C=3{AV=ROOT}");
	rig_free(r);
}

/* `before` and `after` around the name of the directory. */
static void shell(const char *before, const char *dir, const char *after)
{
	char text[256];

	snprintf(text, sizeof(text), "%s%s%s", before, dir, after);
	CU_ASSERT_EQUAL(system(text), 0);
}

/* SIGHUP with other files: 916 names what has changed; with the same, or with
 * some that cannot be read, nothing is said and nothing changes. */
static void packages_change(void)
{
	struct rig *r = rig_new(10);
	char dir[] = "/tmp/bgf-packages.XXXXXX";
	struct conf *conf = (struct conf *)r->host.conf;
	char err[512];
	unsigned int n = r->n_sent;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(conf->package_dir, sizeof(conf->package_dir), "%s", dir);
	shell("cp " SOURCE_DIR "/conf/packages/*.xml ", dir, "");
	gw_host_reload_packages(&r->host, err, sizeof(err));
	CU_ASSERT_EQUAL(r->n_sent, n);
	shell("rm ", dir, "/tman.xml");
	gw_host_reload_packages(&r->host, err, sizeof(err));
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		rig_last(r),
		"{C=-{SC=ROOT{SV{MT=RS,RE=\"916 Packages Change\",PG}}}}"));
	CU_ASSERT_PTR_NULL(strstr(rig_ask(r, "C=-{AV=ROOT{AT{PG}}}"), "tman"));
	n = r->n_sent;
	shell("echo no package >", dir, "/g.xml");
	CU_ASSERT(gw_host_reload_packages(&r->host, err, sizeof(err)) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "g.xml"));
	CU_ASSERT_EQUAL(r->n_sent, n);
	ASK(r, "C=-{AV=ROOT{AT{PG}}}", "g-1");
	shell("rm -r ", dir, "");
	rig_free(r);
}

/* The first commands of a transaction are answered already, the last one
 * waits for the engine: what they said is not that of the new files. */
static void reply_outlives_packages(void)
{
	static const char *const parts[] = { "root-2", "tcprv/est",
					     "ipnapt/latch", "SA{" };
	struct rig *r = rig_new(10);
	struct conf *conf = (struct conf *)r->host.conf;
	char err[512];

	snprintf(conf->package_dir, sizeof(conf->package_dir),
		 SOURCE_DIR "/conf/packages");
	rig_ask(r, BOTH);
	rig_send(r, "T=4711{C=-{AV=ROOT{AT{PG}}},C=1{"
		    "AC=ip/1/access/1{AT{E,SG}},AV=ip/1/access/1{AT{SA}}}}");
	rig_events(r);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 1);
	gw_host_reload_packages(&r->host, err, sizeof(err));
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
	for (unsigned int i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strstr(rig_last(r), parts[i])) {
			fprintf(stderr, "no <%s> in %s\n", parts[i],
				rig_last(r));
			CU_FAIL("part of the reply");
		}
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "C25 T23 Subtract overtakes Add", subtract_overtakes },
	{ "C25 T23 Modify after Subtract", modify_after_subtract },
	{ "C12 T8 another version in the middle", other_version },
	{ "C32 T21 a controller begins anew", controller_restarts },
	{ "T33 packages change: 916", packages_change },
	{ "T33 packages change under a reply", reply_outlives_packages },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gateway/control", tests);
}
