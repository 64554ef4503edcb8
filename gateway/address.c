/* gateway/address.c - see address.h */
#include "gateway/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void gw_address_text(const struct in6_addr *a, uint16_t port, char *out,
		     size_t cap)
{
	bool is_v4 = IN6_IS_ADDR_V4MAPPED(a);
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(is_v4 ? AF_INET : AF_INET6,
		  is_v4 ? &a->s6_addr[12] : a->s6_addr, addr, sizeof(addr));
	if (!port)
		snprintf(out, cap, "%s", addr);
	else
		snprintf(out, cap, is_v4 ? "%s:%u" : "[%s]:%u", addr, port);
}

bool gw_address_split(const struct sockaddr_storage *ss, struct in6_addr *a,
		      uint16_t *port)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;

	memset(a, 0, sizeof(*a));
	*port = 0;
	if (ss->ss_family == AF_INET6) {
		*a = v6->sin6_addr;
		*port = ntohs(v6->sin6_port);
	} else if (ss->ss_family == AF_INET) {
		a->s6_addr[10] = a->s6_addr[11] = 0xff;
		memcpy(&a->s6_addr[12], &v4->sin_addr, 4);
		*port = ntohs(v4->sin_port);
	}
	return ss->ss_family == AF_INET || ss->ss_family == AF_INET6;
}

void gw_address_of(const struct sockaddr_storage *ss, char *out, size_t cap)
{
	struct in6_addr a;
	uint16_t port;

	if (gw_address_split(ss, &a, &port))
		gw_address_text(&a, port, out, cap);
	else if (cap)
		out[0] = '\0';
}

const char *gw_transport_name(enum conf_transport transport)
{
	static const char *const names[] = {
		[CONF_TRANSPORT_UDP] = "udp",
		[CONF_TRANSPORT_TCP] = "tcp",
		[CONF_TRANSPORT_TLS] = "tls",
	};

	return names[transport];
}
