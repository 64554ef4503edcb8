/* test/unit/test_tools_bgfctl.c - the command line, renderings, exit codes */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "test/support/suite.h"
#include "tools/bgfctl/bgfctl.h"
#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/render.h"

/* A context as the gateway tells it, open, with hostile octets. */
static const char dump_reply[] =
	"{\"ok\":true,\"command\":\"dump\",\"contexts\":[{\"id\":7,"
	"\"gateway\":\"west\\u001b\","
	"\"age_ms\":12345,\"priority\":0,\"is_emergency\":false,"
	"\"is_ieps\":false,\"terminations\":["
	"{\"id\":\"ip/1/access/1\\u001b[31m\\nContext 8\",\"side\":\"A\","
	"\"streams\":[{"
	"\"id\":1,\"state\":\"open\",\"leg\":\"acked\",\"waits_for\":null,"
	"\"local_address\":{\"address\":\"198.51.100.1\",\"port\":20000},"
	"\"latched_address\":{\"address\":\"203.0.113.10\",\"port\":40001},"
	"\"rx_octets\":1048576,\"tx_octets\":99,\"drops\":2,"
	"\"options\":[\"ws\",\"sack\"],"
	"\"local\":\"v=0\\r\\nc=IN IP4 198.51.100.1\\r\\n\\u009b2J\\r\\n\","
	"\"remote\":null,\"local_control\":{\"mode\":\"SendReceive\","
	"\"properties\":[{\"name\":\"ipdc/realm\",\"value\":\"a & <b>\"}]},"
	"\"signals\":[{\"name\":\"ipnapt/latch\",\"value\":\"LATCH\",\"none\":[]}]}],"
	"\"events\":{\"request_id\":5,\"list\":[{\"name\":\"tcprv/est\","
	"\"stream\":1,\"parameters\":[{\"name\":\"p\",\"value\":\"v\"}]}]}},"
	"{\"id\":\"ip/1/core/2\",\"side\":\"B\",\"streams\":[{\"id\":1,"
	"\"state\":\"open\","
	"\"leg\":\"sent\",\"waits_for\":\"the handshake ACK\","
	"\"local_address\":{\"address\":\"2001:db8::9\",\"port\":20002},"
	"\"latched_address\":null,\"rx_octets\":99,\"tx_octets\":1048576,"
	"\"drops\":1}]}]}]}";

static const char empty_reply[] =
	"{\"ok\":true,\"command\":\"contexts\",\"contexts\":[]}";

/* What render prints for a reply.  Returns new. */
static char *rendered(render_h *render, const char *reply)
{
	json_t *j = json_loads(reply, 0, NULL);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	CU_ASSERT_FATAL(j && to);
	render(j, to);
	fclose(to);
	json_decref(j);
	return text;
}

static bool has(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	fprintf(stderr, "no \"%s\" in:\n%s\n", part, text);
	return false;
}

static void contexts_as_text(void)
{
	char *text = rendered(text_contexts, dump_reply);
	char *line = strchr(text, '\n') + 1;

	CU_ASSERT(has(text, "GATEWAY   CONTEXT  STREAM  STATE  AGE[s]"));
	CU_ASSERT(has(line, "west\\x1b        7       1  open       12"));
	CU_ASSERT(has(line, "1048576"));
	/* Drops of both sides together. */
	CU_ASSERT(has(line, "  3  203.0.113.10:40001 -> 198.51.100.1:20000"
			    " | [2001:db8::9]:20002 <- ?\n"));
	CU_ASSERT_PTR_EQUAL(strchr(line, '\n'), line + strlen(line) - 1);
	free(text);
	text = rendered(text_contexts,
			"{\"contexts\":[{\"id\":7,\"terminations\":[{\"side\":"
			"\"B\",\"streams\":[{\"id\":1,\"state\":\"wait\","
			"\"latched_address\":{\"address\":\"192.0.2.1\","
			"\"port\":5}}]}]}]}");
	CU_ASSERT(has(text, "  ? -> ? | ? <- 192.0.2.1:5\n"));
	free(text);
}

static void columns_are_aligned(void)
{
	char *text = rendered(text_contexts, dump_reply);
	const char *head = strstr(text, "A -> GATE") - 1;
	const char *line = strchr(text, '\n') + 1;
	const char *cell = strstr(line, "203.0.113.10");

	CU_ASSERT_EQUAL(head + 1 - text, cell - line);
	free(text);
	text = rendered(text_contexts, empty_reply);
	CU_ASSERT_EQUAL(strchr(text, '\n') + 1 - text, (long)strlen(text));
	free(text);
}

static void dump_as_text(void)
{
	char *text = rendered(text_dump, dump_reply);

	CU_ASSERT(has(text, "Context 7 of west\\x1b: age 12 s, priority 0\n"));
	CU_ASSERT(has(text, "\n    Local\n      v=0\n"
			    "      c=IN IP4 198.51.100.1\n"));
	CU_ASSERT(!strstr(text, "\n    Remote"));
	CU_ASSERT(has(text, "ipdc/realm  value=a & <b>\n"));
	CU_ASSERT(has(text, "ipnapt/latch  value=LATCH\n"));
	CU_ASSERT(has(text, "tcprv/est  stream=1  parameters=p=v\n"));
	CU_ASSERT(has(text, "the handshake ACK\n"));
	CU_ASSERT(has(text, "ws,sack"));
	free(text);
}

