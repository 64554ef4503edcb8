/* test/unit/test_h248_udp.c - datagrams through the loopback interface */
#include "h248/transport_udp.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct end {
	struct h248_udp *udp;
	struct sockaddr_storage from;
	size_t n; /* octets of the last datagram */
	unsigned int count;
	char first;
	bool close_on_recv;
	bool is_slow;
};

static struct event_base *base;

/* The next call of each fails with this; 0: it does not. */
static int send_errno, recv_errno;

int __real_sendmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags);
int __real_recvmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags,
		    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags,
		    struct timespec *timeout);

static bool has_failed(int *planned)
{
	if (!*planned)
		return false;
	errno = *planned;
	*planned = 0;
	return true;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags)
{
	return has_failed(&send_errno) ? -1 :
					 __real_sendmmsg(fd, msg, n, flags);
}

int __wrap_recvmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags,
		    struct timespec *timeout)
{
	return has_failed(&recv_errno) ?
		       -1 :
		       __real_recvmmsg(fd, msg, n, flags, timeout);
}

static struct sockaddr_storage loopback(int family)
{
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)family };

	if (family == AF_INET6)
		((struct sockaddr_in6 *)&ss)->sin6_addr = in6addr_loopback;
	else
		((struct sockaddr_in *)&ss)->sin_addr.s_addr =
			htonl(INADDR_LOOPBACK);
	return ss;
}

static void on_datagram(void *arg, const struct sockaddr_storage *from,
			const char *buf, size_t n)
{
	struct end *e = arg;

	e->from = *from;
	e->n = n;
	e->first = n ? buf[0] : '\0';
	e->count++;
	if (e->is_slow)
		usleep(20000);
	if (e->close_on_recv)
		h248_udp_close(e->udp);
}

static void set_up(struct end *a, struct end *b, int family)
{
	struct sockaddr_storage ss = loopback(family);

	memset(a, 0, sizeof(*a));
	memset(b, 0, sizeof(*b));
	base = event_base_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(base);
	CU_ASSERT_EQUAL_FATAL(h248_udp_open(base, &ss, on_datagram, a, &a->udp),
			      0);
	CU_ASSERT_EQUAL_FATAL(h248_udp_open(base, &ss, on_datagram, b, &b->udp),
			      0);
}

static void run_until(const struct end *e, unsigned int count)
{
	struct timeval patience = { 2, 0 };

	event_base_loopexit(base, &patience);
	while (e->count < count && !event_base_got_exit(base))
		event_base_loop(base, EVLOOP_ONCE);
}

static void tear_down(struct end *a, struct end *b)
{
	h248_udp_close(a->udp);
	h248_udp_close(b->udp);
	event_base_free(base);
}

static void both_ways(int family)
{
	struct end a, b;

	set_up(&a, &b, family);
	CU_ASSERT_EQUAL(h248_udp_send(a.udp, h248_udp_local(b.udp), "ab", 2),
			0);
	run_until(&b, 1);
	CU_ASSERT_EQUAL(b.n, 2);
	CU_ASSERT_EQUAL(memcmp(&b.from, h248_udp_local(a.udp),
			       family == AF_INET ? 8 : 24),
			0);
	CU_ASSERT_EQUAL(h248_udp_send(b.udp, &b.from, "xyz", 3), 0);
	run_until(&a, 1);
	CU_ASSERT_EQUAL(a.n, 3);
	CU_ASSERT_EQUAL(a.first, 'x');
	tear_down(&a, &b);
}

static void reply_goes_to_the_source(void)
{
	both_ways(AF_INET);
	both_ways(AF_INET6);
}

