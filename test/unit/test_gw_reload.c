/*
 * test/unit/test_gw_reload.c - the configuration again: all of it, or nothing
 */
#include "gateway/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/auth.h"
#include "gateway/ctl_int.h"
#include "gateway/journal.h"
#include "gateway/log.h"
#include "gateway/wire.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

static const char *const base[] = {
	"<bgfd name=\"bench\">", /* line 1 */
	"<h248 listen=\"192.0.2.1:2944\">",
	"<controller address=\"192.0.2.2:2944\"/>",
	"<association drain-s=\"5\"/></h248>",
	"<realm name=\"a.x\" table=\"101\">", /* line 5 */
	"<pool prefix=\"198.51.100.0/29\"/>",
	"<limits contexts=\"7\"/></realm>",
	"<rendezvous twait-s=\"60\"/>", /* line 8 */
	"<limits contexts=\"100\" termination-kbps=\"64\"/>",
	"<overload/><log level=\"error\"/>", /* line 10 */
	"</bgfd>",
};
enum { N_LINES = sizeof(base) / sizeof(*base) };

struct fixture {
	struct rig *rig;
	struct conf *conf;
	struct gw_reload *result;
	char path[32];
};

/* The file with one line replaced; 0: as it was. */
static void write_file(const struct fixture *f, int line, const char *text)
{
	FILE *to = fopen(f->path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	for (int i = 0; i < N_LINES; i++)
		fprintf(to, "%s\n", i + 1 == line ? text : base[i]);
	fclose(to);
}

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char err[2048];
	int fd;

	f->conf = calloc(1, sizeof(*f->conf));
	f->result = calloc(1, sizeof(*f->result));
	strcpy(f->path, "/tmp/gw-reload-XXXXXX");
	fd = mkstemp(f->path);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	write_file(f, 0, NULL);
	CU_ASSERT_EQUAL_FATAL(conf_load(f->path, f->conf, err, sizeof(err)), 0);
	f->rig = rig_new(10);
	f->rig->host.conf = f->conf;
	f->rig->gw.conf = f->conf->gateway[0];
	return f;
}

static void stop(struct fixture *f)
{
	rig_free(f->rig);
	unlink(f->path);
	free(f->conf);
	free(f->result);
	free(f);
}

static struct gw_reload *reload(struct fixture *f, int line, const char *text,
				bool is_dry)
{
	write_file(f, line, text);
	gw_reload(&f->rig->host, is_dry, f->result);
	return f->result;
}

static void the_same(void)
{
	struct fixture *f = start();
	struct gw_reload *r = reload(f, 0, NULL, false);

	CU_ASSERT(!r->is_refused);
	CU_ASSERT_EQUAL(r->n_changes, 0);
	CU_ASSERT_STRING_EQUAL(r->err, "");
	stop(f);
}

