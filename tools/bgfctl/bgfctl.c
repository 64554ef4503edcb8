/* tools/bgfctl/bgfctl.c - the command line of bgfctl */
#include "tools/bgfctl/bgfctl.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/bgfctl/client.h"
#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/follow.h"
#include "tools/bgfctl/render.h"
#include "tools/bgfctl/top.h"
#include "tools/bgfctl/trace.h"

#define DEFAULT_SOCKET "/run/bgfd/control"

enum id_use {
	ID_NONE,
	ID_OPTIONAL,
	ID_NEEDED,
	ID_SECONDS,
	ID_LEVEL,
	ID_WHOM, /* of `trace` */
};

enum {
	TAKES_FILTER = 1 << 0,
	TAKES_LAST = 1 << 1,
	TAKES_FOLLOW = 1 << 2,
	TAKES_DRY_RUN = 1 << 3,
	TAKES_ONCE = 1 << 4, /* is `top` */
	TAKES_DRAWING = 1 << 5,
	TAKES_FILE = 1 << 6,    /* is `trace` */
	TAKES_TIMEOUT = 1 << 7, /* is `drain` */
};

static const struct command {
	const char *name;
	enum id_use id;
	render_h *text;
	const char *summary;
	const char *help;
	unsigned int takes;
} commands[] = {
	{ "associations", ID_NONE, text_associations,
	  "the control associations, controllers, versions",
	  "One line for each virtual gateway: transport, version, and in HEARD how\n"
	  "long ago its controller was last heard.",
	  0 },
	{ "contexts", ID_OPTIONAL, text_contexts,
	  "all contexts, a line for each stream",
	  "A is the termination that was added first, B the second; B stays B when A\n"
	  "has gone.  A -> GATE | GATE <- B shows the latched source of A, the address\n"
	  "and port it connects to, and the same for B; \"?\" is what is not known\n"
	  "yet.  A->B counts the TCP payload octets accepted from A.",
	  TAKES_FILTER },
	{ "context", ID_NEEDED, text_context,
	  "one context: rendezvous, timers, counters",
	  "Both sides beside each other, with what each still waits for.", 0 },
	{ "dump", ID_OPTIONAL, text_dump,
	  "every descriptor of one context, or of all",
	  "What `context` shows, and LocalControl, Local, Remote, Events, Signals,\n"
	  "ObservedEvents and the policy of the gate for each termination.",
	  TAKES_FILTER },
	{ "terminations", ID_OPTIONAL, text_terminations,
	  "all terminations, a line for each stream",
	  "GATE is where the client connects to, CLIENT where it was latched.",
	  TAKES_FILTER },
	{ "flows", ID_OPTIONAL, text_flows,
	  "who sends to whom, and what becomes of the addresses",
	  "A line for each direction: packets from SOURCE to DESTINATION leave as\n"
	  "from NAT SOURCE to NAT DESTINATION.  DROPS counts those from SOURCE that\n"
	  "were dropped, REASONS says why, the latest reason first.",
	  TAKES_FILTER },
	{ "top", ID_SECONDS, text_top, "live: gateways, and who sends most",
	  "A round every SECONDS (2), until a signal, or only one with --once.  The\n"
	  "flows with the largest rates, 20 or -n of them; filters as of `flows`.\n"
	  "Each round asks for all flows that fit.",
	  TAKES_FILTER | TAKES_LAST | TAKES_ONCE },
	{ "explain", ID_NEEDED, text_explain,
	  "why a context is as it is, in words",
	  "What it is, what it waits for and for how long still, what was refused\n"
	  "and why; of one that is over, who ended it.",
	  0 },
	{ "ladder", ID_NEEDED, text_ladder,
	  "who said what to whom, of one context",
	  "H.248 and TCP of a context, also of one that is over, as the gateway\n"
	  "remembers it: the first 12 steps, and the latest 12.  --format svg and\n"
	  "mermaid draw it.",
	  TAKES_DRAWING },
	{ "trace", ID_WHOM, text_trace,
	  "messages and packets of contexts, into a capture",
	  "Of one context, of the next N that are made (`trace next N`), or of those\n"
	  "of a gate or client (`trace address A`), until they are over, --for is\n"
	  "over (60s), or a signal.  -o FILE is pcapng, with what the gateway made of\n"
	  "each packet as its comment; - is standard output.  Payload of TCP is left\n"
	  "out without --payload; --limit MEGABYTES (64) bounds the file.",
	  TAKES_FILE },
	{ "ports", ID_NONE, text_ports,
	  "media ports of each realm: used, quarantined, free",
	  "Ports in quarantine come back by themselves.", 0 },
	{ "gateways", ID_NONE, text_gateways,
	  "the virtual gateways, their controllers and contexts",
	  "One line for each virtual gateway of the process.", 0 },
	{ "status", ID_NONE, text_status,
	  "association, limits, port pools, workers",
	  "Of one gateway: control association, uptime, contexts, what is in use of\n"
	  "each limit, overload, whether the kernel carries sessions, port pools.",
	  0 },
	{ "statistics", ID_NONE, text_statistics, "commands, errors, drops",
	  "Of one gateway.  What there is now and the most there was; counters\n"
	  "since the start: contexts by who ended them; commands received, with\n"
	  "wildcards, failed, sent; errors by H.248.8 code, answered and received;\n"
	  "messages; reports of the packet engine.  Packets and drops by reason are\n"
	  "those of the engine, which all gateways share.",
	  0 },
	{ "history", ID_OPTIONAL, text_history,
	  "the last contexts that ended, and why",
	  "Of one gateway, newest first, at most 256.  CAUSE is that of the TCP\n"
	  "session, REASON that of the context: who ended it.",
	  TAKES_LAST },
	{ "events", ID_OPTIONAL, text_events,
	  "the last lines of the log; --follow: and those to come",
	  "At most 1024 lines are kept.  With ID only those about this context.",
	  TAKES_LAST | TAKES_FOLLOW },
	{ "log", ID_LEVEL, text_log, "the levels of the log",
	  "`log level` shows them, `log level LEVEL` sets that of all parts but\n"
	  "messages, `log level PART LEVEL` that of one: core, h248, session,\n"
	  "messages (info: one line for each H.248 message, debug: all of it).\n"
	  "Levels are emerg, alert, crit, error, warning, notice, info, debug.\n"
	  "What is set stays until the next start, or until a reload finds that\n"
	  "<log> of the configuration has changed.",
	  0 },
	{ "reload", ID_NONE, text_reload,
	  "reads the configuration again, or refuses it whole",
	  "Prints what changes.  A file that is wrong, or that changes something\n"
	  "which needs a restart, changes nothing (exit status 1).  Files of TLS,\n"
	  "keys and packages that cannot be used are named, and stay as they were\n"
	  "(exit status 1).  --dry-run only says what would happen.",
	  TAKES_DRY_RUN },
	{ "release", ID_NEEDED, text_service, "ends a context",
	  "Its session is reset, its ports go to quarantine, and the controller is\n"
	  "told (Forced, with the reason of `state-loss`).  For contexts that a\n"
	  "controller has forgotten.",
	  0 },
	{ "drain", ID_SECONDS, text_service,
	  "no new contexts; those there are may end",
	  "Tells the controller (Graceful) and refuses new contexts with error 503.\n"
	  "After SECONDS the contexts that are left are ended; without SECONDS they\n"
	  "may take as long as they like.  The process stays, out of service.\n"
	  "--timeout TIME is the same as SECONDS, --cancel as `resume`.",
	  TAKES_TIMEOUT },
	{ "resume", ID_NONE, text_service, "takes `drain` back",
	  "Tells the controller (Restart 918), and new contexts are made again.  A\n"
	  "stop that waits for sessions (`drain-s`) is taken back as well.",
	  0 },
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_XML,
	FORMAT_SVG,
	FORMAT_MERMAID,
	FORMAT__COUNT
};

