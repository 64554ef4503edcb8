/*
 * test/unit/test_gw_ctl.c - the control socket, over a real socket
 *
 * The gateway is a model built by hand and three functions of the engine; the
 * test turns the loop itself.
 */
#include "gateway/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>
#include <sys/wait.h>
#include <sys/resource.h>
#include <grp.h>

#include "gateway/context.h"
#include "gateway/host.h"
#include "gateway/stream.h"
#include "test/support/suite.h"

enum { MAX_READS = 32768 };

/* What the engine was asked, and how it behaves. */
static struct {
	struct pkt_gate_id gate[MAX_READS];
	uint64_t token[MAX_READS];
	unsigned int n_asked, n_answered;
	bool is_deaf;    /* takes reads, never answers */
	int refuses;     /* with this errno */
	uint64_t octets; /* in each answer */
} engine;

int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	(void)e;
	if (engine.refuses || engine.n_asked == MAX_READS)
		return engine.refuses ? engine.refuses : -EAGAIN;
	engine.gate[engine.n_asked] = id;
	engine.token[engine.n_asked++] = token;
	return 0;
}

void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	(void)e;
	*out = (struct pkt_counters) { .rx_pkts = 11, .tx_octets = 12 };
	out->drop[PKT_DROP_NO_GATE] = 13;
	out->fast[PKT_FAST_PASSED] = 14;
	out->xdp[PKT_FAST_PASSED] = 4;
	out->fast_octets = 1400;
	out->xdp_octets = 500;
}

void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
		      struct pkt_portpool_usage *out)
{
	(void)e;
	*out = (struct pkt_portpool_usage) { 100 + realm, 2, 1 };
}

struct fixture {
	struct gw_host host;
	struct gw gw, other; /* gateways "test" and "other" */
	struct gw_ctl *ctl;
	char dir[32], path[64];
	char err[256];
};

static void add_gateway(struct fixture *f, struct gw *gw, const char *name)
{
	TAILQ_INSERT_TAIL(&f->host.gateways, gw, entry);
	gw->host = &f->host;
	gw->engine = f->host.engine;
	gw->conf.n_realms = 1;
	gw->conf.max_contexts = 20000;
	strcpy(gw->conf.name, name);
	snprintf(gw->conf.h248.mid, sizeof(gw->conf.h248.mid), "mid/%s", name);
	strcpy(gw->conf.realm[0].name, "access.example");
	gw->conf.realm[0].n_ifaces = 2;
	strcpy(gw->conf.realm[0].media[0].name, "eth0");
	strcpy(gw->conf.realm[0].media[1].name, "eth1");
	gw->start_us = gw_now_us();
	CU_ASSERT_EQUAL_FATAL(gw_contexts_init(gw), 0);
}

static void prepare(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	memset(&engine, 0, sizeof(engine));
	f->host.base = event_base_new();
	f->host.engine = (struct pkt_engine *)&engine;
	TAILQ_INIT(&f->host.gateways);
	add_gateway(f, &f->gw, "test");
	strcpy(f->dir, "/tmp/gw-ctl-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/run/control", f->dir);
}

static void listen_there(struct fixture *f)
{
	CU_ASSERT_EQUAL_FATAL(gw_ctl_new(&f->host, f->path, &f->ctl, f->err,
					 sizeof(f->err)),
			      0);
}

static void start(struct fixture *f)
{
	prepare(f);
	listen_there(f);
}

static void stop(struct fixture *f)
{
	char sub[64];

	gw_ctl_free(f->ctl);
	gw_contexts_fini(&f->gw);
	gw_contexts_fini(&f->other);
	event_base_free(f->host.base);
	unlink(f->path);
	snprintf(sub, sizeof(sub), "%s/run", f->dir);
	rmdir(sub);
	CU_ASSERT_EQUAL(rmdir(f->dir), 0);
}

/* A context with two terminations of one stream each, gates of their own. */
static struct gw_context *add_context_to(struct gw *gw)
{
	struct gw_context *ctx = gw_context_new(gw);
	char id[H248_MAX_TERM_ID + 1];