/* A02: nothing a controller wrote reaches the terminal as a control, or
 * begins a line of its own. */
static void hostile_text(void)
{
	static render_h *const all[] = { text_contexts, text_context,
					 text_dump };

	for (size_t i = 0; i < 3; i++) {
		char *text = rendered(all[i], dump_reply);

		CU_ASSERT(!strchr(text, 0x1b));
		CU_ASSERT(!strstr(text, "\xc2\x9b"));
		CU_ASSERT(!strstr(text, "\nContext 8"));
		free(text);
	}
}

static void escapes(void)
{
	static const struct {
		const char *in, *terminal, *xml;
	} t[] = {
		{ "plain", "plain", "plain" },
		{ "a\nb\t", "a\\x0ab\\x09", "a\nb\t" },
		{ "\x1b[0m", "\\x1b[0m", "\\x1b[0m" },
		{ "\x7f", "\\x7f", "\x7f" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f",
		  "gr\xc3\xbc\xc3\x9f" },
		{ "\xc2\x9bm", "\\x9bm", "\xc2\x9bm" },
		{ "\xe2\x80\xae"
		  "x",
		  "\\u{202e}x",
		  "\xe2\x80\xae"
		  "x" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xef\xbf\xbf", "\xef\xbf\xbf", "\\u{ffff}" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		char *s = escape(t[i].in, strlen(t[i].in), ESCAPE_TERMINAL);

		CU_ASSERT_STRING_EQUAL(s, t[i].terminal);
		free(s);
		s = escape(t[i].in, strlen(t[i].in), ESCAPE_XML);
		CU_ASSERT_STRING_EQUAL(s, t[i].xml);
		free(s);
	}
}

static void xml_is_well_formed(void)
{
	static const char *const replies[] = {
		dump_reply,
		empty_reply,
		"{\"a b\":[1,\"<&]]>\",{\"x\":null}],\"\":true,\"1\":{}}",
		"{\"v\":\"\\u0001\\u001f\\ufffe\\uffff\\r\\n\"}",
	};

	for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		char *text = rendered(xml_reply, replies[i]);
		xmlDoc *doc = xmlReadMemory(text, strlen(text), "reply", NULL,
					    XML_PARSE_NONET);

		CU_ASSERT_PTR_NOT_NULL(doc);
		xmlFreeDoc(doc);
		free(text);
	}
}

static void xml_names(void)
{
	char *text = rendered(xml_reply, dump_reply);

	CU_ASSERT(has(text, "<contexts>\n    <context>\n      <id>7</id>"));
	CU_ASSERT(has(text, "<option>sack</option>"));
	CU_ASSERT(has(text, "<value>a &amp; &lt;b&gt;</value>"));
	CU_ASSERT(has(text, "v=0&#13;\nc=IN IP4 198.51.100.1&#13;\n"));
	CU_ASSERT(has(text, "<remote/>"));
	CU_ASSERT(has(text, "<property>"));
	CU_ASSERT(has(text, "&#155;2J"));
	free(text);
}

static void gateways_as_text(void)
{
	char *text = rendered(
		text_gateways,
		"{\"gateways\":[{\"name\":\"west\",\"mid\":\"[192.0.2.1]:2944\","
		"\"state\":\"active\",\"controller\":\"192.0.2.2:2944\","
		"\"service\":\"out\",\"contexts\":5,\"contexts_max\":10},"
		"{\"name\":\"e\",\"controller\":null}]}");

	CU_ASSERT(has(text, "GATEWAY  MID               CONTROLLER "));
	CU_ASSERT(has(text,
		      "\nwest     [192.0.2.1]:2944  192.0.2.2:2944  active"
		      "  out             5   10\n"));
	CU_ASSERT(has(text, "\ne        -                 -      "));
	free(text);
}

