/* mgcsim/main.c - the command line of mgcsim */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/prefix.h"
#include "tools/mgcsim/auth.h"
#include "tools/mgcsim/run.h"
#include "tools/mgcsim/verdict.h"

static const char USAGE[] =
	"usage: mgcsim --listen ADDRESS:PORT --scenario FILE [option]...\n"
	"  plays a media gateway controller; the gateway registers with it\n"
	"  --set NAME=VALUE   a variable of the scenario (may be repeated)\n"
	"  --timeout SECONDS  of the whole scenario (60)\n"
	"  --log FILE         every message as on the wire\n"
	"  --junit FILE       the verdict as JUnit XML\n"
	"  --mid MID          ours (the listen address)\n"
	"  --version 1|2|3    of H.248, the highest to accept (3)\n"
	"  --transport udp|tcp|tls  (udp)\n"
	"  --tls DIRECTORY    with cert.pem, key.pem and ca.pem\n"
	"  --long             long token form\n"
	"  --auth SPI:ALGORITHM:FILE  sign, and demand to be signed; the\n"
	"                     algorithm is hmac-md5-96, hmac-sha1-96,\n"
	"                     hmac-md5 or hmac-sha1\n"
	"  --auth-octets      its pseudo header is octets, not digits\n"
	"  --schema FILE      scenario.rng (beside the scenario)\n"
	"exit status: 0 the scenario passed, 1 it failed, 2 wrong usage\n";

struct options {
	struct sim_params sim;
	const char *scenario, *schema, *log, *junit;
	uint64_t timeout_s;
	bool is_tls;
	const char *tls_dir;
	const char *auth;
	enum h248_auth_pseudo pseudo;
};

enum {
	OPT_LISTEN = 256,
	OPT_SCENARIO,
	OPT_SET,
	OPT_TIMEOUT,
	OPT_LOG,
	OPT_JUNIT,
	OPT_MID,
	OPT_VERSION,
	OPT_TRANSPORT,
	OPT_TLS,
	OPT_LONG,
	OPT_AUTH,
	OPT_AUTH_OCTETS,
	OPT_SCHEMA,
	OPT_HELP,
};

static const struct option OPTIONS[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "set", required_argument, NULL, OPT_SET },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "junit", required_argument, NULL, OPT_JUNIT },
	{ "mid", required_argument, NULL, OPT_MID },
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "transport", required_argument, NULL, OPT_TRANSPORT },
	{ "tls", required_argument, NULL, OPT_TLS },
	{ "long", no_argument, NULL, OPT_LONG },
	{ "auth", required_argument, NULL, OPT_AUTH },
	{ "auth-octets", no_argument, NULL, OPT_AUTH_OCTETS },
	{ "schema", required_argument, NULL, OPT_SCHEMA },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int option(struct options *o, struct vars *vars, int opt)
{
	switch (opt) {
	case OPT_LISTEN:
		return conf_endpoint_parse(optarg, 2944, &o->sim.listen);
	case OPT_SCENARIO:
		o->scenario = optarg;
		return 0;
	case OPT_SET:
		return vars_set_pair(vars, optarg);
	case OPT_TIMEOUT:
		o->timeout_s = strtoul(optarg, NULL, 10);
		return o->timeout_s ? 0 : -EINVAL;
	case OPT_LOG:
		o->log = optarg;
		return 0;
	case OPT_JUNIT:
		o->junit = optarg;
		return 0;
	case OPT_MID:
		snprintf(o->sim.mid, sizeof(o->sim.mid), "%s", optarg);
		return 0;
	case OPT_VERSION:
		o->sim.version = (uint8_t)strtoul(optarg, NULL, 10);
		return o->sim.version >= 1 && o->sim.version <= 3 ? 0 : -EINVAL;
	case OPT_TRANSPORT:
		o->is_tls = !strcmp(optarg, "tls");
		o->sim.is_tcp = o->is_tls || !strcmp(optarg, "tcp");
		return o->sim.is_tcp || !strcmp(optarg, "udp") ? 0 : -EINVAL;
	case OPT_TLS:
		o->tls_dir = optarg;
		return 0;
	case OPT_LONG:
		o->sim.is_long = true;
		return 0;
	case OPT_AUTH:
		o->auth = optarg;
		return 0;
	case OPT_AUTH_OCTETS:
		o->pseudo = H248_AUTH_OCTETS;
		return 0;
	case OPT_SCHEMA:
		o->schema = optarg;
		return 0;
	default:
		return -EINVAL;
	}
}