	CU_ASSERT_PTR_NOT_NULL_FATAL(ctx);
	for (unsigned int side = 0; side < 2; side++) {
		struct gw_term *term;
		struct gw_stream *s;

		snprintf(id, sizeof(id), "ip/1/%s/%u", side ? "core" : "access",
			 ctx->id);
		term = gw_term_new(id);
		CU_ASSERT_PTR_NOT_NULL_FATAL(term);
		gw_term_attach(ctx, term);
		s = &term->stream[0];
		gw_stream_init(s, 1);
		s->is_used = true;
		s->gate = (struct pkt_gate_id) { ctx->id * 2 + side, 1 };
		CU_ASSERT_EQUAL_FATAL(gw_gate_bind(gw, s->gate,
						   (struct pkt_gate_id) { 0 },
						   term, 1),
				      0);
	}
	return ctx;
}

static struct gw_context *add_context(struct fixture *f)
{
	return add_context_to(&f->gw);
}

/* What the bridge does with PKT_EVT_DONE. */
static void engine_answers(struct fixture *f)
{
	while (!engine.is_deaf && engine.n_answered < engine.n_asked) {
		unsigned int i = engine.n_answered++;
		struct gw_term *term;
		struct gw_stream *s =
			gw_stream_of_gate(&f->gw, engine.gate[i], &term);

		if (s) {
			s->stat.rx_octets = engine.octets;
			s->stat.rx_packets = 4;
			s->stat.tx_packets = 5;
		}
		gw_ctl_read_done(f->ctl, engine.token[i]);
	}
}

static void turn(struct fixture *f)
{
	event_base_loop(f->host.base, EVLOOP_NONBLOCK);
	engine_answers(f);
}

static void turns(struct fixture *f, unsigned int n)
{
	while (n--)
		turn(f);
}

static int dial(struct fixture *f)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, f->path);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (void *)&addr, sizeof(addr)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Up to a line end: octets taken, 0 at the end, -1 when there is nothing. */
static ssize_t take(int fd, char *buf, size_t cap)
{
	ssize_t n = recv(fd, buf, cap, MSG_PEEK);
	char *end = n > 0 ? memchr(buf, '\n', n) : NULL;

	return n > 0 ? recv(fd, buf, end ? end + 1 - buf : n, 0) : n;
}

/* One line, or what came before the end; turns the loop meanwhile.  Returns
 * new. */
static char *hear(struct fixture *f, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	uint64_t until = gw_now_ms() + 20000;
	static char buf[65536];
	char *text = NULL;
	ssize_t n = -1;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	while (n && gw_now_ms() < until) {
		n = take(fd, buf, sizeof(buf));
		if (n > 0) {
			fwrite(buf, 1, n, to);
			if (buf[n - 1] == '\n')
				break;
			continue;
		}
		turn(f);
		poll(&p, 1, 1);
	}
	fclose(to);
	return text;
}

