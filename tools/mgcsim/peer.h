/*
 * mgcsim/peer.h - one gateway: its transactions
 */
#pragma once

#include "tools/mgcsim/user.h"

/* Returns new, in sim->peers, or NULL (memory, or too many). */
struct sim_peer *peer_new(struct sim *sim, const struct sockaddr_storage *addr,
			  const char *mid);
void peer_free(struct sim_peer *peer);

void peer_set_version(struct sim_peer *peer, uint8_t version);
/* After an answer that was given late: repetitions may be due. */
void peer_rearm(struct sim_peer *peer);

/* One message from it. */
void peer_input(struct sim_peer *peer, const struct sockaddr_storage *from,
		const char *buf, size_t n);

/*
 * Send a request: what stands inside T=n{...}.
 *
 * Returns: 0 and *tid; -EPROTO with *err when the text is no H.248, its line
 *          counted from 1; what h248_txns_request() returns.
 */
int peer_send(struct sim_peer *peer, struct sim_user *user, const char *actions,
	      uint32_t *tid, struct h248_err *err);
/* Answer a request that waits.  As peer_send(). */
int peer_reply(struct sim_user *user, struct sim_msg *msg, const char *actions,
	       struct h248_err *err);
/* What stands inside T=n{...} or P=n{...}, decoded into the arena. */
int peer_read_actions(struct h248_arena *a, bool is_reply, const char *actions,
		      struct h248_action **out, struct h248_err *err);
