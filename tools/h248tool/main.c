/*
 * tools/h248tool/main.c - decode, convert, check and print H.248 messages
 *
 * A filter: see docs/h248tool.md.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/h248tool/tool.h"

static void usage(FILE *out)
{
	fputs("usage: h248tool COMMAND [--pcap] [FILE...]\n"
	      "  convert [--form=long|short]  messages to be sent on\n"
	      "  print    long tokens, indented, with their origin\n"
	      "  json     the tree, a line for each message\n"
	      "  ladder   what happens, a line for each message\n"
	      "  check    only faults: FILE:LINE:COL: CODE TEXT (CLAUSE)\n"
	      "--pcap: FILE is a capture; port 2944 and 2945 are read.\n"
	      "Without FILE, or for -, standard input is read.\n"
	      "Exit status: 0 good, 1 a message has a fault, 2 trouble.\n",
	      out);
}

static int bad_usage(void)
{
	usage(stderr);
	return EXIT_TROUBLE;
}

static bool command_form(const char *command, enum tool_form *form)
{
	static const struct {
		const char *command;
		enum tool_form form;
	} commands[] = {
		{ "convert", FORM_LONG }, { "print", FORM_PRINT },
		{ "json", FORM_JSON },    { "ladder", FORM_LADDER },
		{ "check", FORM_CHECK },
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(command, commands[i].command))
			continue;
		*form = commands[i].form;
		return true;
	}
	return false;
}

static bool set_form(enum tool_form *form, const char *name)
{
	if (*form != FORM_LONG && *form != FORM_SHORT)
		return false;
	*form = strcmp(name, "short") ? FORM_LONG : FORM_SHORT;
	return !strcmp(name, "short") || !strcmp(name, "long");
}

static int each_file(enum tool_form form, bool is_capture, char **paths)
{
	int status = EXIT_GOOD;

	do {
		const char *path = *paths ? *paths : "-";
		int rc = is_capture ? tool_capture(form, path) :
				      tool_file(form, path);

		status = rc > status ? rc : status;
	} while (*paths && *++paths);
	/* A pipe that was closed is no success. */
	if (fflush(stdout) || ferror(stdout))
		return EXIT_TROUBLE;
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "form", required_argument, NULL, 'f' },
		{ "pcap", no_argument, NULL, 'p' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum tool_form form = FORM_LONG;
	bool is_capture = false;
	bool has_command = argc > 1 && command_form(argv[1], &form);
	int c;

	optind = has_command ? 2 : 1;
	while ((c = getopt_long(argc, argv, "f:ph", options, NULL)) != -1)
		switch (c) {
		case 'f':
			if (!has_command || !set_form(&form, optarg))
				return bad_usage();
			break;
		case 'p':
			is_capture = true;
			break;
		case 'V':
			puts("h248tool " BGF_VERSION);
			return EXIT_GOOD;
		case 'h':
			usage(stdout);
			return EXIT_GOOD;
		default:
			return bad_usage();
		}
	return has_command ? each_file(form, is_capture, argv + optind) :
			     bad_usage();
}