/* The answer as JSON, new. */
static json_t *hear_json(struct fixture *f, int fd)
{
	char *text = hear(f, fd);
	json_t *j = json_loads(text, 0, NULL);

	if (!j)
		fprintf(stderr, "not JSON: \"%.200s\"\n", text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	free(text);
	return j;
}

static json_t *ask(struct fixture *f, const char *request)
{
	int fd = dial(f);
	json_t *j;

	say(fd, request);
	j = hear_json(f, fd);
	close(fd);
	turns(f, 3);
	return j;
}

/* Borrowed from j. */
static const json_t *context_of(const json_t *j, size_t i)
{
	return json_array_get(json_object_get(j, "contexts"), i);
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static void contexts_are_fresh(void)
{
	const json_t *ctx, *term, *s;
	struct fixture f;
	json_t *j;

	start(&f);
	add_context(&f);
	engine.octets = 4711;
	j = ask(&f, "{\"command\":\"contexts\"}\n");
	CU_ASSERT(json_is_true(json_object_get(j, "ok")));
	ctx = context_of(j, 0);
	CU_ASSERT_EQUAL(number(ctx, "id"), 1);
	term = json_array_get(json_object_get(ctx, "terminations"), 1);
	s = json_array_get(json_object_get(term, "streams"), 0);
	CU_ASSERT_EQUAL(number(s, "rx_octets"), 4711);
	CU_ASSERT_EQUAL(number(s, "rx_packets"), 4);
	CU_ASSERT_EQUAL(number(s, "tx_packets"), 5);
	CU_ASSERT_EQUAL(engine.n_asked, 2);
	json_decref(j);
	stop(&f);
}

static void refusals(void)
{
	static const struct {
		const char *request, *error;
	} t[] = {
		{ "x\n", "a request is" },
		{ "[]\n", "a request is" },
		{ "{\"command\":7}\n", "a request is" },
		{ "{\"command\":\"dump\"} x\n", "a request is" },
		{ "{\"command\":\"stop\"}\n", "no such command" },
		{ "{\"command\":\"context\"}\n", "needs the id" },
		{ "{\"command\":\"status\",\"id\":1}\n", "takes no id" },
		{ "{\"command\":\"dump\",\"id\":\"1\"}\n", "is a number" },
		{ "{\"command\":\"dump\",\"id\":-1}\n", "is a number" },
		{ "{\"command\":\"dump\",\"id\":4294967296}\n", "is a number" },
		{ "{\"command\":\"dump\",\"id\":2}\n", "no such context" },
		{ "{\"command\":\"dump\",\"seconds\":2}\n", "no seconds" },
		{ "{\"command\":\"drain\",\"seconds\":0}\n", "1 to 86400" },
		{ "{\"command\":\"drain\",\"seconds\":86401}\n", "1 to 86400" },
		{ "{\"command\":\"drain\",\"id\":1}\n", "takes no id" },
		{ "{\"command\":\"trace\"}\n", "a trace is of" },
		{ "{\"command\":\"trace\",\"id\":1,\"next\":1}\n",
		  "a trace is of" },
		{ "{\"command\":\"trace\",\"next\":65}\n", "up to 64" },
		{ "{\"command\":\"trace\",\"next\":1,\"megabytes\":0}\n",
		  "up to 1000" },
		{ "{\"command\":\"trace\",\"next\":1,\"payload\":1}\n",
		  "payload is true or false" },
		{ "{\"command\":\"dump\",\"payload\":true}\n", "only a trace" },
		{ "{\"command\":\"dump\",\"next\":1}\n", "only a trace" },
		{ "{\"command\":\"trace\",\"realm\":\"x\"}\n",
		  "takes no filter" },
		{ "{\"command\":\"trace\",\"address\":\"x\"}\n",
		  "an address is" },
		{ "{\"command\":\"trace\",\"id\":2}\n", "no such context" },
		{ "{\"command\":\"dump\",\"svg\":true}\n", "takes no svg" },
		{ "{\"command\":\"resume\"}\n", "not draining" },
	};
	struct fixture f;
	int fd;

	start(&f);
	add_context(&f);
	fd = dial(&f);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		json_t *j;
		const char *error;

		say(fd, t[i].request);
		j = hear_json(&f, fd);
		error = json_string_value(json_object_get(j, "error"));
		CU_ASSERT(json_is_false(json_object_get(j, "ok")));
		CU_ASSERT(error && strstr(error, t[i].error));
		json_decref(j);
	}
	close(fd);
	stop(&f);
}

/* Requests written ahead are answered one after the other; empty lines are
 * nothing. */
static void pipelined(void)
{
	struct fixture f;
	json_t *j;
	int fd;

	start(&f);
	add_context(&f);
	add_context(&f);
	fd = dial(&f);
	say(fd,
	    "\n{\"command\":\"context\",\"id\":2}\n"
	    "{\"command\":\"status\"}\n{\"command\":\"context\",\"id\":1}\n");
	j = hear_json(&f, fd);
	CU_ASSERT_EQUAL(number(context_of(j, 0), "id"), 2);
	json_decref(j);
	j = hear_json(&f, fd);
	CU_ASSERT_EQUAL(number(json_object_get(j, "status"), "contexts"), 2);
	CU_ASSERT_EQUAL(number(json_object_get(j, "status"), "terminations"),
			4);
	json_decref(j);
	j = hear_json(&f, fd);
	CU_ASSERT_EQUAL(number(context_of(j, 0), "id"), 1);
	CU_ASSERT_PTR_NULL(context_of(j, 1));
	json_decref(j);
	close(fd);
	stop(&f);
}

/* A client that closes its half still gets all it asked for. */
static void half_closed(void)
{
	struct fixture f;
	json_t *j;
	char *rest;
	int fd;

	start(&f);
	add_context(&f);
	fd = dial(&f);
	say(fd, "{\"command\":\"dump\"}\n{\"command\":\"status\"}\n");
	shutdown(fd, SHUT_WR);
	j = hear_json(&f, fd);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(j, "command")),
			       "dump");
	json_decref(j);
	j = hear_json(&f, fd);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(j, "command")),
			       "status");
	json_decref(j);
	rest = hear(&f, fd);
	CU_ASSERT_STRING_EQUAL(rest, "");
	CU_ASSERT_EQUAL(read(fd, &j, 1), 0);
	free(rest);
	close(fd);
	stop(&f);
}

