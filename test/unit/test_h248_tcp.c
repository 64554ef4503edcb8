/*
 * test/unit/test_h248_tcp.c - TPKT on streams through the loopback interface
 *
 * Case ids: T24 of the interoperability list, C40 to C45 of the fault
 * catalogue.
 */
#include "h248/transport_tcp.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "h248/addr.h"
#include "h248/tpkt.h"

struct end {
	struct h248_tcp *tcp;
	struct sockaddr_storage from;
	unsigned int count, n_lost;
	size_t n;     /* octets of the last message */
	uint64_t sum; /* of all octets */
	bool echoes;
};

static struct event_base *base;

/* Until what holds, at most three seconds. */
#define UNTIL(what)                                        \
	do {                                               \
		bool ok_ = what;                           \
		for (int i_ = 0; i_ < 600 && !ok_; i_++) { \
			turn(5);                           \
			ok_ = what;                        \
		}                                          \
		CU_ASSERT(ok_);                            \
	} while (0)

static void turn(int ms)
{
	struct timeval tv = { 0, ms * 1000 };

	event_base_loopexit(base, &tv);
	event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct end *e = arg;

	e->from = *from;
	e->count++;
	e->n = n;
	for (size_t i = 0; i < n; i++)
		e->sum += (uint8_t)buf[i];
	if (e->echoes)
		(void)h248_tcp_send(e->tcp, from, buf, n);
}

static void on_lost(void *arg, const struct sockaddr_storage *peer)
{
	struct end *e = arg;

	e->from = *peer;
	e->n_lost++;
}

static const struct h248_transport_hooks hooks = { .recv = on_message,
						   .lost = on_lost };

static struct sockaddr_storage address(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss = { 0 };
	bool is_v6 = strchr(ip, ':');

	ss.ss_family = is_v6 ? AF_INET6 : AF_INET;
	inet_pton(ss.ss_family, ip,
		  is_v6 ? (void *)&((struct sockaddr_in6 *)&ss)->sin6_addr :
			  (void *)&((struct sockaddr_in *)&ss)->sin_addr);
	*h248_addr_port(&ss) = htons(port);
	return ss;
}

static void open_end(struct end *e, const char *ip, struct h248_tcp_params p)
{
	memset(e, 0, sizeof(*e));
	p.local = address(ip, 0);
	CU_ASSERT_EQUAL_FATAL(h248_tcp_open(base, &p, &hooks, e, &e->tcp), 0);
}

static void open_server(struct end *e, struct h248_tcp_params p)
{
	base = event_base_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(base);
	p.is_listening = true;
	open_end(e, "127.0.0.1", p);
}

static void close_base(struct end *e)
{
	h248_tcp_close(e->tcp);
	event_base_free(base);
}

/* An ordinary client: what it writes is on the wire. */
static int client(const struct end *server)
{
	const struct sockaddr_storage *to = h248_tcp_local(server->tcp);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (const struct sockaddr *)to,
				      sizeof(struct sockaddr_in)),
			      0);
	return fd;
}

static void put(int fd, const void *buf, size_t n)
{
	CU_ASSERT_EQUAL(send(fd, buf, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* The peer has ended the connection. */
static bool is_ended(int fd)
{
	char buf[64];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	return !n || (n < 0 && errno == ECONNRESET);
}

/* T24: two endpoints of ours, from the address that is configured. */
static void both_ways(const char *server_ip, const char *client_ip)
{
	struct end server, gate;
	struct sockaddr_storage from;

	base = event_base_new();
	open_end(&server, server_ip,
		 (struct h248_tcp_params) { .is_listening = true });
	open_end(&gate, client_ip, (struct h248_tcp_params) { 0 });
	server.echoes = true;
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp),
				      "first", 5),
			0);
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp),
				      "next", 4),
			0);
	UNTIL(gate.count == 2);
	CU_ASSERT_EQUAL(server.count, 2);
	CU_ASSERT_EQUAL(gate.n, 4);
	CU_ASSERT(h248_addr_eq(&gate.from, h248_tcp_local(server.tcp)));
	from = address(client_ip, 0);
	*h248_addr_port(&from) = *h248_addr_port(&server.from);
	CU_ASSERT(h248_addr_eq(&server.from, &from));
	CU_ASSERT_EQUAL(h248_tcp_counters(gate.tcp)->opened, 1);
	h248_tcp_close(gate.tcp);
	close_base(&server);
}

