/*
 * tools/h248tool/capture.c - messages in a capture file
 *
 * UDP, and TCP with TPKT, to or from port 2944 or 2945, over IPv4 or IPv6.  IP
 * fragments are not put together: they are counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/h248tool/stream.h"
#include "tools/h248tool/tool.h"

enum {
	PORT_TEXT = 2944,
	PORT_BINARY = 2945,
	ETHERTYPE_4 = 0x0800,
	ETHERTYPE_6 = 0x86dd,
	ETHERTYPE_Q = 0x8100,
	ETHERTYPE_AD = 0x88a8,
	UDP_OCTETS = 8,
	TCP_OCTETS = 20,
	TCP_SYN = 2,
};

/* What is left of a packet while its headers are taken off. */
struct cursor {
	const unsigned char *p;
	size_t n;
};

struct packet {
	struct tool_ends ends;
	unsigned int proto;
	uint32_t seq; /* of TCP */
	bool is_syn;
	struct cursor data;
};

/* What lasts as long as a capture is read. */
struct reading {
	enum tool_form form;
	const char *path;
	int dlt;
	struct tool_streams *streams;
	unsigned int number, fragments;
	const char *head; /* of the packet at hand */
	int status;
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

static bool is_known_proto(unsigned int proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_TCP;
}

static bool ip4_header(struct cursor *c, struct packet *d, bool *is_fragment)
{
	size_t head, all;

	if (c->n < 20 || c->p[0] >> 4 != 4)
		return false;
	head = (size_t)(c->p[0] & 15) * 4;
	all = u16(c->p + 2);
	*is_fragment = u16(c->p + 6) & 0x3fff;
	d->proto = c->p[9];
	if (!is_known_proto(d->proto) || head < 20 || all < head ||
	    !trim(c, all))
		return false;
	inet_ntop(AF_INET, c->p + 12, d->ends.src, sizeof(d->ends.src));
	inet_ntop(AF_INET, c->p + 16, d->ends.dst, sizeof(d->ends.dst));
	return skip(c, head);
}

/* Extension headers are not used by anybody who speaks H.248. */
static bool ip6_header(struct cursor *c, struct packet *d, bool *is_fragment)
{
	size_t payload;

	if (c->n < 40)
		return false;
	payload = u16(c->p + 4);
	*is_fragment = c->p[6] == IPPROTO_FRAGMENT;
	d->proto = c->p[6];
	if (!is_known_proto(d->proto) && !*is_fragment)
		return false;
	inet_ntop(AF_INET6, c->p + 8, d->ends.src, sizeof(d->ends.src));
	inet_ntop(AF_INET6, c->p + 24, d->ends.dst, sizeof(d->ends.dst));
	return skip(c, 40) && trim(c, payload);
}

static bool is_ours(unsigned int port)
{
	return port == PORT_TEXT || port == PORT_BINARY;
}

static bool udp_header(struct cursor *c, struct packet *d)
{
	size_t n;

	if (c->n < UDP_OCTETS)
		return false;
	n = u16(c->p + 4);
	if (n < UDP_OCTETS || !trim(c, n) || !skip(c, UDP_OCTETS))
		return false;
	d->data = *c;
	return true;
}

static bool tcp_header(struct cursor *c, struct packet *d)
{
	size_t head;

	if (c->n < TCP_OCTETS)
		return false;
	d->seq = (uint32_t)u16(c->p + 4) << 16 | u16(c->p + 6);
	d->is_syn = c->p[13] & TCP_SYN;
	head = (size_t)(c->p[12] >> 4) * 4;
	if (head < TCP_OCTETS || !skip(c, head))
		return false;
	d->data = *c;
	return true;
}

static bool ports(const struct cursor *c, struct packet *d)
{
	if (c->n < 4)
		return false;
	d->ends.sport = u16(c->p);
	d->ends.dport = u16(c->p + 2);
	return is_ours(d->ends.sport) || is_ours(d->ends.dport);
}

static bool dissect(struct reading *r, struct cursor c, struct packet *d)
{
	unsigned int type = 0;
	bool is_fragment = false, is_ip = false;

	if (!link_header(r->dlt, &c, &type))
		return false;
	if (type == ETHERTYPE_4)
		is_ip = ip4_header(&c, d, &is_fragment);
	else if (type == ETHERTYPE_6)
		is_ip = ip6_header(&c, d, &is_fragment);
	if (is_ip && is_fragment)
		r->fragments++;
	if (!is_ip || is_fragment || !ports(&c, d))
		return false;
	return d->proto == IPPROTO_UDP ? udp_header(&c, d) : tcp_header(&c, d);
}

/* "08:30:00.140000 192.0.2.1:2944 -> 192.0.2.2:2944", UTC. */
static void head_of(const struct timeval *tv, const struct tool_ends *e,
		    char *out, size_t cap)
{
	char when[16] = "";
	time_t s = tv->tv_sec;
	struct tm tm;

	if (gmtime_r(&s, &tm))
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	snprintf(out, cap,
		 strchr(e->src, ':') ? "%s.%06ld [%s]:%u -> [%s]:%u" :
				       "%s.%06ld %s:%u -> %s:%u",
		 when, (long)tv->tv_usec, e->src, e->sport, e->dst, e->dport);
}

static void message(const char *text, size_t n, void *arg)
{
	struct reading *r = arg;
	char name[512];
	struct tool_origin origin = { name, 1, r->head };
	int rc;

	snprintf(name, sizeof(name), "%s#%u", r->path, r->number);
	rc = tool_message(r->form, &origin, text, n);
	r->status = rc > r->status ? rc : r->status;
}

static int read_packet(struct reading *r, const struct pcap_pkthdr *h,
		       const unsigned char *data)
{
	struct cursor c = { data, h->caplen };
	struct packet d = { 0 };
	struct tool_segment s;
	char head[160];

	r->number++;
	if (!dissect(r, c, &d))
		return 0;
	head_of(&h->ts, &d.ends, head, sizeof(head));
	r->head = head;
	if (d.proto == IPPROTO_UDP) {
		message((const char *)d.data.p, d.data.n, r);
		return 0;
	}
	s = (struct tool_segment) { d.ends, d.seq, d.is_syn, d.data.p,
				    d.data.n };
	return tool_streams_push(r->streams, &s, message, r);
}

static int trouble(const char *path, const char *what)
{
	fprintf(stderr, "h248tool: %s: %s\n", path, what);
	return EXIT_TROUBLE;
}

static void tell(const struct reading *r)
{
	unsigned int gaps = tool_streams_gaps(r->streams);

	if (r->fragments)
		fprintf(stderr, "h248tool: %s: %u IP fragments not read\n",
			r->path, r->fragments);
	if (gaps)
		fprintf(stderr, "h248tool: %s: octets missing %u times\n",
			r->path, gaps);
}

static int read_packets(enum tool_form form, const char *path, pcap_t *pcap)
{
	struct reading r = { .form = form, .path = path };
	struct pcap_pkthdr *h;
	const unsigned char *data;
	int rc, err = 0;

	r.dlt = pcap_datalink(pcap);
	r.streams = tool_streams_new();
	if (!r.streams)
		return trouble(path, strerror(ENOMEM));
	while (!err && (rc = pcap_next_ex(pcap, &h, &data)) == 1)
		err = read_packet(&r, h, data);
	tell(&r);
	if (err || rc == PCAP_ERROR)
		r.status =
			trouble(path, err ? strerror(-err) : pcap_geterr(pcap));
	tool_streams_free(r.streams);
	return r.status;
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