static void status_and_statistics(void)
{
	char *text = rendered(
		text_status,
		"{\"status\":{\"name\":\"gw\",\"uptime_s\":5,\"association\":"
		"{\"state\":\"active\"},\"realms\":[{\"name\":\"access\","
		"\"tun\":\"bgf-access\",\"ports_total\":100,"
		"\"ports_used\":2,\"ports_quarantined\":1}],\"workers\":["
		"{\"worker\":1,\"cpu\":3,\"rendezvous\":12,\"rx_packets\":"
		"600,\"tx_packets\":598,\"drops\":2}],\"media\":["
		"{\"realm\":\"access\",\"interface\":\"eth7\",\"path\":"
		"\"xdp\"}],\"limits\":["
		"{\"name\":\"gw\",\"contexts\":7,\"contexts_limit\":10,"
		"\"contexts_reserve\":1,\"kbps\":64,\"kbps_limit\":null,"
		"\"kbps_reserve\":0}],\"overload\":{\"level\":\"notify\"}}}");

	CU_ASSERT(has(text, "  uptime_s             5\n"));
	CU_ASSERT(has(text, "  state                active\n"));
	CU_ASSERT(
		has(text, "  access  bgf-access    100     2            1\n"));
	CU_ASSERT(has(text, "  1         3          12  600  598      2\n"));
	CU_ASSERT(has(text, "  gw                7     10        1"));
	CU_ASSERT(has(text, "  eth7       access  xdp\n"));
	CU_ASSERT(has(text, "\nOverload\n  level                notify\n"));
	free(text);
	text = rendered(text_statistics,
			"{\"statistics\":{\"errors\":[{\"code\":430,"
			"\"answered\":3,\"meaning\":\"Unknown\"}],\"drops\":"
			"[{\"name\":\"no_gate\",\"packets\":9}],\"paths\":"
			"[{\"name\":\"xdp\",\"packets\":8,\"octets\":7}]}}");
	CU_ASSERT(has(text, "  xdp               8       7\n"));
	CU_ASSERT(has(text, "    430         3         -  Unknown\n"));
	CU_ASSERT(has(text, "  no_gate        9  -\n"));
	free(text);
}

static void levels_as_text(void)
{
	char *text =
		rendered(text_log, "{\"log\":{\"level\":\"info\",\"parts\":{"
				   "\"core\":\"info\",\"session\":\"debug\"},"
				   "\"held_back\":3}}");

	CU_ASSERT(has(text, "level                info\n"));
	CU_ASSERT(has(text, "held_back            3\n"));
	CU_ASSERT(has(text, "\n  session              debug\n"));
	free(text);
}

static void lists_as_text(void)
{
	char *text = rendered(
		text_flows,
		"{\"flows\":[{\"gateway\":\"w\",\"context\":7,\"stream\":1,"
		"\"realm\":\"core\",\"state\":\"open\",\"source\":{\"address\":"
		"\"192.0.2.1\",\"port\":5},\"destination\":{\"address\":\"::1\","
		"\"port\":6},\"nat_source\":null,\"octets\":9,\"drops\":3,"
		"\"drop_reasons\":[\"mode\",\"window\"]}]}");

	CU_ASSERT(has(text, "\nw              7       1  core   open   "
			    "192.0.2.1:5  [::1]:6      ?           ?"));
	CU_ASSERT(has(text, "  3  mode,window\n"));
	free(text);
	text = rendered(
		text_history,
		"{\"history\":[{\"gateway\":\"w\",\"id\":7,"
		"\"reason\":\"drain\",\"ended_ms\":1768465800123,"
		"\"lasted_ms\":1500,\"terminations\":[{"
		"\"side\":\"A\",\"last_cause\":\"fin\",\"rx_octets\":3}]}]}");
	CU_ASSERT(has(text, "\nw              7  2026-01-15T08:30:00.123Z"
			    "      1.500  drain   fin                 3  ?"));
	free(text);
	text = rendered(text_events,
			"{\"events\":{\"lost\":3,\"lines\":[{\"time_ms\":"
			"1768465800123,\"level\":\"info\",\"gateway\":\"w\","
			"\"context\":7,\"termination\":null,\"text\":"
			"\"a\\u001bb\"}]}}");
	CU_ASSERT(has(text, "(3 lines were lost)\n2026-01-15T08:30:00.123Z "
			    "info gw=w ctx=7 a\\x1bb\n"));
	free(text);
}

/* Members of the wrong kind, or none: shown as nothing, never a crash. */
static void odd_replies(void)
{
	static const char *const replies[] = {
		"{}",
		"{\"contexts\":{}}",
		"{\"gateways\":[7,{\"mid\":[]}]}",
		"{\"contexts\":[1,null,{\"id\":\"x\",\"terminations\":7}]}",
		("{\"contexts\":[{\"terminations\":[{\"streams\":[3,{\"id\":1,"
		 "\"state\":4,\"local\":[],\"local_address\":\"x\"}]}]}]}"),
		"{\"status\":[],\"statistics\":\"x\"}",
		"{\"history\":[7,{\"terminations\":[[]]}],\"events\":[],"
		"\"terminations\":[1,{\"streams\":[1]}],\"flows\":[[]],"
		"\"ports\":7}",
		"{\"events\":{\"lines\":[1,{\"time_ms\":\"x\"}]}}",
	};
	static render_h *const all[] = {
		text_contexts,     text_context,    text_dump,
		text_status,       text_statistics, text_gateways,
		text_ports,        text_flows,      text_history,
		text_terminations, text_events,     text_associations,
		text_explain,      text_top,        text_reload,
		text_log,          xml_reply
	};

	for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
			char *text = rendered(all[k], replies[i]);

			CU_ASSERT(!strstr(text, "(null)"));
			free(text);
		}
	}
}

