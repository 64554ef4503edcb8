/* mgcsim/wire.c - steps of single segments, and of what passes an interface */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/prefix.h"
#include "h248/addr.h"
#include "tools/mgcsim/act.h"
#include "tools/mgcsim/number.h"
#include "tools/mgcsim/step.h"
#include "tools/mgcsim/tap.h"
#include "tools/mgcsim/xpath.h"

enum { WINDOW = 60000, TTL = 64 };

static struct tap *find(struct run *run, const char *name)
{
	struct tap *t;

	LIST_FOREACH (t, &run->taps, entry)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static void forget(struct tap *t)
{
	if (!t)
		return;
	LIST_REMOVE(t, entry);
	tap_free(t);
}

void wire_forget(struct run *run)
{
	while (!LIST_EMPTY(&run->taps))
		forget(LIST_FIRST(&run->taps));
}

static void on_changed(void *arg)
{
	struct run *run = arg;

	user_ready(&run->user);
	users_wake(run->sim);
}

/* A name that is used again is another tap, which has seen nothing yet. */
enum run_verdict wire_tap(struct run *run, xmlNode *step)
{
	char *name = run_attr(run, step, "name");
	char *node = run_attr(run, step, "node");
	char *interface = run_attr(run, step, "interface");
	struct tap_params p = {
		name,           node,       interface, &run->sim->network,
		run->sim->base, on_changed, run
	};
	struct tap *t;
	int rc = -EINVAL;

	if (name && node && interface) {
		forget(find(run, name));
		rc = tap_start(&p, &t);
	}
	if (rc)
		run_fail(run, "there is nothing to tap at %s, interface %s: %s",
			 node ? node : "?", interface ? interface : "?",
			 strerror(-rc));
	else
		LIST_INSERT_HEAD(&run->taps, t, entry);
	free(name);
	free(node);
	free(interface);
	return rc ? RUN_FAIL : RUN_PASS;
}

/* The tap that a step names, and what it looks for; false: it has failed. */
static bool read_looking(struct run *run, xmlNode *step, struct tap **t,
			 char **match)
{
	char *name = run_attr(run, step, "tap");

	*t = name ? find(run, name) : NULL;
	*match = run_attr(run, step, "match");
	if (name && !*t)
		run_fail(run, "no tap is called %s", name);
	else if (*t)
		tap_read(*t);
	if (*t && (*t)->n_missed)
		run_fail(run, "%s has seen too much: %zu packets are not kept",
			 name, (*t)->n_missed);
	free(name);
	return *t && *match && run->verdict == RUN_GOING;
}

static enum run_verdict look_at(struct run *run, xmlNode *step,
				const struct segment *s, const char *match)
{
	xmlDoc *doc = segment_tree(s);
	enum run_verdict v = RUN_GOING;

	if (doc && xpath_is_true(doc, match, &run->vars)) {
		v = step_examine(run, step, doc);
		xmlFreeDoc(run->last);
		run->last = doc;
	} else {
		xmlFreeDoc(doc);
	}
	return v;
}

enum run_verdict wire_seen(struct run *run, xmlNode *step)
{
	struct tap *t;
	char *match;
	enum run_verdict v = RUN_FAIL;

	if (read_looking(run, step, &t, &match))
		for (v = RUN_GOING; v == RUN_GOING && t->next < t->n; t->next++)
			v = look_at(run, step, &t->packet[t->next], match);
	free(match);
	return v;
}

/* Of all that the tap has seen. */
enum run_verdict wire_count(struct run *run, xmlNode *step)
{
	struct tap *t;
	char *match = NULL, *var = run_attr(run, step, "var"), text[24];
	size_t n = 0;
	int rc = -EINVAL;

	if (var && read_looking(run, step, &t, &match)) {
		for (size_t i = 0; i < t->n; i++) {
			xmlDoc *doc = segment_tree(&t->packet[i]);

			n += doc && xpath_is_true(doc, match, &run->vars);
			xmlFreeDoc(doc);
		}
		snprintf(text, sizeof(text), "%zu", n);
		rc = vars_set(&run->vars, var, text);
	}
	free(match);
	free(var);
	return rc ? run_fail(run, "the variable cannot be set") : RUN_PASS;
}

/* A whole number, also one that XPath has computed; modulo 2^32. */
static uint32_t sequence(struct run *run, xmlNode *step, const char *name)
{
	char *text = run_attr(run, step, name);
	double value = 0;

	if (text && (!xpath_number(text, &value) || floor(value) != value))
		run_fail(run, "%s=\"%s\" is no number", name, text);
	free(text);
	value = fmod(value, 4294967296.0);
	return (uint32_t)(value < 0 ? value + 4294967296.0 : value);
}

static void read_end(struct run *run, xmlNode *step, const char *name,
		     struct sockaddr_storage *to)
{
	char *text = run_attr(run, step, name);

	if (text && conf_endpoint_parse(text, 0, to))
		run_fail(run, "%s is no address with a port", text);
	free(text);
}

static void read_words(struct run *run, xmlNode *step, struct segment *s)
{
	char *flags = run_attr(run, step, "flags");
	char *options = run_attr(run, step, "options");

	if (flags && segment_flags(flags, &s->flags))
		run_fail(run, "flags=\"%s\" has other letters than SAFRPUEC",
			 flags);
	if (options && segment_options(options, s))
		run_fail(run, "no such options: %s", options);
	free(flags);
	free(options);
}

static int put_out(struct run *run, const char *node, const struct segment *s)
{
	struct sockaddr_storage to = s->to;
	uint8_t buf[SEGMENT_MAX];
	size_t n = segment_write(s, buf);
	int rc = 0, mark = NETWORK_MARK, fd;

	if (!n)
		return -EMSGSIZE;
	fd = network_socket(&run->sim->network, node, to.ss_family, SOCK_RAW,
			    IPPROTO_RAW);
	if (fd < 0)
		return fd;
	*h248_addr_port(&to) = 0; /* a raw socket has none */
	if (setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) ||
	    sendto(fd, buf, n, 0, (struct sockaddr *)&to, h248_addr_len(&to)) <
		    0)
		rc = -errno;
	close(fd);
	return rc;
}

/* What a field of a header holds, up to max. */
static unsigned int field(struct run *run, xmlNode *step, const char *name,
			  unsigned int max, unsigned int otherwise)
{
	char *text = run_attr(run, step, name);
	unsigned long value = otherwise;

	if (text && number_parse(text, 0, max, &value))
		run_fail(run, "%s=\"%s\" is no number up to %u", name, text,
			 max);
	free(text);
	return (unsigned int)value;
}

enum run_verdict wire_inject(struct run *run, xmlNode *step)
{
	struct segment s = { .ttl = TTL };
	char *node = run_attr(run, step, "node");
	int rc = -EINVAL;

	read_end(run, step, "from", &s.from);
	read_end(run, step, "to", &s.to);
	read_words(run, step, &s);
	s.seq = sequence(run, step, "seq");
	s.ack = sequence(run, step, "ack");
	s.window = (uint16_t)field(run, step, "window", UINT16_MAX, WINDOW);
	s.tos = (uint8_t)field(run, step, "tos", UINT8_MAX, 0);
	s.n_data = field(run, step, "octets", SEGMENT_MAX_DATA, 0);
	if (run->verdict == RUN_GOING && s.from.ss_family == s.to.ss_family)
		rc = put_out(run, node, &s);
	free(node);
	return rc ? run_fail(run, "cannot be sent: %s", strerror(-rc)) :
		    RUN_PASS;
}
