/* gateway/filter.c - from where a gate may be reached */
#include "gateway/filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/stream.h"
#include "h248/error.h"

static const struct h248_place nowhere;

static int bad_value(struct h248_err *err, const char *name, const char *value)
{
	return h248_err_set(err, 449, nowhere, "%s=%s", name, value);
}

/* A dotted mask "255.255.255.0" as a length; -1: it has holes. */
static int mask_length(struct in_addr mask)
{
	uint32_t m = ntohl(mask.s_addr), inverse = ~m;

	return inverse & (inverse + 1) ? -1 : __builtin_popcount(m);
}

static int read_length(const char *text, bool is_v6)
{
	struct in_addr mask;
	char *end;
	long n;

	if (!is_v6 && strchr(text, '.'))
		return inet_pton(AF_INET, text, &mask) == 1 ?
			       mask_length(mask) :
			       -1;
	n = strtol(text, &end, 10);
	if (end == text || *end || n < 0 || n > (is_v6 ? 128 : 32))
		return -1;
	return (int)n;
}

static int read_address(const char *text, struct in6_addr *out, bool *is_v6)
{
	struct in_addr v4;

	*is_v6 = inet_pton(AF_INET6, text, out) == 1;
	if (*is_v6)
		return 0;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(&out->s6_addr[12], &v4, sizeof(v4));
	return 0;
}

int gw_filter_read(const char *value, struct pkt_filter *out)
{
	char text[256], *slash, *to = text;
	bool is_v6;
	int len;

	for (; *value && to < text + sizeof(text) - 1; value++)
		if (*value != '[' && *value != ']' && *value != ' ')
			*to++ = *value;
	*to = '\0';
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	if (read_address(text, &out->addr, &is_v6))
		return -EINVAL;
	len = slash ? read_length(slash, is_v6) : is_v6 ? 128 : 32;
	if (len < 0)
		return -EINVAL;
	out->prefix_len = (uint8_t)(is_v6 ? len : len + 96);
	return 0;
}

static bool is_on(const struct gw_stream *s, const char *pkg, const char *item)
{
	const struct gw_prop *p = gw_props_find(&s->props, pkg, item);

	return p && !strcasecmp(p->value, "on");
}

static bool is_latching(const struct gw_stream *s)
{
	return s->latch == GW_LATCH_LATCH || s->latch == GW_LATCH_RELATCH;
}

/* A server: there is nothing to latch, Remote is the only one we know. */
static bool is_called(const struct gw_stream *s)
{
	return s->gate_cfg.leg.role == PKT_ROLE_RELAY;
}

/* Whether the address of Remote is what decides. */
static bool uses_remote(const struct gw_stream *s)
{
	if (is_called(s))
		return true;
	if (is_on(s, "gm", "saf"))
		return !gw_props_find(&s->props, "gm", "sam");
	return !is_latching(s);
}

static int make_ports(const struct gw_stream *s, const struct gw_sdp *sdp,
		      struct pkt_filter *out, struct h248_err *err)
{
	const struct gw_prop *p = gw_props_find(&s->props, "gm", "spr");
	unsigned long lo, hi;
	char *end;

	out->port_min = 0;
	out->port_max = UINT16_MAX;
	if (is_called(s)) {
		out->port_min = out->port_max =
			sdp->has_remote ? sdp->remote.port : 0;
		return out->port_min ?
			       0 :
			       h248_err_set(err, 472, nowhere, "Remote port");
	}
	if (!is_on(s, "gm", "spf"))
		return 0;
	if (!p && (!sdp->has_remote || !sdp->remote.port))
		return h248_err_set(err, 472, nowhere, "gm/spr or Remote port");
	if (!p) {
		out->port_min = out->port_max = sdp->remote.port;
		return 0;
	}
	lo = hi = strtoul(p->value, &end, 10);
	if (*end == '-' || *end == ':')
		hi = strtoul(end + 1, &end, 10);
	if (*end || end == p->value || !lo || lo > hi || hi > UINT16_MAX)
		return bad_value(err, "gm/spr", p->value);
	out->port_min = (uint16_t)lo;
	out->port_max = (uint16_t)hi;
	return 0;
}

