/* mgcsim/main.c - the command line of mgcsim */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "conf/prefix.h"
#include "tools/mgcsim/auth.h"
#include "tools/mgcsim/crowd.h"
#include "tools/mgcsim/number.h"

static const char USAGE[] =
	"usage: mgcsim --listen ADDRESS:PORT --scenario FILE [option]...\n"
	"  plays a media gateway controller; the gateway registers with it\n"
	"  --role controller|gateway  or a gateway, which registers\n"
	"  --controller ADDRESS:PORT  with this controller\n"
	"  --media ADDRESS    that it gives to its terminations\n"
	"  --set NAME=VALUE   a variable of the scenario (may be repeated)\n"
	"  --users N          who play it side by side (1)\n"
	"  --data FILE        CSV: the variables of each user\n"
	"  --rate CALLS       that begin in a second, each plays it once;\n"
	"                     --users do not count then\n"
	"  --calls N          in all, or as many as begin in\n"
	"  --duration SECONDS\n"
	"  --ramp SECONDS     until the rate is reached (0)\n"
	"  --concurrent N     calls at once at most; more begin late\n"
	"  --timeout SECONDS  of the whole scenario, or of a call (60)\n"
	"  --log FILE         every message as on the wire\n"
	"  --fault RULE       ACTION[,KEY=VALUE]... befalls messages: lose,\n"
	"                     repeat, delay, reorder, truncate or corrupt;\n"
	"                     keys: direction, kind, nth, times, percent, ms,\n"
	"                     octets (may be repeated)\n"
	"  --seed N           of what happens by chance (it is printed)\n"
	"  --junit FILE       the verdict as JUnit XML\n"
	"  --pcapng FILE      a capture of what fails, if something does\n"
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

enum { MAX_USERS = 100000, MAX_NUMBER = 1000000000 };

struct options {
	struct sim_params sim;
	const char *scenario, *schema, *log, *junit, *pcapng, *data;
	unsigned long n_users;
	struct load_params load;
	double duration_s;
	unsigned long seed, timeout_s;
	bool is_tls;
	const char *tls_dir;
	const char *auth;
	enum h248_auth_pseudo pseudo;
};

enum {
	OPT_LISTEN = 256,
	OPT_ROLE,
	OPT_CONTROLLER,
	OPT_MEDIA,
	OPT_SCENARIO,
	OPT_SET,
	OPT_USERS,
	OPT_RATE,
	OPT_CALLS,
	OPT_DURATION,
	OPT_RAMP,
	OPT_CONCURRENT,
	OPT_DATA,
	OPT_TIMEOUT,
	OPT_LOG,
	OPT_JUNIT,
	OPT_PCAPNG,
	OPT_FAULT,
	OPT_SEED,
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
	{ "role", required_argument, NULL, OPT_ROLE },
	{ "controller", required_argument, NULL, OPT_CONTROLLER },
	{ "media", required_argument, NULL, OPT_MEDIA },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "set", required_argument, NULL, OPT_SET },
	{ "users", required_argument, NULL, OPT_USERS },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "calls", required_argument, NULL, OPT_CALLS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "ramp", required_argument, NULL, OPT_RAMP },
	{ "concurrent", required_argument, NULL, OPT_CONCURRENT },
	{ "data", required_argument, NULL, OPT_DATA },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "junit", required_argument, NULL, OPT_JUNIT },
	{ "pcapng", required_argument, NULL, OPT_PCAPNG },
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

static int add_fault(struct faults *faults, const char *text)
{
	struct fault_rule rule;

	return fault_rule_parse(&rule, text) || faults_add(faults, &rule) ?
		       -EINVAL :
		       0;
}

/* A number of a load that need not be whole: not negative. */
static int load_real(double *out)
{
	char *end;

	*out = strtod(optarg, &end);
	return end != optarg && !*end && *out >= 0 && *out <= MAX_NUMBER ?
		       0 :
		       -EINVAL;
}

static int load_option(struct options *o, int opt)
{
	unsigned long n;

	switch (opt) {
	case OPT_RATE:
		return load_real(&o->load.rate);
	case OPT_DURATION:
		return load_real(&o->duration_s);
	case OPT_RAMP:
		return load_real(&o->load.ramp_s);
	case OPT_CALLS:
		return number_parse(optarg, 0, MAX_NUMBER, &o->load.calls);
	default:
		if (number_parse(optarg, 0, MAX_NUMBER, &n))
			return -EINVAL;
		o->load.concurrent = (unsigned int)n;
		return 0;
	}
}

