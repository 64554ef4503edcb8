/* mgcsim/segment.c - see segment.h */
#include "tools/mgcsim/segment.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "tools/mgcsim/number.h"
#include "tools/shared/frame.h"
#include "tools/shared/hex.h"

static const char LETTERS[] = "SAFRPUEC";
static const uint8_t BIT[] = { 2, 16, 1, 4, 8, 32, 64, 128 };

int segment_flags(const char *text, uint8_t *flags)
{
	*flags = 0;
	for (; *text; text++) {
		const char *at = strchr(LETTERS, *text);

		if (!at)
			return -EINVAL;
		*flags |= BIT[at - LETTERS];
	}
	return 0;
}

/* One option behind the others. */
static int add_option(struct segment *s, uint8_t kind, const uint8_t *value,
		      size_t n)
{
	if (s->n_options + 2 + n > SEGMENT_OPTIONS)
		return -EINVAL;
	s->options[s->n_options++] = kind;
	s->options[s->n_options++] = (uint8_t)(2 + n);
	if (n)
		memcpy(s->options + s->n_options, value, n);
	s->n_options = (uint8_t)(s->n_options + n);
	return 0;
}

static int add_nop(struct segment *s)
{
	if (s->n_options >= SEGMENT_OPTIONS)
		return -EINVAL;
	s->options[s->n_options++] = TCPOPT_NOP;
	return 0;
}

static void put32(uint8_t *to, uint32_t value)
{
	value = htonl(value);
	memcpy(to, &value, sizeof(value));
}

static uint32_t get32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return ntohl(value);
}

static uint16_t get16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

/* KIND=HEX */
static int add_other(struct segment *s, const char *word)
{
	uint8_t value[SEGMENT_OPTIONS];
	unsigned long kind;
	const char *hex = number_read(word, UINT8_MAX, &kind);
	size_t n;

	if (!hex || *hex++ != '=')
		return -EINVAL;
	n = strlen(hex);
	if (n / 2 > sizeof(value) || hex_octets(hex, n, value))
		return -EINVAL;
	return add_option(s, (uint8_t)kind, value, n / 2);
}

/* A:B */
static int add_timestamps(struct segment *s, const char *text)
{
	uint8_t value[8];
	unsigned long own, echoed;

	text = number_read(text, UINT32_MAX, &own);
	if (!text || *text++ != ':')
		return -EINVAL;
	text = number_read(text, UINT32_MAX, &echoed);
	if (!text || *text)
		return -EINVAL;
	put32(value, (uint32_t)own);
	put32(value + 4, (uint32_t)echoed);
	return add_option(s, TCPOPT_TIMESTAMP, value, sizeof(value));
}

/* One number, in as many octets as the option has: 1 or 2. */
static int add_one(struct segment *s, uint8_t kind, const char *text, size_t n)
{
	uint8_t value[4];
	unsigned long number;

	if (number_parse(text, 0, n == 1 ? UINT8_MAX : UINT16_MAX, &number))
		return -EINVAL;
	put32(value, (uint32_t)number);
	return add_option(s, kind, value + sizeof(value) - n, n);
}

static int add_word(struct segment *s, const char *word)
{
	if (!strcmp(word, "nop"))
		return add_nop(s);
	if (!strcmp(word, "sack"))
		return add_option(s, TCPOPT_SACK_PERMITTED, NULL, 0);
	if (!strncmp(word, "mss=", 4))
		return add_one(s, TCPOPT_MAXSEG, word + 4, 2);
	if (!strncmp(word, "ws=", 3))
		return add_one(s, TCPOPT_WINDOW, word + 3, 1);
	if (!strncmp(word, "ts=", 3))
		return add_timestamps(s, word + 3);
	return add_other(s, word);
}

int segment_options(const char *text, struct segment *s)
{
	char copy[256], *next = NULL;
	int rc = 0;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	s->n_options = 0;
	for (char *word = strtok_r(copy, " ", &next); word && !rc;
	     word = strtok_r(NULL, " ", &next))
		rc = add_word(s, word);
	while (!rc && s->n_options % 4)
		rc = add_nop(s);
	return rc;
}

/* Where an address stands, and how long it is. */
static void *address_of(const struct sockaddr_storage *a, size_t *n)
{
	if (a->ss_family == AF_INET6) {
		*n = sizeof(struct in6_addr);
		return &((struct sockaddr_in6 *)a)->sin6_addr;
	}
	*n = sizeof(struct in_addr);
	return &((struct sockaddr_in *)a)->sin_addr;
}