/* Filters that are texts, as they are asked for. */
enum { N_FILTERS = 4 };
static const char *const filter_names[N_FILTERS] = { "termination", "realm",
						     "address", "state" };

struct options {
	const char *socket;
	const char *gateway; /* NULL: none named */
	enum format format;
	const struct command *cmd; /* NULL: none given */
	bool has_id, wants_help, wants_version, wants_more, is_dry, is_once;
	uint32_t id;
	const char *level, *part;     /* of the log; NULL: not said */
	const char *output, *address; /* of a trace; NULL: not said */
	bool has_payload, is_cancel;
	uint32_t timeout; /* of drain; 0: not said */
	uint32_t seconds, limit, next;
	uint32_t context, last, port; /* 0: not said */
	const char *filter[N_FILTERS];
};

static void usage(const struct command *cmd, FILE *to)
{
	static const char *const id[] = { "",
					  " [ID]",
					  " ID",
					  " [SECONDS]",
					  " level [[PART] LEVEL]",
					  " ID|next N|address A" };

	if (cmd)
		fprintf(to, "usage: bgfctl [OPTION]... %s%s\n\n%s\n", cmd->name,
			id[cmd->id], cmd->help);
	else
		fprintf(to, "usage: bgfctl [OPTION]... COMMAND [ID]\n\n");
	for (size_t i = 0; !cmd && i < sizeof(commands) / sizeof(*commands);
	     i++)
		fprintf(to, "  %-12s %-14s %s\n", commands[i].name,
			id[commands[i].id], commands[i].summary);
	fprintf(to,
		"\n  -s, --socket PATH   control socket of bgfd (" DEFAULT_SOCKET
		")\n"
		"  -g, --gateway NAME  one virtual gateway, where there are several\n"
		"  -f, --format FORMAT text, json or xml (text); of ladder svg, mermaid\n"
		"  -c, --context ID    these six select what contexts, dump,\n"
		"  -t, --termination X terminations and flows list; X may end in *\n"
		"  -r, --realm NAME\n"
		"  -a, --address ADDR  of a gate or a client; with --port of the same\n"
		"  -p, --port PORT\n"
		"  -S, --state STATE   open, wait, ...; none: no gate yet\n"
		"  -n, --last N        of history and events: at most so many\n"
		"  -F, --follow        of events: go on, until -n or a signal\n"
		"      --once          of top: one round\n"
		"      --dry-run       of reload: only say what would change\n"
		"      --timeout TIME  of drain: then what is left is ended\n"
		"      --cancel        of drain: takes it back\n"
		"  -o, --output FILE   of trace: a capture; - is standard output\n"
		"      --for TIME      of trace: at most so long: 60s, 5m\n"
		"      --limit MB      of trace: at most so many megabytes\n"
		"      --payload       of trace: with the payload of TCP\n"
		"  -h, --help          this text; after a command: about it\n"
		"  -V, --version\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* 0, or -EINVAL. */
static int parse_id(const char *text, uint32_t *id)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || !n || n > UINT32_MAX)
		return -EINVAL;
	*id = n;
	return 0;
}

