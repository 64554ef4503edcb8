/*
 * test/unit/test_h248_tls_abuse.c - peers that use TLS against us
 *
 * Case ids: C46 and C47 of the fault catalogue.  The peer is OpenSSL itself,
 * told to do what ours never does; we listen.
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

/* Ours. */
static struct {
	struct h248_tls *tls;
	struct h248_tcp *tcp;
	unsigned int count;
	char said[256]; /* the last line of the log */
} server;

/* The other one. */
struct peer {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
};

static struct event_base *base;
static struct pki *ours;
static char dir[64], cert[96], key[96], ca[96], crl[96];

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
		CU_ASSERT(ok_);                             \
	} while (0)

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	(void)arg;
	(void)from;
	(void)buf;
	(void)n;
	server.count++;
}

static void on_log(void *arg, int priority, const char *text)
{
	(void)arg;
	(void)priority;
	snprintf(server.said, sizeof(server.said), "%s", text);
}

static const struct h248_transport_hooks hooks = { .recv = on_message,
						   .log = on_log };

/* Of the server that is opened next; NULL: none. */
static const char *revoked_by;

static void open_server(unsigned int max_handshakes)
{
	const struct h248_tls_params files = {
		.certificate = cert, .key = key, .ca = ca, .crl = revoked_by
	};
	struct h248_tcp_params p = {
		.is_listening = true,
		.message_ms = 60000,
		.max_handshakes = max_handshakes,
	};
	char err[256] = "";

	memset(&server, 0, sizeof(server));
	if (h248_tls_new(&files, &server.tls, err, sizeof(err)))
		CU_FAIL_FATAL(err);
	p.tls = server.tls;
	p.local.ss_family = AF_INET;
	((struct sockaddr_in *)&p.local)->sin_addr.s_addr =
		htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL_FATAL(
		h248_tcp_open(base, &p, &hooks, NULL, &server.tcp), 0);
}

static void close_server(void)
{
	h248_tcp_close(server.tcp);
	h248_tls_free(server.tls);
}

static uint64_t untrusted(void)
{
	return h248_tcp_counters(server.tcp)->untrusted;
}

static int connect_to_server(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(
		connect(fd, (const struct sockaddr *)h248_tcp_local(server.tcp),
			sizeof(struct sockaddr_in)),
		0);
	evutil_make_socket_nonblocking(fd);
	return fd;
}

/* With the good certificate; the test changes ctx, then peer_connect(). */
static struct peer peer_new(int version)
{
	struct peer p = { .ctx = SSL_CTX_new(TLS_client_method()) };

	CU_ASSERT_PTR_NOT_NULL_FATAL(p.ctx);
	SSL_CTX_set_security_level(p.ctx, 0);
	SSL_CTX_set_max_proto_version(p.ctx, version);
	SSL_CTX_use_certificate_file(p.ctx, cert, SSL_FILETYPE_PEM);
	SSL_CTX_use_PrivateKey_file(p.ctx, key, SSL_FILETYPE_PEM);
	return p;
}

/* Calls what until it does not wait any more.  True: it worked. */
static bool does(struct peer *p, int (*what)(SSL *))
{
	int rc = what(p->ssl);

	for (int i = 0; i < 2000 && rc != 1; i++) {
		if (SSL_get_error(p->ssl, rc) != SSL_ERROR_WANT_READ &&
		    SSL_get_error(p->ssl, rc) != SSL_ERROR_WANT_WRITE)
			break;
		turn(5);
		rc = what(p->ssl);
	}
	return rc == 1;
}

static bool peer_connect(struct peer *p)
{
	p->fd = connect_to_server();
	p->ssl = SSL_new(p->ctx);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->ssl);
	SSL_set_fd(p->ssl, p->fd);
	return does(p, SSL_connect);
}

static void peer_free(struct peer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->ctx);
	close(p->fd);
}

/* It is heard: still, or for the first time. */
static void is_heard(struct peer *p)
{
	unsigned int n = server.count;

	CU_ASSERT_EQUAL(SSL_write(p->ssl, "\x03\0\0\x06ok", 6), 6);
	UNTIL(server.count == n + 1);
}

/* Answered with an alert: the handshake does not take place. */
static void renegotiation(void)
{
	struct peer p = peer_new(TLS1_2_VERSION);

	open_server(0);
	CU_ASSERT_FATAL(peer_connect(&p));
	is_heard(&p);
	CU_ASSERT_EQUAL(SSL_renegotiate(p.ssl), 1);
	CU_ASSERT_FALSE(does(&p, SSL_do_handshake));
	CU_ASSERT_EQUAL(server.count, 1);
	peer_free(&p);
	close_server();
}