/* What may change: where it is said to be, and that it is in effect. */
static void live(void)
{
	static const struct {
		int line;
		const char *text, *where, *what, *from, *to;
	} t[] = {
		{ 8, "<rendezvous twait-s=\"61\"/>",
		  "gateway bench, rendezvous", "twait-s", "60", "61" },
		{ 8, "<rendezvous/>", "gateway bench, rendezvous", "twait-s",
		  "60", "75" },
		{ 7, "<limits contexts=\"8\"/></realm>",
		  "gateway bench, realm a.x, limits", "contexts", "7", "8" },
		{ 9, "<limits contexts=\"100\" termination-kbps=\"65\"/>",
		  "gateway bench, limits", "termination-kbps", "64", "65" },
		{ 10, "<overload error=\"503\"/><log level=\"error\"/>",
		  "gateway bench, overload", "error", "510", "503" },
		{ 4, "<association drain-s=\"6\"/></h248>",
		  "gateway bench, h248, association", "drain-s", "5", "6" },
		{ 10, "<overload/><log level=\"crit\"/>", "log", "level",
		  "error", "crit" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct fixture *f = start();
		struct gw_reload *r = reload(f, t[i].line, t[i].text, false);

		CU_ASSERT(!r->is_refused);
		CU_ASSERT_EQUAL(r->n_changes, 1);
		CU_ASSERT_STRING_EQUAL(r->change[0].where, t[i].where);
		CU_ASSERT_STRING_EQUAL(r->change[0].what, t[i].what);
		CU_ASSERT_STRING_EQUAL(r->change[0].from, t[i].from);
		CU_ASSERT_STRING_EQUAL(r->change[0].to, t[i].to);
		/* It is so now: nothing is to be done a second time. */
		r = reload(f, t[i].line, t[i].text, false);
		CU_ASSERT_EQUAL(r->n_changes, 0);
		stop(f);
	}
}

static void in_effect(void)
{
	struct fixture *f = start();
	const struct conf_gateway *c = &f->rig->gw.conf;

	reload(f, 8, "<rendezvous twait-s=\"61\"/>", true);
	CU_ASSERT_EQUAL(c->rendezvous.twait_s, 60);
	CU_ASSERT_EQUAL(f->rig->host.conf->gateway[0].rendezvous.twait_s, 60);
	reload(f, 8, "<rendezvous twait-s=\"61\"/>", false);
	CU_ASSERT_EQUAL(c->rendezvous.twait_s, 61);
	CU_ASSERT_EQUAL(f->rig->host.conf->gateway[0].rendezvous.twait_s, 61);
	gw_log_set_level(LOG_DEBUG); /* by bgfctl: the file says no other */
	reload(f, 8, "<rendezvous twait-s=\"62\"/>", false);
	CU_ASSERT_EQUAL(gw_log_level(), LOG_DEBUG);
	reload(f, 10, "<overload/><log level=\"crit\"/>", false);
	CU_ASSERT_EQUAL(gw_log_level(), LOG_CRIT);
	CU_ASSERT_EQUAL(c->rendezvous.twait_s, 60);
	stop(f);
}

/* One value that needs a restart, beside one that does not: neither. */
static void restart(void)
{
	static const struct {
		int line;
		const char *text;
		unsigned int changes, restarts;
	} t[] = {
		{ 9, "<limits contexts=\"99\" termination-kbps=\"65\"/>", 2,
		  1 },
		{ 5, "<realm name=\"b.x\" table=\"101\">", 3, 3 },
		{ 6, "<pool prefix=\"198.51.100.8/29\"/>", 1, 1 },
		{ 6,
		  "<pool prefix=\"198.51.100.0/29\"/>"
		  "<pool prefix=\"198.51.100.8/29\"/>",
		  1, 1 },
		{ 3, "<controller address=\"192.0.2.3:2944\"/>", 1, 1 },
		{ 10,
		  "<overload queue=\"99\"/><http listen=\"127.0.0.1\"/>"
		  "<log level=\"error\"/>",
		  2, 1 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct fixture *f = start();
		struct gw_reload *r = reload(f, t[i].line, t[i].text, false);

		CU_ASSERT(r->is_refused);
		CU_ASSERT_EQUAL(r->n_changes, t[i].changes);
		CU_ASSERT_EQUAL(r->n_restarts, t[i].restarts);
		CU_ASSERT_EQUAL(f->rig->gw.conf.termination_kbps, 64);
		CU_ASSERT_EQUAL(f->rig->gw.conf.overload.queue, 2048);
		CU_ASSERT_PTR_EQUAL(f->rig->host.conf, f->conf);
		stop(f);
	}
}

static void wrong_file(void)
{
	struct fixture *f = start();
	struct gw_reload *r =
		reload(f, 8, "<rendezvous twait-s=\"121\"/>", false);

	CU_ASSERT(r->is_refused);
	CU_ASSERT_PTR_NOT_NULL(strstr(r->err, ":8: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(r->err, "from 1 to 120"));
	CU_ASSERT_EQUAL(r->n_changes, 0);
	unlink(f->path);
	gw_reload(&f->rig->host, false, r);
	CU_ASSERT(r->is_refused);
	CU_ASSERT(r->err[0]);
	CU_ASSERT_PTR_EQUAL(f->rig->host.conf, f->conf);
	stop(f);
}

/* A copy of the package definitions, in a directory of its own. */
static void own_packages(struct fixture *f, char *dir, char *line, size_t cap)
{
	char command[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(command, sizeof(command),
		 "cp " SOURCE_DIR "/conf/packages/*.xml %s", dir);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(line, cap,
		 "<overload/><log level=\"error\"/>"
		 "<packages directory=\"%s\"/>",
		 dir);
	snprintf(f->conf->package_dir, sizeof(f->conf->package_dir), "%s", dir);
}

/* Values of the file take effect; what else cannot be read is told. */
static void packages_stay(void)
{
	struct fixture *f = start();
	char dir[] = "/tmp/gw-packages-XXXXXX", line[256], command[128];
	uint64_t before;
	struct gw_reload *r;

	own_packages(f, dir, line, sizeof(line));
	r = reload(f, 10, line, false);
	CU_ASSERT(!r->is_refused && !r->n_failed);
	CU_ASSERT_STRING_EQUAL(r->err, "");
	snprintf(command, sizeof(command), "echo none >%s/g.xml", dir);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	before = gw_journal_last();
	r = reload(f, 10, line, true);
	CU_ASSERT_EQUAL(gw_journal_last(), before);
	r = reload(f, 10, line, false);
	CU_ASSERT(!r->is_refused);
	CU_ASSERT_EQUAL(r->n_failed, 1);
	CU_ASSERT_PTR_EQUAL(strstr(r->err,
				   "package definitions stay as they were: "),
			    r->err);
	CU_ASSERT_PTR_NOT_NULL(strstr(r->err, "g.xml"));
	snprintf(command, sizeof(command), "rm -r %s", dir);
	CU_ASSERT_EQUAL(system(command), 0);
	stop(f);
}

static void write_key(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	fputs(text, to);
	fclose(to);
}

static void keys_stay(void)
{
	struct fixture *f = start();
	struct gw *gw = &f->rig->gw;
	struct conf_auth *c = &gw->conf.h248.auth;
	char path[] = "/tmp/gw-key-XXXXXX", err[512] = "";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	CU_ASSERT_EQUAL(gw_wire_reload_tls(gw, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(gw_wire_reload_auth(gw, err, sizeof(err)), 0);
	write_key(path, "00112233445566778899aabbccddeeff\n");
	c->mode = CONF_AUTH_REQUIRE;
	c->n_keys = 1;
	c->key[0].spi = 0x101;
	c->key[0].alg = CONF_AUTH_MD5;
	snprintf(c->key[0].file, sizeof(c->key[0].file), "%s", path);
	CU_ASSERT_EQUAL_FATAL(gw_auth_load(c, &gw->auth, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(gw_wire_reload_auth(gw, err, sizeof(err)), 0);
	write_key(path, "no key\n");
	CU_ASSERT(gw_wire_reload_auth(gw, err, sizeof(err)) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, path));
	unlink(path);
	stop(f);
}

/* What changed goes to the log, whoever asked. */
static bool is_logged(uint64_t after, const char *part)
{
	const struct gw_line *l;

	for (l = gw_journal_after(after); l; l = gw_journal_after(l->seq))
		if (strstr(l->text, part))
			return true;
	return false;
}

static void by_bgfctl(void)
{
	struct fixture *f = start();
	uint64_t before = gw_journal_last();
	struct ctl_request r = { .is_dry = true };
	char dir[] = "/tmp/gw-packages-XXXXXX", line[256], command[128];
	json_t *j;

	gw_log_setup(LOG_INFO, CONF_LOG_TEXT);
	write_file(f, 8, "<rendezvous twait-s=\"61\"/>");
	json_decref(ctl_json_reload(&f->rig->host, &r));
	CU_ASSERT_EQUAL(gw_journal_last(), before);
	r.is_dry = false;
	json_decref(ctl_json_reload(&f->rig->host, &r));
	CU_ASSERT(is_logged(before, "twait-s: \"60\" -> \"61\""));
	CU_ASSERT(is_logged(before, "configuration read again, changes: 1"));
	before = gw_journal_last();
	write_file(f, 8, "<rendezvous twait-s=\"121\"/>");
	json_decref(ctl_json_reload(&f->rig->host, &r));
	CU_ASSERT(is_logged(before, "not read again: nothing changed"));
	/* What else could not be read is in the answer. */
	write_file(f, 0, NULL);
	own_packages(f, dir, line, sizeof(line));
	snprintf(command, sizeof(command), "rm -r %s", dir);
	snprintf(((struct conf *)f->rig->host.conf)->package_dir,
		 sizeof(f->conf->package_dir), "%s", dir);
	CU_ASSERT_EQUAL(system(command), 0);
	write_file(f, 10, line);
	j = ctl_json_reload(&f->rig->host, &r);
	CU_ASSERT(json_is_false(json_object_get(j, "is_refused")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "errors")), 1);
	json_decref(j);
	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	stop(f);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the same file", the_same },
		{ "what may change", live },
		{ "P12 it is in effect, and a dry run is not", in_effect },
		{ "P12 what needs a restart refuses all", restart },
		{ "P12 a file that is wrong, or gone", wrong_file },
		{ "packages that cannot be read stay, and are told",
		  packages_stay },
		{ "keys that cannot be read stay, and are told", keys_stay },
		{ "by bgfctl: the log, the answer", by_bgfctl },
		{ NULL, NULL },
	};

	return suite_run("gateway/reload", tests);
}
