/* conf/prefix.c - see prefix.h */
#include "conf/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned int width(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* Bits of the mapped form that stand before the prefix's own. */
static unsigned int offset(int family)
{
	return family == AF_INET ? 96 : 0;
}

static int parse_addr(const char *text, int *family, struct in6_addr *out)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		memset(out, 0, sizeof(*out));
		out->s6_addr[10] = out->s6_addr[11] = 0xff;
		memcpy(&out->s6_addr[12], &v4, sizeof(v4));
		*family = AF_INET;
		return 0;
	}
	if (inet_pton(AF_INET6, text, out) != 1 || IN6_IS_ADDR_V4MAPPED(out))
		return -EINVAL;
	*family = AF_INET6;
	return 0;
}

static int parse_number(const char *text, unsigned long max, unsigned long *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	*out = strtoul(text, &end, 10);
	return *end || errno || *out > max ? -EINVAL : 0;
}

static bool bit(const struct in6_addr *a, unsigned int i)
{
	return a->s6_addr[i / 8] >> (7 - i % 8) & 1;
}

static bool has_host_bits(const struct in6_addr *a, unsigned int from)
{
	for (unsigned int i = from; i < 128; i++)
		if (bit(a, i))
			return true;
	return false;
}

int conf_prefix_parse(const char *text, struct conf_prefix *out)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	struct conf_prefix p;
	unsigned long len;

	if (n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = '\0';
	if (parse_addr(addr, &p.family, &p.addr))
		return -EINVAL;
	len = width(p.family);
	if (slash && parse_number(slash + 1, width(p.family), &len))
		return -EINVAL;
	if (has_host_bits(&p.addr, offset(p.family) + (unsigned int)len))
		return -EINVAL;
	p.len = (uint8_t)len;
	*out = p;
	return 0;
}

bool conf_prefix_overlaps(const struct conf_prefix *a,
			  const struct conf_prefix *b)
{
	unsigned int n =
		offset(a->family) + (a->len < b->len ? a->len : b->len);

	if (a->family != b->family)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (bit(&a->addr, i) != bit(&b->addr, i))
			return false;
	return true;
}

static void fill(struct sockaddr_storage *out, int family,
		 const struct in6_addr *addr, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	out->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		memcpy(&v4->sin_addr, &addr->s6_addr[12], 4);
		v4->sin_port = htons(port);
		return;
	}
	v6->sin6_addr = *addr;
	v6->sin6_port = htons(port);
}

/* Splits "host:port" or "[host]:port"; *port stays NULL when there is none. */
static int split(char *text, char **host, char **port)
{
	char *end;

	*host = text;
	*port = NULL;
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return -EINVAL;
		*host = text + 1;
		*port = end[1] ? end + 2 : NULL;
		*end = '\0';
		return 0;
	}
	end = strchr(text, ':');
	if (end && !strchr(end + 1, ':')) {
		*end = '\0';
		*port = end + 1;
	}
	return 0;
}

int conf_endpoint_parse(const char *text, uint16_t default_port,
			struct sockaddr_storage *out)
{
	char copy[INET6_ADDRSTRLEN + 16], *host, *port;
	unsigned long number = default_port;
	struct in6_addr addr;
	int family;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	if (split(copy, &host, &port) || parse_addr(host, &family, &addr))
		return -EINVAL;
	if (port && parse_number(port, 65535, &number))
		return -EINVAL;
	if (!number)
		return -EINVAL;
	fill(out, family, &addr, (uint16_t)number);
	return 0;
}
