/* mgcsim/act.c - steps of actors and of the network they live in */
#include "tools/mgcsim/act.h"

#include <stdlib.h>
#include <string.h>

#include "conf/prefix.h"
#include "h248/addr.h"
#include "tools/mgcsim/actor.h"
#include "tools/mgcsim/step.h"

enum { N_ATTRS = 4 };

/* Attributes of a step with their variables replaced; owned. */
struct attrs {
	char *value[N_ATTRS];
};

static void read_attrs(struct run *run, xmlNode *step,
		       const char *const name[N_ATTRS], struct attrs *a)
{
	for (int i = 0; i < N_ATTRS; i++)
		a->value[i] = name[i] ? run_attr(run, step, name[i]) : NULL;
}

static void free_attrs(struct attrs *a)
{
	for (int i = 0; i < N_ATTRS; i++)
		free(a->value[i]);
}

/* The end of a step of the network: why is said when rc is not 0. */
static enum run_verdict done(struct run *run, struct attrs *a, int rc,
			     const char *why)
{
	free_attrs(a);
	if (run->verdict == RUN_FAIL)
		return RUN_FAIL;
	return rc ? run_fail(run, "%s", why) : RUN_PASS;
}

/* ${net_NAME} is its namespace, for <exec>. */
enum run_verdict act_node(struct run *run, xmlNode *step)
{
	static const char *const NAME[N_ATTRS] = { "name", "netns" };
	struct network *n = &run->sim->network;
	struct attrs a;
	char why[512] = "", var[VARS_NAME], path[NETWORK_PATH];
	int rc = -EINVAL;

	read_attrs(run, step, NAME, &a);
	if (a.value[0] && a.value[1])
		rc = network_adopt(n, a.value[0], a.value[1], why, sizeof(why));
	else if (a.value[0])
		rc = network_node(n, a.value[0], why, sizeof(why));
	if (!rc) {
		network_path(n, a.value[0], path, sizeof(path));
		snprintf(var, sizeof(var), "net_%s", a.value[0]);
		rc = vars_set(&run->vars, var, path);
	}
	return done(run, &a, rc, why);
}

enum run_verdict act_link(struct run *run, xmlNode *step)
{
	static const char *const NAME[N_ATTRS] = { "from", "to", "from-address",
						   "to-address" };
	struct attrs a;
	struct network_link link;
	char why[512] = "";
	int rc = -EINVAL;

	read_attrs(run, step, NAME, &a);
	link = (struct network_link) { a.value[0], a.value[1], a.value[2],
				       a.value[3] };
	if (link.from && link.to)
		rc = network_link(&run->sim->network, &link, why, sizeof(why));
	return done(run, &a, rc, why);
}

enum run_verdict act_route(struct run *run, xmlNode *step)
{
	static const char *const NAME[N_ATTRS] = { "node", "to", "via" };
	struct attrs a;
	char why[512] = "";
	int rc = -EINVAL;

	read_attrs(run, step, NAME, &a);
	if (a.value[0] && a.value[2])
		rc = network_route(&run->sim->network, a.value[0],
				   a.value[1] ? a.value[1] : "default",
				   a.value[2], why, sizeof(why));
	return done(run, &a, rc, why);
}

enum run_verdict act_address(struct run *run, xmlNode *step)
{
	static const char *const NAME[N_ATTRS] = { "node", "towards", "is" };
	struct attrs a;
	char why[512] = "";
	int rc = -EINVAL;

	read_attrs(run, step, NAME, &a);
	if (a.value[0] && a.value[1] && a.value[2])
		rc = network_address(&run->sim->network, a.value[0], a.value[1],
				     a.value[2], why, sizeof(why));
	return done(run, &a, rc, why);
}

enum run_verdict act_firewall(struct run *run, xmlNode *step)
{
	static const char *const NAME[N_ATTRS] = { "node", "outside",
						   "translates", "ports" };
	struct attrs a;
	struct network_firewall f = { .is_masquerading = true };
	char why[512] = "";
	int rc = -EINVAL;

