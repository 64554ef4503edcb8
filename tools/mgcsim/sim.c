/* mgcsim/sim.c - see sim.h */
#include "tools/mgcsim/sim.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "h248/addr.h"
#include "h248/span.h"
#include "tools/mgcsim/peer.h"
#include "tools/mgcsim/summary.h"

uint64_t sim_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t sim_now_ms(void)
{
	return sim_now_us() / 1000;
}

int sim_put(struct sim *sim, const struct sockaddr_storage *to,
	    const char *octets, size_t n)
{
	return channel_put(&sim->channel, true, to, octets, n);
}

static const struct sockaddr_storage *local_of(struct sim *sim, bool is_out)
{
	const struct sockaddr_storage *door =
		is_out ? sim->sent_from : sim->came_to;

	return door ? door : h248_transport_local(&sim->transport);
}

void sim_trace(struct sim *sim, bool is_out,
	       const struct sockaddr_storage *addr, const char *buf, size_t n)
{
	struct record_msg msg = {
		.at_ms = sim_now_ms() - sim->start_ms,
		.is_out = is_out,
		.user = sim->speaker,
		.local = *local_of(sim, is_out),
		.peer = *addr,
		.octets = (char *)buf,
		.n = n,
	};
	uint64_t number;

	if (is_out)
		msg.step = sim->step;
	number = record_add(&sim->record, &msg);
	if (!is_out)
		sim->received = number;
	if (!sim->params.is_silent)
		summary_print(stdout, msg.at_ms, is_out, buf, n);
	if (sim->params.log) {
		fprintf(sim->params.log, "; %s\n%.*s\n",
			is_out ? "sent" : "got", (int)n, buf);
		fflush(sim->params.log);
	}
}

struct sim_peer *sim_peer_find(struct sim *sim, const char *name)
{
	struct sim_peer *peer;

	TAILQ_FOREACH (peer, &sim->peers, entry)
		if (name && name[0] ? !strcmp(peer->name, name) :
				      peer->is_registered)
			return peer;
	return (sim->params.is_manual || sim->params.is_gateway) &&
			       (!name || !name[0]) ?
		       TAILQ_FIRST(&sim->peers) :
		       NULL;
}

struct sim_peer *sim_peer_by_mid(struct sim *sim, const char *mid)
{
	struct sim_peer *peer;

	TAILQ_FOREACH (peer, &sim->peers, entry)
		if (peer->is_registered && !strcasecmp(peer->mid, mid))
			return peer;
	return NULL;
}

struct sim_peer *sim_peer_unnamed(struct sim *sim)
{
	struct sim_peer *peer;

	TAILQ_FOREACH (peer, &sim->peers, entry)
		if (peer->is_registered && !peer->name[0])
			return peer;
	return NULL;
}

/* The MID in the header, empty when it cannot be read. */
static void mid_of_message(const char *buf, size_t n, char *mid, size_t cap)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg msg = { 0 };

	mid[0] = '\0';
	if (a)
		h248_text_dec(a, buf, n, &msg);
	if (msg.mid.text.p && h248_mid_enc(&msg.mid, mid, cap))
		mid[0] = '\0';
	h248_arena_free(a);
}

/* Whom a message is from: the address is enough, as long as it stays. */
static struct sim_peer *peer_of(struct sim *sim,
				const struct sockaddr_storage *from,
				const char *buf, size_t n)
{
	struct sim_peer *peer;
	char mid[SIM_MID];

	TAILQ_FOREACH (peer, &sim->peers, entry)
		if (h248_addr_eq(&peer->addr, from))
			return peer;
	mid_of_message(buf, n, mid, sizeof(mid));
	TAILQ_FOREACH (peer, &sim->peers, entry)
		if (mid[0] && !strcasecmp(peer->mid, mid))
			return peer;
	return peer_new(sim, from, mid);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct sim *sim = arg;

	channel_put(&sim->channel, false, from, buf, n);
}

/* What has come through the channel, in either direction. */
static int on_pass(void *arg, bool is_out, const struct sockaddr_storage *addr,
		   const char *buf, size_t n)
{
	struct sim *sim = arg;
	struct sim_peer *peer;

	if (is_out)
		return h248_transport_send(&sim->transport, addr, buf, n);
	peer = peer_of(sim, addr, buf, n);
	if (peer)
		peer_input(peer, addr, buf, n);
	users_wake(sim);
	return 0;
}

/* "    0.104 !! lose -> T=6 C=1{...}" */
static void on_fault(void *arg, bool is_out, const struct fault_rule *rule,
		     const char *buf, size_t n)
{
	struct sim *sim = arg;

	if (sim->params.is_silent)
		return;
	printf("%11.3f !! %s %s", (double)(sim_now_ms() - sim->start_ms) / 1000,
	       fault_name(rule->action), is_out ? "->" : "<-");
	summary_text(stdout, buf, n);
}

static const struct h248_transport_hooks HOOKS = { .recv = on_message };

static enum h248_transport_kind kind_of(const struct sim_params *p)
{
	if (!p->is_tcp)
		return H248_TRANSPORT_UDP;
	return p->is_gateway ? H248_TRANSPORT_TCP : H248_TRANSPORT_TCP_LISTEN;
}

int sim_init(struct sim *sim, const struct sim_params *params,
	     struct event_base *base)
{
	struct h248_transport_params tp = {
		.kind = kind_of(params),
		.local = params->listen,
		.tls = params->tls,
	};
	struct h248_mid mid;
	int rc;

	memset(sim, 0, sizeof(*sim));
	sim->params = *params;
	sim->base = base;
	sim->start_ms = sim_now_ms();
	TAILQ_INIT(&sim->peers);
	TAILQ_INIT(&sim->rules);
	LIST_INIT(&sim->doors);
	network_init(&sim->network);
	media_init(&sim->media,
		   params->media.ss_family ? &params->media : &params->listen);
	sim->channel.base = base;
	sim->channel.pass = on_pass;
	sim->channel.tell = on_fault;
	sim->channel.arg = sim;
	channel_init(&sim->channel, &params->faults);
	rc = users_init(sim);
	if (!rc)
		rc = h248_transport_open(&tp, base, &HOOKS, sim,
					 &sim->transport);
	if (rc)
		return rc;
	if (!sim->params.mid[0]) /* "[192.0.2.1]:2944", where it is bound */
		h248_addr_str(h248_transport_local(&sim->transport),
			      sim->params.mid, sizeof(sim->params.mid));
	if (h248_mid_dec(h248_span_of(sim->params.mid), &mid))
		return -EINVAL;
	if (params->is_gateway && !peer_new(sim, &params->controller, ""))
		return -ENOMEM;
	return 0;
}

void sim_fini(struct sim *sim)
{
	while (!TAILQ_EMPTY(&sim->peers))
		peer_free(TAILQ_FIRST(&sim->peers));
	network_fini(&sim->network);
	media_fini(&sim->media);
	channel_fini(&sim->channel);
	users_fini(sim);
	record_fini(&sim->record);
	door_close_all(sim);
	h248_transport_close(&sim->transport);
}