static int parse_format(const char *text, enum format *format)
{
	static const char *const names[] = { "text", "json", "xml", "svg",
					     "mermaid" };

	for (size_t i = 0; i < FORMAT__COUNT; i++) {
		if (strcmp(text, names[i]))
			continue;
		*format = i;
		return 0;
	}
	return -EINVAL;
}

/* "what: value", with the value made safe. */
static int complain(FILE *err, const char *what, const char *value)
{
	char *shown = escape(value, strlen(value), ESCAPE_TERMINAL);

	fprintf(err, "bgfctl: %s: %s\n", what, shown);
	free(shown);
	return BGFCTL_USAGE;
}

/* level [[PART] LEVEL]: n words at word. */
static int parse_level(char **word, int n, struct options *o, FILE *err)
{
	if (n < 1 || strcmp(word[0], "level"))
		return complain(
			err, "write `log level`, or `log level [PART] LEVEL`",
			n < 1 ? "" : word[0]);
	if (n > 3)
		return complain(err, "one word too many", word[n - 1]);
	o->level = n > 1 ? word[n - 1] : NULL;
	o->part = n > 2 ? word[1] : NULL;
	return BGFCTL_OK;
}

/* ID, next N, address A: n words at word. */
static int parse_whom(char **word, int n, struct options *o, FILE *err)
{
	if (n == 2 && !strcmp(word[0], "address")) {
		o->address = word[1];
		return BGFCTL_OK;
	}
	if (n == 2 && !strcmp(word[0], "next"))
		return parse_id(word[1], &o->next) ?
			       complain(err, "write a number from 1", word[1]) :
			       BGFCTL_OK;
	if (n == 1 && !parse_id(word[0], &o->id)) {
		o->has_id = true;
		return BGFCTL_OK;
	}
	if (!n && o->context)
		return BGFCTL_OK;
	return complain(err, "write `trace ID`, `next N` or `address A`",
			n ? word[n - 1] : "");
}