static void engine_in_trouble(void)
{
	struct fixture f;
	uint64_t from;
	json_t *j;

	start(&f);
	add_context(&f);
	engine.is_deaf = true;
	from = gw_now_ms();
	j = ask(&f, "{\"command\":\"contexts\"}\n");
	CU_ASSERT_EQUAL(number(context_of(j, 0), "id"), 1);
	CU_ASSERT(gw_now_ms() - from >= 450);
	json_decref(j);
	/* A late answer belongs to nobody. */
	engine.is_deaf = false;
	turns(&f, 2);
	/* No room for reads, or the gate went away: at once, with old values. */
	engine.refuses = -EAGAIN;
	from = gw_now_ms();
	json_decref(ask(&f, "{\"command\":\"contexts\"}\n"));
	engine.refuses = -ENOENT;
	json_decref(ask(&f, "{\"command\":\"contexts\"}\n"));
	CU_ASSERT(gw_now_ms() - from < 400);
	gw_ctl_read_done(f.ctl, UINT64_MAX);
	gw_ctl_read_done(NULL, GW_CTL_TOKEN | 1);
	stop(&f);
}

/* All of them, each once, in the order of their ids. */
static void many_contexts(void)
{
	enum { N = 500 };
	struct gw_context *ctx;
	struct fixture f;
	json_t *j;

	start(&f);
	for (unsigned int i = 0; i < N; i++)
		add_context(&f);
	/* Ids wrap one day: then the list is not in their order. */
	ctx = gw_context_find(&f.gw, 1);
	TAILQ_REMOVE(&f.gw.contexts, ctx, entry);
	TAILQ_INSERT_TAIL(&f.gw.contexts, ctx, entry);
	j = ask(&f, "{\"command\":\"dump\"}\n");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "contexts")), N);
	for (unsigned int i = 0; i < N; i++)
		CU_ASSERT_EQUAL(number(context_of(j, i), "id"), i + 1);
	CU_ASSERT_EQUAL(engine.n_asked, 2 * N);
	json_decref(j);
	stop(&f);
}

/* A03: the answer to a slow reader is not made ahead of it, others are
 * served meanwhile, and it is complete in the end. */