/* One client: what it is answered, or what it has asked ("echo"). */
static bool answer(int client, const char *reply)
{
	char buf[4096];
	ssize_t n = read(client, buf, sizeof(buf));

	if (n > 0 && !strcmp(reply, "echo"))
		n = dprintf(client, "{\"ok\":true,\"asked\":%.*s}\n",
			    (int)n - 1, buf);
	else if (n > 0)
		n = write(client, reply, strlen(reply));
	close(client);
	return n > 0;
}

/* A gateway: a child that answers one client after the other. */
static pid_t serve(const char *path, const char *const *replies)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	strcpy(addr.sun_path, path);
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (void *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 4), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		for (; *replies; replies++)
			if (!answer(accept(fd, NULL, NULL), *replies))
				_exit(1);
		_exit(0);
	}
	close(fd);
	return pid;
}

struct said {
	int rc;
	char *out, *err;
};

/* bgfctl with these words; no reply: nobody listens. */
static struct said run_each(const char *const *replies, const char *const *word)
{
	char dir[] = "/tmp/bgfctl-test-XXXXXX", path[64];
	char *argv[16] = { (char *)"bgfctl", (char *)"-s", path };
	struct said s = { 0 };
	size_t out_n, err_n;
	pid_t pid = -1;
	FILE *out, *err;
	int argc = 3;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control", dir);
	for (; *word; word++)
		argv[argc++] = (char *)*word;
	if (*replies)
		pid = serve(path, replies);
	out = open_memstream(&s.out, &out_n);
	err = open_memstream(&s.err, &err_n);
	s.rc = bgfctl_run(argc, argv, out, err);
	fclose(out);
	fclose(err);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	unlink(path);
	rmdir(dir);
	return s;
}

static struct said run(const char *reply, const char *const *word)
{
	return run_each((const char *const[]) { reply, NULL }, word);
}

/* The gateway that was named is in the request, where it was named. */
static void asked(void)
{
	static const struct {
		const char *word[6], *has, *has_not;
	} t[] = {
		{ { "-fjson", "contexts" }, "\"contexts\"", "gateway" },
		{ { "-fjson", "-g", "west", "contexts" },
		  "\"gateway\": \"west\"",
		  "\"id\"" },
		{ { "-fjson", "drain", "60" }, "\"seconds\": 60", "\"id\"" },
		{ { "-fjson", "drain" }, "\"drain\"", "seconds" },
		{ { "-fjson", "drain", "--timeout", "2m" },
		  "\"seconds\": 120",
		  "\"id\"" },
		{ { "-fjson", "drain", "--cancel" },
		  "\"command\": \"resume\"",
		  "seconds" },
		{ { "-fjson", "flows", "-S", "open" },
		  "\"state\": \"open\"",
		  "realm" },
		{ { "-fjson", "flows", "-r", "x" },
		  "\"realm\": \"x\"",
		  "state" },
		{ { "-fjson", "flows", "-t", "x" },
		  "\"termination\": \"x\"",
		  "realm" },
		{ { "-fjson", "flows", "-p", "80" }, "\"port\": 80", "count" },
		{ { "-fjson", "flows", "--context=7" }, "\"id\": 7", "port" },
		{ { "-fjson", "ladder", "7" }, "\"id\": 7", "svg" },
		{ { "-fjson", "history", "-n", "3" }, "\"count\": 3", "id" },
		{ { "-fjson", "log", "level", "debug" },
		  "\"level\": \"debug\"",
		  "id" },
		{ { "-fjson", "log", "level", "h248", "err" },
		  "\"part\": \"h248\"",
		  "id" },
		{ { "-fjson", "dump", "7", "--gateway=e\"" },
		  "\"gateway\": \"e\\\"\"",
		  "west" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct said s = run("echo", t[i].word);

		CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
		CU_ASSERT(has(s.out, t[i].has));
		CU_ASSERT_PTR_NULL(strstr(s.out, t[i].has_not));
		free(s.out);
		free(s.err);
	}
}

/* What came between two samples, a second apart; the largest first. */
static void top_rates(void)
{
#define FLOW(ctx, octets)                                       \
	"{\"gateway\":\"w\",\"context\":" #ctx ",\"stream\":1," \
	"\"termination\":\"t\",\"octets\":" #octets "}"
	static const char *const replies[] = {
		"{\"ok\":true,\"flows\":[" FLOW(1, 1000) "," FLOW(2,
								  500) "]}\n",
		"{\"ok\":true,\"flows\":[" FLOW(1, 2000) "," FLOW(
			2, 900500) "," FLOW(3, 90) "]}\n",
		"{\"ok\":true,\"gateways\":[]}\n",
		NULL,
	};
	struct said s =
		run_each(replies, (const char *[]) { "top", "1", "--once", "-n",
						     "2", "-fjson", NULL });
	json_t *j = json_loads(s.out, 0, NULL), *top, *flow;
	json_int_t rate, ms;

	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	top = json_object_get(j, "top");
	ms = json_integer_value(json_object_get(top, "interval_ms"));
	CU_ASSERT(ms >= 1000);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(top, "flows")), 2);
	flow = json_array_get(json_object_get(top, "flows"), 0);
	rate = json_integer_value(json_object_get(flow, "octets_per_s"));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(flow, "context")),
			2);
	CU_ASSERT_EQUAL(rate, 900000 * 1000 / ms);
	flow = json_array_get(json_object_get(top, "flows"), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(flow, "context")),
			1);
	json_decref(j);
	free(s.out);
	free(s.err);
}

