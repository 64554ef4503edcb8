/* h248/text_mid.c - message identifiers (H.248.1 Annex B.2 "mId") */
#include "h248/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "h248/lex.h"
#include "h248/span.h"
#include "h248/text_enc_int.h"

enum {
	MAX_DOMAIN = 64,
	MAX_DEVICE = 64,
	MIN_MTP = 4, /* hex digits */
	MAX_MTP = 8,
};

static bool all_of(struct h248_span s, const char *more)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!h248_is_alpha(s.p[i]) && !h248_is_digit(s.p[i]) &&
		    (!s.p[i] || !strchr(more, s.p[i])))
			return false;
	return s.n;
}

static bool is_hex(struct h248_span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!h248_is_digit(s.p[i]) &&
		    (!s.p[i] || !strchr("abcdefABCDEF", s.p[i])))
			return false;
	return true;
}

/* White space may stand inside all kinds of brackets. */
static struct h248_span trim(struct h248_span s)
{
	while (s.n && memchr(" \t\r\n", s.p[0], 4)) {
		s.p++;
		s.n--;
	}
	while (s.n && memchr(" \t\r\n", s.p[s.n - 1], 4))
		s.n--;
	return s;
}

static int address(struct h248_span s, enum h248_mid_kind *kind)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	if (memchr(s.p, '\0', s.n) || h248_span_str(s, text, sizeof(text)))
		return -EBADMSG;
	*kind = strchr(text, ':') ? H248_MID_IP6 : H248_MID_IP4;
	if (inet_pton(*kind == H248_MID_IP6 ? AF_INET6 : AF_INET, text, &a) !=
	    1)
		return -EBADMSG;
	return 0;
}

static int port(struct h248_span s, uint16_t *out)
{
	uint64_t v;

	if (!s.n)
		return 0;
	if (s.p[0] != ':')
		return -EBADMSG;
	s.p++;
	s.n--;
	if (h248_span_uint(s, UINT16_MAX, &v) || !v)
		return -EBADMSG;
	*out = (uint16_t)v;
	return 0;
}

static int bracketed(struct h248_span s, struct h248_mid *out)
{
	const char *end = memchr(s.p, s.p[0] == '[' ? ']' : '>', s.n);
	struct h248_span rest;

	if (!end)
		return -EBADMSG;
	out->text.p = s.p + 1;
	out->text.n = (uint32_t)(end - out->text.p);
	rest.p = end + 1;
	rest.n = s.n - out->text.n - 2;
	out->text = trim(out->text);
	if (port(rest, &out->port))
		return -EBADMSG;
	if (s.p[0] == '[')
		return address(out->text, &out->kind);
	out->kind = H248_MID_DOMAIN;
	if (!all_of(out->text, "-.") || out->text.n > MAX_DOMAIN)
		return -EBADMSG;
	return 0;
}

static int mtp(struct h248_span s, const char *brace, struct h248_mid *out)
{
	if (s.p[s.n - 1] != '}')
		return -EBADMSG;
	out->kind = H248_MID_MTP;
	out->text.p = brace + 1;
	out->text.n = s.n - (uint32_t)(brace - s.p) - 2;
	out->text = trim(out->text);
	if (!is_hex(out->text) || out->text.n < MIN_MTP ||
	    out->text.n > MAX_MTP)
		return -EBADMSG;
	return 0;
}

int h248_mid_dec(struct h248_span text, struct h248_mid *out)
{
	struct h248_mid m = { .kind = H248_MID_DEVICE, .text = text };
	const char *brace;
	int rc = 0;

	if (!text.n)
		return -EBADMSG;
	brace = memchr(text.p, '{', text.n);
	if (text.p[0] == '[' || text.p[0] == '<')
		rc = bracketed(text, &m);
	else if (brace && text.n >= 5 &&
		 h248_span_is((struct h248_span) { text.p, 3 }, "MTP"))
		rc = mtp(text, brace, &m);
	else if (!all_of(text, "/*_$@-.") || text.n > MAX_DEVICE)
		rc = -EBADMSG;
	if (!rc)
		*out = m;
	return rc;
}

int h248_mid_enc(const struct h248_mid *mid, char *buf, size_t cap)
{
	struct h248_enc e = { .buf = buf, .cap = cap };

	h248_enc_mid(&e, mid);
	if (e.n >= cap)
		return -EMSGSIZE;
	buf[e.n] = '\0';
	return 0;
}
