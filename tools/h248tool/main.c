/*
 * tools/h248tool/main.c - decode, convert, check and print H.248 messages
 *
 * A filter: see docs/h248tool.md.
 */
#include <getopt.h>
#include <stdlib.h>

#include "tools/h248tool/tool.h"

static void usage(FILE *out)
{
	fputs("usage: h248tool [--long|--short|--ladder|--check] [FILE...]\n"
	      "       h248tool [--long|--short|--ladder|--check] --pcap FILE\n"
	      "  --long    long tokens, indented (default)\n"
	      "  --short   short tokens\n"
	      "  --ladder  one line for each message\n"
	      "  --check   only faults, as FILE:LINE:COL: CODE TEXT\n"
	      "  --pcap    messages over UDP port 2944 or 2945 in a capture\n"
	      "Without FILE, or for -, standard input is read.\n"
	      "Exit status: 0 good, 1 a message has a fault, 2 trouble.\n",
	      out);
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "long", no_argument, NULL, 'l' },
		{ "short", no_argument, NULL, 's' },
		{ "ladder", no_argument, NULL, 'L' },
		{ "check", no_argument, NULL, 'c' },
		{ "pcap", required_argument, NULL, 'p' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum tool_form form = FORM_LONG;
	const char *capture = NULL;
	int c, status = EXIT_GOOD;

	while ((c = getopt_long(argc, argv, "lsLcp:h", options, NULL)) != -1)
		switch (c) {
		case 'l':
			form = FORM_LONG;
			break;
		case 's':
			form = FORM_SHORT;
			break;
		case 'L':
			form = FORM_LADDER;
			break;
		case 'c':
			form = FORM_CHECK;
			break;
		case 'p':
			capture = optarg;
			break;
		case 'V':
			puts("h248tool " BGF_VERSION);
			return EXIT_GOOD;
		case 'h':
			usage(stdout);
			return EXIT_GOOD;
		default:
			usage(stderr);
			return EXIT_TROUBLE;
		}
	if (capture)
		status = tool_capture(form, capture);
	else if (optind == argc)
		status = tool_file(form, "-");
	for (; optind < argc; optind++)
		status = max(status, tool_file(form, argv[optind]));
	if (fflush(stdout))
		return EXIT_TROUBLE;
	return status;
}