static void exit_codes(void)
{
	static const char ok[] = "{\"ok\":true,\"contexts\":[]}\n";
	static const char no[] = "{\"ok\":false,\"error\":\"no\\u001b\"}\n";
	static const struct {
		const char *reply;
		const char *word[6];
		int rc;
		const char *err; /* part of what it says */
	} t[] = {
		{ ok, { "contexts" }, BGFCTL_OK, "" },
		{ ok, { "context", "7", "-f", "json" }, BGFCTL_OK, "" },
		{ ok, { "dump", "--format", "xml" }, BGFCTL_OK, "" },
		{ no, { "context", "7" }, BGFCTL_FAILED, "bgfctl: no\\x1b\n" },
		{ "{\"ok\":tr\n", { "dump" }, BGFCTL_FAILED, "not complete" },
		{ "{\"ok\":true", { "dump" }, BGFCTL_FAILED, "no answer" },
		{ "{\"ok\":true,\"reload\":{\"is_refused\":false}}\n",
		  { "reload" },
		  BGFCTL_OK,
		  "" },
		{ NULL, { NULL }, BGFCTL_USAGE, "a command is missing" },
		{ NULL, { "drain", "0" }, BGFCTL_USAGE, "seconds are" },
		{ NULL, { "drain", "--timeout", "x" }, BGFCTL_USAGE, "a time" },
		{ NULL,
		  { "drain", "5", "--cancel" },
		  BGFCTL_USAGE,
		  "--timeout or --cancel" },
		{ NULL,
		  { "status", "--cancel" },
		  BGFCTL_USAGE,
		  "only drain takes" },
		{ NULL, { "resume", "1" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "context" }, BGFCTL_USAGE, "id of a context" },
		{ NULL, { "context", "0" }, BGFCTL_USAGE, "number" },
		{ NULL, { "context", "-1" }, BGFCTL_USAGE, "option" },
		{ NULL, { "context", "4294967296" }, BGFCTL_USAGE, "number" },
		{ NULL, { "context", "7x" }, BGFCTL_USAGE, "number" },
		{ NULL, { "contexts", "7", "8" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "ports", "7" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "ports", "-c", "7" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "dump", "-c7", "7" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "ports", "-S", "open" }, BGFCTL_USAGE, "no filter" },
		{ NULL, { "flows", "-n1" }, BGFCTL_USAGE, "no --last" },
		{ NULL, { "flows", "-F" }, BGFCTL_USAGE, "no --follow" },
		{ NULL, { "flows", "--once" }, BGFCTL_USAGE, "no --once" },
		{ NULL, { "drain", "-c", "7" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "log", "level", "-c7" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "top", "0" }, BGFCTL_USAGE, "seconds are" },
		{ NULL, { "top" }, BGFCTL_NO_CONNECTION, "is bgfd running?" },
		{ NULL, { "flows", "--dry-run" }, BGFCTL_USAGE, "no --dry-run" },
		{ NULL, { "flows", "-p", "x" }, BGFCTL_USAGE, "number" },
		{ NULL, { "log" }, BGFCTL_USAGE, "log level" },
		{ NULL, { "log", "info" }, BGFCTL_USAGE, "log level" },
		{ NULL,
		  { "log", "level", "a", "b", "c" },
		  BGFCTL_USAGE,
		  "too many" },
		{ NULL, { "dump", "7", "8" }, BGFCTL_USAGE, "too many" },
		{ NULL, { "nothing" }, BGFCTL_USAGE, "no such command" },
		{ NULL, { "dump", "-f", "yaml" }, BGFCTL_USAGE, "xml" },
		{ NULL, { "dump", "--nope" }, BGFCTL_USAGE, "--nope" },
		{ NULL, { "dump" }, BGFCTL_NO_CONNECTION, "is bgfd running?" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct said s = run(t[i].reply, t[i].word);

		CU_ASSERT_EQUAL(s.rc, t[i].rc);
		CU_ASSERT(has(s.err, t[i].err));
		/* One line at most, and nothing on stdout with an error. */
		CU_ASSERT(!*s.err ||
			  strchr(s.err, '\n') == s.err + strlen(s.err) - 1);
		CU_ASSERT_EQUAL(!*s.out, !!s.rc);
		free(s.out);
		free(s.err);
	}
}

/* What stayed as it was makes a reload fail, and is printed. */
static void reload_in_part(void)
{
	static const char *const replies[] = {
		"{\"ok\":true,\"reload\":{\"is_refused\":false,"
		"\"is_dry_run\":false,\"changes\":[],"
		"\"errors\":[\"keys stay\"]}}\n",
		"{\"ok\":true,\"reload\":{\"is_refused\":true,"
		"\"is_dry_run\":false,\"changes\":[],\"errors\":[]}}\n",
	};
	struct said s = run(replies[0], (const char *[]) { "reload", NULL });

	CU_ASSERT_EQUAL(s.rc, BGFCTL_FAILED);
	CU_ASSERT(has(s.out, "keys stay\n"));
	CU_ASSERT(has(s.out, "done, but for the files named above\n"));
	free(s.out);
	free(s.err);
	s = run(replies[1], (const char *[]) { "reload", NULL });
	CU_ASSERT_EQUAL(s.rc, BGFCTL_FAILED);
	free(s.out);
	free(s.err);
}

/* A part may have more lines than are wanted still. */
static void follow_so_many(void)
{
#define PART(a, b, c)                                                         \
	"{\"ok\":true,\"events\":{\"next\":9,\"is_complete\":false,"          \
	"\"lines\":[{\"text\":\"" a "\"},{\"text\":\"" b "\"},{\"text\":\"" c \
	"\"}]}}\n"
	static const char *const replies[] = { PART("one", "two", "three"),
					       PART("four", "five", "six"),
					       NULL };
	struct said s =
		run_each(replies, (const char *[]) { "events", "--follow", "-n",
						     "4", NULL });

	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT(has(s.out, "three"));
	CU_ASSERT(has(s.out, "four"));
	CU_ASSERT(!strstr(s.out, "five"));
	CU_ASSERT(!strstr(s.out, "six"));
	free(s.out);
	free(s.err);
#undef PART
}

/* A ladder as the gateway has it, with hostile text in it. */
#define LADDER                                                                \
	"{\"ok\":true,\"command\":\"ladder\",\"ladder\":{\"context\":7,"      \
	"\"began_ms\":1768465800250,\"is_over\":true,\"lost\":3,"             \
	"\"participants\":[{\"name\":\"controller\",\"at\":\"c\"},"           \
	"{\"name\":\"A\",\"at\":\"x\\u001b;y\"},"                             \
	"{\"name\":\"gateway\",\"at\":\"g\"},{\"name\":\"B\",\"at\":\"\"}],"  \
	"\"steps\":[{\"after_us\":1500000,\"kind\":\"message\","              \
	"\"from\":\"controller\",\"to\":\"gateway\",\"text\":\"T=1 Add A\"}," \
	"{\"after_us\":2000007,\"kind\":\"segment\",\"from\":\"B\","          \
	"\"to\":\"gateway\",\"text\":\"S\\u001bYN\"},"                        \
	"{\"after_us\":3000000,\"kind\":\"note\",\"from\":\"A\","             \
	"\"to\":\"B\",\"text\":\"open; all\"},"                               \
	"{\"after_us\":4000000,\"kind\":\"note\",\"from\":\"A\","             \
	"\"to\":\"A\",\"text\":\"quiet\"}],\"svg\":\"<svg/>\"}}\n"

static void ladders(void)
{
	struct said s = run(LADDER, (const char *[]) { "ladder", "7", NULL });

	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT(has(s.out, "Context 7, from 2026-01-15T08:30:00.250Z, is"));
	CU_ASSERT(has(s.out, "  A           x\\x1b;y\n"));
	CU_ASSERT(has(s.out, "    1.500000   |-"));
	CU_ASSERT(has(s.out, "- T=1 Add A -"));
	CU_ASSERT(has(s.out, "->|                             |\n    2.0"));
	CU_ASSERT(has(s.out, "|<--------- S\\x1bYN -"));
	CU_ASSERT(has(s.out, "[======="));
	CU_ASSERT(has(s.out, "3 steps in between are forgotten.\n"));
	free(s.out);
	free(s.err);
	s = run(LADDER,
		(const char *[]) { "-f", "mermaid", "ladder", "7", NULL });
	CU_ASSERT_STRING_EQUAL(s.out, "sequenceDiagram\n"
				      "  participant P0 as controller c\n"
				      "  participant P1 as A x??y\n"
				      "  participant P2 as gateway g\n"
				      "  participant P3 as B \n"
				      "  P0->>P2: T=1 Add A\n"
				      "  P3->>P2: S?YN\n"
				      "  Note over P1,P3: open? all\n"
				      "  Note over P1: quiet\n");
	free(s.out);
	free(s.err);
	s = run(LADDER, (const char *[]) { "-f", "svg", "ladder", "7", NULL });
	CU_ASSERT_STRING_EQUAL(s.out, "<svg/>");
	free(s.out);
	free(s.err);
}

/* Longer than the ladder is wide; unknown participants. */
static void odd_ladders(void)
{
	static const char *const steps[] = {
		"", "{}", "{\"from\":\"A\",\"to\":\"nobody\"}",
		"{\"from\":\"B\",\"to\":\"gateway\",\"kind\":\"segment\"}",
		"{\"from\":7,\"to\":null,\"kind\":\"note\"}"
	};
	char reply[4096], text[400];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct said s;

		snprintf(reply, sizeof(reply),
			 "{\"ok\":true,\"ladder\":{\"participants\":["
			 "{\"name\":\"%s\"},{\"name\":\"gateway\"},"
			 "{\"name\":\"B\"}],\"steps\":[%s%s{\"text\":\"%s\","
			 "\"from\":\"B\",\"to\":\"gateway\"}]}}\n",
			 text, steps[i], steps[i][0] ? "," : "", text);
		s = run(reply, (const char *[]) { "ladder", "7", NULL });
		CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
		CU_ASSERT(has(s.out, "xxxxx"));
		free(s.out);
		free(s.err);
	}
}