/* "90", "90s", "2m": seconds.  0, or -EINVAL. */
static int parse_time(const char *text, uint32_t *seconds)
{
	size_t n = strlen(text);
	char number[16];
	uint32_t unit = 1;

	if (n && (text[n - 1] == 's' || text[n - 1] == 'm'))
		unit = text[--n] == 'm' ? 60 : 1;
	if (!n || n >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, n);
	number[n] = '\0';
	if (parse_id(number, seconds) || *seconds > 86400 / unit)
		return -EINVAL;
	*seconds *= unit;
	return 0;
}

static int check_file(const struct options *o, FILE *err)
{
	bool is_trace = o->cmd->takes & TAKES_FILE;

	if (!is_trace &&
	    (o->output || o->seconds || o->limit || o->has_payload))
		return complain(err,
				"only trace takes --output, --for, --limit and"
				" --payload",
				o->cmd->name);
	if (is_trace && !o->output)
		return complain(err, "name a file: -o FILE", o->cmd->name);
	return BGFCTL_OK;
}

static bool has_filter(const struct options *o)
{
	bool has = o->port;

	for (unsigned int i = 0; i < N_FILTERS; i++)
		has = has || o->filter[i];
	return has;
}

static int check_takes(const struct options *o, FILE *err)
{
	if (has_filter(o) && !(o->cmd->takes & TAKES_FILTER))
		return complain(err, "this command takes no filter",
				o->cmd->name);
	if (o->last && !(o->cmd->takes & TAKES_LAST))
		return complain(err, "this command takes no --last",
				o->cmd->name);
	if (o->wants_more && !(o->cmd->takes & TAKES_FOLLOW))
		return complain(err, "this command takes no --follow",
				o->cmd->name);
	if (o->is_once && !(o->cmd->takes & TAKES_ONCE))
		return complain(err, "this command takes no --once",
				o->cmd->name);
	if (o->format >= FORMAT_SVG && !(o->cmd->takes & TAKES_DRAWING))
		return complain(err, "this command is no drawing",
				o->cmd->name);
	if (o->is_dry && !(o->cmd->takes & TAKES_DRY_RUN))
		return complain(err, "this command takes no --dry-run",
				o->cmd->name);
	if ((o->timeout || o->is_cancel) && !(o->cmd->takes & TAKES_TIMEOUT))
		return complain(err, "only drain takes --timeout and --cancel",
				o->cmd->name);
	return check_file(o, err);
}

/* `drain` as options say it, beside a word or not. */
static int take_timeout(struct options *o, FILE *err)
{
	if (o->has_id + !!o->timeout + o->is_cancel > 1)
		return complain(err, "write SECONDS, --timeout or --cancel",
				o->cmd->name);
	if (o->is_cancel)
		o->cmd = find_command("resume");
	if (o->timeout) {
		o->id = o->timeout;
		o->has_id = true;
	}
	return BGFCTL_OK;
}

