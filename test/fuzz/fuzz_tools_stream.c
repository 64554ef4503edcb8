/* test/fuzz/fuzz_tools_stream.c - captured TCP segments into messages
 *
 * C45: a stream cut anywhere, with segments repeated, gives the messages of
 * the whole one.  The first octet says how it is cut.
 */
#include "tools/h248tool/stream.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What came out: how many messages, and a sum that their order changes. */
struct result {
	unsigned int messages;
	uint32_t sum;
};

static void message(const char *text, size_t n, void *arg)
{
	struct result *r = arg;

	r->messages++;
	for (size_t i = 0; i < n; i++)
		r->sum = r->sum * 31 + (unsigned char)text[i] + 1;
}

static void push(struct tool_streams *all, uint32_t seq, bool is_syn,
		 const uint8_t *p, size_t n, struct result *r)
{
	struct tool_segment s = { .seq = seq, .is_syn = is_syn, .data = p };

	s.n = n;
	strcpy(s.ends.src, "192.0.2.1");
	strcpy(s.ends.dst, "192.0.2.2");
	if (tool_streams_push(all, &s, message, r))
		abort();
}

/* In pieces of up to `piece` octets, each second one twice. */
static struct result cut(const uint8_t *p, size_t n, size_t piece)
{
	struct tool_streams *all = tool_streams_new();
	struct result r = { 0, 0 };
	size_t at = 0;

	push(all, UINT32_MAX, true, p, 0, &r);
	for (unsigned int i = 0; at < n; i++) {
		size_t m = n - at < piece ? n - at : piece;

		push(all, (uint32_t)at, false, p + at, m, &r);
		if (i & 1)
			push(all, (uint32_t)at, false, p + at, m, &r);
		at += m;
	}
	tool_streams_free(all);
	return r;
}

/* Only a stream of whole packets: where one is broken the rest is picked up
 * again, which depends on the segments. */
static size_t good_octets(const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (n - at > 4 && p[at] == 3) {
		size_t total = (size_t)p[at + 2] << 8 | p[at + 3];

		if (total <= 4 || total > n - at)
			break;
		at += total;
	}
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct result whole, parts;
	size_t good;

	if (n < 2)
		return 0;
	cut(data + 1, n - 1, data[0] + 1);
	good = good_octets(data + 1, n - 1);
	whole = cut(data + 1, good, 65536);
	parts = cut(data + 1, good, data[0] + 1);
	if (whole.messages != parts.messages || whole.sum != parts.sum)
		abort();
	return 0;
}
