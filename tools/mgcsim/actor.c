/* mgcsim/actor.c - see actor.h */
#include "tools/mgcsim/actor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "h248/addr.h"

enum { READS_AT_ONCE = 16 };

static const char *const NAME[ACTOR__COUNT] = {
	[ACTOR_LISTENING] = "listening", [ACTOR_CONNECTING] = "connecting",
	[ACTOR_CONNECTED] = "connected", [ACTOR_REFUSED] = "refused",
	[ACTOR_RESET] = "reset",         [ACTOR_CLOSED] = "closed",
};

const char *actor_state_name(enum actor_state s)
{
	return NAME[s];
}

static void drop_events(struct actor *a)
{
	if (a->readable)
		event_free(a->readable);
	if (a->writable)
		event_free(a->writable);
	a->readable = a->writable = NULL;
}

static void leave(struct actor *a, enum actor_state state)
{
	drop_events(a);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	a->state = state;
}

/* An error of the socket: before it was connected, nobody was there. */
static void fail(struct actor *a, int err)
{
	a->err = err;
	leave(a, a->state == ACTOR_CONNECTED ? ACTOR_RESET : ACTOR_REFUSED);
}

/* The next octets of the stream that its seed stands for. */
static void make_chunk(struct actor *a)
{
	size_t n = a->to_send < ACTOR_CHUNK ? (size_t)a->to_send : ACTOR_CHUNK;

	for (size_t i = 0; i < n; i++) {
		a->random =
			a->random * 6364136223846793005u + 1442695040888963407u;
		a->chunk[i] = (unsigned char)(a->random >> 56);
	}
	a->from = 0;
	a->to = n;
	a->to_send -= n;
}

static void end_if_due(struct actor *a)
{
	if (!a->is_ending || a->has_ended || !actor_is_idle(a))
		return;
	shutdown(a->fd, SHUT_WR);
	a->has_ended = true;
	if (a->has_eof)
		leave(a, ACTOR_CLOSED);
}

/* Until the socket takes no more. */
static void write_on(struct actor *a)
{
	while (!actor_is_idle(a)) {
		ssize_t n;

		if (a->from == a->to)
			make_chunk(a);
		n = send(a->fd, a->chunk + a->from, a->to - a->from,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			fail(a, errno);
			return;
		}
		EVP_DigestUpdate(a->sent, a->chunk + a->from, (size_t)n);
		a->from += (size_t)n;
		a->n_sent += (uint64_t)n;
	}
	event_del(a->writable);
	end_if_due(a);
}

static void read_on(struct actor *a)
{
	unsigned char buf[65536];

	for (int i = 0; i < READS_AT_ONCE && a->fd >= 0; i++) {
		ssize_t n = recv(a->fd, buf, sizeof(buf), 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			fail(a, errno);
			return;
		}
		if (!n) {
			a->has_eof = true;
			event_del(a->readable);
			if (a->has_ended)
				leave(a, ACTOR_CLOSED);
			return;
		}
		EVP_DigestUpdate(a->received, buf, (size_t)n);
		a->n_received += (uint64_t)n;
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct actor *a = arg;

	(void)fd;
	(void)what;
	read_on(a);
	a->changed(a->arg);
}

static void connected(struct actor *a)
{
	socklen_t n = sizeof(a->local);

	getsockname(a->fd, (struct sockaddr *)&a->local, &n);
	a->state = ACTOR_CONNECTED;
	if (!a->is_held)
		event_add(a->readable, NULL);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct actor *a = arg;
	socklen_t n = sizeof(a->err);

	(void)what;
	if (a->state == ACTOR_CONNECTING) {
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &a->err, &n);
		if (a->err)
			fail(a, a->err);
		else
			connected(a);
	}
	if (a->state == ACTOR_CONNECTED)
		write_on(a);
	a->changed(a->arg);
}

static int watch(struct actor *a, event_callback_fn on_read)
{
	a->readable =
		event_new(a->base, a->fd, EV_READ | EV_PERSIST, on_read, a);
	a->writable = event_new(a->base, a->fd, EV_WRITE | EV_PERSIST,
				on_writable, a);
	return a->readable && a->writable ? 0 : -ENOMEM;
}