/* A few are what a long connection needs. */
static void key_updates(void)
{
	struct peer p = peer_new(TLS1_3_VERSION), other;

	open_server(0);
	other = peer_new(TLS1_3_VERSION);
	CU_ASSERT_FATAL(peer_connect(&p));
	CU_ASSERT_FATAL(peer_connect(&other));
	is_heard(&other);
	for (int i = 0; i < 16; i++) {
		CU_ASSERT_EQUAL(
			SSL_key_update(p.ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
		is_heard(&p);
	}
	CU_ASSERT_EQUAL(untrusted(), 0);
	for (int i = 0; i < 200; i++) {
		SSL_key_update(p.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
		if (SSL_do_handshake(p.ssl) != 1)
			break;
	}
	UNTIL(untrusted() == 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(server.said, "updates of keys"));
	is_heard(&other);
	peer_free(&p);
	peer_free(&other);
	close_server();
}

/* There is no session to return with, so no early data either. */
static void early_data(void)
{
	struct peer p = peer_new(TLS1_3_VERSION);
	const SSL_SESSION *session;
	char c;

	open_server(0);
	CU_ASSERT_FATAL(peer_connect(&p));
	is_heard(&p);
	CU_ASSERT(SSL_read(p.ssl, &c, 1) <= 0); /* a ticket would be taken */
	session = SSL_get0_session(p.ssl);
	CU_ASSERT_FALSE(SSL_SESSION_is_resumable(session));
	CU_ASSERT_EQUAL(SSL_SESSION_get_max_early_data(session), 0);
	CU_ASSERT_PTR_NULL(SSL_get_current_compression(p.ssl));
	peer_free(&p);
	close_server();
}

/* What a man in the middle would have us agree to. */
static void downgrades(void)
{
	static const struct {
		int version;
		const char *ciphers;
		long mode;
		bool is_good;
	} t[] = {
		{ TLS1_2_VERSION, "ECDHE+AESGCM", 0, true },
		{ TLS1_1_VERSION, "ALL", 0, false },
		{ TLS1_2_VERSION, "ALL", SSL_MODE_SEND_FALLBACK_SCSV, false },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", 0, false },
		{ TLS1_2_VERSION, "eNULL:aNULL", 0, false },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct peer p = peer_new(t[i].version);

		open_server(0);
		CU_ASSERT_EQUAL(SSL_CTX_set_cipher_list(p.ctx, t[i].ciphers),
				1);
		SSL_CTX_set_mode(p.ctx, t[i].mode);
		CU_ASSERT_EQUAL(peer_connect(&p), t[i].is_good);
		if (t[i].is_good)
			is_heard(&p);
		else
			UNTIL(untrusted() == 1);
		peer_free(&p);
		close_server();
	}
}

/* Refused by its length, before it is there. */
static void oversized_hello(void)
{
	static const char hello[] = "\x16\x03\x01\x40\x00\x01\xff\xff\xff";
	int fd;

	open_server(0);
	fd = connect_to_server();
	CU_ASSERT_EQUAL(send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL),
			(ssize_t)sizeof(hello) - 1);
	for (int i = 0; i < 17; i++) {
		static const char rest[1024];

		(void)send(fd, rest, sizeof(rest), MSG_NOSIGNAL);
	}
	UNTIL(untrusted() == 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(server.said, "excessive message size"));
	close(fd);
	close_server();
}

/* More than the limit, sooner than in the two seconds they may fall into. */
static void many_handshakes(void)
{
	enum { N = 12, LIMIT = 3 };
	const struct h248_tcp_counters *n;
	int fd[N];

	open_server(LIMIT);
	n = h248_tcp_counters(server.tcp);
	for (int i = 0; i < N; i++)
		fd[i] = connect_to_server();
	UNTIL(n->accepted + n->refused == N);
	CU_ASSERT(n->refused > 0);
	for (int i = 0; i < N; i++)
		close(fd[i]);
	close_server();
}

/* The peer shows this, and x more certificates behind it. */
static void shows(const char *what, EVP_PKEY *pkey, int n_more,
		  EVP_PKEY *more_key, const char *says)
{
	struct peer good = peer_new(TLS1_3_VERSION);
	struct peer p = peer_new(TLS1_3_VERSION);

	open_server(0);
	CU_ASSERT_FATAL(peer_connect(&good));
	is_heard(&good);
	if (pkey) {
		X509 *x = pki_certify(ours, pkey, false);

		SSL_CTX_free(p.ctx); /* else it would choose the other one */
		p.ctx = SSL_CTX_new(TLS_client_method());
		CU_ASSERT_PTR_NOT_NULL_FATAL(p.ctx);
		SSL_CTX_use_certificate(p.ctx, x);
		CU_ASSERT_EQUAL(SSL_CTX_use_PrivateKey(p.ctx, pkey), 1);
		X509_free(x);
	}
	for (int i = 0; i < n_more; i++)
		SSL_CTX_add_extra_chain_cert(p.ctx,
					     pki_certify(ours, more_key, true));
	(void)peer_connect(&p); /* of 1.3: it may believe that it worked */
	if (says) {
		UNTIL(untrusted() == 1);
		if (!strstr(server.said, says))
			printf("%s: %s\n", what, server.said);
		CU_ASSERT_PTR_NOT_NULL(strstr(server.said, says));
	} else {
		is_heard(&p);
		CU_ASSERT_EQUAL(untrusted(), 0);
	}
	is_heard(&good); /* who is there stays */
	peer_free(&p);
	peer_free(&good);
	close_server();
}

static void costly_certificates(void)
{
	EVP_PKEY *small = EVP_EC_gen("P-256"), *large = pki_false_rsa(16384);

	shows("as it should be", NULL, 2, small, NULL);
	shows("16384 bits", large, 0, NULL, "key too large");
	shows("16384 bits, between", NULL, 1, large, "key too large");
	shows("chain of 11", NULL, 10, small, "chain too long");
	shows("chain of 100", NULL, 99, small, "chain too long");
	shows("chain of 201", NULL, 200, small, "excessive message size");
	EVP_PKEY_free(small);
	EVP_PKEY_free(large);
}

/* One that is there stays; the list is read again with the other files, and
 * one that cannot be used changes nothing. */
static void revoked(void)
{
	static const struct {
		bool is_revoked;
		long to_s;
		const char *says; /* NULL: heard */
	} t[] = {
		{ true, HOUR, "certificate revoked" },
		{ false, -HOUR / 2, "CRL has expired" },
		{ false, HOUR, NULL },
	};
	struct peer there = peer_new(TLS1_3_VERSION);
	char err[256];
	FILE *f;

	pki_write_crl(ours, NULL, HOUR, crl);
	revoked_by = crl;
	open_server(0);
	revoked_by = NULL;
	CU_ASSERT_FATAL(peer_connect(&there));
	is_heard(&there);
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct peer p = peer_new(TLS1_3_VERSION);

		pki_write_crl(ours, t[i].is_revoked ? cert : NULL, t[i].to_s,
			      crl);
		CU_ASSERT_EQUAL(h248_tls_reload(server.tls, err, sizeof(err)),
				0);
		(void)peer_connect(&p);
		if (t[i].says) {
			UNTIL(untrusted() == i + 1);
			CU_ASSERT_PTR_NOT_NULL(strstr(server.said, t[i].says));
		} else {
			is_heard(&p);
		}
		is_heard(&there);
		peer_free(&p);
	}
	f = fopen(crl, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("no list\n", f);
	fclose(f);
	CU_ASSERT_EQUAL(h248_tls_reload(server.tls, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, crl));
	peer_free(&there);
	close_server();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C46 renegotiation of TLS 1.2", renegotiation },
		{ "C46 updates of keys have a limit", key_updates },
		{ "C46 no early data, no resumption", early_data },
		{ "C46 downgrade of version and ciphers", downgrades },
		{ "C46 oversized ClientHello", oversized_hello },
		{ "C46 handshakes have a rate", many_handshakes },
		{ "C47 16k RSA key, chain of 100", costly_certificates },
		{ "C47 revoked certificates", revoked },
		{ NULL, NULL },
	};
	char command[96];
	int rc;

	signal(SIGPIPE, SIG_IGN);
	snprintf(dir, sizeof(dir), "/tmp/bgf-tls.XXXXXX");
	base = event_base_new();
	if (!mkdtemp(dir) || !base)
		return 1;
	snprintf(cert, sizeof(cert), "%s/cert", dir);
	snprintf(key, sizeof(key), "%s/key", dir);
	snprintf(ca, sizeof(ca), "%s/ca", dir);
	snprintf(crl, sizeof(crl), "%s/crl", dir);
	ours = pki_new();
	pki_write_cert(ours, "IP:127.0.0.1", -HOUR, HOUR, cert, key);
	pki_write_ca(ours, ca);
	rc = suite_run("h248/transport_tls", tests);
	pki_free(ours);
	event_base_free(base);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) || rc;
}
