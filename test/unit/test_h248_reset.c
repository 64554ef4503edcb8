/*
 * test/unit/test_h248_reset.c - transactions when their connection is reset
 *
 * Case id: C44 of the fault catalogue.  The gateway is the transaction layer
 * upon the TCP transport; the controller is an ordinary socket.
 */
#include "h248/transport_tcp.h"
#include "h248/txn.h"
#include "test/support/suite.h"

#include <event2/event.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "h248/tpkt.h"

#define REQUEST "MEGACO/3 [192.0.2.10]:2944\nT=7{C=-{AV=ROOT{AT{}}}}"

static struct event_base *base;
static struct h248_tcp *tcp;
static struct h248_txns *txns;
static unsigned int executed, lost;

static struct h248_term_id root = { .text = { "ROOT", 4 }, .is_root = true };
static struct h248_cmd audit = { .kind = H248_CMD_AUDIT_VALUE, .terms = &root };
static struct h248_action action = { .ctx = H248_CTX_NULL, .cmds = &audit };

static void turn(int ms)
{
	struct timeval tv = { 0, ms * 1000 };

	event_base_loopexit(base, &tv);
	event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
}

/* Until what holds, at most ten seconds. */
#define UNTIL(what)                                         \
	do {                                                \
		bool ok_ = what;                            \
		for (int i_ = 0; i_ < 2000 && !ok_; i_++) { \
			turn(5);                            \
			ok_ = what;                         \
		}                                           \
		CU_ASSERT_FATAL(ok_);                       \
	} while (0)

static void on_send(void *arg, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	(void)arg;
	(void)h248_tcp_send(tcp, to, buf, n);
}

static uint32_t on_random(void *arg)
{
	(void)arg;
	return 4;
}

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	(void)arg;
	(void)req;
	(void)msg;
	(void)from;
	executed++;
	h248_in_reply(in, &action, 1000);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	(void)arg;
	h248_txns_input(txns, from, buf, n, 1000);
}

static void on_lost(void *arg, const struct sockaddr_storage *peer)
{
	(void)arg;
	(void)peer;
	lost++;
}

static const struct h248_transport_hooks hooks = { .recv = on_message,
						   .lost = on_lost };
static const struct h248_txn_ops ops = {
	.send = on_send,
	.random = on_random,
	.request = on_request,
};

static int listen_at(struct sockaddr_storage *at)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(*at);

	memset(at, 0, sizeof(*at));
	at->ss_family = AF_INET;
	((struct sockaddr_in *)at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_FATAL(
		!bind(fd, (struct sockaddr *)at, sizeof(struct sockaddr_in)));
	CU_ASSERT_FATAL(!listen(fd, 4) &&
			!getsockname(fd, (struct sockaddr *)at, &len));
	return fd;
}

static void open_gate(void)
{
	struct h248_tcp_params p = { .retry_ms = 20, .retry_max_ms = 20 };
	const struct h248_txn_params params = {
		.mid = { .kind = H248_MID_IP4,
			 .text = { "192.0.2.20", 10 },
			 .port = 2944 },
		.version = 3,
		.first_tid = 100,
		.is_reliable = true,
	};

	p.local.ss_family = AF_INET;
	((struct sockaddr_in *)&p.local)->sin_addr.s_addr =
		htonl(INADDR_LOOPBACK);
	executed = lost = 0;
	base = event_base_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(base);
	CU_ASSERT_EQUAL_FATAL(h248_tcp_open(base, &p, &hooks, NULL, &tcp), 0);
	txns = h248_txns_new(&params, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(txns);
}

static void close_gate(void)
{
	h248_txns_free(txns);
	h248_tcp_close(tcp);
	event_base_free(base);
}

/* The gateway opens a connection, as soon as its pause is over. */
static int met(int listener, const struct sockaddr_storage *at)
{
	char first[H248_TPKT_HEADER + 1];
	int fd = -1;

	UNTIL(!h248_tcp_send(tcp, at, "\n", 1));
	UNTIL((fd = accept(listener, NULL, NULL)) >= 0);
	UNTIL(recv(fd, first, sizeof(first), MSG_DONTWAIT) == sizeof(first));
	return fd;
}

static void ask(int fd, size_t n)
{
	char buf[128];

	CU_ASSERT_FATAL(n <= sizeof(REQUEST) - 1);
	CU_ASSERT_EQUAL(h248_tpkt_head(sizeof(REQUEST) - 1, (uint8_t *)buf), 0);
	memcpy(buf + H248_TPKT_HEADER, REQUEST, n);
	CU_ASSERT_EQUAL(send(fd, buf, H248_TPKT_HEADER + n, MSG_NOSIGNAL),
			(ssize_t)(H248_TPKT_HEADER + n));
}

static void reset(int fd)
{
	struct linger hard = { 1, 0 };
	unsigned int n = lost;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
	UNTIL(lost == n + 1);
}

/* Has the stream brought this? */
static bool says(int fd, const char *word)
{
	static char seen[1024];
	ssize_t n = recv(fd, seen, sizeof(seen) - 1, MSG_DONTWAIT | MSG_PEEK);

	seen[n > 0 ? n : 0] = '\0';
	for (ssize_t i = 0; i < n; i++) /* TPKT has zeros */
		seen[i] = seen[i] ? seen[i] : ' ';
	return strstr(seen, word);
}

/* Three resets: in the request, before the reply, in the middle of it. */
static void reset_inside_a_reply(void)
{
	struct sockaddr_storage at;
	int listener = listen_at(&at), fd;
	char some[12];

	open_gate();
	fd = met(listener, &at);
	ask(fd, 30);
	reset(fd);
	CU_ASSERT_EQUAL(executed, 0);
	fd = met(listener, &at);
	ask(fd, sizeof(REQUEST) - 1);
	UNTIL(executed == 1);
	reset(fd);
	fd = met(listener, &at);
	ask(fd, sizeof(REQUEST) - 1);
	UNTIL(says(fd, "Reply=7") || says(fd, "P=7"));
	CU_ASSERT_EQUAL(recv(fd, some, sizeof(some), 0), sizeof(some));
	reset(fd);
	fd = met(listener, &at);
	ask(fd, sizeof(REQUEST) - 1);
	UNTIL(says(fd, "Reply=7") || says(fd, "P=7"));
	CU_ASSERT_EQUAL(executed, 1);
	CU_ASSERT_EQUAL(h248_txns_counters(txns)->duplicates, 2);
	close(fd);
	close(listener);
	close_gate();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C44 reset inside a reply", reset_inside_a_reply },
		{ NULL, NULL },
	};

	signal(SIGPIPE, SIG_IGN);
	return suite_run("h248/transport_tcp and h248/txn", tests);
}
