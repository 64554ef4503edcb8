/* gateway/http.c - see http.h */
#include "gateway/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>

#include "gateway/drain.h"
#include "gateway/http_int.h"
#include "gateway/metrics.h"
#include "gateway/page.h"

enum { FRESH_MS = 100 };

/* An answer that several clients get: gone with the last of them. */
struct page {
	unsigned int refs;
	size_t n;
	char *text;
};

/* Made anew when somebody asks and it is not fresh any more. */
struct cached {
	struct page *page; /* NULL: not made yet */
	uint64_t made_ms;
};
typedef void(make_h)(const struct gw_host *host, struct evbuffer *out);

struct gw_http {
	struct gw_host *host;
	struct evhttp *server;
	struct http_conns conns;
	struct cached metrics, status;
	uint64_t requests;
};

static void page_put(struct page *p)
{
	if (!p || --p->refs)
		return;
	free(p->text);
	free(p);
}

static void page_done(const void *text, size_t n, void *arg)
{
	(void)text, (void)n;
	page_put(arg);
}

/* Takes the text out of buf.  NULL: memory. */
static struct page *page_new(struct evbuffer *buf)
{
	struct page *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->refs = 1;
	p->n = evbuffer_get_length(buf);
	p->text = malloc(p->n + 1);
	if (!p->text) {
		free(p);
		return NULL;
	}
	evbuffer_remove(buf, p->text, p->n);
	return p;
}

static void answer(struct evhttp_request *req, int code, const char *type,
		   struct evbuffer *body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
	char length[24];

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	evhttp_add_header(headers, "Content-Security-Policy",
			  "default-src 'none'; style-src 'unsafe-inline'; "
			  "frame-ancestors 'none'");
	if (evhttp_request_get_command(req) == EVHTTP_REQ_HEAD && body) {
		snprintf(length, sizeof(length), "%zu",
			 evbuffer_get_length(body));
		evhttp_add_header(headers, "Content-Length", length);
		evbuffer_drain(body, evbuffer_get_length(body));
	}
	evhttp_send_reply(req, code, NULL, body);
}

static void answer_text(struct evhttp_request *req, int code, const char *text)
{
	struct evbuffer *body = evbuffer_new();

	if (body)
		evbuffer_add(body, text, strlen(text));
	answer(req, code, "text/plain; charset=utf-8", body);
	if (body)
		evbuffer_free(body);
}

static void refresh(struct gw_http *h, struct cached *c, make_h *make)
{
	uint64_t now_ms = gw_now_ms();
	struct evbuffer *buf;

	if (c->page && now_ms < c->made_ms + FRESH_MS)
		return;
	page_put(c->page);
	c->page = NULL;
	buf = evbuffer_new();
	if (!buf)
		return;
	make(h->host, buf);
	c->page = page_new(buf);
	c->made_ms = now_ms;
	evbuffer_free(buf);
}

static void answer_cached(struct gw_http *h, struct evhttp_request *req,
			  struct cached *c, make_h *make, const char *type)
{
	struct evbuffer *body = evbuffer_new();

	refresh(h, c, make);
	if (!body || !c->page) {
		answer_text(req, HTTP_INTERNAL, "out of memory\n");
	} else {
		c->page->refs++;
		if (evbuffer_add_reference(body, c->page->text, c->page->n,
					   page_done, c->page))
			page_put(c->page);
		answer(req, HTTP_OK, type, body);
	}
	if (body)
		evbuffer_free(body);
}

static void get_metrics(struct gw_http *h, struct evhttp_request *req)
{
	answer_cached(h, req, &h->metrics, gw_metrics_write, GW_METRICS_TYPE);
}

static void get_status(struct gw_http *h, struct evhttp_request *req)
{
	answer_cached(h, req, &h->status, gw_page_status, GW_PAGE_TYPE);
}

/* Digits and nothing else; 0, which no context has: it is no id. */
static uint32_t id_of(const char *text)
{
	unsigned long long n;

	if (!*text || text[strspn(text, "0123456789")])
		return 0;
	errno = 0;
	n = strtoull(text, NULL, 10);
	return !errno && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* ?gateway=NAME&id=NUMBER */
static void get_context(struct gw_http *h, struct evhttp_request *req)
{
	const char *query =
		evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req));
	struct evbuffer *body = evbuffer_new();
	struct evkeyvalq args = { .tqh_first = NULL };
	const char *gateway = NULL, *id = NULL;

	if (query && !evhttp_parse_query_str(query, &args)) {
		gateway = evhttp_find_header(&args, "gateway");
		id = evhttp_find_header(&args, "id");
	}
	if (body && gateway && id &&
	    !gw_page_context(h->host, gateway, id_of(id), body))
		answer(req, HTTP_OK, GW_PAGE_TYPE, body);
	else
		answer_text(req, HTTP_NOTFOUND,
			    "there is no such context, nor was one lately\n");
	evhttp_clear_headers(&args);
	if (body)
		evbuffer_free(body);
}

