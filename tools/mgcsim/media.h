/*
 * mgcsim/media.h - what a gateway answers by itself: contexts, terminations,
 * and ports, without any media behind them
 */
#pragma once

#include <sys/queue.h>
#include <sys/socket.h>

#include "h248/msg.h"

enum {
	MEDIA_BUCKETS = 1024,
	MEDIA_FIRST_PORT = 20000,
	MEDIA_LAST_PORT = 59998
};

struct media_ctx;

struct media {
	struct sockaddr_storage address; /* of Local; the port is not used */
	LIST_HEAD(, media_ctx) bucket[MEDIA_BUCKETS];
	uint32_t last_ctx, last_term;
	uint16_t next_port;
	unsigned int n_contexts, n_terms;
};

void media_init(struct media *m, const struct sockaddr_storage *address);
void media_fini(struct media *m);

/*
 * Execute a request: "$" becomes a context, a termination, an address and a
 * port, Local comes back complete, Subtract brings statistics (of 0 octets).
 * What cannot be is refused: 411, 430, 433, 443.
 *
 * Returns: the actions of the reply, in the arena; NULL: it is used up
 */
struct h248_action *media_answer(struct media *m, struct h248_arena *a,
				 const struct h248_txn *req, uint64_t now_ms);
