/* mgcsim/record.c - see record.h */
#include "tools/mgcsim/record.h"

#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "tools/mgcsim/summary.h"

enum { LANES = 4, LANE_WIDTH = 24 };

static void drop_first(struct record *r)
{
	struct record_msg *msg = r->ring[r->first];

	r->ring[r->first] = NULL;
	r->first = (r->first + 1) % RECORD_MAX;
	r->n--;
	r->octets -= msg->n;
	free(msg->octets);
	free(msg);
}

uint64_t record_add(struct record *r, const struct record_msg *msg)
{
	struct record_msg *copy = malloc(sizeof(*copy));
	char *octets = malloc(msg->n + 1);

	if (!copy || !octets) {
		free(copy);
		free(octets);
		return 0;
	}
	while (r->n &&
	       (r->n == RECORD_MAX || r->octets + msg->n > RECORD_MAX_OCTETS))
		drop_first(r);
	memcpy(octets, msg->octets, msg->n);
	*copy = *msg;
	copy->octets = octets;
	r->octets += msg->n;
	r->ring[(r->first + r->n++) % RECORD_MAX] = copy;
	return ++r->n_ever;
}

static struct record_msg *by_number(const struct record *r, uint64_t number)
{
	uint64_t first = r->n_ever - r->n + 1;

	if (number < first || number > r->n_ever)
		return NULL;
	return r->ring[(r->first + (number - first)) % RECORD_MAX];
}

void record_tag(struct record *r, uint64_t number, unsigned int user)
{
	struct record_msg *msg = by_number(r, number);

	if (msg)
		msg->user = user;
}

void record_expected(struct record *r, uint64_t number, const xmlNode *step)
{
	struct record_msg *msg = by_number(r, number);

	if (msg)
		msg->step = step;
}

const struct record_msg *record_get(const struct record *r, unsigned int i)
{
	return i < r->n ? r->ring[(r->first + i) % RECORD_MAX] : NULL;
}

void record_fini(struct record *r)
{
	while (r->n)
		drop_first(r);
}

/* The peers of a ladder, each with a column; more of them share the last. */
struct lanes {
	const struct sockaddr_storage *peer[LANES];
	unsigned int n;
};

static unsigned int lane_of(struct lanes *l,
			    const struct sockaddr_storage *peer)
{
	unsigned int i = 0;

	while (i < l->n && !h248_addr_eq(l->peer[i], peer))
		i++;
	if (i < l->n)
		return i;
	if (l->n == LANES)
		return LANES - 1;
	l->peer[l->n] = peer;
	return l->n++;
}

bool record_is_of(const struct record_msg *msg, unsigned int user)
{
	return !user || !msg->user || msg->user == user;
}

static void put_fill(FILE *to, char c, unsigned int n)
{
	while (n--)
		fputc(c, to);
}

static void put_heads(const struct lanes *l, FILE *to)
{
	char text[64];

	fprintf(to, "%14s", "mgcsim");
	for (unsigned int i = 0; i < l->n; i++) {
		h248_addr_str(l->peer[i], text, sizeof(text));
		fprintf(to, "%*s", LANE_WIDTH, text);
	}
	fputc('\n', to);
}

/* The arrow to, or from, one column. */
static void put_lanes(unsigned int lane, unsigned int n, bool is_out, FILE *to)
{
	fputc('|', to);
	for (unsigned int i = 0; i < n; i++) {
		char line = i <= lane ? '-' : ' ';

		fputc(!i && !is_out ? '<' : line, to);
		put_fill(to, line, LANE_WIDTH - 3);
		fputc(i == lane && is_out ? '>' : line, to);
		fputc('|', to);
	}
}

static void put_message(const struct record_msg *msg, struct lanes *l, FILE *to)
{
	fprintf(to, "%9.3f    ", (double)msg->at_ms / 1000);
	put_lanes(lane_of(l, &msg->peer), l->n, msg->is_out, to);
	summary_text(to, msg->octets, msg->n);
}

void record_ladder(const struct record *r, unsigned int user, FILE *to)
{
	struct lanes lanes = { .n = 0 };
	const struct record_msg *msg;

	for (unsigned int i = 0; (msg = record_get(r, i)); i++)
		if (record_is_of(msg, user))
			lane_of(&lanes, &msg->peer);
	if (!lanes.n)
		return;
	put_heads(&lanes, to);
	for (unsigned int i = 0; (msg = record_get(r, i)); i++)
		if (record_is_of(msg, user))
			put_message(msg, &lanes, to);
}