static int read_tls(struct options *o)
{
	char cert[512], key[512], ca[512], err[512];
	struct h248_tls_params p = {
		.certificate = cert,
		.key = key,
		.ca = ca,
	};

	snprintf(cert, sizeof(cert), "%s/cert.pem", o->tls_dir);
	snprintf(key, sizeof(key), "%s/key.pem", o->tls_dir);
	snprintf(ca, sizeof(ca), "%s/ca.pem", o->tls_dir);
	if (!h248_tls_new(&p, &o->sim.tls, err, sizeof(err)))
		return 0;
	fprintf(stderr, "mgcsim: %s\n", err);
	return -EINVAL;
}

static int read_options(struct options *o, struct vars *vars, int argc,
			char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
		if (opt == OPT_HELP) {
			fputs(USAGE, stdout);
			exit(0);
		}
		if (option(o, vars, opt)) {
			if (opt >= OPT_LISTEN)
				fprintf(stderr, "mgcsim: bad value \"%s\"\n",
					optarg ? optarg : "");
			return -EINVAL;
		}
	}
	if (optind != argc || !o->scenario || o->is_tls != !!o->tls_dir ||
	    !o->sim.listen.ss_family)
		return -EINVAL;
	return 0;
}

static char *ladder_of(const struct sim *sim)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return NULL;
	record_ladder(&sim->record, 0, to);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

static struct verdict verdict_of(const struct run *run)
{
	struct verdict v = {
		.is_pass = run->verdict == RUN_PASS,
		.steps = run->number,
		.seconds = (double)(sim_now_ms() - run->sim->start_ms) / 1000,
	};

	if (v.is_pass)
		return v;
	snprintf(v.where, sizeof(v.where), "%s:%ld", run->scenario->path,
		 run->step ? xmlGetLineNo(run->step) : 0L);
	snprintf(v.step, sizeof(v.step), "%s",
		 run->step ? (const char *)run->step->name : "-");
	snprintf(v.why, sizeof(v.why), "%s", run->why);
	v.ladder = ladder_of(run->sim);
	return v;
}

/* Verdicts are the last lines; what explains them stands before. */
static int say_verdicts(const struct options *o, const struct verdicts *all,
			const struct scenario *scenario)
{
	const struct verdict *v;

	STAILQ_FOREACH (v, &all->list, entry)
		if (v->ladder)
			fputs(v->ladder, stdout);
	STAILQ_FOREACH (v, &all->list, entry)
		verdict_print(v, scenario->name, stdout);
	if (o->junit &&
	    junit_write(all, scenario->name, scenario->path, o->junit)) {
		fprintf(stderr, "mgcsim: %s cannot be written\n", o->junit);
		return 2;
	}
	return all->n_fail ? 1 : 0;
}

static int play(struct options *o, struct scenario *scenario, struct vars *vars)
{
	struct event_base *base = event_base_new();
	struct sim sim;
	struct run run;
	struct verdicts all;
	struct verdict v;
	int rc = base ? sim_init(&sim, &o->sim, base) : -ENOMEM;

	if (!rc)
		rc = run_init(&run, &sim, scenario, vars, o->timeout_s * 1000);
	if (rc) {
		fprintf(stderr, "mgcsim: %s\n", strerror(-rc));
		return 2;
	}
	run_play(&run);
	/* The last answer is on its way before the connection ends. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	v = verdict_of(&run);
	verdicts_init(&all);
	verdicts_add(&all, &v);
	rc = say_verdicts(o, &all, scenario);
	verdicts_fini(&all);
	run_fini(&run);
	sim_fini(&sim);
	event_base_free(base);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = { .sim.version = 3, .timeout_s = 60 };
	struct vars vars = { .n = 0 };
	struct scenario scenario = { 0 };
	char err[512];
	int rc = 2;

	signal(SIGPIPE, SIG_IGN);
	srandom((unsigned int)time(NULL));
	if (read_options(&o, &vars, argc, argv)) {
		fputs(USAGE, stderr);
		goto out;
	}
	if (scenario_load(&scenario, o.scenario, o.schema, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		goto out;
	}
	if (o.is_tls && read_tls(&o))
		goto out;
	if (o.auth && auth_make(o.auth, o.pseudo, &o.sim.auth))
		goto out;
	o.sim.is_manual = scenario_is_manual(&scenario);
	if (o.log) {
		o.sim.log = fopen(o.log, "w");
		if (!o.sim.log) {
			fprintf(stderr, "mgcsim: %s: %s\n", o.log,
				strerror(errno));
			goto out;
		}
	}
	rc = play(&o, &scenario, &vars);
out:
	h248_tls_free(o.sim.tls);
	h248_auth_free(o.sim.auth);
	if (o.sim.log)
		fclose(o.sim.log);
	scenario_fini(&scenario);
	vars_fini(&vars);
	return rc;
}
