/* mgcsim/channel.c - see channel.h */
#include "tools/mgcsim/channel.h"
#include "tools/mgcsim/timeval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HELD = 10000 };

struct channel_held {
	TAILQ_ENTRY(channel_held) entry;
	struct channel *channel;
	struct event *timer;
	bool is_out;
	bool is_behind; /* goes with the next of its direction */
	struct sockaddr_storage addr;
	size_t n;
	char buf[];
};

void channel_init(struct channel *w, const struct faults *faults)
{
	w->faults = *faults;
	TAILQ_INIT(&w->held);
	w->n_held = 0;
}

static void drop(struct channel_held *h)
{
	TAILQ_REMOVE(&h->channel->held, h, entry);
	h->channel->n_held--;
	event_free(h->timer);
	free(h);
}

void channel_fini(struct channel *w)
{
	while (!TAILQ_EMPTY(&w->held))
		drop(TAILQ_FIRST(&w->held));
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct channel_held *h = arg;

	(void)fd;
	(void)what;
	/* Not in the list while others may look for who waits in it. */
	TAILQ_REMOVE(&h->channel->held, h, entry);
	h->channel->pass(h->channel->arg, h->is_out, &h->addr, h->buf, h->n);
	TAILQ_INSERT_HEAD(&h->channel->held, h, entry);
	drop(h);
}

static int hold(struct channel *w, const struct fault_rule *r, bool is_out,
		const struct sockaddr_storage *addr, const char *buf, size_t n)
{
	struct timeval tv = sim_timeval((uint64_t)r->ms * 1000);
	struct channel_held *h =
		w->n_held < MAX_HELD ? malloc(sizeof(*h) + n) : NULL;

	if (!h)
		return -ENOMEM;
	h->timer = evtimer_new(w->base, on_timer, h);
	if (!h->timer) {
		free(h);
		return -ENOMEM;
	}
	h->channel = w;
	h->is_out = is_out;
	h->is_behind = r->action == FAULT_REORDER;
	h->addr = *addr;
	h->n = n;
	memcpy(h->buf, buf, n);
	TAILQ_INSERT_TAIL(&w->held, h, entry);
	w->n_held++;
	event_add(h->timer, &tv);
	return 0;
}

/* Who waits for one to go before it follows at once. */
static void follow(struct channel *w, bool is_out)
{
	static const struct timeval NOW = { 0, 0 };
	struct channel_held *h;

	TAILQ_FOREACH (h, &w->held, entry)
		if (h->is_behind && h->is_out == is_out)
			event_add(h->timer, &NOW);
}

static int pass_damaged(struct channel *w, const struct fault_rule *r,
			bool is_out, const struct sockaddr_storage *addr,
			const char *buf, size_t n)
{
	char *copy = malloc(n + 1);
	int rc = -ENOMEM;

	if (copy) {
		memcpy(copy, buf, n);
		n = faults_damage(&w->faults, r, copy, n);
		rc = n ? w->pass(w->arg, is_out, addr, copy, n) : 0;
	}
	free(copy);
	return rc;
}

int channel_put(struct channel *w, bool is_out,
		const struct sockaddr_storage *addr, const char *buf, size_t n)
{
	const struct fault_rule *r = faults_hit(&w->faults, is_out, buf, n);
	int rc = 0;

	if (r && w->tell)
		w->tell(w->arg, is_out, r, buf, n);
	switch (r ? r->action : FAULT_NONE) {
	case FAULT_LOSE:
		return 0;
	case FAULT_DELAY:
	case FAULT_REORDER:
		return hold(w, r, is_out, addr, buf, n);
	case FAULT_REPEAT:
		rc = hold(w, r, is_out, addr, buf, n);
		break;
	case FAULT_TRUNCATE:
	case FAULT_CORRUPT:
		rc = pass_damaged(w, r, is_out, addr, buf, n);
		follow(w, is_out);
		return rc;
	default:
		break;
	}
	if (!rc)
		rc = w->pass(w->arg, is_out, addr, buf, n);
	follow(w, is_out);
	return rc;
}