static void slow_reader(void)
{
	enum { N = 4000 };
	struct fixture f;
	unsigned int asked;
	json_t *j;
	int fd;

	start(&f);
	for (unsigned int i = 0; i < N; i++)
		add_context(&f);
	fd = dial(&f);
	say(fd, "{\"command\":\"dump\"}\n");
	turns(&f, 2000);
	asked = engine.n_asked;
	CU_ASSERT(asked > 0 && asked < N);
	turns(&f, 200);
	CU_ASSERT_EQUAL(engine.n_asked, asked);
	j = ask(&f, "{\"command\":\"status\"}\n");
	CU_ASSERT_EQUAL(number(json_object_get(j, "status"), "contexts"), N);
	json_decref(j);
	j = hear_json(&f, fd);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "contexts")), N);
	json_decref(j);
	close(fd);
	stop(&f);
}

/* Contexts that end while an answer is being made are not in it. */
static void contexts_end(void)
{
	struct fixture f;
	json_t *j;
	int fd;

	start(&f);
	for (unsigned int i = 0; i < 40; i++)
		add_context(&f);
	engine.is_deaf = true;
	fd = dial(&f);
	say(fd, "{\"command\":\"dump\"}\n");
	turns(&f, 5);
	CU_ASSERT_EQUAL(engine.n_asked, 64);
	for (unsigned int id = 1; id <= 39; id++)
		gw_context_free(gw_context_find(&f.gw, id));
	engine.is_deaf = false;
	j = hear_json(&f, fd);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "contexts")), 1);
	CU_ASSERT_EQUAL(number(context_of(j, 0), "id"), 40);
	json_decref(j);
	close(fd);
	stop(&f);
}

/* Clients that go while the engine reads, while they are behind, and at the
 * end of the program. */
static void clients_vanish(void)
{
	struct fixture f;
	int fd, other;

	start(&f);
	for (unsigned int i = 0; i < 1000; i++)
		add_context(&f);
	engine.is_deaf = true;
	fd = dial(&f);
	say(fd, "{\"command\":\"dump\"}\n");
	turns(&f, 5);
	CU_ASSERT(engine.n_asked > 0);
	close(fd);
	turns(&f, 5);
	engine.is_deaf = false;
	turns(&f, 50);
	fd = dial(&f);
	say(fd, "{\"command\":\"dump\"}\n");
	turns(&f, 50);
	close(fd);
	turns(&f, 50);
	json_decref(ask(&f, "{\"command\":\"status\"}\n"));
	engine.is_deaf = true;
	other = dial(&f);
	say(other, "{\"command\":\"dump\"}\n");
	turns(&f, 5);
	stop(&f);
	close(other);
}

/* A03: a request over the limit is refused and the connection closed, in
 * one piece or many. */
static void long_request(void)
{
	char line[4200];
	struct fixture f;
	char *text;
	int fd;

	start(&f);
	memset(line, ' ', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	fd = dial(&f);
	say(fd, line);
	text = hear(&f, fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "too long"));
	free(text);
	text = hear(&f, fd);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
	close(fd);
	/* Just below it is a request like any other. */
	strcpy(line + 4000, "{\"command\":\"status\"}\n");
	json_decref(ask(&f, line));
	stop(&f);
}

static void too_many_clients(void)
{
	struct fixture f;
	int fd[33];
	json_t *j;
	char *text;

	start(&f);
	for (unsigned int i = 0; i < 33; i++) {
		fd[i] = dial(&f);
		turns(&f, 2);
	}
	text = hear(&f, fd[32]);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "too many clients"));
	free(text);
	say(fd[0], "{\"command\":\"status\"}\n");
	j = hear_json(&f, fd[0]);
	CU_ASSERT(json_is_true(json_object_get(j, "ok")));
	json_decref(j);
	close(fd[0]);
	turns(&f, 5);
	j = ask(&f, "{\"command\":\"status\"}\n");
	CU_ASSERT(json_is_true(json_object_get(j, "ok")));
	json_decref(j);
	for (unsigned int i = 1; i < 33; i++)
		close(fd[i]);
	stop(&f);
}

/* From here on only so many are left.  Returns what was allowed before. */
static struct rlimit take_descriptors(unsigned int left)
{
	struct rlimit all, few;
	int probe = open("/dev/null", O_RDONLY); /* all below are in use */

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &all), 0);
	close(probe);
	few = all;
	few.rlim_cur = (rlim_t)probe + left;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	return all;
}

