/*
 * mgcsim/user.h - which message is whose
 */
#pragma once

#include "tools/mgcsim/sim.h"

enum { USER_MAX_CONTEXTS = 1024, USER_MAX_UNCLAIMED = 1024 };

/* A request of ours that is out. */
struct sim_asked {
	LIST_ENTRY(sim_asked) entry;
	struct sim_user *user; /* NULL: it has ended */
	struct sim_peer *peer;
	uint32_t tid;
};

int users_init(struct sim *sim); /* 0, -ENOMEM */
void users_fini(struct sim *sim);

void user_join(struct sim *sim, struct sim_user *user, unsigned int number);
/* Its messages and contexts are gone; answers to its requests are ignored. */
void user_leave(struct sim_user *user);

/* This context of the peer is the user's; what came for it is delivered. */
void user_own(struct sim_user *user, struct sim_peer *peer, uint32_t ctx);
/* Whose it is; NULL: nobody's.  What concerns no context is of the first user,
 * and everything when it is the only one. */
struct sim_user *user_of(struct sim *sim, const struct sim_peer *peer,
			 uint32_t ctx);
/* Into the inbox of the user, NULL: until somebody claims it.  Takes msg. */
void user_deliver(struct sim *sim, struct sim_user *user, struct sim_msg *msg);
void user_forget(struct sim_user *user, struct sim_msg *msg); /* takes msg */

void user_ready(struct sim_user *user); /* is woken by users_wake() */
void users_ready(struct sim *sim);      /* all of them are */
void users_wake(struct sim *sim);