static void from_the_local_address(void)
{
	both_ways("127.0.0.1", "127.0.0.2");
	both_ways("::1", "::1");
}

static void largest_message(void)
{
	struct end server, gate;
	char *big = calloc(1, H248_TPKT_MAX);

	CU_ASSERT_PTR_NOT_NULL_FATAL(big);
	memset(big, 1, H248_TPKT_MAX);
	open_server(&server, (struct h248_tcp_params) { 0 });
	open_end(&gate, "127.0.0.1", (struct h248_tcp_params) { 0 });
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp), big,
				      H248_MAX_MSG_OCTETS),
			0);
	UNTIL(server.count == 1);
	CU_ASSERT_EQUAL(server.sum, H248_MAX_MSG_OCTETS);
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp), big,
				      H248_TPKT_MAX - H248_TPKT_HEADER),
			0);
	UNTIL(server.count == 2);
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp), big,
				      H248_TPKT_MAX - H248_TPKT_HEADER + 1),
			-EMSGSIZE);
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp), big,
				      0),
			-EMSGSIZE);
	h248_tcp_close(gate.tcp);
	close_base(&server);
	free(big);
}

/* C40: a good message first; then nothing is guessed. */
static void bad_headers(void)
{
	static const struct {
		const char *octets;
		size_t n;
	} bad[] = {
		{ "\x02\0\0\x05!", 5 }, { "MEGACO/1 ", 9 },
		{ "\x03\0\0\0", 4 },    { "\x03\0\0\x03", 4 },
		{ "\x03\0\0\x04", 4 },  { "\0", 1 },
		{ "\x04", 1 },          { "\x03\0\0\x06ok!\x03\0\0\x05!", 12 },
	};
	struct end server;

	open_server(&server, (struct h248_tcp_params) { 0 });
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int fd = client(&server);

		server.count = 0;
		put(fd, "\x03\0\0\x06ok", 6);
		put(fd, bad[i].octets, bad[i].n);
		put(fd, "", 0);
		UNTIL(h248_tcp_counters(server.tcp)->bad_header == i + 1);
		UNTIL(is_ended(fd));
		/* The last one is a length shorter than what follows. */
		CU_ASSERT_EQUAL(server.count, bad[i].n == 12 ? 2 : 1);
		close(fd);
	}
	close_base(&server);
}

/* C41: an octet now and then does not keep it open; nor does silence, after a
 * header or from the beginning; who has sent a message may be silent. */
static void slow_messages(void)
{
	struct end server;
	int slow, header, silent, quiet;

	open_server(&server, (struct h248_tcp_params) { .message_ms = 150 });
	slow = client(&server);
	header = client(&server);
	silent = client(&server);
	quiet = client(&server);
	put(quiet, "\x03\0\0\x06ok", 6);
	put(header, "\x03\0\xff\xff", 4);
	put(slow, "\x03\0\0\x20", 4);
	for (int i = 0; i < 15; i++) {
		(void)send(slow, "x", 1, MSG_NOSIGNAL);
		turn(40);
	}
	CU_ASSERT_EQUAL(h248_tcp_counters(server.tcp)->late, 3);
	CU_ASSERT(is_ended(slow));
	CU_ASSERT(is_ended(header));
	CU_ASSERT(is_ended(silent));
	turn(200);
	CU_ASSERT_FALSE(is_ended(quiet));
	CU_ASSERT_EQUAL(server.count, 1);
	close(slow);
	close(header);
	close(silent);
	close(quiet);
	close_base(&server);
}

static void limits_of_connections(void)
{
	struct end server;
	int fd[4];

	open_server(&server, (struct h248_tcp_params) { .max_per_source = 3 });
	for (int i = 0; i < 4; i++)
		fd[i] = client(&server);
	UNTIL(h248_tcp_counters(server.tcp)->refused == 1);
	CU_ASSERT_EQUAL(h248_tcp_counters(server.tcp)->accepted, 3);
	UNTIL(is_ended(fd[3]));
	put(fd[0], "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 1);
	for (int i = 0; i < 4; i++)
		close(fd[i]);
	close_base(&server);
}

/* A client at another address of ours. */
static int client_from(const struct end *server, const char *ip)
{
	struct sockaddr_storage from = address(ip, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (const struct sockaddr *)&from,
				   sizeof(struct sockaddr_in)),
			      0);
	CU_ASSERT_EQUAL_FATAL(
		connect(fd,
			(const struct sockaddr *)h248_tcp_local(server->tcp),
			sizeof(struct sockaddr_in)),
		0);
	return fd;
}