static void get_health(struct gw_http *h, struct evhttp_request *req)
{
	(void)h;
	answer_text(req, HTTP_OK, "ok\n");
}

/* NULL: it may be given sessions. */
static const char *why_not_ready(const struct gw *gw)
{
	enum h248_assoc_state state = gw_assoc_state(gw);

	if (gw->is_stopping)
		return "stopping";
	if (gw_drain_refuses(gw, false))
		return "draining";
	if (gw->service.is_out)
		return "out of service";
	return state == H248_ASSOC_ACTIVE ? NULL : h248_assoc_state_name(state);
}

static void get_ready(struct gw_http *h, struct evhttp_request *req)
{
	struct evbuffer *body = evbuffer_new();
	int code = HTTP_OK;
	const struct gw *gw;
	const char *why;

	TAILQ_FOREACH (gw, &h->host->gateways, entry) {
		why = why_not_ready(gw);
		if (why)
			code = HTTP_SERVUNAVAIL;
		if (body)
			evbuffer_add_printf(body, "%s: %s\n", gw->conf.name,
					    why ? why : "ready");
	}
	answer(req, code, "text/plain; charset=utf-8", body);
	if (body)
		evbuffer_free(body);
}

static const struct {
	const char *path;
	void (*get)(struct gw_http *h, struct evhttp_request *req);
} paths[] = {
	{ "/", get_status },         { "/context", get_context },
	{ "/metrics", get_metrics }, { "/healthz", get_health },
	{ "/readyz", get_ready },
};

static void on_request(struct evhttp_request *req, void *arg)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	struct gw_http *h = arg;

	h->requests++;
	http_conns_asked(&h->conns,
			 evhttp_connection_get_bufferevent(
				 evhttp_request_get_connection(req)));
	for (size_t i = 0; path && i < sizeof(paths) / sizeof(*paths); i++) {
		if (strcmp(path, paths[i].path))
			continue;
		paths[i].get(h, req);
		return;
	}
	answer_text(req, HTTP_NOTFOUND,
		    "there is /, /context, /metrics, /healthz and /readyz\n");
}

static int make_server(struct gw_http *h, struct evconnlistener *listener)
{
	h->server = evhttp_new(h->host->base);
	if (!h->server || !evhttp_bind_listener(h->server, listener))
		return -ENOMEM;
	evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(h->server, HTTP_MAX_HEADER);
	evhttp_set_max_body_size(h->server, 0);
	evhttp_set_timeout(h->server, HTTP_IDLE_S);
	evhttp_set_gencb(h->server, on_request, h);
	return http_conns_init(&h->conns, h->host->base, h->server, listener);
}

int gw_http_new(struct gw_host *host, const struct sockaddr_storage *at,
		struct gw_http **out, char *err, size_t cap)
{
	struct gw_http *h = calloc(1, sizeof(*h));
	struct evconnlistener *listener;
	int r;

	if (!h)
		return -ENOMEM;
	h->host = host;
	errno = 0;
	listener = evconnlistener_new_bind(
		host->base, NULL, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			LEV_OPT_REUSEABLE,
		HTTP_BACKLOG, (const struct sockaddr *)at,
		at->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					    sizeof(struct sockaddr_in));
	r = listener ? make_server(h, listener) : -(errno ? errno : EINVAL);
	if (!r) {
		*out = h;
		return 0;
	}
	snprintf(err, cap, "<http listen>: %s", strerror(-r));
	if (listener && !h->conns.listener)
		evconnlistener_free(listener);
	gw_http_free(h);
	return r;
}

void gw_http_free(struct gw_http *h)
{
	if (!h)
		return;
	http_conns_fini(&h->conns);
	if (h->server)
		evhttp_free(h->server);
	http_conns_release(&h->conns);
	page_put(h->metrics.page);
	page_put(h->status.page);
	free(h);
}

struct gw_http_stats gw_http_stats(const struct gw_http *h)
{
	if (!h)
		return (struct gw_http_stats) { 0 };
	return (struct gw_http_stats) {
		.n_connections = h->conns.n,
		.requests = h->requests,
		.cut = h->conns.cut,
	};
}

uint16_t gw_http_port(const struct gw_http *h)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);

	if (getsockname(evconnlistener_get_fd(h->conns.listener),
			(struct sockaddr *)&ss, &n))
		return 0;
	return ntohs(((struct sockaddr_in *)&ss)->sin_port);
}
