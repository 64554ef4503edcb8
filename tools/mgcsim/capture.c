/* mgcsim/capture.c - see capture.h */
#include "tools/mgcsim/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "h248/addr.h"
#include "tools/mgcsim/summary.h"
#include "tools/shared/pcapng.h"

enum {
	IP4_OCTETS = 20,
	IP6_OCTETS = 40,
	UDP_OCTETS = 8,
	TCP_OCTETS = 20,
	TPKT_OCTETS = 4,
	TPKT_VERSION = 3,
	MAX_HEADERS = IP6_OCTETS + TCP_OCTETS,
	MAX_SEGMENT = 60000, /* one message may be several */
	HOPS = 64,
	TCP_PSH_ACK = 0x18,
	FIRST_SEQUENCE = 1,
};

struct capture {
	const char *path;
	FILE *file;
	struct pcapng *out;
	bool has_failed;
};

/* Octets of a peer so far, in each direction; of TCP only. */
struct stream {
	struct sockaddr_storage peer;
	uint32_t sent, received;
};

/* A play on its way into the file. */
struct writing {
	struct capture *c;
	const struct sim *sim;
	const struct verdict *verdict;
	unsigned int interface;
	uint64_t start_us; /* of the record, since 1970 */
	struct stream stream[SIM_MAX_PEERS];
	unsigned int n_streams;
};

struct capture *capture_new(const char *path)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c)
		c->path = path;
	return c;
}

static bool is_open(struct capture *c)
{
	if (c->out || c->has_failed)
		return c->out;
	c->file = fopen(c->path, "w");
	if (c->file)
		c->out = pcapng_new(c->file, "mgcsim");
	c->has_failed = !c->out;
	return c->out;
}

int capture_end(struct capture *c)
{
	int rc;

	if (!c)
		return 0;
	if (c->out && pcapng_error(c->out))
		c->has_failed = true;
	if (c->file && fclose(c->file))
		c->has_failed = true;
	rc = c->has_failed ? -EIO : 0;
	pcapng_free(c->out);
	free(c);
	return rc;
}

/* --- packets ------------------------------------------------------------- */

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

static uint32_t sum(const uint8_t *p, size_t n, uint32_t so_far)
{
	for (size_t i = 0; i < n; i++)
		so_far += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (so_far >> 16)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return so_far;
}

static const struct sockaddr_in *in4(const struct sockaddr_storage *a)
{
	return (const struct sockaddr_in *)a;
}

static const struct sockaddr_in6 *in6(const struct sockaddr_storage *a)
{
	return (const struct sockaddr_in6 *)a;
}

/* The IP header in front of n octets.  Returns its length; *pseudo is the sum
 * of the pseudo-header. */
static size_t put_ip(uint8_t *p, const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to, unsigned int protocol,
		     size_t n, uint32_t *pseudo)
{
	memset(p, 0, IP6_OCTETS);
	if (from->ss_family == AF_INET6) {
		p[0] = 6 << 4;
		put16(p + 4, (unsigned int)n);
		p[6] = (uint8_t)protocol;
		p[7] = HOPS;
		memcpy(p + 8, &in6(from)->sin6_addr, 16);
		memcpy(p + 24, &in6(to)->sin6_addr, 16);
		*pseudo = sum(p + 8, 32, (uint32_t)(protocol + n));
		return IP6_OCTETS;
	}
	p[0] = 4 << 4 | IP4_OCTETS / 4;
	put16(p + 2, (unsigned int)(IP4_OCTETS + n));
	p[8] = HOPS;
	p[9] = (uint8_t)protocol;
	memcpy(p + 12, &in4(from)->sin_addr, 4);
	memcpy(p + 16, &in4(to)->sin_addr, 4);
	put16(p + 10, ~sum(p, IP4_OCTETS, 0) & 0xffff);
	*pseudo = sum(p + 12, 8, (uint32_t)(protocol + n));
	return IP4_OCTETS;
}

static void put_ports(uint8_t *p, const struct sockaddr_storage *from,
		      const struct sockaddr_storage *to)
{
	bool is_v6 = from->ss_family == AF_INET6;

	put16(p, ntohs(is_v6 ? in6(from)->sin6_port : in4(from)->sin_port));
	put16(p + 2, ntohs(is_v6 ? in6(to)->sin6_port : in4(to)->sin_port));
}

static void put_packet(struct writing *w, const struct record_msg *msg,
		       const uint8_t *octets, size_t n, const char *comment)
{
	struct pcapng_packet pkt = {
		.interface = w->interface,
		.time_us = w->start_us + msg->at_ms * 1000,
		.is_out = msg->is_out,
		.octets = octets,
		.n = (uint32_t)n,
		.of = (uint32_t)n,
		.comment = comment,
	};

	pcapng_packet(w->c->out, &pkt);
}

static void put_udp(struct writing *w, const struct record_msg *msg,
		    const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, const char *comment)
{
	size_t n = UDP_OCTETS + msg->n, at;
	uint8_t *octets = malloc(MAX_HEADERS + msg->n), *udp;
	uint32_t pseudo, check;

	if (!octets || n > UINT16_MAX - IP4_OCTETS) {
		w->c->has_failed = true;
		free(octets);
		return;
	}
	at = put_ip(octets, from, to, IPPROTO_UDP, n, &pseudo);
	udp = octets + at;
	put_ports(udp, from, to);
	put16(udp + 4, (unsigned int)n);
	put16(udp + 6, 0);
	memcpy(udp + UDP_OCTETS, msg->octets, msg->n);
	check = ~sum(udp, n, pseudo) & 0xffff;
	put16(udp + 6, check ? check : 0xffff);
	put_packet(w, msg, octets, at + n, comment);
	free(octets);
}