static void give_descriptors(struct rlimit all)
{
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &all), 0);
}

static void is_told(struct fixture *f, int fd)
{
	char *text = hear(f, fd), octet;

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "no descriptors are left"));
	free(text);
	CU_ASSERT_EQUAL(recv(fd, &octet, 1, 0), 0);
}

/* P05: who waits first is told, who is there is served, and the others are
 * served when there are descriptors again. */
static void no_descriptors(void)
{
	struct rlimit all;
	struct fixture f;
	int there, told, later;
	char *text, octet;

	start(&f);
	there = dial(&f);
	turns(&f, 3);
	told = dial(&f);
	later = dial(&f);
	say(later, "{\"command\":\"status\",\"gateway\":\"test\"}\n");
	all = take_descriptors(0);
	is_told(&f, told);
	say(there, "{\"command\":\"status\",\"gateway\":\"test\"}\n");
	text = hear(&f, there);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"ok\":true"));
	free(text);
	CU_ASSERT(recv(later, &octet, 1, MSG_DONTWAIT) < 0);
	give_descriptors(all);
	text = hear(&f, later);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"ok\":true"));
	free(text);
	close(there);
	close(told);
	close(later);
	stop(&f);
}

/* P05: the one that is kept for that could not be had, once; later it can. */
static void spare_descriptor(void)
{
	struct rlimit all;
	struct fixture f;
	int there, told;

	prepare(&f);
	all = take_descriptors(1);
	listen_there(&f);
	give_descriptors(all);
	there = dial(&f);
	turns(&f, 3);
	told = dial(&f);
	all = take_descriptors(0);
	is_told(&f, told);
	give_descriptors(all);
	close(there);
	close(told);
	stop(&f);
}

/* A03: whoever is neither owner nor of the group cannot even connect. */
static void not_allowed(void)
{
	enum { NOBODY_ELSE = 2 }; /* root may not everywhere */
	struct fixture f;
	int status = -1;
	pid_t pid;

	start(&f);
	chmod(f.dir, 0755);
	pid = fork();
	if (!pid) {
		struct sockaddr_un at = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		snprintf(at.sun_path, sizeof(at.sun_path), "%s", f.path);
		if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
			_exit(NOBODY_ELSE);
		_exit(connect(fd, (void *)&at, sizeof(at)) && errno == EACCES ?
			      0 :
			      1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOBODY_ELSE)
		puts("skipped: cannot become somebody else");
	else
		CU_ASSERT_EQUAL(status, 0);
	stop(&f);
}

static void socket_file(void)
{
	struct gw_ctl *second = NULL;
	struct fixture f;
	struct stat st;
	char copy[72];
	FILE *file;

	start(&f);
	CU_ASSERT_EQUAL(stat(f.path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode, S_IFSOCK | 0660);
	/* One that is served is left alone. */
	CU_ASSERT_EQUAL(gw_ctl_new(&f.host, f.path, &second, f.err,
				   sizeof(f.err)),
			-EADDRINUSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err, "another process"));
	json_decref(ask(&f, "{\"command\":\"status\"}\n"));
	/* One that nobody serves is replaced. */
	snprintf(copy, sizeof(copy), "%s2", f.path);
	CU_ASSERT_EQUAL(rename(f.path, copy), 0);
	gw_ctl_free(f.ctl);
	CU_ASSERT_EQUAL(rename(copy, f.path), 0);
	CU_ASSERT_EQUAL(
		gw_ctl_new(&f.host, f.path, &f.ctl, f.err, sizeof(f.err)), 0);
	json_decref(ask(&f, "{\"command\":\"status\"}\n"));
	gw_ctl_free(f.ctl);
	f.ctl = NULL;
	CU_ASSERT_EQUAL(stat(f.path, &st), -1);
	/* Another kind of file is not ours to remove. */
	file = fopen(f.path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
	CU_ASSERT_EQUAL(gw_ctl_new(&f.host, f.path, &second, f.err,
				   sizeof(f.err)),
			-EEXIST);
	CU_ASSERT_EQUAL(stat(f.path, &st), 0);
	CU_ASSERT_PTR_NULL(second);
	stop(&f);
}

static void long_path(void)
{
	struct gw_ctl *ctl = NULL;
	struct fixture f;
	char path[200];

	start(&f);
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	CU_ASSERT_EQUAL(gw_ctl_new(&f.host, path, &ctl, f.err, sizeof(f.err)),
			-ENAMETOOLONG);
	CU_ASSERT_PTR_NULL(ctl);
	stop(&f);
}

static void expect_path(const json_t *statistics, size_t i, const char *name,
			int packets, int octets)
{
	const json_t *path =
		json_array_get(json_object_get(statistics, "paths"), i);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(path, "name")),
			       name);
	CU_ASSERT_EQUAL(number(path, "packets"), packets);
	CU_ASSERT_EQUAL(number(path, "octets"), octets);
}

