/* tools/shared/frame.c - see frame.h */
#include "tools/shared/frame.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/tpkt.h"

enum {
	MAX_CONNECTIONS = 512, /* directions; the oldest is begun again */
	SEGMENT = 60000,       /* octets of a message in one */
	V4_OCTETS = 20,
	V6_OCTETS = 40,
	UDP_OCTETS = 8,
	TCP_OCTETS = 20,
	TTL = 64,
	TCP_PSH_ACK = 0x18,
	TCP_WINDOW = 65535,
};

struct direction {
	struct sockaddr_storage from, to;
	uint32_t seq; /* of what comes next */
};

struct frames {
	struct direction list[MAX_CONNECTIONS];
	unsigned int n; /* there ever were */
	uint8_t packet[FRAME_OCTETS];
};

struct frames *frames_new(void)
{
	return calloc(1, sizeof(struct frames));
}

void frames_free(struct frames *f)
{
	free(f);
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

uint32_t frame_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static bool is_v6(const struct sockaddr_storage *e)
{
	return e->ss_family == AF_INET6;
}

static size_t address_octets(const struct sockaddr_storage *e)
{
	return is_v6(e) ? 16 : 4;
}

static const uint8_t *address(const struct sockaddr_storage *e)
{
	if (is_v6(e))
		return ((const struct sockaddr_in6 *)e)->sin6_addr.s6_addr;
	return (const uint8_t *)&((const struct sockaddr_in *)e)->sin_addr;
}

/* n: what follows; returns the octets of the header. */
static size_t put_ip(uint8_t *p, const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to, uint8_t proto, size_t n)
{
	size_t head = is_v6(from) ? V6_OCTETS : V4_OCTETS;
	size_t addr = address_octets(from);

	memset(p, 0, head);
	if (is_v6(from)) {
		p[0] = 0x60;
		put16(p + 4, (unsigned int)n);
		p[6] = proto;
		p[7] = TTL;
	} else {
		p[0] = 0x45;
		put16(p + 2, (unsigned int)(head + n));
		put16(p + 6, 0x4000); /* DF */
		p[8] = TTL;
		p[9] = proto;
	}
	memcpy(p + head - 2 * addr, address(from), addr);
	memcpy(p + head - addr, address(to), addr);
	if (!is_v6(from))
		put16(p + 10, ~frame_sum(0, p, head) & 0xffff);
	return head;
}

/* Of a UDP or TCP packet of n octets; its checksum is 0 so far. */
static unsigned int checksum(const uint8_t *p,
			     const struct sockaddr_storage *from,
			     const struct sockaddr_storage *to, uint8_t proto,
			     size_t n)
{
	uint32_t sum = frame_sum(0, address(from), address_octets(from));
	unsigned int c;

	sum = frame_sum(sum, address(to), address_octets(to)) + proto +
	      (uint32_t)n;
	c = ~frame_sum(sum, p, n) & 0xffff;
	return c ? c : 0xffff;
}

static void datagram(struct frames *f, const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to, const uint8_t *text,
		     size_t n, frame_h *h, void *arg)
{
	size_t all = UDP_OCTETS + n;
	size_t head = put_ip(f->packet, from, to, IPPROTO_UDP, all);
	uint8_t *p = f->packet + head;

	put16(p, h248_addr_port_of(from));
	put16(p + 2, h248_addr_port_of(to));
	put16(p + 4, (unsigned int)all);
	put16(p + 6, 0);
	memcpy(p + UDP_OCTETS, text, n);
	put16(p + 6, checksum(p, from, to, IPPROTO_UDP, all));
	h(arg, f->packet, head + all);
}

static struct direction *direction(struct frames *f,
				   const struct sockaddr_storage *from,
				   const struct sockaddr_storage *to)
{
	unsigned int n = f->n < MAX_CONNECTIONS ? f->n : MAX_CONNECTIONS;
	struct direction *d;

	for (unsigned int i = 0; i < n; i++)
		if (h248_addr_eq(&f->list[i].from, from) &&
		    h248_addr_eq(&f->list[i].to, to))
			return &f->list[i];
	d = &f->list[f->n++ % MAX_CONNECTIONS];
	*d = (struct direction) { *from, *to, 1 };
	return d;
}

static void segment(struct frames *f, const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, const uint8_t *data,
		    size_t n, frame_h *h, void *arg)
{
	size_t all = TCP_OCTETS + n;
	size_t head = put_ip(f->packet, from, to, IPPROTO_TCP, all);
	uint32_t ack = direction(f, to, from)->seq;
	struct direction *d = direction(f, from, to);
	uint8_t *p = f->packet + head;

	memset(p, 0, TCP_OCTETS);
	put16(p, h248_addr_port_of(from));
	put16(p + 2, h248_addr_port_of(to));
	put32(p + 4, d->seq);
	put32(p + 8, ack);
	p[12] = TCP_OCTETS / 4 << 4;
	p[13] = TCP_PSH_ACK;
	put16(p + 14, TCP_WINDOW);
	memcpy(p + TCP_OCTETS, data, n);
	put16(p + 16, checksum(p, from, to, IPPROTO_TCP, all));
	d->seq += (uint32_t)n;
	h(arg, f->packet, head + all);
}

static int connection(struct frames *f, const struct sockaddr_storage *from,
		      const struct sockaddr_storage *to, const uint8_t *text,
		      size_t n, frame_h *h, void *arg)
{
	size_t all = H248_TPKT_HEADER + n, part;
	uint8_t head[H248_TPKT_HEADER], *data;

	if (h248_tpkt_head(n, head))
		return -EINVAL;
	data = malloc(all);
	if (!data)
		return -ENOMEM;
	memcpy(data, head, sizeof(head));
	memcpy(data + sizeof(head), text, n);
	for (size_t at = 0; at < all; at += part) {
		part = all - at < SEGMENT ? all - at : SEGMENT;
		segment(f, from, to, data + at, part, h, arg);
	}
	free(data);
	return 0;
}

int frames_message(struct frames *f, const struct sockaddr_storage *from,
		   const struct sockaddr_storage *to, bool is_stream,
		   const uint8_t *text, size_t n, frame_h *h, void *arg)
{
	if (from->ss_family != to->ss_family ||
	    (from->ss_family != AF_INET && from->ss_family != AF_INET6))
		return -EINVAL;
	if (is_stream)
		return connection(f, from, to, text, n, h, arg);
	if (n > 65535u - V4_OCTETS - UDP_OCTETS)
		return -EINVAL;
	datagram(f, from, to, text, n, h, arg);
	return 0;
}