/* What a trace is asked for; nothing is written of an echo. */
static void traces(void)
{
	static const struct {
		const char *word[8], *has;
		int rc;
	} t[] = {
		{ { "trace", "7" }, "name a file", BGFCTL_USAGE },
		{ { "trace", "-o", "/dev/null" },
		  "write `trace ID`",
		  BGFCTL_USAGE },
		{ { "trace", "next", "-o", "/dev/null" },
		  "write `trace ID`",
		  BGFCTL_USAGE },
		{ { "trace", "next", "0", "-o", "/dev/null" },
		  "a number from 1",
		  BGFCTL_USAGE },
		{ { "trace", "next", "1", "2", "-o", "/dev/null" },
		  "write `trace ID`",
		  BGFCTL_USAGE },
		{ { "trace", "7", "-o", "/dev/null", "--for", "x" },
		  "write a time",
		  BGFCTL_USAGE },
		{ { "trace", "7", "-o", "/dev/null", "--for", "25000h" },
		  "write a time",
		  BGFCTL_USAGE },
		{ { "trace", "7", "-o", "/dev/null", "--for", "1441m" },
		  "write a time",
		  BGFCTL_USAGE },
		{ { "contexts", "--payload" },
		  "only trace takes",
		  BGFCTL_USAGE },
		{ { "contexts", "-o", "x" }, "only trace takes", BGFCTL_USAGE },
		{ { "trace", "7", "-r", "x", "-o", "/dev/null" },
		  "takes no filter",
		  BGFCTL_USAGE },
		{ { "trace", "7", "-o", "/no/such/folder" },
		  "cannot write /no/such/folder",
		  BGFCTL_FAILED },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct said s =
			run(t[i].rc == BGFCTL_USAGE ? NULL : "echo", t[i].word);

		CU_ASSERT_EQUAL(s.rc, t[i].rc);
		CU_ASSERT(has(s.err, t[i].has));
		free(s.out);
		free(s.err);
	}
}