static struct stream *stream_of(struct writing *w,
				const struct sockaddr_storage *peer)
{
	unsigned int i = 0;

	while (i < w->n_streams && !h248_addr_eq(&w->stream[i].peer, peer))
		i++;
	if (i == SIM_MAX_PEERS)
		return &w->stream[i - 1];
	if (i == w->n_streams)
		w->stream[w->n_streams++] = (struct stream) {
			.peer = *peer,
			.sent = FIRST_SEQUENCE,
			.received = FIRST_SEQUENCE,
		};
	return &w->stream[i];
}

/* One segment.  Its room has the payload where it belongs for IPv6. */
static void put_segment(struct writing *w, const struct record_msg *msg,
			const struct sockaddr_storage *from,
			const struct sockaddr_storage *to, uint8_t *room,
			size_t n, const char *comment)
{
	struct stream *s = stream_of(w, &msg->peer);
	uint32_t *own = msg->is_out ? &s->sent : &s->received;
	uint32_t pseudo;
	uint8_t *tcp = room + IP6_OCTETS, head[IP6_OCTETS];
	size_t ip =
		put_ip(head, from, to, IPPROTO_TCP, TCP_OCTETS + n, &pseudo);

	memcpy(tcp - ip, head, ip);
	memset(tcp, 0, TCP_OCTETS);
	put_ports(tcp, from, to);
	put32(tcp + 4, *own);
	put32(tcp + 8, msg->is_out ? s->received : s->sent);
	tcp[12] = TCP_OCTETS / 4 << 4;
	tcp[13] = TCP_PSH_ACK;
	put16(tcp + 14, UINT16_MAX);
	put16(tcp + 16, ~sum(tcp, TCP_OCTETS + n, pseudo) & 0xffff);
	*own += (uint32_t)n;
	put_packet(w, msg, tcp - ip, ip + TCP_OCTETS + n, comment);
}

/* The message behind its TPKT header, in as many segments as it takes. */
static void put_tcp(struct writing *w, const struct record_msg *msg,
		    const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, const char *comment)
{
	size_t n = TPKT_OCTETS + msg->n, done = 0, part;
	uint8_t *stream = calloc(1, n), *room = malloc(MAX_HEADERS + n);

	if (!stream || !room || n > UINT16_MAX) {
		w->c->has_failed = true;
		goto out;
	}
	stream[0] = TPKT_VERSION;
	put16(stream + 2, (unsigned int)n);
	memcpy(stream + TPKT_OCTETS, msg->octets, msg->n);
	for (; done < n; done += part) {
		part = n - done < MAX_SEGMENT ? n - done : MAX_SEGMENT;
		memcpy(room + MAX_HEADERS, stream + done, part);
		put_segment(w, msg, from, to, room, part, comment);
	}
out:
	free(stream);
	free(room);
}

/* --- plays --------------------------------------------------------------- */

/* Owned by the caller; NULL: memory. */
static char *comment_of(const struct writing *w, const struct record_msg *msg,
			bool is_last)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return NULL;
	fprintf(to, "%s:", msg->step[0] ? msg->step : "no step");
	summary_text(to, msg->octets, msg->n);
	if (is_last) {
		fputs("FAIL: ", to);
		verdict_text(w->verdict, to);
	}
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	while (n && text[n - 1] == '\n')
		text[--n] = '\0';
	return text;
}

static void put_message(struct writing *w, const struct record_msg *msg,
			bool is_last)
{
	const struct sockaddr_storage *local =
		h248_transport_local(&w->sim->transport);
	const struct sockaddr_storage *from = msg->is_out ? local : &msg->peer;
	const struct sockaddr_storage *to = msg->is_out ? &msg->peer : local;
	char *comment = comment_of(w, msg, is_last);

	if (!comment)
		w->c->has_failed = true;
	else if (w->sim->params.is_tcp)
		put_tcp(w, msg, from, to, comment);
	else
		put_udp(w, msg, from, to, comment);
	free(comment);
}

static uint64_t record_began_us(const struct sim *sim)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000 -
	       (sim_now_ms() - sim->start_ms) * 1000;
}

void capture_play(struct capture *c, const struct sim *sim,
		  const struct verdict *v)
{
	struct writing *w = c && is_open(c) ? calloc(1, sizeof(*w)) : NULL;
	const struct record_msg *msg, *last = NULL;
	char name[32];

	if (!w)
		return;
	*w = (struct writing) { .c = c, .sim = sim, .verdict = v };
	snprintf(name, sizeof(name), "user %u", v->user);
	w->interface = pcapng_interface(c->out, name);
	w->start_us = record_began_us(sim);
	for (unsigned int i = 0; (msg = record_get(&sim->record, i)); i++)
		if (record_is_of(msg, v->user))
			last = msg;
	for (unsigned int i = 0; (msg = record_get(&sim->record, i)); i++)
		if (record_is_of(msg, v->user))
			put_message(w, msg, msg == last);
	free(w);
}
