/* mgcsim/raw.c - <raw>: octets past the transaction layer */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/prefix.h"
#include "h248/tpkt.h"
#include "h248/types.h"
#include "tools/mgcsim/door.h"
#include "tools/mgcsim/step.h"
#include "tools/shared/hex.h"

struct octets {
	char *p; /* owned */
	size_t n;
};

/* Hexadecimal digits become octets, in place; white space does not count. */
static int from_hex(struct octets *o)
{
	size_t n = 0;
	int rc;

	for (const char *c = o->p; *c; c++)
		if (!strchr(" \t\r\n", *c))
			o->p[n++] = *c;
	rc = hex_octets(o->p, n, (uint8_t *)o->p);
	o->n = n / 2;
	return rc;
}

/* What the step sends; false: the run has failed. */
static bool read_octets(struct run *run, xmlNode *step, struct octets *o)
{
	char *hex = run_attr(run, step, "hex");
	bool is_hex = hex && !strcmp(hex, "yes");

	free(hex);
	o->p = run_text(run, step);
	if (!o->p || run->verdict == RUN_FAIL)
		return false;
	o->n = strlen(o->p);
	if (is_hex && from_hex(o))
		run_fail(run, "the text is not hexadecimal");
	return run->verdict != RUN_FAIL;
}

/* Before it is recorded: there is no packet of it for a capture. */
static bool fits(struct run *run, size_t n)
{
	bool is_tcp = run->sim->params.is_tcp;
	uint8_t head[H248_TPKT_HEADER];

	if (is_tcp ? !h248_tpkt_head(n, head) : n <= H248_MAX_MSG_OCTETS)
		return true;
	run_fail(run, "no message over %s has %zu octets",
		 is_tcp ? "TCP" : "UDP", n);
	return false;
}

static int put(struct run *run, const struct sim_peer *peer, const char *from,
	       const struct octets *o)
{
	struct sim *sim = run->sim;
	struct sockaddr_storage addr;

	if (from && (sim->params.is_tcp || conf_endpoint_parse(from, 0, &addr)))
		return -EINVAL;
	if (from && addr.ss_family != peer->addr.ss_family)
		return -EAFNOSUPPORT; /* a capture would have no packet of it */
	sim->speaker = run->user.number;
	sim->sent_from = from ? &addr : NULL;
	sim_trace(sim, true, &peer->addr, o->p, o->n);
	sim->sent_from = NULL;
	sim->speaker = 0;
	return from ? door_put(sim, &addr, &peer->addr, o->p, o->n) :
		      sim_put(sim, &peer->addr, o->p, o->n);
}

enum run_verdict step_raw(struct run *run, xmlNode *step)
{
	struct octets o = { NULL, 0 };
	char name[SIM_NAME];
	struct sim_peer *peer = run_peer(run, step, name);
	char *from = run_attr(run, step, "from");
	int rc = 0;

	if (!peer)
		step_no_gateway(run, name);
	if (peer && read_octets(run, step, &o) && fits(run, o.n))
		rc = put(run, peer, from, &o);
	if (rc)
		run_fail(run, "cannot send: %s", strerror(-rc));
	free(from);
	free(o.p);
	return run->verdict == RUN_FAIL ? RUN_FAIL : RUN_PASS;
}