/* Records, then the answer. */
static void trace_written(void)
{
	static const char reply[] =
		"{\"record\":{\"realm\":\"core\",\"octets\":\"45\",\"length\":9,"
		"\"comment\":\"so it is\",\"context\":3}}\n"
		"{\"ok\":true,\"command\":\"trace\",\"trace\":{\"packets\":1,"
		"\"left_out\":0,\"ended_by\":\"over\"}}\n";
	char path[] = "/tmp/bgfctl-trace-XXXXXX", octets[1024];
	int fd = mkstemp(path);
	struct said s = run(reply, (const char *[]) { "trace", "next", "2",
						      "-o", path, NULL });
	ssize_t n;

	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT(has(s.out, "ended_by             over\n"));
	CU_ASSERT(has(s.out, path));
	n = read(fd, octets, sizeof(octets));
	CU_ASSERT(n > 100 &&
		  memmem(octets, (size_t)n, "context 3: so it is", 19));
	close(fd);
	unlink(path);
	free(s.out);
	free(s.err);
	s = run("{\"ok\":false,\"error\":\"one at a time\"}\n",
		(const char *[]) { "trace", "7", "-o", "/dev/null", NULL });
	CU_ASSERT_EQUAL(s.rc, BGFCTL_FAILED);
	CU_ASSERT(has(s.err, "bgfctl: one at a time"));
	free(s.out);
	free(s.err);
	s = run("{\"record\":{\"octets\":\"zz\"}}\n",
		(const char *[]) { "trace", "7", "-o", "/dev/null", NULL });
	CU_ASSERT_EQUAL(s.rc, BGFCTL_FAILED);
	free(s.out);
	free(s.err);
}

#define STARTED "{\"started\":true}\n"
#define OVER                                                           \
	"{\"ok\":true,\"command\":\"trace\",\"trace\":{\"packets\":0," \
	"\"left_out\":0,\"ended_by\":\"over\"}}\n"

/* A trace into a file; what bgfctl said on stderr is in err. */
static int trace_into(const char *file, const char *reply, char err[256])
{
	struct said s =
		run(reply, (const char *[]) { "trace", "7", "-o", file, NULL });
	int rc = s.rc;

	snprintf(err, 256, "%s", s.err);
	free(s.out);
	free(s.err);
	return rc;
}

static off_t octets_of(const char *path, mode_t *mode)
{
	struct stat st = { 0 };

	if (lstat(path, &st))
		return -1;
	*mode = st.st_mode & 0777;
	return st.st_size;
}

/* What a file was before, it stays until the gateway has begun; then it is
 * nobody else's to read. */
