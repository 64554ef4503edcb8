/* h248/addr.c - see addr.h */
#include "h248/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "h248/span.h"

bool h248_addr_eq(const struct sockaddr_storage *a,
		  const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a;
		const struct sockaddr_in *y = (const void *)b;

		return x->sin_port == y->sin_port &&
		       x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *x = (const void *)a;
		const struct sockaddr_in6 *y = (const void *)b;

		return x->sin6_port == y->sin6_port &&
		       IN6_ARE_ADDR_EQUAL(&x->sin6_addr, &y->sin6_addr);
	}
	return false;
}

bool h248_addr_is_same_host(const struct sockaddr_storage *a,
			    const struct sockaddr_storage *b)
{
	struct sockaddr_storage x = *a, y = *b;

	*h248_addr_port(&x) = 0;
	*h248_addr_port(&y) = 0;
	return h248_addr_eq(&x, &y);
}

in_port_t *h248_addr_port(struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)ss)->sin6_port;
	return &((struct sockaddr_in *)ss)->sin_port;
}

uint16_t h248_addr_port_of(const struct sockaddr_storage *ss)
{
	struct sockaddr_storage copy = *ss;

	return ntohs(*h248_addr_port(&copy));
}

socklen_t h248_addr_len(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					   sizeof(struct sockaddr_in);
}

void h248_addr_str(const struct sockaddr_storage *ss, char *buf, size_t cap)
{
	const struct sockaddr_in *in4 = (const void *)ss;
	const struct sockaddr_in6 *in6 = (const void *)ss;
	char host[INET6_ADDRSTRLEN] = "?";

	if (ss->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET, &in4->sin_addr, host, sizeof(host));
	snprintf(buf, cap, "[%s]:%u", host, h248_addr_port_of(ss));
}

int h248_addr_of_mid(const struct h248_mid *mid, struct sockaddr_storage *out)
{
	struct sockaddr_storage ss = { 0 };
	char text[INET6_ADDRSTRLEN];
	void *addr;

	if (mid->kind == H248_MID_IP4) {
		ss.ss_family = AF_INET;
		addr = &((struct sockaddr_in *)&ss)->sin_addr;
	} else if (mid->kind == H248_MID_IP6) {
		ss.ss_family = AF_INET6;
		addr = &((struct sockaddr_in6 *)&ss)->sin6_addr;
	} else {
		return -EINVAL;
	}
	if (h248_span_str(mid->text, text, sizeof(text)) ||
	    inet_pton(ss.ss_family, text, addr) != 1)
		return -EINVAL;
	*h248_addr_port(&ss) = htons(mid->port ? mid->port : H248_PORT_TEXT);
	*out = ss;
	return 0;
}