/* One connection is all it takes. */
static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct actor *a = arg;
	int new = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (new < 0)
		return;
	drop_events(a);
	close(fd);
	a->fd = new;
	if (watch(a, on_readable)) {
		fail(a, ENOMEM);
	} else {
		connected(a);
		event_add(a->writable, NULL);
	}
	a->changed(a->arg);
}

static int begin(struct actor *a, const struct actor_params *p)
{
	const struct sockaddr *local = (const struct sockaddr *)&p->local;
	const struct sockaddr *to = (const struct sockaddr *)&p->to;
	bool is_client = p->to.ss_family;
	int one = 1;

	if (p->local.ss_family) {
		setsockopt(a->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(a->fd, local, h248_addr_len(&p->local)))
			return -errno;
	}
	if (watch(a, is_client ? on_readable : on_accept))
		return -ENOMEM;
	a->state = is_client ? ACTOR_CONNECTING : ACTOR_LISTENING;
	if (!is_client) {
		event_add(a->readable, NULL);
		return listen(a->fd, 1) ? -errno : 0;
	}
	/* A refusal that is known at once is one of the connection. */
	if (connect(a->fd, to, h248_addr_len(&p->to)) && errno != EINPROGRESS)
		fail(a, errno);
	else
		event_add(a->writable, NULL);
	return 0;
}

int actor_start(const struct actor_params *p, struct actor **out)
{
	struct actor *a = calloc(1, sizeof(*a));
	int family = p->to.ss_family ? p->to.ss_family : p->local.ss_family;
	int rc;

	if (!a)
		return -ENOMEM;
	snprintf(a->name, sizeof(a->name), "%s", p->name);
	a->base = p->base;
	a->random = p->seed;
	a->changed = p->changed;
	a->arg = p->arg;
	a->sent = EVP_MD_CTX_new();
	a->received = EVP_MD_CTX_new();
	a->fd = network_socket(p->network, p->node, family, SOCK_STREAM, 0);
	rc = a->fd < 0 ? a->fd : 0;
	if (!rc && (!EVP_DigestInit_ex(a->sent, EVP_sha256(), NULL) ||
		    !EVP_DigestInit_ex(a->received, EVP_sha256(), NULL)))
		rc = -ENOMEM;
	if (!rc)
		rc = begin(a, p);
	if (!rc)
		*out = a;
	else
		actor_free(a);
	return rc;
}

void actor_free(struct actor *a)
{
	if (a->state == ACTOR_CONNECTED && a->fd >= 0)
		actor_reset(a);
	drop_events(a);
	if (a->fd >= 0)
		close(a->fd);
	EVP_MD_CTX_free(a->sent);
	EVP_MD_CTX_free(a->received);
	free(a);
}

void actor_send(struct actor *a, uint64_t octets)
{
	a->to_send += octets;
	if (a->state == ACTOR_CONNECTED)
		event_add(a->writable, NULL);
}

int actor_write(struct actor *a, const char *text, size_t n)
{
	if (n > ACTOR_CHUNK)
		return -EMSGSIZE;
	if (!actor_is_idle(a))
		return -EBUSY;
	memcpy(a->chunk, text, n);
	a->from = 0;
	a->to = n;
	actor_send(a, 0);
	return 0;
}

void actor_hold(struct actor *a, bool is_held)
{
	a->is_held = is_held;
	if (a->state != ACTOR_CONNECTED || a->has_eof)
		return;
	if (is_held)
		event_del(a->readable);
	else
		event_add(a->readable, NULL);
}

void actor_end(struct actor *a)
{
	a->is_ending = true;
	if (a->state == ACTOR_CONNECTED)
		event_add(a->writable, NULL);
}

void actor_close(struct actor *a)
{
	if (a->fd >= 0)
		leave(a, ACTOR_CLOSED);
}

void actor_reset(struct actor *a)
{
	struct linger now = { 1, 0 };

	if (a->fd < 0)
		return;
	setsockopt(a->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	leave(a, ACTOR_CLOSED);
}

void actor_sum(const struct actor *a, bool of_sent,
	       unsigned char sum[ACTOR_SUM])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	memset(sum, 0, ACTOR_SUM);
	if (copy && EVP_MD_CTX_copy_ex(copy, of_sent ? a->sent : a->received))
		EVP_DigestFinal_ex(copy, sum, NULL);
	EVP_MD_CTX_free(copy);
}

bool actor_is_idle(const struct actor *a)
{
	return !a->to_send && a->from == a->to;
}