static int option(struct options *o, struct vars *vars, int opt)
{
	unsigned long n;

	switch (opt) {
	case OPT_LISTEN:
		return conf_endpoint_parse(optarg, 2944, &o->sim.listen);
	case OPT_ROLE:
		o->sim.is_gateway = !strcmp(optarg, "gateway");
		return o->sim.is_gateway || !strcmp(optarg, "controller") ?
			       0 :
			       -EINVAL;
	case OPT_CONTROLLER:
		return conf_endpoint_parse(optarg, 2944, &o->sim.controller);
	case OPT_MEDIA:
		return conf_endpoint_parse(optarg, 1, &o->sim.media);
	case OPT_SCENARIO:
		o->scenario = optarg;
		return 0;
	case OPT_SET:
		return vars_set_pair(vars, optarg);
	case OPT_USERS:
		return number_parse(optarg, 1, MAX_USERS, &o->n_users);
	case OPT_RATE:
	case OPT_CALLS:
	case OPT_DURATION:
	case OPT_RAMP:
	case OPT_CONCURRENT:
		return load_option(o, opt);
	case OPT_DATA:
		o->data = optarg;
		return 0;
	case OPT_TIMEOUT:
		return number_parse(optarg, 1, MAX_NUMBER, &o->timeout_s);
	case OPT_LOG:
		o->log = optarg;
		return 0;
	case OPT_FAULT:
		return add_fault(&o->sim.faults, optarg);
	case OPT_SEED:
		return number_parse(optarg, 0, ULONG_MAX, &o->seed);
	case OPT_JUNIT:
		o->junit = optarg;
		return 0;
	case OPT_PCAPNG:
		o->pcapng = optarg;
		return 0;
	case OPT_MID:
		snprintf(o->sim.mid, sizeof(o->sim.mid), "%s", optarg);
		return 0;
	case OPT_VERSION:
		if (number_parse(optarg, 1, 3, &n))
			return -EINVAL;
		o->sim.version = (uint8_t)n;
		return 0;
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
	    !o->sim.listen.ss_family ||
	    o->sim.is_gateway != !!o->sim.controller.ss_family)
		return -EINVAL;
	if (o->load.rate > 0 && !o->load.calls)
		o->load.calls = load_calls(&o->load, o->duration_s);
	if ((o->load.rate > 0) != (o->load.calls > 0))
		return -EINVAL;
	o->sim.is_silent = o->load.rate > 0;
	return 0;
}

/* With the seed, the same things happen to the same messages again. */
static void say_faults(const struct faults *f)
{
	if (!f->n_rules)
		return;
	printf("faults: --seed %llu:", (unsigned long long)f->seed);
	for (unsigned int i = FAULT_LOSE; i < FAULT__COUNT; i++)
		if (f->n_hit[i])
			printf(" %s %llu", fault_name((enum fault_action)i),
			       (unsigned long long)f->n_hit[i]);
	putchar('\n');
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
		if (!o->sim.is_silent || !v->is_pass)
			verdict_print(v, scenario->name, stdout);
	if (all->n_pass + all->n_fail > 1 || o->load.rate > 0)
		printf("%s %s: %u %s passed, %u failed\n",
		       all->n_fail ? "FAIL" : "PASS", scenario->name,
		       all->n_pass, o->load.rate > 0 ? "calls" : "users",
		       all->n_fail);
	fflush(stdout);
	if (o->junit && junit_write(all, scenario->name, scenario->file[0].path,
				    o->junit)) {
		fprintf(stderr, "mgcsim: %s cannot be written\n", o->junit);
		return 2;
	}
	return all->n_fail ? 1 : 0;
}

static int play(const struct options *o, struct scenario *scenario,
		const struct vars *vars, const struct data *data)
{
	struct event_base *base = event_base_new();
	struct sim sim;
	static struct load load; /* some hundred kB */
	struct crowd_params cp = {
		.sim = &sim,
		.scenario = scenario,
		.vars = vars,
		.data = data,
		.n_users = (unsigned int)o->n_users,
		.timeout_ms = o->timeout_s * 1000,
		.load = o->load.rate > 0 ? &load : NULL,
		.capture = o->pcapng ? capture_new(o->pcapng) : NULL,
		.screen = stdout,
	};
	struct verdicts all;
	int rc = base ? sim_init(&sim, &o->sim, base) : -ENOMEM;

	if (o->pcapng && !cp.capture)
		rc = -ENOMEM;
	verdicts_init(&all);
	load_init(&load, &o->load);
	if (!rc)
		rc = crowd_play(&cp, &all);
	if (rc) {
		fprintf(stderr, "mgcsim: %s\n", strerror(-rc));
		return 2;
	}
	/* The last answer is on its way before the connection ends. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	say_faults(&sim.channel.faults);
	if (cp.load)
		load_print(&load, load.end_us, stdout);
	rc = say_verdicts(o, &all, scenario);
	if (capture_end(cp.capture)) {
		fprintf(stderr, "mgcsim: %s cannot be written\n", o->pcapng);
		rc = 2;
	}
	verdicts_fini(&all);
	sim_fini(&sim);
	event_base_free(base);
	return rc;
}

static int open_log(struct options *o)
{
	if (!o->log)
		return 0;
	o->sim.log = fopen(o->log, "w");
	if (o->sim.log)
		return 0;
	fprintf(stderr, "mgcsim: %s: %s\n", o->log, strerror(errno));
	return -errno;
}

int main(int argc, char **argv)
{
	struct options o = { .sim.version = 3, .timeout_s = 60, .n_users = 1 };
	struct vars vars = { .n = 0 };
	struct scenario scenario = { 0 };
	struct data data = { 0 };
	char err[512];
	int rc = 2;

	signal(SIGPIPE, SIG_IGN);
	o.seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32;
	if (read_options(&o, &vars, argc, argv)) {
		fputs(USAGE, stderr);
		goto out;
	}
	if (scenario_load(&scenario, o.scenario, o.schema, err, sizeof(err)) ||
	    (o.data && data_load(&data, o.data, err, sizeof(err)))) {
		fprintf(stderr, "%s\n", err);
		goto out;
	}
	if (o.is_tls && read_tls(&o))
		goto out;
	if (o.auth && auth_make(o.auth, o.pseudo, &o.sim.auth))
		goto out;
	srandom((unsigned int)o.seed);
	o.sim.faults.seed = o.seed;
	o.sim.faults.random = o.seed;
	o.sim.is_manual = scenario_is_manual(&scenario);
	if (!open_log(&o))
		rc = play(&o, &scenario, &vars, &data);
out:
	h248_tls_free(o.sim.tls);
	h248_auth_free(o.sim.auth);
	if (o.sim.log)
		fclose(o.sim.log);
	data_fini(&data);
	scenario_fini(&scenario);
	vars_fini(&vars);
	xmlCleanupParser();
	return rc;
}