static uint16_t tcp_checksum(const struct segment *s, const uint8_t *tcp,
			     size_t n)
{
	size_t n_address;
	uint32_t total = IPPROTO_TCP + (uint32_t)n;
	uint8_t *from = address_of(&s->from, &n_address);

	total = frame_sum(total, from, n_address);
	total = frame_sum(total, address_of(&s->to, &n_address), n_address);
	return htons((uint16_t)~frame_sum(total, tcp, n));
}

static size_t write_tcp(const struct segment *s, uint8_t *buf)
{
	struct tcphdr h = {
		.th_sport = htons(h248_addr_port_of(&s->from)),
		.th_dport = htons(h248_addr_port_of(&s->to)),
		.th_seq = htonl(s->seq),
		.th_ack = htonl(s->ack),
		.th_off = (5u + s->n_options / 4u) & 15,
		.th_flags = s->flags,
		.th_win = htons(s->window),
	};
	size_t n = sizeof(h);

	memcpy(buf + n, s->options, s->n_options);
	n += s->n_options;
	memset(buf + n, 'x', s->n_data);
	n += s->n_data;
	memcpy(buf, &h, sizeof(h));
	h.th_sum = tcp_checksum(s, buf, n);
	memcpy(buf, &h, sizeof(h));
	return n;
}

static void write_ip4(const struct segment *s, uint8_t *buf, size_t n)
{
	struct iphdr h = {
		.version = 4,
		.ihl = 5,
		.tos = s->tos,
		.tot_len = htons((uint16_t)(sizeof(h) + n)),
		.frag_off = htons(0x4000), /* DF */
		.ttl = s->ttl,
		.protocol = IPPROTO_TCP,
	};
	size_t n_address;

	memcpy(&h.saddr, address_of(&s->from, &n_address), 4);
	memcpy(&h.daddr, address_of(&s->to, &n_address), 4);
	h.check =
		htons((uint16_t)~frame_sum(0, (const uint8_t *)&h, sizeof(h)));
	memcpy(buf, &h, sizeof(h));
}

static void write_ip6(const struct segment *s, uint8_t *buf, size_t n)
{
	struct ip6_hdr h = { 0 };
	size_t n_address;

	h.ip6_flow = htonl(6u << 28 | (uint32_t)s->tos << 20);
	h.ip6_plen = htons((uint16_t)n);
	h.ip6_nxt = IPPROTO_TCP;
	h.ip6_hlim = s->ttl;
	memcpy(&h.ip6_src, address_of(&s->from, &n_address), 16);
	memcpy(&h.ip6_dst, address_of(&s->to, &n_address), 16);
	memcpy(buf, &h, sizeof(h));
}

size_t segment_write(const struct segment *s, uint8_t *buf)
{
	bool is_ip6 = s->from.ss_family == AF_INET6;
	size_t head = is_ip6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
	size_t n;

	if (s->n_data > SEGMENT_MAX_DATA)
		return 0;
	n = write_tcp(s, buf + head);
	if (is_ip6)
		write_ip6(s, buf, n);
	else
		write_ip4(s, buf, n);
	return head + n;
}

/* What is common to both families. */
struct packet {
	const uint8_t *body;
	size_t n_there, n_whole; /* of the body */
	uint8_t protocol;
};

static void set_address(struct sockaddr_storage *a, sa_family_t family,
			const uint8_t *from)
{
	size_t n;

	memset(a, 0, sizeof(*a));
	a->ss_family = family;
	memcpy(address_of(a, &n), from, family == AF_INET6 ? 16 : 4);
}

static bool read_ip4(struct segment *s, const uint8_t *p, size_t n,
		     struct packet *out)
{
	size_t head = (size_t)(p[0] & 15) * 4;

	if (n < 20 || p[0] >> 4 != 4 || head < 20 || head > n ||
	    get16(p + 2) < head || get16(p + 6) & 0x3fff)
		return false;
	s->tos = p[1];
	s->ttl = p[8];
	set_address(&s->from, AF_INET, p + 12);
	set_address(&s->to, AF_INET, p + 16);
	*out = (struct packet) { p + head, n - head, get16(p + 2) - head,
				 p[9] };
	return true;
}

static bool read_ip6(struct segment *s, const uint8_t *p, size_t n,
		     struct packet *out)
{
	if (n < 40)
		return false;
	s->tos = (uint8_t)(get16(p) >> 4);
	s->ttl = p[7];
	set_address(&s->from, AF_INET6, p + 8);
	set_address(&s->to, AF_INET6, p + 24);
	*out = (struct packet) { p + 40, n - 40, get16(p + 4), p[6] };
	return true;
}

