/* tools/shared/pcapng.c - see pcapng.h */
#include "tools/shared/pcapng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	MAGIC = 0x1a2b3c4d,
	/* "Cooked": it says the direction, and libpcap reads several interfaces
	 * of it, which it does not of plain IP packets. */
	LINKTYPE_SLL = 113,
	SLL_OCTETS = 16,
	SLL_SENT = 4,         /* by us; 0: to us */
	SLL_NO_LINK = 0xfffe, /* ARPHRD_NONE */
	ETHERTYPE_4 = 0x0800,
	ETHERTYPE_6 = 0x86dd,
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_USERAPPL = 4,  /* of the section */
	OPT_IF_NAME = 2,   /* of an interface */
	OPT_EPB_FLAGS = 2, /* of a packet */
	OPT_ISB_RECV = 4,  /* of statistics */
	OPT_ISB_DROP = 5,
	FLAG_IN = 1,
	FLAG_OUT = 2,
	MAX_INTERFACES = 128, /* those behind it are the last one */
	NAME = 80,
};

struct pcapng {
	FILE *out;
	char name[MAX_INTERFACES][NAME];
	unsigned int n_names;
	/* The block at hand, from its type on. */
	uint8_t *block;
	size_t n, room;
	int error; /* errno of what failed first; 0: nothing did */
};

/* --- a block ------------------------------------------------------------- */

static void fail(struct pcapng *p, int error)
{
	if (!p->error)
		p->error = error ? error : EIO;
}

static void put(struct pcapng *p, const void *octets, size_t n)
{
	size_t padded = (n + 3) & ~(size_t)3;
	uint8_t *bigger;

	if (p->n + padded > p->room) {
		p->room = 2 * (p->n + padded);
		bigger = realloc(p->block, p->room);
		if (!bigger) {
			fail(p, ENOMEM);
			p->room = 0;
			p->n = 0;
			free(p->block);
			p->block = NULL;
			return;
		}
		p->block = bigger;
	}
	if (n)
		memcpy(p->block + p->n, octets, n);
	memset(p->block + p->n + n, 0, padded - n);
	p->n += padded;
}

static void put_u32(struct pcapng *p, uint32_t v)
{
	put(p, &v, sizeof(v));
}

static void put_option(struct pcapng *p, uint16_t code, const void *octets,
		       size_t n)
{
	uint16_t head[2] = { code, (uint16_t)n };

	if (n > UINT16_MAX)
		return;
	put(p, head, sizeof(head));
	put(p, octets, n);
}

static void put_text(struct pcapng *p, uint16_t code, const char *text)
{
	put_option(p, code, text, strlen(text));
}

static void put_u64(struct pcapng *p, uint16_t code, uint64_t v)
{
	put_option(p, code, &v, sizeof(v));
}

static void put_time(struct pcapng *p, uint64_t time_us)
{
	put_u32(p, (uint32_t)(time_us >> 32));
	put_u32(p, (uint32_t)time_us);
}

static void begin(struct pcapng *p, uint32_t type)
{
	p->n = 0;
	put_u32(p, type);
	put_u32(p, 0); /* the length, when it is known */
}

static void end(struct pcapng *p)
{
	uint32_t n;

	put_option(p, OPT_END, NULL, 0);
	n = (uint32_t)p->n + 4;
	put_u32(p, n);
	if (p->error)
		return;
	memcpy(p->block + 4, &n, sizeof(n));
	/* Whoever reads along has it at once. */
	if (fwrite(p->block, 1, p->n, p->out) != p->n || fflush(p->out))
		fail(p, errno);
}

/* --- the file ------------------------------------------------------------ */

struct pcapng *pcapng_new(FILE *out, const char *program)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	uint16_t version[2] = { 1, 0 };
	int64_t length = -1; /* not known */

	if (!p)
		return NULL;
	p->out = out;
	begin(p, BLOCK_SECTION);
	put_u32(p, MAGIC);
	put(p, version, sizeof(version));
	put(p, &length, sizeof(length));
	put_text(p, OPT_USERAPPL, program);
	end(p);
	return p;
}

unsigned int pcapng_interface(struct pcapng *p, const char *name)
{
	uint16_t type[2] = { LINKTYPE_SLL, 0 };
	unsigned int i = 0;

	while (i < p->n_names && strncmp(p->name[i], name, NAME - 1))
		i++;
	if (i < p->n_names)
		return i;
	if (i == MAX_INTERFACES)
		return i - 1;
	p->n_names++;
	snprintf(p->name[i], NAME, "%s", name);
	begin(p, BLOCK_INTERFACE);
	put(p, type, sizeof(type));
	put_u32(p, 0); /* no limit to the length of packets */
	put_text(p, OPT_IF_NAME, p->name[i]);
	end(p);
	return i;
}

static void put16_be(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The cooked header, and the packet behind it. */
static void put_cooked(struct pcapng *p, const struct pcapng_packet *pkt)
{
	uint8_t head[SLL_OCTETS] = { 0 };
	bool is_v6 = pkt->n && pkt->octets[0] >> 4 == 6;

	put16_be(head, pkt->is_out ? SLL_SENT : 0);
	put16_be(head + 2, SLL_NO_LINK);
	put16_be(head + 14, is_v6 ? ETHERTYPE_6 : ETHERTYPE_4);
	put(p, head, sizeof(head));
	put(p, pkt->octets, pkt->n);
}

void pcapng_packet(struct pcapng *p, const struct pcapng_packet *pkt)
{
	uint32_t flags = pkt->is_out ? FLAG_OUT : FLAG_IN;

	begin(p, BLOCK_PACKET);
	put_u32(p, pkt->interface);
	put_time(p, pkt->time_us);
	put_u32(p, SLL_OCTETS + pkt->n);
	put_u32(p, SLL_OCTETS + pkt->of);
	put_cooked(p, pkt);
	put_text(p, OPT_COMMENT, pkt->comment);
	put_option(p, OPT_EPB_FLAGS, &flags, sizeof(flags));
	end(p);
}

void pcapng_statistics(struct pcapng *p, unsigned int interface,
		       uint64_t time_us, uint64_t received, uint64_t dropped,
		       const char *comment)
{
	begin(p, BLOCK_STATISTICS);
	put_u32(p, interface);
	put_time(p, time_us);
	put_text(p, OPT_COMMENT, comment);
	put_u64(p, OPT_ISB_RECV, received);
	put_u64(p, OPT_ISB_DROP, dropped);
	end(p);
}

int pcapng_error(const struct pcapng *p)
{
	return p->error;
}

void pcapng_free(struct pcapng *p)
{
	if (p)
		free(p->block);
	free(p);
}
