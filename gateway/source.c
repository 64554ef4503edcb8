/* gateway/source.c - see source.h */
#include "gateway/source.h"

#include <string.h>

#include "gateway/filter.h"
#include "gateway/number.h"
#include "gateway/stream.h"
#include "h248/error.h"

static const struct h248_place nowhere;

static const char *value_of(const struct gw_stream *s, const char *item)
{
	const struct gw_prop *p = gw_props_find(&s->props, "gm", item);

	return p ? p->value : NULL;
}

static bool is_on(const struct gw_stream *s, const char *item)
{
	const char *value = value_of(s, item);

	return value && !strcasecmp(value, "on");
}

/* One address, and no prefix. */
static bool read_address(const char *lsa, struct in6_addr *out)
{
	struct pkt_filter f = { 0 };

	if (!lsa || gw_filter_read(lsa, &f) || f.prefix_len != 128)
		return false;
	*out = f.addr;
	return true;
}

static bool is_of_family(const struct in6_addr *a, uint8_t family)
{
	return IN6_IS_ADDR_V4MAPPED(a) == (family == AF_INET);
}

static bool is_ours(const struct gw_stream *s, const char *lsa)
{
	struct in6_addr a;

	return read_address(lsa, &a) &&
	       IN6_ARE_ADDR_EQUAL(&a, &s->gate_cfg.leg.local);
}

void gw_source_ask(struct gw_stream *s)
{
	const char *lsa = value_of(s, "lsa"), *lsp = value_of(s, "lsp");
	unsigned long port = lsp ? gw_number(lsp) : 0;
	struct in6_addr a;

	if (!is_on(s, "esas") || !is_on(s, "esps") || !port ||
	    !read_address(lsa, &a) || !is_of_family(&a, s->gate_cfg.leg.family))
		return;
	s->gate_cfg.leg.local = a;
	s->gate_cfg.leg.local_port = (uint16_t)port;
}

static int refuse(struct h248_err *err, const char *item, const char *value)
{
	return value ? h248_err_set(err, 449, nowhere, "gm/%s=%s", item,
				    value) :
		       h248_err_set(err, 472, nowhere, "gm/%s", item);
}

int gw_source_check(const struct gw_stream *s, struct h248_err *err)
{
	const char *lsa = value_of(s, "lsa"), *lsp = value_of(s, "lsp");

	if (is_on(s, "esas") && !(lsa && is_ours(s, lsa)))
		return refuse(err, "lsa", lsa);
	if (is_on(s, "esps") &&
	    !(lsp && gw_number(lsp) == s->gate_cfg.leg.local_port))
		return refuse(err, "lsp", lsp);
	return 0;
}