	read_attrs(run, step, NAME, &a);
	f.node = a.value[0];
	f.outside = a.value[1];
	f.is_masquerading = !a.value[2] || strcmp(a.value[2], "no") != 0;
	f.has_random_ports = a.value[3] && !strcmp(a.value[3], "random");
	f.half_open_s =
		(unsigned int)run_attr_long(run, step, "half-open-s", 0);
	if (f.node && f.outside)
		rc = network_firewall(&run->sim->network, &f, why, sizeof(why));
	return done(run, &a, rc, why);
}

static struct actor *find(struct run *run, const char *name)
{
	struct actor *a;

	LIST_FOREACH (a, &run->actors, entry)
		if (!strcmp(a->name, name))
			return a;
	run_fail(run, "no actor is called %s", name);
	return NULL;
}

/* The one that an attribute names; NULL: the run has failed. */
static struct actor *actor_of(struct run *run, xmlNode *step, const char *attr)
{
	char *name = run_attr(run, step, attr);
	struct actor *a = name ? find(run, name) : NULL;

	free(name);
	return a;
}

static void on_changed(void *arg)
{
	struct run *run = arg;

	user_ready(&run->user);
	users_wake(run->sim);
}

static void forget(struct run *run, const char *name)
{
	struct actor *a;

	LIST_FOREACH (a, &run->actors, entry)
		if (!strcmp(a->name, name))
			break;
	if (!a)
		return;
	LIST_REMOVE(a, entry);
	actor_free(a);
}

void act_forget(struct run *run)
{
	while (!LIST_EMPTY(&run->actors))
		forget(run, LIST_FIRST(&run->actors)->name);
}

/* A name that is used again is another actor. */
static enum run_verdict start(struct run *run, struct actor_params *p)
{
	struct actor *a;
	int rc;

	forget(run, p->name);
	p->network = &run->sim->network;
	p->base = run->sim->base;
	p->seed = run->sim->params.faults.seed + run->user.number * 1000003u +
		  ++run->n_actors;
	p->changed = on_changed;
	p->arg = run;
	rc = actor_start(p, &a);
	if (rc)
		return run_fail(run, "%s cannot begin: %s", p->name,
				strerror(-rc));
	LIST_INSERT_HEAD(&run->actors, a, entry);
	return RUN_PASS;
}

static enum run_verdict begin(struct run *run, xmlNode *step, bool is_client)
{
	static const char *const CLIENT[N_ATTRS] = { "actor", "node", "to",
						     "from" };
	static const char *const SERVER[N_ATTRS] = { "actor", "node", NULL,
						     "on" };
	struct attrs a;
	struct actor_params p = { 0 };
	enum run_verdict v = RUN_FAIL;

	read_attrs(run, step, is_client ? CLIENT : SERVER, &a);
	p.name = a.value[0];
	p.node = a.value[1];
	if (run->verdict == RUN_FAIL || !p.name)
		v = run_fail(run, "an actor needs a name");
	else if ((a.value[2] && conf_endpoint_parse(a.value[2], 0, &p.to)) ||
		 (a.value[3] && conf_endpoint_parse(a.value[3], 0, &p.local)))
		v = run_fail(run, "%s is no address with a port",
			     a.value[2] ? a.value[2] : a.value[3]);
	else
		v = start(run, &p);
	free_attrs(&a);
	return v;
}

enum run_verdict act_connect(struct run *run, xmlNode *step)
{
	return begin(run, step, true);
}

enum run_verdict act_listen(struct run *run, xmlNode *step)
{
	return begin(run, step, false);
}

/* The text of the step, when it says no octets. */
static enum run_verdict transmit_text(struct run *run, xmlNode *step,
				      struct actor *a)
{
	char *text = run_text(run, step);
	int rc = text ? actor_write(a, text, strlen(text)) : -EINVAL;

	free(text);
	return rc ? run_fail(run, "%s cannot send this: %s", a->name,
			     strerror(-rc)) :
		    RUN_PASS;
}

enum run_verdict act_transmit(struct run *run, xmlNode *step)
{
	struct actor *a = actor_of(run, step, "actor");
	long octets = run_attr_long(run, step, "octets", -1);

