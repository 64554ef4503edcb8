/* mgcsim/user.c - see user.h */
#include "tools/mgcsim/user.h"

#include <errno.h>
#include <stdlib.h>

enum { BUCKETS = 4096 };

/* A context that a user has seen in a reply to it. */
struct sim_ctx {
	LIST_ENTRY(sim_ctx) in_bucket, of_user;
	struct sim_user *user;
	const struct sim_peer *peer;
	uint32_t id;
};

struct sim_users {
	LIST_HEAD(, sim_ctx) bucket[BUCKETS];
};

int users_init(struct sim *sim)
{
	TAILQ_INIT(&sim->users);
	TAILQ_INIT(&sim->ready);
	TAILQ_INIT(&sim->unclaimed);
	sim->by_context = calloc(1, sizeof(*sim->by_context));
	return sim->by_context ? 0 : -ENOMEM;
}

static void free_msg(struct sim_msg *msg)
{
	xmlFreeDoc(msg->doc);
	free(msg);
}

void users_fini(struct sim *sim)
{
	struct sim_msg *msg;

	while ((msg = TAILQ_FIRST(&sim->unclaimed))) {
		TAILQ_REMOVE(&sim->unclaimed, msg, entry);
		free_msg(msg);
	}
	free(sim->by_context);
}

void user_join(struct sim *sim, struct sim_user *user, unsigned int number)
{
	user->sim = sim;
	user->number = number;
	TAILQ_INIT(&user->inbox);
	LIST_INIT(&user->asked);
	LIST_INIT(&user->contexts);
	TAILQ_INSERT_TAIL(&sim->users, user, entry);
}

static void drop_context(struct sim_ctx *c)
{
	LIST_REMOVE(c, in_bucket);
	LIST_REMOVE(c, of_user);
	c->user->n_contexts--;
	free(c);
}

void user_leave(struct sim_user *user)
{
	struct sim_asked *asked;

	while (!LIST_EMPTY(&user->contexts))
		drop_context(LIST_FIRST(&user->contexts));
	while (!TAILQ_EMPTY(&user->inbox))
		user_forget(user, TAILQ_FIRST(&user->inbox));
	while ((asked = LIST_FIRST(&user->asked))) {
		LIST_REMOVE(asked, entry);
		asked->user = NULL;
	}
	if (user->is_ready)
		TAILQ_REMOVE(&user->sim->ready, user, ready_entry);
	TAILQ_REMOVE(&user->sim->users, user, entry);
}

static struct sim_ctx *find(struct sim *sim, const struct sim_peer *peer,
			    uint32_t id)
{
	struct sim_ctx *c;

	LIST_FOREACH (c, &sim->by_context->bucket[id % BUCKETS], in_bucket)
		if (c->id == id && c->peer == peer)
			return c;
	return NULL;
}

/* What came before anybody knew whose the context is. */
static void claim(struct sim_user *user, const struct sim_peer *peer,
		  uint32_t id)
{
	struct sim *sim = user->sim;
	struct sim_msg *msg, *next;

	for (msg = TAILQ_FIRST(&sim->unclaimed); msg; msg = next) {
		next = TAILQ_NEXT(msg, entry);
		if (msg->peer != peer || msg->ctx != id)
			continue;
		TAILQ_REMOVE(&sim->unclaimed, msg, entry);
		sim->n_unclaimed--;
		user_deliver(sim, user, msg);
	}
}

void user_own(struct sim_user *user, struct sim_peer *peer, uint32_t id)
{
	struct sim *sim = user->sim;
	struct sim_ctx *c = find(sim, peer, id);

	if (c && c->user == user)
		return;
	if (c)
		drop_context(c);
	if (user->n_contexts == USER_MAX_CONTEXTS)
		drop_context(LIST_FIRST(&user->contexts));
	c = calloc(1, sizeof(*c));
	if (!c)
		return;
	c->user = user;
	c->peer = peer;
	c->id = id;
	LIST_INSERT_HEAD(&sim->by_context->bucket[id % BUCKETS], c, in_bucket);
	LIST_INSERT_HEAD(&user->contexts, c, of_user);
	user->n_contexts++;
	claim(user, peer, id);
}

struct sim_user *user_of(struct sim *sim, const struct sim_peer *peer,
			 uint32_t ctx)
{
	struct sim_user *first = TAILQ_FIRST(&sim->users);
	struct sim_ctx *c;

	if (!sim->is_crowded)
		return first;
	if (!ctx)
		return sim->is_load ? NULL : first;
	c = find(sim, peer, ctx);
	return c ? c->user : NULL;
}

void user_deliver(struct sim *sim, struct sim_user *user, struct sim_msg *msg)
{
	if (user) {
		TAILQ_INSERT_TAIL(&user->inbox, msg, entry);
		user_ready(user);
		return;
	}
	if (sim->n_unclaimed == USER_MAX_UNCLAIMED) {
		struct sim_msg *oldest = TAILQ_FIRST(&sim->unclaimed);

		TAILQ_REMOVE(&sim->unclaimed, oldest, entry);
		free_msg(oldest);
		sim->n_unclaimed--;
	}
	TAILQ_INSERT_TAIL(&sim->unclaimed, msg, entry);
	sim->n_unclaimed++;
}

void user_forget(struct sim_user *user, struct sim_msg *msg)
{
	TAILQ_REMOVE(&user->inbox, msg, entry);
	free_msg(msg);
}

void user_ready(struct sim_user *user)
{
	if (user->is_ready)
		return;
	user->is_ready = true;
	TAILQ_INSERT_TAIL(&user->sim->ready, user, ready_entry);
}

void users_ready(struct sim *sim)
{
	struct sim_user *user;

	TAILQ_FOREACH (user, &sim->users, entry)
		user_ready(user);
}

void users_wake(struct sim *sim)
{
	struct sim_user *user;

	while ((user = TAILQ_FIRST(&sim->ready))) {
		TAILQ_REMOVE(&sim->ready, user, ready_entry);
		user->is_ready = false;
		user->wake(user->arg);
	}
}
