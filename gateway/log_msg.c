/* gateway/log_msg.c - see log_msg.h */
#include "gateway/log_msg.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "gateway/address.h"
#include "gateway/gw.h"

enum { BODY_OCTETS = 16384 };

/* What is left of a message. */
struct rest {
	const char *p, *end;
};

static void skip(struct rest *r, int (*is_it)(int))
{
	while (r->p < r->end && is_it((unsigned char)*r->p))
		r->p++;
}

static int is_in_line(int c)
{
	return c != '\r' && c != '\n';
}

/* White space, and comments to the end of their line. */
static void skip_space(struct rest *r)
{
	skip(r, isspace);
	while (r->p < r->end && *r->p == ';') {
		skip(r, is_in_line);
		skip(r, isspace);
	}
}

static int is_no_space(int c)
{
	return !isspace(c);
}

static bool take(struct rest *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	skip_space(r);
	return true;
}

/* "0x" and digits. */
static bool take_hex(struct rest *r)
{
	skip_space(r);
	if (r->end - r->p < 2 || strncasecmp(r->p, "0x", 2))
		return false;
	r->p += 2;
	skip(r, isxdigit);
	return true;
}

/* AU=0xSPI:0xSEQUENCE:0xICV in front of a message.  Whether it is there; then
 * *icv is where the digits of the ICV begin, and r is behind them. */
static bool take_header(struct rest *r, const char **icv)
{
	struct rest at = *r;

	skip_space(&at);
	skip(&at, isalpha);
	if (!take(&at, '=') || !take_hex(&at) || !take(&at, ':') ||
	    !take_hex(&at) || !take(&at, ':') || at.end - at.p < 2)
		return false;
	*icv = at.p + 2;
	if (!take_hex(&at))
		return false;
	*r = at;
	return true;
}

uint32_t gw_log_transaction(const char *buf, size_t n)
{
	struct rest r = { buf, buf + n };
	const char *icv;
	uint64_t id = 0;

	(void)take_header(&r, &icv);
	for (int i = 0; i < 2; i++) { /* MEGACO/1 and the MID */
		skip(&r, isspace);
		skip(&r, is_no_space);
	}
	skip(&r, isspace);
	skip(&r, isalpha);
	if (!take(&r, '='))
		return 0;
	for (; r.p < r.end && isdigit((unsigned char)*r.p); r.p++)
		if ((id = id * 10 + (uint64_t)(*r.p - '0')) > UINT32_MAX)
			return 0;
	return (uint32_t)id;
}

static void cover(char *from, const char *end, int (*is_it)(int))
{
	for (; from < end && is_it((unsigned char)*from); from++)
		*from = '*';
}

static int is_in_key(int c)
{
	return isgraph(c) && c != '|' && c != '}' && c != ';';
}

/* Only blanks stand in front of it in its line, as readers of SDP allow. */
static bool begins_line(const char *buf, const char *p)
{
	while (p > buf && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return p == buf || !is_in_line((unsigned char)p[-1]);
}

/* Behind each `what`, in whatever case, at the beginning of a line or
 * anywhere. */
static void mask_all(char *buf, size_t n, const char *what, bool is_line,
		     int (*is_it)(int))
{
	size_t len = strlen(what);
	char *end = buf + n;

	for (char *p = buf; (size_t)(end - p) >= len; p++)
		if (!strncasecmp(p, what, len) &&
		    (!is_line || begins_line(buf, p)))
			cover(p + len, end, is_it);
}

void gw_log_mask(char *buf, size_t n)
{
	struct rest r = { buf, buf + n };
	const char *icv;

	if (take_header(&r, &icv))
		cover(buf + (icv - buf), buf + n, isxdigit);
	mask_all(buf, n, "k=", true, is_in_line);
	mask_all(buf, n, "inline:", false, is_in_key);
	mask_all(buf, n, "key-mgmt:", false, is_in_line);
	mask_all(buf, n, "ice-pwd:", false, is_in_line);
}

void gw_log_message(const struct gw *gw, bool is_out,
		    const struct sockaddr_storage *peer, const char *buf,
		    size_t n)
{
	static char body[BODY_OCTETS];
	struct gw_about at = gw_about_gw(gw);
	char text[GW_ADDRESS];
	size_t kept = n < sizeof(body) ? n : sizeof(body);
	int level = gw_log_part_level(GW_LOG_MESSAGES >> 3);

	if (level < LOG_INFO)
		return;
	gw_address_of(peer, text, sizeof(text));
	at.peer = text[0] ? text : "?";
	at.is_out = is_out;
	at.octets = n;
	at.txn = gw_log_transaction(buf, n);
	if (level >= LOG_DEBUG) {
		memcpy(body, buf, kept);
		gw_log_mask(body, kept);
	}
	gw_log_body(&at, is_out ? "H.248 message sent" : "H.248 message came",
		    level >= LOG_DEBUG ? body : NULL, kept);
}
