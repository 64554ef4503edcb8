/*
 * test/unit/test_h248_tls.c - TLS on the loopback interface, own authorities
 *
 * Case ids: C46 to C48 of the fault catalogue.
 */
#include "h248/transport_tcp.h"
#include "h248/transport_tls.h"
#include "test/support/pki.h"
#include "test/support/suite.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOUR = 3600 };

/* One side of a connection, with its files. */
struct end {
	struct h248_tls *tls;
	struct h248_tcp *tcp;
	char cert[96], key[96], ca[96];
	struct sockaddr_storage from;
	unsigned int count, n_lost;
	bool echoes;
	char said[256]; /* the last line of the log */
};

static struct event_base *base;
static struct pki *ours, *theirs;
static char dir[64];
static struct end server, gate;

static void turn(int ms)
{
	struct timeval tv = { 0, ms * 1000 };

	event_base_loopexit(base, &tv);
	event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
}

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

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct end *e = arg;

	e->from = *from;
	e->count++;
	if (e->echoes)
		(void)h248_tcp_send(e->tcp, from, buf, n);
}

static void on_lost(void *arg, const struct sockaddr_storage *peer)
{
	struct end *e = arg;

	(void)peer;
	e->n_lost++;
}

static void on_log(void *arg, int priority, const char *text)
{
	struct end *e = arg;

	(void)priority;
	snprintf(e->said, sizeof(e->said), "%s", text);
}

static const struct h248_transport_hooks hooks = { .recv = on_message,
						   .lost = on_lost,
						   .log = on_log };

static void make_files(struct end *e, const char *who, const struct pki *ca,
		       const char *names, long from_s, long to_s)
{
	memset(e, 0, sizeof(*e));
	snprintf(e->cert, sizeof(e->cert), "%s/%s.cert", dir, who);
	snprintf(e->key, sizeof(e->key), "%s/%s.key", dir, who);
	snprintf(e->ca, sizeof(e->ca), "%s/%s.ca", dir, who);
	pki_write_cert(ca, names, from_s, to_s, e->cert, e->key);
	pki_write_ca(ours, e->ca);
}

static void open_end(struct end *e, const char *name, bool is_listening)
{
	struct h248_tls_params files = {
		.certificate = e->cert,
		.key = e->key,
		.ca = e->ca,
		.name = name,
	};
	struct h248_tcp_params p = {
		.is_listening = is_listening,
		.retry_ms = 20,
		.retry_max_ms = 20,
		.message_ms = 1000,
	};
	char err[256] = "";

	if (h248_tls_new(&files, &e->tls, err, sizeof(err)))
		CU_FAIL_FATAL(err);
	p.tls = e->tls;
	p.local.ss_family = AF_INET;
	((struct sockaddr_in *)&p.local)->sin_addr.s_addr =
		htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL_FATAL(h248_tcp_open(base, &p, &hooks, e, &e->tcp), 0);
}

static void close_end(struct end *e)
{
	h248_tcp_close(e->tcp);
	h248_tls_free(e->tls);
}

static int say_hello(void)
{
	return h248_tcp_send(gate.tcp, h248_tcp_local(server.tcp), "hello", 5);
}

static void good_files(void)
{
	make_files(&server, "server", ours, "IP:127.0.0.1,DNS:mgc.example",
		   -HOUR, HOUR);
	make_files(&gate, "gate", ours, "DNS:bgf.example", -HOUR, HOUR);
}

static void both_ways(void)
{
	static const char *const names[] = { NULL, "mgc.example" };

	for (unsigned int i = 0; i < 2; i++) {
		good_files();
		open_end(&server, "bgf.example", true);
		open_end(&gate, names[i], false);
		server.echoes = true;
		CU_ASSERT_EQUAL(say_hello(), 0);
		UNTIL(gate.count == 1);
		CU_ASSERT_EQUAL(say_hello(), 0);
		UNTIL(gate.count == 2);
		CU_ASSERT_EQUAL(server.count, 2);
		CU_ASSERT_EQUAL(h248_tcp_counters(gate.tcp)->untrusted, 0);
		close_end(&gate);
		close_end(&server);
	}
}