/* Whether --context makes sense, beside a word or not. */
static bool may_name_context(const struct command *cmd, bool has_word)
{
	if (cmd->id == ID_OPTIONAL || cmd->id == ID_NEEDED ||
	    cmd->id == ID_WHOM)
		return !has_word;
	return cmd->takes & TAKES_FILTER;
}

/* COMMAND [ID]: n words at word. */
static int parse_words(char **word, int n, struct options *o, FILE *err)
{
	if (n < 1) {
		fprintf(err, "bgfctl: a command is missing; see --help\n");
		return BGFCTL_USAGE;
	}
	o->cmd = find_command(word[0]);
	if (!o->cmd)
		return complain(err, "no such command", word[0]);
	if (o->wants_help)
		return BGFCTL_OK;
	if (check_takes(o, err))
		return BGFCTL_USAGE;
	if (o->context && !may_name_context(o->cmd, n > 1))
		return complain(err, "one context too many", word[0]);
	if (o->cmd->id == ID_WHOM)
		return parse_whom(word + 1, n - 1, o, err);
	if (o->cmd->id == ID_LEVEL)
		return parse_level(word + 1, n - 1, o, err);
	if (n < 2 && !o->context && o->cmd->id == ID_NEEDED)
		return complain(err, "the id of a context is missing", word[0]);
	if (n > (o->cmd->id == ID_NONE ? 1 : 2))
		return complain(err, "one word too many", word[n - 1]);
	if (n > 1 && parse_id(word[1], &o->id))
		return complain(
			err,
			o->cmd->id == ID_SECONDS ?
				"seconds are a number from 1" :
				"the id of a context is a number from 1",
			word[1]);
	o->has_id = n > 1;
	return take_timeout(o, err);
}

/* "-t", "-r", "-a", "-S", as filter_names. */
static int filter_of(int c)
{
	static const char letters[N_FILTERS + 1] = "traS";

	return (int)(strchr(letters, c) - letters);
}

static int parse_option(int c, const char *word, struct options *o, FILE *err)
{
	uint32_t *number = c == 'c' ? &o->context :
			   c == 'n' ? &o->last :
			   c == 'L' ? &o->limit :
				      &o->port;

	switch (c) {
	case 's':
		o->socket = optarg;
		return BGFCTL_OK;
	case 'g':
		o->gateway = optarg;
		return BGFCTL_OK;
	case 'f':
		return parse_format(optarg, &o->format) ?
			       complain(
				       err,
				       "a format is text, json, xml, svg or mermaid",
				       optarg) :
			       BGFCTL_OK;
	case 't':
	case 'r':
	case 'a':
	case 'S':
		o->filter[filter_of(c)] = optarg;
		return BGFCTL_OK;
	case 'c':
	case 'n':
	case 'p':
	case 'L':
		return parse_id(optarg, number) ?
			       complain(err, "write a number from 1", optarg) :
			       BGFCTL_OK;
	case 'F':
		o->wants_more = true;
		return BGFCTL_OK;
	case 'o':
		o->output = optarg;
		return BGFCTL_OK;
	case 'T':
		return parse_time(optarg, &o->seconds) ?
			       complain(err, "write a time: 60s, 5m", optarg) :
			       BGFCTL_OK;
	case 'M':
		return parse_time(optarg, &o->timeout) ?
			       complain(err, "write a time: 60s, 5m", optarg) :
			       BGFCTL_OK;
	case 'C':
		o->is_cancel = true;
		return BGFCTL_OK;
	case 'P':
		o->has_payload = true;
		return BGFCTL_OK;
	case 'D':
		o->is_dry = true;
		return BGFCTL_OK;
	case 'O':
		o->is_once = true;
		return BGFCTL_OK;
	case 'h':
		o->wants_help = true;
		return BGFCTL_OK;
	case 'V':
		o->wants_version = true;
		return BGFCTL_OK;
	default:
		return complain(err, "unknown option, or its value is missing",
				word);
	}
}

