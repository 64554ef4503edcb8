/* h248/sdp_complete.c - a Local body with what was allocated; see sdp.h */
#include "h248/sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/sdp_lines.h"
#include "h248/span.h"

struct out {
	char *p;
	size_t cap, n;
	bool is_full;
	const char *family; /* "IP4", "IP6" */
	char addr[INET6_ADDRSTRLEN];
	unsigned int port;
};

static void put(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct out *o, const char *fmt, ...)
{
	size_t room = o->cap - o->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = o->is_full ? -1 : vsnprintf(o->p + o->n, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		o->is_full = true;
	else
		o->n += (size_t)n;
}

static void put_span(struct out *o, struct h248_span s)
{
	if (o->is_full || s.n > o->cap - o->n) {
		o->is_full = true;
		return;
	}
	if (s.n)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

static int set_local(struct out *o, const struct sockaddr_storage *local)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)local;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)local;

	if (local->ss_family == AF_INET) {
		o->family = "IP4";
		o->port = ntohs(v4->sin_port);
		inet_ntop(AF_INET, &v4->sin_addr, o->addr, sizeof(o->addr));
	} else if (local->ss_family == AF_INET6) {
		o->family = "IP6";
		o->port = ntohs(v6->sin6_port);
		inet_ntop(AF_INET6, &v6->sin6_addr, o->addr, sizeof(o->addr));
	} else {
		return -EBADMSG;
	}
	return 0;
}

/* c=IN IP4 $; an address that was given stays. */
static int put_connection(struct out *o, struct h248_span value)
{
	struct h248_span rest = value;
	struct h248_span type, addr;

	h248_sdp_word(&rest); /* IN */
	type = h248_sdp_word(&rest);
	addr = h248_sdp_word(&rest);
	if (!h248_span_is(addr, "$")) {
		put(o, "c=");
		put_span(o, value);
		put(o, "\r\n");
		return 0;
	}
	if (!h248_span_is(type, "$") && !h248_span_is(type, o->family))
		return -EBADMSG;
	put(o, "c=IN %s %s\r\n", o->family, o->addr);
	return 0;
}

/* m=message $ TCP/MSRP *; a port that was given stays. */
static void put_media(struct out *o, struct h248_span value)
{
	struct h248_span rest = value;
	struct h248_span media = h248_sdp_word(&rest);
	struct h248_span port = h248_sdp_word(&rest);

	put(o, "m=");
	if (h248_span_is(port, "$")) {
		put_span(o, media);
		put(o, " %u", o->port);
		put_span(o, rest);
	} else {
		put_span(o, value);
	}
	put(o, "\r\n");
}

static bool has_line(const struct h248_sdp_lines *lines,
		     const struct h248_sdp_alt *alt, char type)
{
	for (unsigned int i = alt->from; i < alt->to; i++)
		if (lines->line[i].type == type)
			return true;
	return false;
}

static int put_line(struct out *o, const struct h248_sdp_line *line)
{
	if (line->type == 'c')
		return put_connection(o, line->value);
	if (line->type == 'm') {
		put_media(o, line->value);
		return 0;
	}
	put(o, "%c=", line->type);
	put_span(o, line->value);
	put(o, "\r\n");
	return 0;
}

/* A reply is a complete description: at least v=, c= and m=. */
static int put_alt(struct out *o, const struct h248_sdp_lines *lines,
		   const struct h248_sdp_alt *alt)
{
	bool needs_c = !has_line(lines, alt, 'c');
	int rc = 0;

	if (!has_line(lines, alt, 'm'))
		return -EBADMSG;
	if (lines->line[alt->from].type != 'v')
		put(o, "v=0\r\n");
	for (unsigned int i = alt->from; i < alt->to && !rc; i++) {
		/* RFC 4566 clause 5: c= stands before these. */
		if (needs_c && strchr("btrzkam", lines->line[i].type)) {
			put(o, "c=IN %s %s\r\n", o->family, o->addr);
			needs_c = false;
		}
		rc = put_line(o, &lines->line[i]);
	}
	return rc;
}

int h248_sdp_complete(struct h248_span body, size_t which,
		      const struct sockaddr_storage *local, char *out,
		      size_t cap, size_t *n)
{
	struct out o = { .p = out, .cap = cap };
	struct h248_sdp_lines *lines = h248_sdp_lines_new(body);
	struct h248_sdp_alt alt = { 0, 0 };
	unsigned int bad;
	int rc = lines ? set_local(&o, local) : -ENOMEM;

	if (!rc)
		rc = h248_sdp_scan(body, lines, &bad);
	for (size_t i = 0; !rc && i <= which; i++)
		if (!h248_sdp_next(lines, &alt))
			rc = -EBADMSG;
	if (!rc)
		rc = put_alt(&o, lines, &alt);
	if (!rc && o.is_full)
		rc = -EMSGSIZE;
	if (!rc)
		*n = o.n;
	free(lines);
	return rc;
}