/* Many records to a message, and more than one buffer holds. */
static void large_messages(void)
{
	enum { N = 12, LONG = 65000 };
	static char big[LONG];

	good_files();
	open_end(&server, NULL, true);
	open_end(&gate, NULL, false);
	server.echoes = true;
	for (int i = 0; i < N; i++)
		CU_ASSERT_EQUAL(h248_tcp_send(gate.tcp,
					      h248_tcp_local(server.tcp), big,
					      LONG),
				0);
	UNTIL(gate.count == N);
	CU_ASSERT_EQUAL(server.count, N);
	close_end(&gate);
	close_end(&server);
}

/* C47: nothing is received, and the one who refuses says why. */
static void refused(void)
{
	static const struct {
		const char *what;
		bool is_gate_strange, is_server_strange; /* other authority */
		const char *server_names;
		const char *gate_wants; /* NULL: the address */
		const char *server_wants;
		long from_s, to_s;                   /* of the server */
		const char *gate_says, *server_says; /* one of them */
	} t[] = {
		{ "unknown authority of the controller", false, true,
		  "IP:127.0.0.1", NULL, NULL, -HOUR, HOUR, "certificate",
		  NULL },
		{ "unknown authority of the gateway", true, false,
		  "IP:127.0.0.1", NULL, NULL, -HOUR, HOUR, NULL,
		  "certificate" },
		{ "other address", false, false, "IP:127.0.0.9", NULL, NULL,
		  -HOUR, HOUR, "IP address mismatch", NULL },
		{ "other name", false, false, "DNS:mgc.example",
		  "other.example", NULL, -HOUR, HOUR, "hostname mismatch",
		  NULL },
		{ "name of the gateway", false, false, "IP:127.0.0.1", NULL,
		  "other.example", -HOUR, HOUR, NULL, "hostname mismatch" },
		{ "expired", false, false, "IP:127.0.0.1", NULL, NULL,
		  -2 * HOUR, -HOUR, "has expired", NULL },
		{ "not yet valid", false, false, "IP:127.0.0.1", NULL, NULL,
		  HOUR, 2 * HOUR, "not yet valid", NULL },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		make_files(&server, "server",
			   t[i].is_server_strange ? theirs : ours,
			   t[i].server_names, t[i].from_s, t[i].to_s);
		make_files(&gate, "gate", t[i].is_gate_strange ? theirs : ours,
			   "DNS:bgf.example", -HOUR, HOUR);
		open_end(&server, t[i].server_wants, true);
		open_end(&gate, t[i].gate_wants, false);
		CU_ASSERT_EQUAL(say_hello(), 0);
		if (t[i].gate_says)
			UNTIL(strstr(gate.said, t[i].gate_says));
		else
			UNTIL(strstr(server.said, t[i].server_says));
		turn(20);
		CU_ASSERT_EQUAL(server.count, 0);
		CU_ASSERT(h248_tcp_counters(gate.tcp)->untrusted +
				  h248_tcp_counters(server.tcp)->untrusted >
			  0);
		if (server.count)
			puts(t[i].what);
		close_end(&gate);
		close_end(&server);
	}
}

/* C48: what is open stays, the next handshake has the new files, and files
 * that cannot be used change nothing. */
