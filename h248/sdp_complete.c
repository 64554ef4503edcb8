/* h248/sdp_complete.c - a Local body with what was allocated; see sdp.h */
#include "h248/sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "h248/sdp_lines.h"
#include "h248/span.h"

struct out {
	char *p;
	size_t cap, n;
	bool is_full;
	struct h248_span family; /* "IP4", "IP6" */
	char addr[INET6_ADDRSTRLEN];
	struct h248_span port;
	char digits[H248_MAX_DIGITS];
};

static void put(struct out *o, struct h248_span s)
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
		o->family = H248_SPAN("IP4");
		o->port = h248_span_digits(ntohs(v4->sin_port), o->digits);
		inet_ntop(AF_INET, &v4->sin_addr, o->addr, sizeof(o->addr));
	} else if (local->ss_family == AF_INET6) {
		o->family = H248_SPAN("IP6");
		o->port = h248_span_digits(ntohs(v6->sin6_port), o->digits);
		inet_ntop(AF_INET6, &v6->sin6_addr, o->addr, sizeof(o->addr));
	} else {
		return -EBADMSG;
	}
	return 0;
}

static void put_eol(struct out *o)
{
	put(o, H248_SPAN("\r\n"));
}

static void put_head(struct out *o, char type)
{
	const char head[] = { type, '=' };

	put(o, (struct h248_span) { head, sizeof(head) });
}

static void put_address(struct out *o)
{
	put(o, H248_SPAN("c=IN "));
	put(o, o->family);
	put(o, H248_SPAN(" "));
	put(o, h248_span_of(o->addr));
	put_eol(o);
}

static void put_as_it_is(struct out *o, const struct h248_sdp_line *line)
{
	put_head(o, line->type);
	put(o, line->value);
	put_eol(o);
}

/* c=IN IP4 $; an address that was given stays. */
static int put_connection(struct out *o, const struct h248_sdp_line *line)
{
	struct h248_span rest = line->value;
	struct h248_span type, addr;

	h248_sdp_word(&rest); /* IN */
	type = h248_sdp_word(&rest);
	addr = h248_sdp_word(&rest);
	if (!h248_span_is(addr, "$")) {
		put_as_it_is(o, line);
		return 0;
	}
	if (!h248_span_is(type, "$") && !h248_span_eq(type, o->family))
		return -EBADMSG;
	put_address(o);
	return 0;
}

/* m=message $ TCP/MSRP *; a port that was given stays. */
static void put_media(struct out *o, const struct h248_sdp_line *line)
{
	struct h248_span rest = line->value;
	struct h248_span media = h248_sdp_word(&rest);
	struct h248_span port = h248_sdp_word(&rest);

	if (!h248_span_is(port, "$")) {
		put_as_it_is(o, line);
		return;
	}
	put_head(o, 'm');
	put(o, media);
	put(o, H248_SPAN(" "));
	put(o, o->port);
	put(o, rest);
	put_eol(o);
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
		return put_connection(o, line);
	if (line->type == 'm')
		put_media(o, line);
	else
		put_as_it_is(o, line);
	return 0;
}

/* RFC 4566 clause 5: c= stands before these. */
#define T(type) H248_SDP_SET(type)
enum {
	BEHIND_C = T('b') | T('t') | T('r') | T('z') | T('k') | T('a') | T('m')
};
#undef T

/* A reply is a complete description: at least v=, c= and m=. */
static int put_alt(struct out *o, const struct h248_sdp_lines *lines,
		   const struct h248_sdp_alt *alt)
{
	bool needs_c = !has_line(lines, alt, 'c');
	int rc = 0;

	if (!has_line(lines, alt, 'm'))
		return -EBADMSG;
	if (lines->line[alt->from].type != 'v')
		put(o, H248_SPAN("v=0\r\n"));
	for (unsigned int i = alt->from; i < alt->to && !rc; i++) {
		if (needs_c && h248_sdp_is_in(BEHIND_C, lines->line[i].type)) {
			put_address(o);
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