/* C42: each of them is below its own limit; the total holds, and who is there
 * is served.  A place that becomes free is given to the next. */
static void many_sources(void)
{
	enum { N = 40, MAX = 8 };
	const struct h248_tcp_counters *n;
	struct end server;
	int fd[N], late;
	char ip[16];

	open_server(&server, (struct h248_tcp_params) { .max_conns = MAX });
	n = h248_tcp_counters(server.tcp);
	for (int i = 0; i < N; i++) {
		snprintf(ip, sizeof(ip), "127.0.1.%d", i + 1);
		fd[i] = client_from(&server, ip);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	UNTIL(n->accepted + n->refused == N);
	CU_ASSERT_EQUAL(n->accepted, MAX);
	for (int i = 0; i < MAX; i++)
		put(fd[i], "\x03\0\0\x06ok", 6);
	UNTIL(server.count == MAX);
	for (int i = MAX; i < N; i++)
		UNTIL(is_ended(fd[i]));
	put(fd[0], "\x04", 1);
	UNTIL(n->bad_header == 1);
	late = client_from(&server, "127.0.2.1");
	put(late, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == MAX + 1);
	close(late);
	for (int i = 0; i < N; i++)
		close(fd[i]);
	close_base(&server);
}

/* C42: without descriptors nobody is accepted, who is there is served, and
 * those who wait are accepted when there are some again. */
static void no_descriptors(void)
{
	struct rlimit all, few;
	struct end server;
	int first, waiting;

	open_server(&server, (struct h248_tcp_params) { 0 });
	first = client(&server);
	put(first, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 1);
	waiting = client(&server);
	put(waiting, "\x03\0\0\x06ok", 6);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &all), 0);
	few = all;
	few.rlim_cur = 0;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	UNTIL(h248_tcp_counters(server.tcp)->refused == 1);
	put(first, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 2);
	CU_ASSERT_EQUAL(h248_tcp_counters(server.tcp)->accepted, 1);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &all), 0);
	UNTIL(server.count == 3);
	close(first);
	close(waiting);
	close_base(&server);
}