static void large_and_empty_datagrams(void)
{
	struct end a, b;
	char *big = malloc(H248_MAX_MSG_OCTETS + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(big);
	memset(big, '!', H248_MAX_MSG_OCTETS + 1);
	set_up(&a, &b, AF_INET);
	CU_ASSERT_EQUAL(h248_udp_send(a.udp, h248_udp_local(b.udp), big,
				      H248_MAX_MSG_OCTETS),
			0);
	run_until(&b, 1);
	CU_ASSERT_EQUAL(b.n, H248_MAX_MSG_OCTETS);
	CU_ASSERT_EQUAL(h248_udp_send(a.udp, h248_udp_local(b.udp), big,
				      H248_MAX_MSG_OCTETS + 1),
			-EMSGSIZE);
	CU_ASSERT_EQUAL(h248_udp_send(a.udp, h248_udp_local(b.udp), "", 0), 0);
	run_until(&b, 2);
	CU_ASSERT_EQUAL(b.count, 2);
	CU_ASSERT_EQUAL(b.n, 0);
	tear_down(&a, &b);
	free(big);
}

/* More than leave at once, in one turn; one of them cannot be sent, which the
 * next call tells. */
static void many_in_one_turn(void)
{
	enum { N = 150 };
	struct sockaddr_storage nowhere = loopback(AF_INET6);
	unsigned int n_failed = 0;
	struct end a, b;

	set_up(&a, &b, AF_INET);
	for (int i = 0; i < N; i++) {
		if (i == 70)
			n_failed += h248_udp_send(a.udp, &nowhere, "x", 1) < 0;
		n_failed +=
			h248_udp_send(a.udp, h248_udp_local(b.udp),
				      "0123456789", (size_t)(1 + i % 10)) < 0;
	}
	run_until(&b, N);
	CU_ASSERT_EQUAL(b.count, N);
	CU_ASSERT_EQUAL(b.n, 1 + (N - 1) % 10);
	for (int i = 0; i < 2; i++)
		n_failed +=
			h248_udp_send(a.udp, h248_udp_local(b.udp), "y", 1) < 0;
	CU_ASSERT_EQUAL(n_failed, 1);
	/* What was taken leaves, also when it is closed now. */
	h248_udp_close(a.udp);
	a.udp = NULL;
	run_until(&b, N + 2);
	CU_ASSERT_EQUAL(b.count, N + 2);
	CU_ASSERT_EQUAL(b.first, 'y');
	tear_down(&a, &b);
}

static void count_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	++*(unsigned int *)arg;
}

/* Each takes longer than a turn may: others have theirs in between, and what
 * has come out of the kernel together comes all the same. */
static void slow_ones_give_way(void)
{
	enum { N = 6 };
	unsigned int n_turns = 0;
	struct event *other;
	struct end a, b;

	set_up(&a, &b, AF_INET);
	other = event_new(base, -1, 0, count_turn, &n_turns);
	for (int i = 0; i < N; i++)
		h248_udp_send(a.udp, h248_udp_local(b.udp), "x", 1);
	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK); /* they leave */
	b.is_slow = true;
	for (unsigned int i = 1; i <= N; i++) {
		event_active(other, EV_TIMEOUT, 0);
		run_until(&b, i);
		CU_ASSERT_EQUAL(b.count, i);
	}
	CU_ASSERT(n_turns >= N - 1);
	event_free(other);
	tear_down(&a, &b);
}

/* A datagram that the socket refuses is lost, and no other one; one that waits
 * while reading fails comes later. */
static void errors_of_the_socket(void)
{
	static const int errors[] = { EAGAIN,       EINTR,       ENOBUFS,
				      ENOMEM,       EPERM,       EACCES,
				      ECONNREFUSED, ENETUNREACH, EMSGSIZE };
	struct end a, b;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		set_up(&a, &b, AF_INET);
		send_errno = errors[i];
		recv_errno = errors[i];
		h248_udp_send(a.udp, h248_udp_local(b.udp), "lost", 4);
		h248_udp_send(a.udp, h248_udp_local(b.udp), "kept", 4);
		run_until(&b, 1);
		CU_ASSERT(!send_errno && !recv_errno);
		CU_ASSERT_EQUAL(b.count, 1);
		CU_ASSERT_EQUAL(b.first, 'k');
		/* the sender is told once */
		CU_ASSERT_EQUAL(h248_udp_send(a.udp, h248_udp_local(b.udp),
					      "next", 4),
				-errors[i]);
		run_until(&b, 2);
		CU_ASSERT_EQUAL(b.first, 'n');
		tear_down(&a, &b);
	}
}

static void close_inside_the_callback(void)
{
	struct end a, b;

	set_up(&a, &b, AF_INET);
	b.close_on_recv = true;
	for (int i = 0; i < 3; i++)
		h248_udp_send(a.udp, h248_udp_local(b.udp), "x", 1);
	run_until(&b, 1);
	CU_ASSERT_EQUAL(b.count, 1);
	b.udp = NULL;
	tear_down(&a, &b);
}

static void address_in_use(void)
{
	struct end a, b;
	struct h248_udp *third = NULL;

	set_up(&a, &b, AF_INET);
	CU_ASSERT_EQUAL(h248_udp_open(base, h248_udp_local(a.udp), on_datagram,
				      &a, &third),
			-EADDRINUSE);
	CU_ASSERT_PTR_NULL(third);
	tear_down(&a, &b);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T24 reply goes to the source", reply_goes_to_the_source },
		{ "T15 64 KiB and empty datagrams", large_and_empty_datagrams },
		{ "many in one turn of the loop", many_in_one_turn },
		{ "24 slow ones give way", slow_ones_give_way },
		{ "errors of the socket", errors_of_the_socket },
		{ "close inside the callback", close_inside_the_callback },
		{ "address in use", address_in_use },
		{ NULL, NULL },
	};

	/* Of its own, where root may: outside there may be no IPv6. */
	if (!unshare(CLONE_NEWNET) && system("ip link set lo up"))
		puts("no loopback in a network of our own");
	return suite_run("h248/transport_udp", tests);
}
