/* test/support/tun_client.c - see tun_client.h */
#include "test/support/tun_client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int joined; /* what JOIN and LISTEN leave open, for those after them */

static struct stream_answer listen_at(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	struct stream_answer a = { 0 };

	joined = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(joined, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(joined, 1))
		a.error = errno;
	return a;
}

static struct stream_answer touch(void)
{
	struct stream_answer a = { 0 };
	char c = 0;

	if (send(joined, &c, 1, MSG_NOSIGNAL) != 1 ||
	    recv(joined, &c, 1, 0) != 1)
		a.error = errno ? errno : EPIPE;
	return a;
}

static struct stream_answer rest(uint64_t octets)
{
	struct stream_answer a = { 0 };

	stream_transfer(joined, octets, &a);
	close(joined);
	return a;
}

static struct stream_answer accept_one(uint64_t octets)
{
	int l = joined;

	joined = accept(l, NULL, NULL);
	close(l);
	return rest(octets);
}

/* What needs no connection of its own. */
static bool obeyed(const struct tun_order *o, struct stream_answer *a)
{
	switch (o->what) {
	case TUN_LISTEN:
		*a = listen_at(o->port);
		return true;
	case TUN_ACCEPT:
		*a = accept_one(o->octets);
		return true;
	case TUN_TOUCH:
		*a = touch();
		return true;
	case TUN_REST:
		*a = rest(o->octets);
		return true;
	case TUN_LEAVE:
		close(joined);
		return true;
	default:
		return false;
	}
}

static struct stream_answer obey(const struct tun_order *o)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr = o->addr,
				  .sin_port = htons(o->port) };
	struct timeval tv = { .tv_sec = 15 };
	/* A flow is ended by us, and its client may not believe it. */
	unsigned int gone_ms = o->what == TUN_FLOW ? 2000 : 10000;
	struct stream_answer a = { 0 };
	int s;

	if (obeyed(o, &a))
		return a;
	if (o->what == TUN_DATAGRAM) {
		static const uint8_t big[4000];

		s = socket(AF_INET, SOCK_DGRAM, 0);
		(void)!sendto(s, big, sizeof(big), 0, (void *)&to, sizeof(to));
		close(s);
		return a;
	}
	s = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(s, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone_ms, sizeof(gone_ms));
	if (connect(s, (struct sockaddr *)&to, sizeof(to)))
		a.error = errno;
	else if (o->what == TUN_TRANSFER || o->what == TUN_FLOW)
		stream_transfer(s, o->octets, &a);
	if (o->what == TUN_JOIN)
		joined = s;
	else
		close(s);
	return a;
}

void tun_client_run(int from, int to)
{
	struct stream_answer a = { 0 };
	struct tun_order o;

	if (unshare(CLONE_NEWNET))
		_exit(1);
	(void)!write(to, &a, sizeof(a)); /* the namespace is there */
	while (read(from, &o, sizeof(o)) == sizeof(o)) {
		a = obey(&o);
		(void)!write(to, &a, sizeof(a));
	}
	_exit(0);
}