static bool read_tcp(struct segment *s, const struct packet *p)
{
	const uint8_t *t = p->body;
	size_t head = p->n_there < 20 ? 0 : (size_t)(t[12] >> 4) * 4;

	if (head < 20 || head > p->n_there || head > p->n_whole)
		return false;
	*h248_addr_port(&s->from) = htons(get16(t));
	*h248_addr_port(&s->to) = htons(get16(t + 2));
	s->seq = get32(t + 4);
	s->ack = get32(t + 8);
	s->flags = t[13];
	s->window = get16(t + 14);
	s->n_options = (uint8_t)(head - 20);
	memcpy(s->options, t + 20, s->n_options);
	s->n_data = (uint32_t)(p->n_whole - head);
	return true;
}

bool segment_read(struct segment *s, const uint8_t *packet, size_t n)
{
	struct packet p;

	memset(s, 0, sizeof(*s));
	if (!n || !(packet[0] >> 4 == 6 ? read_ip6(s, packet, n, &p) :
					  read_ip4(s, packet, n, &p)))
		return false;
	if (p.protocol == IPPROTO_TCP)
		return read_tcp(s, &p);
	s->is_icmp = p.protocol == IPPROTO_ICMP || p.protocol == IPPROTO_ICMPV6;
	if (!s->is_icmp || p.n_there < 2)
		return false;
	s->type = p.body[0];
	s->code = p.body[1];
	return true;
}

static void put_text(xmlNode *node, const char *name, const char *text)
{
	xmlNewProp(node, BAD_CAST name, BAD_CAST text);
}

static void put_number(xmlNode *node, const char *name, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	put_text(node, name, text);
}

static void put_address(xmlNode *node, const char *name, const char *port,
			const struct sockaddr_storage *a)
{
	char text[INET6_ADDRSTRLEN];
	size_t n;

	inet_ntop(a->ss_family, address_of(a, &n), text, sizeof(text));
	put_text(node, name, text);
	put_number(node, port, h248_addr_port_of(a));
}

static void put_option(xmlNode *node, const uint8_t *option)
{
	unsigned int kind = option[0], n = option[1];

	if (kind == TCPOPT_MAXSEG && n == 4)
		put_number(node, "mss", get16(option + 2));
	else if (kind == TCPOPT_WINDOW && n == 3)
		put_number(node, "ws", option[2]);
	else if (kind == TCPOPT_SACK_PERMITTED && n == 2)
		put_text(node, "sack", "yes");
	else if (kind == TCPOPT_TIMESTAMP && n == 10) {
		put_number(node, "ts", get32(option + 2));
		put_number(node, "ecr", get32(option + 6));
	}
}

/* Their kinds in order stand in options="2 4 8". */
static void put_options(xmlNode *node, const struct segment *s)
{
	char kinds[SEGMENT_OPTIONS * 4] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < s->n_options;) {
		const uint8_t *o = s->options + i;

		if (o[0] == TCPOPT_EOL)
			break;
		if (o[0] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (i + 2u > s->n_options || o[1] < 2 ||
		    i + o[1] > s->n_options)
			break;
		n += (size_t)snprintf(kinds + n, sizeof(kinds) - n, "%s%u",
				      n ? " " : "", o[0]);
		put_option(node, o);
		i += o[1];
	}
	put_text(node, "options", kinds);
}

static void put_tcp(xmlNode *node, const struct segment *s)
{
	char flags[sizeof(LETTERS)] = "";
	size_t n = 0;

	for (size_t i = 0; i < sizeof(BIT); i++)
		if (s->flags & BIT[i])
			flags[n++] = LETTERS[i];
	flags[n] = '\0';
	put_text(node, "flags", flags);
	put_number(node, "seq", s->seq);
	put_number(node, "ack", s->ack);
	put_number(node, "window", s->window);
	put_number(node, "octets", s->n_data);
	put_options(node, s);
}

xmlDoc *segment_tree(const struct segment *s)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *node =
		doc ? xmlNewDocNode(doc, NULL, BAD_CAST "packet", NULL) : NULL;

	if (!node) {
		xmlFreeDoc(doc);
		return NULL;
	}
	xmlDocSetRootElement(doc, node);
	put_text(node, "way", s->is_out ? "out" : "in");
	put_text(node, "proto", s->is_icmp ? "icmp" : "tcp");
	put_address(node, "from", "from-port", &s->from);
	put_address(node, "to", "to-port", &s->to);
	put_number(node, "dscp", s->tos >> 2);
	put_number(node, "ecn", s->tos & 3);
	put_number(node, "ttl", s->ttl);
	if (s->is_icmp) {
		put_number(node, "type", s->type);
		put_number(node, "code", s->code);
	} else {
		put_tcp(node, s);
	}
	return doc;
}