int gw_filter_make(const struct gw_stream *s, const struct gw_sdp *sdp,
		   struct pkt_filter *out, struct h248_err *err)
{
	const struct gw_prop *sam = gw_props_find(&s->props, "gm", "sam");

	memset(out, 0, sizeof(*out));
	if (!is_called(s) && is_on(s, "gm", "saf") && sam) {
		if (gw_filter_read(sam->value, out))
			return bad_value(err, "gm/sam", sam->value);
	} else if (uses_remote(s)) {
		if (!sdp->has_remote || !sdp->remote.has_address ||
		    sdp->remote.is_address_choose)
			return h248_err_set(err, 472, nowhere,
					    "Remote address or latch");
		if (is_called(s) && sdp->has_local && sdp->local.family &&
		    sdp->local.family != sdp->remote.address.ss_family)
			return h248_err_set(err, 473, nowhere,
					    "address families of Local and "
					    "Remote");
		out->addr = gw_in6_of(&sdp->remote.address);
		out->prefix_len = 128;
	}
	return make_ports(s, sdp, out, err);
}

static bool is_unusable(const struct in6_addr *a)
{
	const uint8_t *v4 = &a->s6_addr[12];

	if (!IN6_IS_ADDR_V4MAPPED(a))
		return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_MULTICAST(a) ||
		       IN6_IS_ADDR_LINKLOCAL(a);
	return v4[0] == 127 || v4[0] >= 224 || (v4[0] == 169 && v4[1] == 254);
}

static bool is_unspecified(const struct in6_addr *a)
{
	static const uint8_t zero[4];

	return IN6_IS_ADDR_UNSPECIFIED(a) ||
	       (IN6_IS_ADDR_V4MAPPED(a) &&
		!memcmp(&a->s6_addr[12], zero, sizeof(zero)));
}

/* Addresses of this host, as its interfaces have them now. */
static bool is_of_host(const struct in6_addr *a)
{
	struct ifaddrs *list, *i;
	struct sockaddr_storage ss;
	struct in6_addr mine;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (i = list; i && !found; i = i->ifa_next) {
		if (!i->ifa_addr || (i->ifa_addr->sa_family != AF_INET &&
				     i->ifa_addr->sa_family != AF_INET6))
			continue;
		memset(&ss, 0, sizeof(ss));
		memcpy(&ss, i->ifa_addr,
		       i->ifa_addr->sa_family == AF_INET ?
			       sizeof(struct sockaddr_in) :
			       sizeof(struct sockaddr_in6));
		mine = gw_in6_of(&ss);
		found = IN6_ARE_ADDR_EQUAL(&mine, a);
	}
	freeifaddrs(list);
	return found;
}

static bool is_local_of(const struct gw_stream *s, const struct in6_addr *a)
{
	return s && s->gate.gen &&
	       IN6_ARE_ADDR_EQUAL(&s->gate_cfg.leg.local, a);
}

int gw_filter_check_remote(const struct gw_stream *s, const struct gw_sdp *sdp,
			   const struct gw_stream *peer, struct h248_err *err)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	if (!sdp->has_remote || !sdp->remote.has_address ||
	    sdp->remote.is_address_choose)
		return 0;
	a = gw_in6_of(&sdp->remote.address);
	if (!is_unusable(&a) && !is_local_of(s, &a) && !is_local_of(peer, &a) &&
	    !(uses_remote(s) && (is_unspecified(&a) || is_of_host(&a))))
		return 0;
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	return h248_err_set(err, 449, nowhere, "Remote address %s",
			    IN6_IS_ADDR_V4MAPPED(&a) ? text + 7 : text);
}
