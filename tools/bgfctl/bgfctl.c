/* tools/bgfctl/bgfctl.c - the command line of bgfctl */
#include "tools/bgfctl/bgfctl.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/client.h"
#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/render.h"

#define DEFAULT_SOCKET "/run/bgfd/control"

enum id_use { ID_NONE, ID_OPTIONAL, ID_NEEDED, ID_SECONDS };

static const struct command {
	const char *name;
	enum id_use id;
	render_h *text;
	const char *summary;
	const char *help;
} commands[] = {
	{ "contexts", ID_NONE, text_contexts,
	  "all contexts, a line for each stream",
	  "A is the first termination of a context, B the second.  A -> GATE | GATE\n"
	  "<- B shows the latched source of A, the address and port it connects to,\n"
	  "and the same for B; \"?\" is what is not known yet.  A->B counts the TCP\n"
	  "payload octets accepted from A." },
	{ "context", ID_NEEDED, text_context,
	  "one context: rendezvous, timers, counters",
	  "Both sides beside each other, with what each still waits for." },
	{ "dump", ID_OPTIONAL, text_dump,
	  "every descriptor of one context, or of all",
	  "What `context` shows, and LocalControl, Local, Remote, Events, Signals,\n"
	  "ObservedEvents and the policy of the gate for each termination." },
	{ "gateways", ID_NONE, text_gateways,
	  "the virtual gateways, their controllers and contexts",
	  "One line for each virtual gateway of the process." },
	{ "status", ID_NONE, text_status, "association, limits, port pools",
	  "State of the control association, uptime, contexts and port pools." },
	{ "statistics", ID_NONE, text_statistics, "commands, errors, drops",
	  "Counters since the start: commands by kind, answers by H.248.8 error\n"
	  "code, messages, reports of the packet engine, drops by reason." },
	{ "drain", ID_SECONDS, text_service,
	  "no new contexts; those there are may end",
	  "Tells the controller (Graceful) and refuses new contexts with error 503.\n"
	  "After SECONDS the contexts that are left are ended; without SECONDS they\n"
	  "may take as long as they like.  The process stays." },
	{ "resume", ID_NONE, text_service, "takes `drain` back",
	  "Tells the controller (Restart 918), and new contexts are made again." },
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_XML };

struct options {
	const char *socket;
	const char *gateway; /* NULL: none named */
	enum format format;
	const struct command *cmd; /* NULL: none given */
	bool has_id, wants_help, wants_version;
	uint32_t id;
};

static void usage(const struct command *cmd, FILE *to)
{
	static const char *const id[] = { "", " [ID]", " ID", " [SECONDS]" };

	if (cmd)
		fprintf(to, "usage: bgfctl [OPTION]... %s%s\n\n%s\n", cmd->name,
			id[cmd->id], cmd->help);
	else
		fprintf(to, "usage: bgfctl [OPTION]... COMMAND [ID]\n\n");
	for (size_t i = 0; !cmd && i < sizeof(commands) / sizeof(*commands);
	     i++)
		fprintf(to, "  %-10s %-10s %s\n", commands[i].name,
			id[commands[i].id], commands[i].summary);
	fprintf(to,
		"\n  -s, --socket PATH   control socket of bgfd (" DEFAULT_SOCKET
		")\n"
		"  -g, --gateway NAME  one virtual gateway, where there are several\n"
		"  -f, --format FORMAT text, json or xml (text)\n"
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
	static const char *const names[] = { "text", "json", "xml" };

	for (size_t i = 0; i < 3; i++) {
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
	if (n < 2 && o->cmd->id == ID_NEEDED)
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
	return BGFCTL_OK;
}

static int parse_options(int argc, char **argv, struct options *o, FILE *err)
{
	static const struct option longs[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "gateway", required_argument, NULL, 'g' },
		{ "format", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0; /* a fresh start for each call (getopt_long(3)) */
	opterr = 0;
	while ((c = getopt_long(argc, argv, "s:g:f:hV", longs, NULL)) >= 0) {
		if (c == 's')
			o->socket = optarg;
		else if (c == 'g')
			o->gateway = optarg;
		else if (c == 'h')
			o->wants_help = true;
		else if (c == 'V')
			o->wants_version = true;
		else if (c != 'f')
			return complain(
				err, "unknown option, or its value is missing",
				argv[optind - 1]);
		else if (parse_format(optarg, &o->format))
			return complain(err, "a format is text, json or xml",
					optarg);
	}
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

static int ask(const struct options *o, FILE *out, FILE *err)
{
	json_t *request, *reply;
	enum client_result result;
	char why[512];
	int rc = BGFCTL_OK;

	request = json_pack("{s:s,s:o*,s:s*}", "command", o->cmd->name,
			    o->cmd->id == ID_SECONDS ? "seconds" : "id",
			    o->has_id ? json_integer(o->id) : NULL, "gateway",
			    o->gateway);
	result = client_ask(o->socket, request, &reply, why, sizeof(why));
	json_decref(request);
	if (result != CLIENT_OK) {
		fprintf(err, "bgfctl: %s\n", why);
		return result == CLIENT_NO_CONNECTION ? BGFCTL_NO_CONNECTION :
							BGFCTL_FAILED;
	}
	if (json_is_true(json_object_get(reply, "ok")))
		print(o, reply, out);
	else
		rc = refused(reply, err);
	json_decref(reply);
	return rc;
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
