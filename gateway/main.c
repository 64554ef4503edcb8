/*
 * gateway/main.c - the command line of bgfd
 *
 * Exit codes: 0 stopped as told, or --check found nothing; 1 the
 * configuration is wrong; 2 wrong use; 3 it could not start.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/host.h"
#include "gateway/log.h"
#include "gateway/log_sink.h"
#include "gateway/needs.h"
#include "gateway/packages.h"
#include "h248/auth.h"

enum { EXIT_CONF = 1, EXIT_USE = 2, EXIT_START = 3, ERR_OCTETS = 4096 };
enum { FLUSH_MS = 1000 }; /* for the last lines of the log */
enum action { RUN, CHECK, DUMP };

static void usage(FILE *to)
{
	fputs("usage: bgfd -c FILE [--check | --dump-config]\n"
	      "       bgfd --version | --help\n"
	      "\n"
	      "  -c, --config FILE  the configuration (XML)\n"
	      "      --check        read and check it, start nothing\n"
	      "      --dump-config  print it with every default\n"
	      "      --version      print the version\n"
	      "      --help         print this\n",
	      to);
}

static int check_packages(const struct conf *conf)
{
	char err[ERR_OCTETS] = "";
	struct h248_pkgs *pkgs;

	if (gw_packages_load(conf->package_dir, &pkgs, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		return EXIT_CONF;
	}
	h248_pkgs_free(pkgs);
	return 0;
}

static int run(const struct conf *conf)
{
	static struct gw_host host;
	char err[ERR_OCTETS] = "";
	int r = gw_sink_start(STDERR_FILENO, NULL);

	if (r) {
		fprintf(stderr, "bgfd: the log cannot be started: %s\n",
			strerror(-r));
		return EXIT_START;
	}
	if (h248_secrets_init())
		fputs("bgfd: no memory for secrets\n", stderr);
	gw_log_configure(conf);
	if (gw_needs_check(conf, err, sizeof(err)) ||
	    gw_host_start(&host, conf, err, sizeof(err))) {
		(void)gw_sink_stop(FLUSH_MS);
		fprintf(stderr, "bgfd: %s\n", err);
		return EXIT_START;
	}
	gw_host_run(&host);
	gw_host_shutdown(&host);
	gw_log_tick();
	(void)gw_sink_stop(FLUSH_MS);
	return 0;
}

static int act(const char *path, enum action what)
{
	static struct conf conf;
	char err[ERR_OCTETS] = "";

	if (conf_load(path, &conf, err, sizeof(err))) {
		fprintf(stderr, "%s%s", err,
			err[0] && err[strlen(err) - 1] == '\n' ? "" : "\n");
		return EXIT_CONF;
	}
	switch (what) {
	case CHECK:
		gw_needs_print(&conf);
		return check_packages(&conf);
	case DUMP:
		return conf_dump(&conf, stdout) ? EXIT_CONF : 0;
	default:
		return run(&conf);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "dump-config", no_argument, NULL, 'd' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *path = NULL;
	enum action what = RUN;
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'k':
			what = CHECK;
			break;
		case 'd':
			what = DUMP;
			break;
		case 'v':
			printf("bgfd %s\n", BGF_VERSION);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return EXIT_USE;
		}
	}
	if (!path || optind != argc) {
		usage(stderr);
		return EXIT_USE;
	}
	return act(path, what);
}