static void reload(void)
{
	char err[256];
	FILE *f;

	good_files();
	open_end(&server, NULL, true);
	open_end(&gate, NULL, false);
	CU_ASSERT_EQUAL(say_hello(), 0);
	UNTIL(server.count == 1);
	f = fopen(server.cert, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("no certificate\n", f);
	fclose(f);
	CU_ASSERT_EQUAL(h248_tls_reload(server.tls, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, server.cert));
	CU_ASSERT_EQUAL(say_hello(), 0);
	UNTIL(server.count == 2);
	pki_write_cert(theirs, "IP:127.0.0.1", -HOUR, HOUR, server.cert,
		       server.key);
	CU_ASSERT_EQUAL(h248_tls_reload(server.tls, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(say_hello(), 0);
	UNTIL(server.count == 3);
	CU_ASSERT_EQUAL(gate.n_lost, 0);
	close_end(&gate);
	open_end(&gate, NULL, false);
	CU_ASSERT_EQUAL(say_hello(), 0);
	UNTIL(h248_tcp_counters(gate.tcp)->untrusted == 1);
	CU_ASSERT_EQUAL(server.count, 3);
	close_end(&gate);
	close_end(&server);
}

static void unusable_files(void)
{
	struct h248_tls_params p = { 0 };
	struct h248_tls *tls = NULL;
	char err[256] = "";

	good_files();
	p.certificate = server.cert;
	p.key = gate.key;
	p.ca = server.ca;
	CU_ASSERT_EQUAL(h248_tls_new(&p, &tls, err, sizeof(err)), -EINVAL);
	CU_ASSERT_NOT_EQUAL(err[0], '\0');
	p.key = "/nowhere/key.pem";
	CU_ASSERT_EQUAL(h248_tls_new(&p, &tls, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/nowhere/key.pem"));
	CU_ASSERT_PTR_NULL(tls);
}

static int connect_to_server(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(
		connect(fd, (const struct sockaddr *)h248_tcp_local(server.tcp),
			sizeof(struct sockaddr_in)),
		0);
	return fd;
}

/* C46: no TLS, nothing at all, or an old version. */
static void no_handshake(void)
{
	int plain, silent;

	good_files();
	open_end(&server, NULL, true);
	plain = connect_to_server();
	silent = connect_to_server();
	CU_ASSERT_EQUAL(send(plain, "\x03\0\0\x06ok", 6, MSG_NOSIGNAL), 6);
	UNTIL(h248_tcp_counters(server.tcp)->untrusted == 1);
	UNTIL(h248_tcp_counters(server.tcp)->late == 1);
	CU_ASSERT_EQUAL(server.count, 0);
	close(plain);
	close(silent);
	close_end(&server);
}

/* A client of ours with the good certificate, but of this version; then it
 * says nothing until it is late. */
static bool shakes_hands(int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	int fd = connect_to_server(), rc = -1;

	CU_ASSERT_PTR_NOT_NULL_FATAL(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_max_proto_version(ctx, version);
	SSL_CTX_use_certificate_file(ctx, gate.cert, SSL_FILETYPE_PEM);
	SSL_CTX_use_PrivateKey_file(ctx, gate.key, SSL_FILETYPE_PEM);
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd);
	evutil_make_socket_nonblocking(fd);
	for (int i = 0; i < 100 && rc != 1; i++) {
		rc = SSL_connect(ssl);
		if (rc != 1 && SSL_get_error(ssl, rc) != SSL_ERROR_WANT_READ)
			break;
		turn(5);
	}
	if (rc == 1)
		UNTIL(h248_tcp_counters(server.tcp)->late == 1);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	return rc == 1;
}

static void versions(void)
{
	static const struct {
		int version;
		bool is_good;
	} t[] = {
		{ TLS1_3_VERSION, true },
		{ TLS1_2_VERSION, true },
		{ TLS1_1_VERSION, false },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		good_files();
		open_end(&server, NULL, true);
		CU_ASSERT_EQUAL(shakes_hands(t[i].version), t[i].is_good);
		close_end(&server);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "certificates both ways", both_ways },
		{ "C45 large messages", large_messages },
		{ "C47 certificates that are refused", refused },
		{ "C48 files replaced", reload },
		{ "C48 files that cannot be used", unusable_files },
		{ "C46 no handshake", no_handshake },
		{ "C46 versions, C41 silence after it", versions },
		{ NULL, NULL },
	};
	char command[96];
	int rc;

	signal(SIGPIPE, SIG_IGN);
	snprintf(dir, sizeof(dir), "/tmp/bgf-tls.XXXXXX");
	base = event_base_new();
	if (!mkdtemp(dir) || !base)
		return 1;
	ours = pki_new();
	theirs = pki_new();
	rc = suite_run("h248/transport_tls", tests);
	pki_free(ours);
	pki_free(theirs);
	event_base_free(base);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) || rc;
}
