/*
 * mgcsim/channel.h - between the socket and the transactions: where messages are
 * lost, repeated, late or damaged (fault.h)
 */
#pragma once

#include <event2/event.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "tools/mgcsim/fault.h"

struct channel_held;

/* A message goes on, now or when its time has come. */
typedef int(channel_pass_h)(void *arg, bool is_out,
			    const struct sockaddr_storage *addr,
			    const char *buf, size_t n);
/* What happens to one; before it goes on. */
typedef void(channel_fault_h)(void *arg, bool is_out,
			      const struct fault_rule *rule, const char *buf,
			      size_t n);

struct channel {
	struct faults faults;
	struct event_base *base;
	channel_pass_h *pass;
	channel_fault_h *tell; /* may be NULL */
	void *arg;
	TAILQ_HEAD(, channel_held) held;
	unsigned int n_held;
};

/* Memory of the caller; the other members are set before.  These rules to
 * begin with, which are copied. */
void channel_init(struct channel *w, const struct faults *faults);
void channel_fini(struct channel *w); /* what is held is lost */
/* 0, or what pass returns. */
int channel_put(struct channel *w, bool is_out,
		const struct sockaddr_storage *addr, const char *buf, size_t n);