/* C43: the queue has an end, and others are served meanwhile. */
static void peer_that_never_reads(void)
{
	struct end server;
	struct sockaddr_storage deaf_address;
	char *big = calloc(1, 60000);
	int deaf, other, rc = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(big);
	open_server(&server,
		    (struct h248_tcp_params) { .max_out_octets = 200000 });
	deaf = client(&server);
	put(deaf, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 1);
	deaf_address = server.from;
	for (int i = 0; i < 1000 && !rc; i++) {
		rc = h248_tcp_send(server.tcp, &deaf_address, big, 60000);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	CU_ASSERT_EQUAL(rc, -ENOBUFS);
	CU_ASSERT_EQUAL(h248_tcp_counters(server.tcp)->overflowed, 1);
	other = client(&server);
	put(other, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 2);
	CU_ASSERT_EQUAL(h248_tcp_send(server.tcp, &server.from, "ok", 2), 0);
	CU_ASSERT_EQUAL(h248_tcp_send(server.tcp, &deaf_address, "ok", 2),
			-ENOTCONN);
	close(deaf);
	close(other);
	close_base(&server);
	free(big);
}

/* C44 */
static void reset_inside_a_message(void)
{
	struct linger hard = { 1, 0 };
	struct end server;
	int fd;

	open_server(&server, (struct h248_tcp_params) { 0 });
	fd = client(&server);
	put(fd, "\x03\0\0\x06ok\x03\0\0\x40half", 14);
	UNTIL(server.count == 1);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
	UNTIL(h248_tcp_counters(server.tcp)->cut == 1);
	CU_ASSERT_EQUAL(server.count, 1);
	CU_ASSERT_EQUAL(server.n_lost, 0); /* it was not ours */
	fd = client(&server);
	put(fd, "\x03\0\0\x06ok", 6);
	UNTIL(server.count == 2);
	close(fd);
	close_base(&server);
}

/* C45, T24 */
static void segments(void)
{
	enum { N = 1000, LONG = 3000 };
	static char wire[N * 10], one[LONG + H248_TPKT_HEADER];
	struct end server;
	int fd;

	for (int i = 0; i < N; i++)
		memcpy(&wire[i * 10], "\x03\0\0\x0a\1\2\3\4\5\6", 10);
	memset(one, 1, sizeof(one));
	CU_ASSERT_EQUAL(h248_tpkt_head(LONG, (uint8_t *)one), 0);
	open_server(&server, (struct h248_tcp_params) { 0 });
	fd = client(&server);
	put(fd, wire, sizeof(wire));
	UNTIL(server.count == N);
	CU_ASSERT_EQUAL(server.sum, 21 * N);
	server.sum = 0;
	for (size_t i = 0; i < sizeof(one); i += 3) {
		put(fd, &one[i], sizeof(one) - i < 3 ? sizeof(one) - i : 3);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	UNTIL(server.count == N + 1);
	CU_ASSERT_EQUAL(server.n, LONG);
	CU_ASSERT_EQUAL(server.sum, LONG);
	close(fd);
	close_base(&server);
}

/* Nobody listens, then somebody, then he goes and another comes. */
static void connects_again(void)
{
	struct h248_tcp_params p = { .retry_ms = 400, .retry_max_ms = 800 };
	struct sockaddr_storage to;
	struct end server, gate;

	open_server(&server, (struct h248_tcp_params) { 0 });
	open_end(&gate, "127.0.0.1", p);
	to = *h248_tcp_local(server.tcp);
	h248_tcp_close(server.tcp);
	(void)h248_tcp_send(gate.tcp, &to, "1", 1);
	UNTIL(h248_tcp_counters(gate.tcp)->failed == 1);
	CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp, &to, "2", 1), -EAGAIN);
	CU_ASSERT_EQUAL(gate.n_lost, 0);
	p = (struct h248_tcp_params) { .local = to, .is_listening = true };
	CU_ASSERT_EQUAL_FATAL(
		h248_tcp_open(base, &p, &hooks, &server, &server.tcp), 0);
	UNTIL(!h248_tcp_send(gate.tcp, &to, "3", 1));
	UNTIL(server.count == 1);
	h248_tcp_close(server.tcp);
	UNTIL(gate.n_lost == 1);
	CU_ASSERT(h248_addr_eq(&gate.from, &to));
	CU_ASSERT_EQUAL_FATAL(
		h248_tcp_open(base, &p, &hooks, &server, &server.tcp), 0);
	UNTIL(!h248_tcp_send(gate.tcp, &to, "4", 1));
	UNTIL(server.count == 2);
	h248_tcp_close(gate.tcp);
	close_base(&server);
}

static void not_our_address(void)
{
	struct h248_tcp_params p = { .local = address("192.0.2.7", 0) };
	struct h248_tcp *t = NULL;

	base = event_base_new();
	CU_ASSERT_EQUAL(h248_tcp_open(base, &p, &hooks, NULL, &t),
			-EADDRNOTAVAIL);
	p.is_listening = true;
	CU_ASSERT_EQUAL(h248_tcp_open(base, &p, &hooks, NULL, &t),
			-EADDRNOTAVAIL);
	CU_ASSERT_PTR_NULL(t);
	event_base_free(base);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T24 from the configured address", from_the_local_address },
		{ "T15 the largest message", largest_message },
		{ "C40 no TPKT: closed, nothing guessed", bad_headers },
		{ "C41 deadline of a message", slow_messages },
		{ "C42 limits of connections", limits_of_connections },
		{ "C42 many sources", many_sources },
		{ "C42 P05 no descriptors left", no_descriptors },
		{ "C43 a peer that never reads", peer_that_never_reads },
		{ "C44 reset inside a message", reset_inside_a_message },
		{ "C45 T24 many in one, one in many segments", segments },
		{ "T24 connects again, after a pause", connects_again },
		{ "not our address", not_our_address },
		{ NULL, NULL },
	};

	signal(SIGPIPE, SIG_IGN);
	/* Of its own, where root may: outside there may be no IPv6. */
	if (!unshare(CLONE_NEWNET) && system("ip link set lo up"))
		puts("no loopback in a network of our own");
	return suite_run("h248/transport_tcp", tests);
}