static void statistics(void)
{
	const json_t *s, *list;
	struct fixture f;
	json_t *j, *item;
	size_t i;
	bool found = false, has_passed = false;

	start(&f);
	f.gw.stats.error_code[430] = 5;
	f.gw.stats.cmd_in[H248_CMD_ADD] = 6;
	j = ask(&f, "{\"command\":\"statistics\"}\n");
	s = json_object_get(j, "statistics");
	list = json_object_get(s, "errors");
	CU_ASSERT_EQUAL(json_array_size(list), 1);
	CU_ASSERT_EQUAL(number(json_array_get(list, 0), "code"), 430);
	CU_ASSERT_EQUAL(number(json_array_get(list, 0), "answered"), 5);
	CU_ASSERT_EQUAL(
		number(json_array_get(json_object_get(s, "commands"), 0),
		       "received"),
		6);
	CU_ASSERT_EQUAL(number(json_object_get(s, "packets"), "tx_octets"), 12);
	json_array_foreach (json_object_get(s, "drops"), i, item)
		found = found || (number(item, "packets") == 13 &&
				  !strcmp(json_string_value(json_object_get(
						  item, "name")),
					  "no_gate"));
	CU_ASSERT(found);
	json_array_foreach (json_object_get(s, "kernel"), i, item)
		has_passed = has_passed ||
			     (number(item, "packets") == 14 &&
			      !strcmp(json_string_value(
					      json_object_get(item, "name")),
				      "passed"));
	CU_ASSERT(has_passed);
	expect_path(s, 0, "tun", 11, 0);
	expect_path(s, 1, "tc", 10, 900);
	expect_path(s, 2, "xdp", 4, 500);
	json_decref(j);
	j = ask(&f, "{\"command\":\"status\"}\n");
	item = json_array_get(
		json_object_get(json_object_get(j, "status"), "media"), 1);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(item, "interface")), "eth1");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(item, "path")),
			       "xdp");
	json_decref(j);
	stop(&f);
}

static const char *gateway_of(const json_t *j, size_t i)
{
	return json_string_value(json_object_get(context_of(j, i), "gateway"));
}

/* Contexts 1 and 2 of "test", 1 to 40 of "other". */
static void start_two(struct fixture *f)
{
	start(f);
	add_gateway(f, &f->other, "other");
	add_context(f);
	add_context(f);
	for (unsigned int i = 0; i < 40; i++)
		add_context_to(&f->other);
}

