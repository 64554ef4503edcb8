/* tools/h248tool/stream.c - see stream.h */
#include "tools/h248tool/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/tpkt.h"

/* Of a capture with more connections the oldest are given up.  A packet of
 * TPKT and a segment of IP fit the buffer. */
enum { MAX_STREAMS = 256, FIRST_OCTETS = 2048, MAX_OCTETS = 2 * 65536 };

struct stream {
	struct tool_ends ends;
	uint32_t next_seq;
	bool is_read; /* next_seq and buf are good */
	size_t n, cap;
	unsigned char *buf;
};

struct tool_streams {
	struct stream *list[MAX_STREAMS];
	unsigned int n; /* ever made */
	unsigned int gaps;
};

struct tool_streams *tool_streams_new(void)
{
	return calloc(1, sizeof(struct tool_streams));
}

static void drop(struct stream *s)
{
	if (s)
		free(s->buf);
	free(s);
}

void tool_streams_free(struct tool_streams *all)
{
	for (unsigned int i = 0; all && i < MAX_STREAMS; i++)
		drop(all->list[i]);
	free(all);
}

unsigned int tool_streams_gaps(const struct tool_streams *all)
{
	return all->gaps;
}

static bool same_ends(const struct tool_ends *a, const struct tool_ends *b)
{
	return a->sport == b->sport && a->dport == b->dport &&
	       !strcmp(a->src, b->src) && !strcmp(a->dst, b->dst);
}

static struct stream *find(struct tool_streams *all,
			   const struct tool_ends *ends)
{
	struct stream **slot;

	for (unsigned int i = 0; i < all->n && i < MAX_STREAMS; i++)
		if (same_ends(&all->list[i]->ends, ends))
			return all->list[i];
	slot = &all->list[all->n % MAX_STREAMS];
	drop(*slot);
	*slot = calloc(1, sizeof(**slot));
	if (!*slot)
		return NULL;
	all->n++;
	(*slot)->ends = *ends;
	return *slot;
}

/* Room for n more octets: 0, -ENOMEM, or -EMSGSIZE. */
static int reserve(struct stream *s, size_t n)
{
	size_t cap = s->cap ? s->cap : FIRST_OCTETS;
	unsigned char *buf;

	if (n > MAX_OCTETS - s->n)
		return -EMSGSIZE;
	while (cap < s->n + n)
		cap *= 2;
	if (cap == s->cap)
		return 0;
	buf = realloc(s->buf, cap);
	if (!buf)
		return -ENOMEM;
	s->buf = buf;
	s->cap = cap;
	return 0;
}

static void start(struct stream *s, uint32_t seq)
{
	s->next_seq = seq;
	s->is_read = true;
	s->n = 0;
}

/* What is new of a segment; NULL: nothing, or nothing that can be read. */
static const unsigned char *new_data(struct tool_streams *all, struct stream *s,
				     const struct tool_segment *seg, size_t *n)
{
	uint32_t seen = s->next_seq - seg->seq;

	*n = seg->n;
	if (s->is_read && seen < 1u << 31) {
		*n = seen < seg->n ? seg->n - seen : 0;
		return *n ? seg->data + seen : NULL;
	}
	if (s->is_read)
		all->gaps++;
	s->is_read = false;
	/* The first octets of a header cannot be mistaken. */
	if (h248_tpkt_next((const char *)seg->data, seg->n) <= 0)
		return NULL;
	start(s, seg->seq);
	return seg->data;
}

static void take(struct stream *s, size_t n)
{
	s->n -= n;
	memmove(s->buf, s->buf + n, s->n);
}

static void emit(struct stream *s, tool_stream_h *h, void *arg)
{
	int total;

	while ((total = h248_tpkt_next((const char *)s->buf, s->n)) > 0 &&
	       (size_t)total <= s->n) {
		h((const char *)s->buf + H248_TPKT_HEADER,
		  (size_t)total - H248_TPKT_HEADER, arg);
		take(s, (size_t)total);
	}
	if (total < 0)
		s->is_read = false;
}

int tool_streams_push(struct tool_streams *all, const struct tool_segment *seg,
		      tool_stream_h *h, void *arg)
{
	struct stream *s = find(all, &seg->ends);
	const unsigned char *data;
	size_t n = 0;
	int rc;

	if (!s)
		return -ENOMEM;
	if (seg->is_syn) {
		start(s, seg->seq + 1);
		return 0;
	}
	data = seg->n ? new_data(all, s, seg, &n) : NULL;
	if (!data || !n)
		return 0;
	rc = reserve(s, n);
	if (rc) {
		s->is_read = false;
		return rc == -ENOMEM ? rc : 0;
	}
	memcpy(s->buf + s->n, data, n);
	s->n += n;
	s->next_seq += (uint32_t)n;
	emit(s, h, arg);
	return 0;
}