static int parse_options(int argc, char **argv, struct options *o, FILE *err)
{
	static const struct option longs[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "gateway", required_argument, NULL, 'g' },
		{ "format", required_argument, NULL, 'f' },
		{ "context", required_argument, NULL, 'c' },
		{ "termination", required_argument, NULL, 't' },
		{ "realm", required_argument, NULL, 'r' },
		{ "address", required_argument, NULL, 'a' },
		{ "port", required_argument, NULL, 'p' },
		{ "state", required_argument, NULL, 'S' },
		{ "last", required_argument, NULL, 'n' },
		{ "follow", no_argument, NULL, 'F' },
		{ "dry-run", no_argument, NULL, 'D' },
		{ "once", no_argument, NULL, 'O' },
		{ "timeout", required_argument, NULL, 'M' },
		{ "cancel", no_argument, NULL, 'C' },
		{ "output", required_argument, NULL, 'o' },
		{ "for", required_argument, NULL, 'T' },
		{ "limit", required_argument, NULL, 'L' },
		{ "payload", no_argument, NULL, 'P' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c, rc = BGFCTL_OK;

	optind = 0; /* a fresh start for each call (getopt_long(3)) */
	opterr = 0;
	while (!rc && (c = getopt_long(argc, argv, "s:g:f:c:t:r:a:p:S:n:o:FhV",
				       longs, NULL)) >= 0)
		rc = parse_option(c, argv[optind - 1], o, err);
	if (rc)
		return rc;
	if (o->wants_version || (o->wants_help && optind == argc))
		return BGFCTL_OK;
	return parse_words(argv + optind, argc - optind, o, err);
}

static void print(const struct options *o, const json_t *reply, FILE *out)
{
	switch (o->format) {
	case FORMAT_TEXT:
		o->cmd->text(reply, out);
		break;
	case FORMAT_JSON:
		json_dumpf(reply, out, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		fputc('\n', out);
		break;
	case FORMAT_XML:
		xml_reply(reply, out);
		break;
	case FORMAT_SVG:
		svg_ladder(reply, out);
		break;
	case FORMAT_MERMAID:
		mermaid_ladder(reply, out);
		break;
	case FORMAT__COUNT:
		break;
	}
}

/* The gateway's refusal, on err. */
static int refused(const json_t *reply, FILE *err)
{
	const char *text = json_string_value(json_object_get(reply, "error"));
	char *shown;

	if (!text)
		text = "the gateway refused, and said not why";
	shown = escape(text, strlen(text), ESCAPE_TERMINAL);
	fprintf(err, "bgfctl: %s\n", shown);
	free(shown);
	return BGFCTL_FAILED;
}

static void set_number(json_t *request, const char *name, uint32_t n)
{
	if (n)
		json_object_set_new(request, name, json_integer(n));
}

static json_t *make_request(const struct options *o)
{
	json_t *request = json_pack("{s:s,s:s*,s:s*,s:s*}", "command",
				    o->cmd->name, "gateway", o->gateway,
				    "level", o->level, "part", o->part);

	set_number(request, "id", o->context);
	if (o->has_id)
		set_number(request, o->cmd->id == ID_SECONDS ? "seconds" : "id",
			   o->id);
	set_number(request, "port", o->port);
	set_number(request, "next", o->next);
	set_number(request, "megabytes", o->limit);
	set_number(request, "seconds", o->seconds);
	if (o->address)
		json_object_set_new(request, "address",
				    json_string(o->address));
	if (o->has_payload)
		json_object_set_new(request, "payload", json_true());
	if (o->format == FORMAT_SVG)
		json_object_set_new(request, "svg", json_true());
	if (o->is_dry)
		json_object_set_new(request, "dry_run", json_true());
	/* Lines are counted here: the gateway counts those it looks at. */
	if (!(o->cmd->takes & TAKES_FOLLOW))
		set_number(request, "count", o->last);
	for (unsigned int i = 0; i < N_FILTERS; i++)
		if (o->filter[i])
			json_object_set_new(request, filter_names[i],
					    json_string(o->filter[i]));
	return request;
}

/* Keeps the last n of the lines. */
static void cut_lines(const json_t *reply, uint32_t n)
{
	json_t *lines =
		json_object_get(json_object_get(reply, "events"), "lines");

	while (n && json_array_size(lines) > n)
		json_array_remove(lines, 0);
}

struct printer {
	const struct options *o;
	FILE *out, *err;
	int rc;
};

/* A reload that was refused, or left something as it was. */
static bool has_failed(const json_t *reload)
{
	return json_is_true(json_object_get(reload, "is_refused")) ||
	       json_array_size(json_object_get(reload, "errors"));
}

static bool show(void *arg, const json_t *reply)
{
	struct printer *p = arg;

	if (json_is_true(json_object_get(reply, "ok")))
		print(p->o, reply, p->out);
	else
		p->rc = refused(reply, p->err);
	if (has_failed(json_object_get(reply, "reload")))
		p->rc = BGFCTL_FAILED;
	if (fflush(p->out))
		p->rc = BGFCTL_FAILED;
	return p->rc == BGFCTL_OK;
}

/* A new screen for each round. */
static bool show_top(void *arg, const json_t *reply)
{
	const struct printer *p = arg;

	if (p->o->format == FORMAT_TEXT && !p->o->is_once &&
	    isatty(fileno(p->out)))
		fputs("\033[H\033[J", p->out);
	return show(arg, reply);
}

static enum client_result ask_top(const struct options *o, json_t *request,
				  struct printer *p, char *why, size_t cap)
{
	struct top t = {
		.path = o->socket,
		.flows = request,
		.every_s = o->has_id ? o->id : 2,
		.rows = o->last ? o->last : 20,
		.rounds = o->is_once,
	};

	json_object_set_new(request, "command", json_string("flows"));
	json_object_del(request, "seconds");
	json_object_del(request, "count");
	return top_run(&t, show_top, p, why, cap);
}

static int ask(const struct options *o, FILE *out, FILE *err)
{
	struct printer p = { o, out, err, BGFCTL_OK };
	json_t *request = make_request(o), *reply = NULL;
	enum client_result result;
	char why[512];

	if (o->cmd->takes & TAKES_ONCE)
		result = ask_top(o, request, &p, why, sizeof(why));
	else if (o->cmd->takes & TAKES_FILE)
		result = trace_run(o->socket, request, o->output, &reply, why,
				   sizeof(why));
	else if (o->wants_more)
		result = follow_on(o->socket, request, o->last, show, &p, why,
				   sizeof(why));
	else if (o->cmd->takes & TAKES_FOLLOW)
		result = follow_all(o->socket, request, &reply, why,
				    sizeof(why));
	else
		result = client_ask(o->socket, request, &reply, why,
				    sizeof(why));
	json_decref(request);
	if (result != CLIENT_OK) {
		fprintf(err, "bgfctl: %s\n", why);
		return result == CLIENT_NO_CONNECTION ? BGFCTL_NO_CONNECTION :
							BGFCTL_FAILED;
	}
	if (reply && o->cmd->takes & TAKES_FOLLOW)
		cut_lines(reply, o->last);
	/* The capture has it to itself. */
	if (o->output && !strcmp(o->output, "-"))
		p.out = err;
	if (reply)
		show(&p, reply);
	json_decref(reply);
	return p.rc;
}

int bgfctl_run(int argc, char **argv, FILE *out, FILE *err)
{
	struct options o = { .socket = DEFAULT_SOCKET };
	int rc = parse_options(argc, argv, &o, err);

	if (rc)
		return rc;
	if (o.wants_version)
		fprintf(out, "bgfctl %s\n", BGF_VERSION);
	else if (o.wants_help)
		usage(o.cmd, out);
	else
		rc = ask(&o, out, err);
	if (fflush(out)) {
		fprintf(err, "bgfctl: cannot write: %s\n", strerror(errno));
		return BGFCTL_FAILED;
	}
	return rc;
}