static void trace_files(void)
{
	static const char no[] = "{\"ok\":false,\"error\":\"no\"}\n";
	char dir[] = "/tmp/bgfctl-file-XXXXXX", file[64], link[64], err[256];
	mode_t mode;
	int fd;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	CU_ASSERT_EQUAL(trace_into(file, no, err), BGFCTL_FAILED);
	CU_ASSERT_EQUAL(octets_of(file, &mode), -1);
	fd = open(file, O_WRONLY | O_CREAT, 0644);
	CU_ASSERT_EQUAL(write(fd, "mine", 4), 4);
	CU_ASSERT_EQUAL(fchmod(fd, 0644), 0);
	close(fd);
	CU_ASSERT_EQUAL(trace_into(file, no, err), BGFCTL_FAILED);
	CU_ASSERT_EQUAL(octets_of(file, &mode), 4);
	CU_ASSERT_EQUAL(symlink(file, link), 0);
	CU_ASSERT_EQUAL(trace_into(link, STARTED OVER, err), BGFCTL_FAILED);
	CU_ASSERT(has(err, "Too many levels of symbolic links"));
	CU_ASSERT_EQUAL(octets_of(file, &mode), 4);
	CU_ASSERT_EQUAL(mode, 0644);
	CU_ASSERT_EQUAL(trace_into(file, STARTED OVER, err), BGFCTL_OK);
	CU_ASSERT(octets_of(file, &mode) > 40);
	CU_ASSERT_EQUAL(mode, 0600);
	/* What is no file may be behind a link, as /dev/stdout is. */
	CU_ASSERT_EQUAL(unlink(link), 0);
	CU_ASSERT_EQUAL(symlink("/dev/null", link), 0);
	CU_ASSERT_EQUAL(trace_into(link, STARTED OVER, err), BGFCTL_OK);
	CU_ASSERT_EQUAL(trace_into("/dev/full", STARTED OVER, err),
			BGFCTL_FAILED);
	CU_ASSERT(has(err, "cannot write /dev/full: No space left on device"));
	unlink(link);
	unlink(file);
	rmdir(dir);
}

/* A gateway that has begun, and says nothing any more: the first signal asks it
 * to end, the second one ends bgfctl. */
static void trace_of_one_that_hangs(void)
{
	char dir[] = "/tmp/bgfctl-hang-XXXXXX", path[64], octet[256];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client, status = 0, out[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(out), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control", dir);
	strcpy(addr.sun_path, path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (void *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 1), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		char *argv[] = { (char *)"bgfctl", (char *)"-s", path,
				 (char *)"trace",  (char *)"7",  (char *)"-o",
				 (char *)"-",      NULL };

		dup2(out[1], STDOUT_FILENO);
		alarm(60);
		_exit(bgfctl_run(7, argv, stdout, stderr));
	}
	client = accept(fd, NULL, NULL);
	CU_ASSERT(read(client, octet, sizeof(octet)) > 0);
	CU_ASSERT(write(client, STARTED, strlen(STARTED)) > 0);
	/* It writes: it knows what to do with a signal. */
	CU_ASSERT(read(out[0], octet, sizeof(octet)) > 0);
	kill(pid, SIGINT);
	CU_ASSERT_EQUAL(read(client, octet, sizeof(octet)), 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGINT);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	close(client);
	close(out[0]);
	close(out[1]);
	close(fd);
	unlink(path);
	rmdir(dir);
}

static void help(void)
{
	struct said s = run(NULL, (const char *[]) { "--help", NULL });

	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT(has(s.out, "statistics"));
	free(s.out);
	free(s.err);
	s = run(NULL, (const char *[]) { "dump", "--help", NULL });
	CU_ASSERT_EQUAL(s.rc, BGFCTL_OK);
	CU_ASSERT(has(s.out, "usage: bgfctl [OPTION]... dump [ID]\n"));
	free(s.out);
	free(s.err);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "contexts as text", contexts_as_text },
		{ "columns are aligned", columns_are_aligned },
		{ "dump as text", dump_as_text },
		{ "A02 hostile text", hostile_text },
		{ "A02 escapes", escapes },
		{ "XML is well-formed", xml_is_well_formed },
		{ "XML names", xml_names },
		{ "gateways as text", gateways_as_text },
		{ "what is asked", asked },
		{ "status and statistics", status_and_statistics },
		{ "flows, history and events as text", lists_as_text },
		{ "levels of the log as text", levels_as_text },
		{ "odd replies", odd_replies },
		{ "top", top_rates },
		{ "exit codes", exit_codes },
		{ "follow ends after so many lines", follow_so_many },
		{ "a reload that left something", reload_in_part },
		{ "a ladder", ladders },
		{ "odd ladders", odd_ladders },
		{ "how a trace is asked for", traces },
		{ "a trace is written", trace_written },
		{ "files of traces", trace_files },
		{ "a trace of one that hangs", trace_of_one_that_hangs },
		{ "help", help },
		{ NULL, NULL },
	};

	return suite_run("tools/bgfctl", tests);
}
