/* tools/shared/frame.c - see frame.h */
#include "tools/shared/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "h248/tpkt.h"

enum {
	MAX_CONNECTIONS = 64, /* directions; the oldest is begun again */
	SEGMENT = 60000,      /* octets of a message in one */
	V4_OCTETS = 20,
	V6_OCTETS = 40,
	UDP_OCTETS = 8,
	TCP_OCTETS = 20,
	TTL = 64,
	TCP_PSH_ACK = 0x18,
	TCP_WINDOW = 65535,
};

struct end {
	bool is_v6;
	uint8_t addr[16];
	uint16_t port;
};

struct direction {
	struct end from, to;
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

static bool read_end(const json_t *j, struct end *e)
{
	const char *addr = json_string_value(json_object_get(j, "address"));

	memset(e, 0, sizeof(*e));
	e->port = (uint16_t)json_integer_value(json_object_get(j, "port"));
	if (!addr)
		return false;
	e->is_v6 = strchr(addr, ':');
	return inet_pton(e->is_v6 ? AF_INET6 : AF_INET, addr, e->addr) == 1;
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

/* The Internet checksum (RFC 1071), going on with sum. */
static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static size_t address_octets(const struct end *e)
{
	return e->is_v6 ? 16 : 4;
}

/* n: what follows; returns the octets of the header. */
static size_t put_ip(uint8_t *p, const struct end *from, const struct end *to,
		     uint8_t proto, size_t n)
{
	size_t head = from->is_v6 ? V6_OCTETS : V4_OCTETS;
	size_t addr = address_octets(from);

	memset(p, 0, head);
	if (from->is_v6) {
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
	memcpy(p + head - 2 * addr, from->addr, addr);
	memcpy(p + head - addr, to->addr, addr);
	if (!from->is_v6)
		put16(p + 10, ~add(0, p, head) & 0xffff);
	return head;
}

/* Of a UDP or TCP packet of n octets; its checksum is 0 so far. */
static unsigned int checksum(const uint8_t *p, const struct end *from,
			     const struct end *to, uint8_t proto, size_t n)
{
	uint32_t sum = add(0, from->addr, address_octets(from));
	unsigned int c;

	sum = add(sum, to->addr, address_octets(to)) + proto + (uint32_t)n;
	c = ~add(sum, p, n) & 0xffff;
	return c ? c : 0xffff;
}

static void datagram(struct frames *f, const struct end *from,
		     const struct end *to, const uint8_t *text, size_t n,
		     frame_h *h, void *arg)
{
	size_t all = UDP_OCTETS + n;
	size_t head = put_ip(f->packet, from, to, IPPROTO_UDP, all);
	uint8_t *p = f->packet + head;

	put16(p, from->port);
	put16(p + 2, to->port);
	put16(p + 4, (unsigned int)all);
	put16(p + 6, 0);
	memcpy(p + UDP_OCTETS, text, n);
	put16(p + 6, checksum(p, from, to, IPPROTO_UDP, all));
	h(arg, f->packet, head + all);
}

static bool same(const struct end *a, const struct end *b)
{
	return a->port == b->port && a->is_v6 == b->is_v6 &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

static struct direction *direction(struct frames *f, const struct end *from,
				   const struct end *to)
{
	unsigned int n = f->n < MAX_CONNECTIONS ? f->n : MAX_CONNECTIONS;
	struct direction *d;

	for (unsigned int i = 0; i < n; i++)
		if (same(&f->list[i].from, from) && same(&f->list[i].to, to))
			return &f->list[i];
	d = &f->list[f->n++ % MAX_CONNECTIONS];
	*d = (struct direction) { *from, *to, 1 };
	return d;
}

static void segment(struct frames *f, const struct end *from,
		    const struct end *to, const uint8_t *data, size_t n,
		    frame_h *h, void *arg)
{
	size_t all = TCP_OCTETS + n;
	size_t head = put_ip(f->packet, from, to, IPPROTO_TCP, all);
	uint32_t ack = direction(f, to, from)->seq;
	struct direction *d = direction(f, from, to);
	uint8_t *p = f->packet + head;

	memset(p, 0, TCP_OCTETS);
	put16(p, from->port);
	put16(p + 2, to->port);
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

static int connection(struct frames *f, const struct end *from,
		      const struct end *to, const uint8_t *text, size_t n,
		      frame_h *h, void *arg)
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

int frames_message(struct frames *f, const json_t *from, const json_t *to,
		   const char *transport, const uint8_t *text, size_t n,
		   frame_h *h, void *arg)
{
	struct end a, b;

	if (!read_end(from, &a) || !read_end(to, &b) || a.is_v6 != b.is_v6)
		return -EINVAL;
	if (strcmp(transport, "udp"))
		return connection(f, &a, &b, text, n, h, arg);
	if (n > 65535u - V4_OCTETS - UDP_OCTETS)
		return -EINVAL;
	datagram(f, &a, &b, text, n, h, arg);
	return 0;
}
