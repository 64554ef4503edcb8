/*
 * tools/h248tool/capture.c - messages in a capture file
 *
 * UDP to or from port 2944 or 2945, over IPv4 or IPv6.  IP fragments are not
 * put together: they are counted.
 */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/h248tool/tool.h"

enum {
	PORT_TEXT = 2944,
	PORT_BINARY = 2945,
	ETHERTYPE_4 = 0x0800,
	ETHERTYPE_6 = 0x86dd,
	ETHERTYPE_Q = 0x8100,
	ETHERTYPE_AD = 0x88a8,
	UDP_OCTETS = 8,
};

/* What is left of a packet while its headers are taken off. */
struct cursor {
	const unsigned char *p;
	size_t n;
};

struct datagram {
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	unsigned int sport, dport;
	struct cursor data;
};

static unsigned int u16(const unsigned char *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static bool skip(struct cursor *c, size_t n)
{
	if (c->n < n)
		return false;
	c->p += n;
	c->n -= n;
	return true;
}

static bool trim(struct cursor *c, size_t n)
{
	if (c->n < n)
		return false;
	c->n = n;
	return true;
}

/* The EtherType behind the two octets at the cursor, VLAN tags skipped. */
static bool ether_type(struct cursor *c, unsigned int *type)
{
	do {
		if (c->n < 2)
			return false;
		*type = u16(c->p);
		if (!skip(c, 2))
			return false;
		if (*type != ETHERTYPE_Q && *type != ETHERTYPE_AD)
			return true;
	} while (skip(c, 2));
	return false;
}

/* Takes off the link header; *type is the EtherType of what follows. */
static bool link_header(int dlt, struct cursor *c, unsigned int *type)
{
	switch (dlt) {
	case DLT_EN10MB:
		return skip(c, 12) && ether_type(c, type);
	case DLT_LINUX_SLL:
		return skip(c, SLL_HDR_LEN - 2) && ether_type(c, type);
	case DLT_LINUX_SLL2:
		*type = c->n >= 2 ? u16(c->p) : 0;
		return skip(c, SLL2_HDR_LEN);
	case DLT_RAW:
		*type = c->n && c->p[0] >> 4 == 6 ? ETHERTYPE_6 : ETHERTYPE_4;
		return true;
	default:
		return false;
	}
}

static bool ip4_header(struct cursor *c, struct datagram *d, bool *is_fragment)
{
	size_t head, all;

	if (c->n < 20 || c->p[0] >> 4 != 4)
		return false;
	head = (size_t)(c->p[0] & 15) * 4;
	all = u16(c->p + 2);
	*is_fragment = u16(c->p + 6) & 0x3fff;
	if (c->p[9] != IPPROTO_UDP || head < 20 || all < head || !trim(c, all))
		return false;
	inet_ntop(AF_INET, c->p + 12, d->src, sizeof(d->src));
	inet_ntop(AF_INET, c->p + 16, d->dst, sizeof(d->dst));
	return skip(c, head);
}

/* Extension headers are not used by anybody who speaks H.248. */
static bool ip6_header(struct cursor *c, struct datagram *d, bool *is_fragment)
{
	size_t payload;

	if (c->n < 40)
		return false;
	payload = u16(c->p + 4);
	*is_fragment = c->p[6] == IPPROTO_FRAGMENT;
	if (c->p[6] != IPPROTO_UDP && !*is_fragment)
		return false;
	inet_ntop(AF_INET6, c->p + 8, d->src, sizeof(d->src));
	inet_ntop(AF_INET6, c->p + 24, d->dst, sizeof(d->dst));
	return skip(c, 40) && trim(c, payload);
}

static bool is_ours(unsigned int port)
{
	return port == PORT_TEXT || port == PORT_BINARY;
}

static bool udp_header(struct cursor *c, struct datagram *d)
{
	size_t n;

	if (c->n < UDP_OCTETS)
		return false;
	d->sport = u16(c->p);
	d->dport = u16(c->p + 2);
	n = u16(c->p + 4);
	if (n < UDP_OCTETS || !trim(c, n) || !skip(c, UDP_OCTETS))
		return false;
	d->data = *c;
	return is_ours(d->sport) || is_ours(d->dport);
}

static bool dissect(int dlt, struct cursor c, struct datagram *d,
		    unsigned int *fragments)
{
	unsigned int type = 0;
	bool is_fragment = false, is_ip = false;

	if (!link_header(dlt, &c, &type))
		return false;
	if (type == ETHERTYPE_4)
		is_ip = ip4_header(&c, d, &is_fragment);
	else if (type == ETHERTYPE_6)
		is_ip = ip6_header(&c, d, &is_fragment);
	if (is_ip && is_fragment)
		++*fragments;
	return is_ip && !is_fragment && udp_header(&c, d);
}

/* "08:30:00.140000 192.0.2.1:2944 -> 192.0.2.2:2944", UTC. */
static void head_of(const struct timeval *tv, const struct datagram *d,
		    char *out, size_t cap)
{
	char when[16] = "";
	time_t s = tv->tv_sec;
	struct tm tm;

	if (gmtime_r(&s, &tm))
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	snprintf(out, cap,
		 strchr(d->src, ':') ? "%s.%06ld [%s]:%u -> [%s]:%u" :
				       "%s.%06ld %s:%u -> %s:%u",
		 when, (long)tv->tv_usec, d->src, d->sport, d->dst, d->dport);
}

static int read_packets(enum tool_form form, const char *path, pcap_t *pcap)
{
	struct pcap_pkthdr *h;
	const unsigned char *data;
	unsigned int fragments = 0, number = 0;
	int rc, status = EXIT_GOOD, dlt = pcap_datalink(pcap);

	while ((rc = pcap_next_ex(pcap, &h, &data)) == 1) {
		struct cursor c = { data, h->caplen };
		struct datagram d = { 0 };
		char head[160], name[512];
		struct tool_origin origin = { name, 1, head };

		number++;
		if (!dissect(dlt, c, &d, &fragments))
			continue;
		head_of(&h->ts, &d, head, sizeof(head));
		snprintf(name, sizeof(name), "%s#%u", path, number);
		rc = tool_message(form, &origin, (const char *)d.data.p,
				  d.data.n);
		status = rc > status ? rc : status;
	}
	if (fragments)
		fprintf(stderr, "h248tool: %s: %u IP fragments not read\n",
			path, fragments);
	if (rc == PCAP_ERROR) {
		fprintf(stderr, "h248tool: %s: %s\n", path, pcap_geterr(pcap));
		return EXIT_TROUBLE;
	}
	return status;
}

static bool is_known(int dlt)
{
	return dlt == DLT_EN10MB || dlt == DLT_LINUX_SLL ||
	       dlt == DLT_LINUX_SLL2 || dlt == DLT_RAW;
}

int tool_capture(enum tool_form form, const char *path)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_open_offline(path, err);
	int status = EXIT_TROUBLE;

	if (!pcap) {
		fprintf(stderr, "h248tool: %s\n", err);
		return EXIT_TROUBLE;
	}
	if (is_known(pcap_datalink(pcap)))
		status = read_packets(form, path, pcap);
	else
		fprintf(stderr, "h248tool: %s: unknown link type %d\n", path,
			pcap_datalink(pcap));
	pcap_close(pcap);
	return status;
}
