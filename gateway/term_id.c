/* gateway/term_id.c - "ip/<group>/<interface>/<n>" */
#include "gateway/term_id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "h248/error.h"
#include "h248/span.h"

enum { LEVELS = 4 };

bool gw_term_id_matches(struct h248_span pattern, const char *id)
{
	uint32_t p = 0, star = UINT32_MAX;
	const char *retry = NULL;

	while (*id) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			retry = id;
		} else if (p < pattern.n &&
			   tolower((unsigned char)pattern.p[p]) ==
				   tolower((unsigned char)*id)) {
			p++;
			id++;
		} else if (retry) {
			p = star + 1;
			id = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static const char *interface_of(const struct conf_realm *r, size_t *n)
{
	if (r->interface[0]) {
		*n = strlen(r->interface);
		return r->interface;
	}
	*n = strcspn(r->name, ".");
	return r->name;
}

/* Splits at '/'; how many levels there are, LEVELS + 1 for too many. */
static unsigned int split(struct h248_span s, struct h248_span *level)
{
	unsigned int n = 0;
	uint32_t start = 0;

	for (uint32_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '/')
			continue;
		if (n == LEVELS)
			return LEVELS + 1;
		level[n++] = (struct h248_span) { s.p + start, i - start };
		start = i + 1;
	}
	return n;
}

static bool is_choose(struct h248_span s)
{
	return h248_span_is(s, "$");
}

int gw_term_id_realm(const struct conf_gateway *conf,
		     const struct h248_term_id *id, uint8_t *realm,
		     struct h248_err *err)
{
	struct h248_span level[LEVELS], name;

	if (is_choose(id->text))
		return 0;
	if (split(id->text, level) != LEVELS || !is_choose(level[3]) ||
	    !(is_choose(level[0]) || h248_span_is(level[0], "ip")) ||
	    !(is_choose(level[1]) || h248_span_is(level[1], conf->h248.group)))
		goto unknown;
	if (is_choose(level[2]))
		return 0;
	for (unsigned int i = 0; i < conf->n_realms; i++) {
		size_t n;

		name.p = interface_of(&conf->realm[i], &n);
		name.n = (uint32_t)n;
		if (h248_span_eq(level[2], name)) {
			*realm = (uint8_t)i;
			return 0;
		}
	}
unknown:
	return h248_err_set(err, 430, id->at, "%.*s", (int)id->text.n,
			    id->text.p);
}

void gw_term_id_make(const struct conf_gateway *conf, uint8_t realm, uint32_t n,
		     char *out, size_t cap)
{
	size_t len;
	const char *name = interface_of(&conf->realm[realm], &len);

	snprintf(out, cap, "ip/%s/%.*s/%u", conf->h248.group, (int)len, name,
		 n);
}