static void two_gateways(void)
{
	static const struct {
		const char *request;
		size_t n, n_test; /* contexts of the answer, of "test" */
	} t[] = {
		{ "{\"command\":\"contexts\"}\n", 42, 2 },
		{ "{\"command\":\"dump\"}\n", 42, 2 },
		{ "{\"command\":\"contexts\",\"gateway\":\"test\"}\n", 2, 2 },
		{ "{\"command\":\"contexts\",\"gateway\":\"other\"}\n", 40, 0 },
		{ "{\"command\":\"context\",\"id\":2,\"gateway\":\"other\"}\n",
		  1, 0 },
		{ "{\"command\":\"dump\",\"id\":2,\"gateway\":\"test\"}\n", 1,
		  1 },
		{ "{\"command\":\"dump\",\"id\":40,\"gateway\":\"other\"}\n", 1,
		  0 },
		/* only one has it */
		{ "{\"command\":\"context\",\"id\":3}\n", 1, 0 },
	};
	struct fixture f;

	start_two(&f);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		json_t *j = ask(&f, t[i].request);
		size_t n = json_array_size(json_object_get(j, "contexts"));

		CU_ASSERT_EQUAL(n, t[i].n);
		for (size_t k = 0; k < n; k++)
			CU_ASSERT_STRING_EQUAL(gateway_of(j, k),
					       k < t[i].n_test ? "test" :
								 "other");
		json_decref(j);
	}
	stop(&f);
}

static void ambiguous(void)
{
	static const char *const t[][2] = {
		{ "{\"command\":\"context\",\"id\":2}\n",
		  "several gateways have" },
		{ "{\"command\":\"context\",\"id\":41}\n", "no such context" },
		{ "{\"command\":\"dump\",\"id\":3,\"gateway\":\"test\"}\n",
		  "no such context" },
		{ "{\"command\":\"contexts\",\"gateway\":\"tes\"}\n",
		  "no such gateway" },
		{ "{\"command\":\"contexts\",\"gateway\":1}\n", "is a string" },
		{ "{\"command\":\"status\"}\n", "several gateways" },
		{ "{\"command\":\"statistics\"}\n", "several gateways" },
		{ "{\"command\":\"gateways\",\"gateway\":\"test\"}\n",
		  "takes no gateway" },
	};
	struct fixture f;

	start_two(&f);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		json_t *j = ask(&f, t[i][0]);
		const char *error =
			json_string_value(json_object_get(j, "error"));

		CU_ASSERT(json_is_false(json_object_get(j, "ok")));
		CU_ASSERT(error && strstr(error, t[i][1]));
		json_decref(j);
	}
	stop(&f);
}

static void gateways(void)
{
	const json_t *g;
	struct fixture f;
	json_t *j;

	start_two(&f);
	f.other.service.is_out = true;
	j = ask(&f, "{\"command\":\"gateways\"}\n");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "gateways")), 2);
	g = json_array_get(json_object_get(j, "gateways"), 1);
	CU_ASSERT_EQUAL(number(g, "contexts"), 40);
	CU_ASSERT_EQUAL(number(g, "contexts_max"), 20000);
	CU_ASSERT_EQUAL(number(g, "terminations"), 80);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(g, "mid")),
			       "mid/other");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(g, "service")),
			       "out");
	json_decref(j);
	j = ask(&f, "{\"command\":\"status\",\"gateway\":\"other\"}\n");
	CU_ASSERT_EQUAL(number(json_object_get(j, "status"), "contexts"), 40);
	json_decref(j);
	stop(&f);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "contexts are fresh", contexts_are_fresh },
		{ "refusals", refusals },
		{ "pipelined", pipelined },
		{ "half closed", half_closed },
		{ "engine in trouble", engine_in_trouble },
		{ "many contexts", many_contexts },
		{ "A03 slow reader", slow_reader },
		{ "contexts end meanwhile", contexts_end },
		{ "clients vanish", clients_vanish },
		{ "A03 long request", long_request },
		{ "A03 too many clients", too_many_clients },
		{ "P05 no descriptors left", no_descriptors },
		{ "P05 the spare descriptor", spare_descriptor },
		{ "A03 not allowed", not_allowed },
		{ "socket file", socket_file },
		{ "long path", long_path },
		{ "statistics", statistics },
		{ "contexts of two gateways", two_gateways },
		{ "which of two gateways", ambiguous },
		{ "the list of gateways", gateways },
		{ NULL, NULL },
	};

	return suite_run("gateway/ctl", tests);
}