	if (!a || run->verdict == RUN_FAIL)
		return RUN_FAIL;
	if (octets < 0)
		return transmit_text(run, step, a);
	actor_send(a, (uint64_t)octets);
	return RUN_PASS;
}

enum run_verdict act_hold(struct run *run, xmlNode *step)
{
	struct actor *a = actor_of(run, step, "actor");

	if (!a)
		return RUN_FAIL;
	actor_hold(a, !strcmp((const char *)step->name, "hold"));
	return RUN_PASS;
}

enum run_verdict act_close(struct run *run, xmlNode *step)
{
	struct actor *a = actor_of(run, step, "actor");
	char *how = run_attr(run, step, "how");

	if (a && how && !strcmp(how, "half"))
		actor_end(a);
	else if (a && how && !strcmp(how, "reset"))
		actor_reset(a);
	else if (a)
		actor_close(a);
	free(how);
	return a ? RUN_PASS : RUN_FAIL;
}

static enum run_verdict lost(struct run *run, const struct actor *a)
{
	return run_fail(run, "%s is %s%s%s%s: %llu octets received, %llu sent",
			a->name, actor_state_name(a->state), a->err ? " (" : "",
			a->err ? strerror(a->err) : "", a->err ? ")" : "",
			(unsigned long long)a->n_received,
			(unsigned long long)a->n_sent);
}

/* Whether a has received what the other has sent, all of it. */
static enum run_verdict compare(struct run *run, const struct actor *a,
				const struct actor *from)
{
	unsigned char is[ACTOR_SUM], expected[ACTOR_SUM];

	if (a->n_received < from->n_sent || !actor_is_idle(from))
		return RUN_GOING;
	actor_sum(a, false, is);
	actor_sum(from, true, expected);
	if (a->n_received == from->n_sent && !memcmp(is, expected, sizeof(is)))
		return RUN_PASS;
	return run_fail(run,
			"%s has received %llu octets, %s has sent %llu, "
			"and the SHA-256 is another",
			a->name, (unsigned long long)a->n_received, from->name,
			(unsigned long long)from->n_sent);
}

enum run_verdict act_receive(struct run *run, xmlNode *step)
{
	struct actor *a = actor_of(run, step, "actor");
	bool has_from = xmlHasProp(step, BAD_CAST "from");
	struct actor *from = has_from ? actor_of(run, step, "from") : NULL;
	long octets = run_attr_long(run, step, "octets", 0);
	enum run_verdict v = RUN_GOING;

	if (!a || run->verdict == RUN_FAIL)
		return RUN_FAIL;
	if (from)
		v = compare(run, a, from);
	else if (a->n_received >= (uint64_t)(octets > 0 ? octets : 0))
		v = RUN_PASS;
	/* Nothing more will come. */
	if (v == RUN_GOING && (a->has_eof || a->state > ACTOR_CONNECTED))
		v = lost(run, a);
	return v;
}

static bool is_in(const struct actor *a, const char *state)
{
	if (!strcmp(state, "ended"))
		return a->has_eof;
	return !strcmp(state, actor_state_name(a->state));
}

static enum run_verdict tell_port(struct run *run, xmlNode *step,
				  const struct actor *a)
{
	char *var = run_attr(run, step, "port");
	char text[8];
	int rc = 0;

	snprintf(text, sizeof(text), "%u", h248_addr_port_of(&a->local));
	if (var)
		rc = vars_set(&run->vars, var, text);
	free(var);
	return rc ? run_fail(run, "the variable cannot be set") : RUN_PASS;
}

enum run_verdict act_await(struct run *run, xmlNode *step)
{
	struct actor *a = actor_of(run, step, "actor");
	char *state = run_attr(run, step, "state");
	enum run_verdict v = RUN_GOING;

	if (!a || !state)
		v = RUN_FAIL;
	else if (is_in(a, state))
		v = tell_port(run, step, a);
	else if (a->state > ACTOR_CONNECTED)
		v = lost(run, a); /* there is no way out of these */
	free(state);
	return v;
}
