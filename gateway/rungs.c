/* gateway/rungs.c - see rungs.h */
#include "gateway/rungs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/history.h"

enum {
	FIRST_ROOM = 4,
	TOOK_MAX = 0xffff,
	TOOK_UNIT_US = 100,
	/* gw_rung.what of a request: five bits for each command. */
	CMD_BITS = 5,
	CMD_SIDE_SHIFT = 3,
	CMD_NONE = 3, /* in the place of a side */
	CMD_MORE = 1 << 15,
	/* gw_rung.what of a Notify */
	EVENT_BITS = 8,
};
_Static_assert((int)H248_CMD__COUNT <= 1 << CMD_SIDE_SHIFT &&
		       GW_RUNG_COMMANDS * CMD_BITS <= 15,
	       "a request fits its step");

static const char *const events[] = {
	"an event", "tcprv/syn", "tcprv/est", "tcprv/fail",  "tcprv/rel",
	"adr/rsac", "g/cause",   "g/sc",      "adid/ipstop", "hangterm/thb",
};

uint16_t gw_rung_took(uint64_t from_us, uint64_t to_us)
{
	uint64_t units = to_us > from_us ? (to_us - from_us) / TOOK_UNIT_US : 0;

	/* 0 means that there was no answer. */
	return units < TOOK_MAX ? (uint16_t)(units + 1) : TOOK_MAX;
}

uint64_t gw_rung_answered_us(const struct gw_rung *step, bool *is_later)
{
	*is_later = step->took == TOOK_MAX;
	if (!step->took)
		return 0;
	return step->at_us + (step->took - 1u) * TOOK_UNIT_US;
}

/* --- the book ------------------------------------------------------------ */

static bool grow(struct gw_context *ctx)
{
	struct gw_rungs *old = ctx->rungs, *book;
	unsigned int room = old ? old->room * 2u : FIRST_ROOM;

	if (room > GW_RUNGS_MAX / 2)
		room = GW_RUNGS_MAX;
	book = realloc(old, sizeof(*book) + room * sizeof(book->step[0]));
	if (!book)
		return false;
	if (!old)
		book->n = 0;
	book->room = (uint16_t)room;
	ctx->rungs = book;
	return true;
}

/* Where the i-th step that ever was stands, in a book that is full. */
static unsigned int place(uint32_t i)
{
	return i < GW_RUNGS_FIRST ?
		       i :
		       GW_RUNGS_FIRST + (i - GW_RUNGS_FIRST) % GW_RUNGS_LAST;
}

void gw_rungs_add(struct gw_context *ctx, const struct gw_rung *step)
{
	struct gw_rungs *book = ctx->rungs;

	if ((!book || (book->n == book->room && book->room < GW_RUNGS_MAX)) &&
	    !grow(ctx))
		return;
	book = ctx->rungs;
	book->step[place(book->n++)] = *step;
}

uint32_t gw_rungs_lost(const struct gw_rungs *book)
{
	return book && book->n > GW_RUNGS_MAX ? book->n - GW_RUNGS_MAX : 0;
}

static uint32_t nth(const struct gw_rungs *book, unsigned int i)
{
	return i < GW_RUNGS_FIRST ? i : i + gw_rungs_lost(book);
}

const struct gw_rung *gw_rungs_at(const struct gw_rungs *book, unsigned int i)
{
	if (!book || i >= GW_RUNGS_MAX || nth(book, i) >= book->n)
		return NULL;
	return &book->step[place(nth(book, i))];
}

/* --- requests of the controller ------------------------------------------ */

void gw_rung_command(struct gw_rung *step, enum h248_cmd_kind kind,
		     const struct gw_term *term)
{
	unsigned int side = term ? term->side : GW_SIDE_OTHER, i = 0, has;
	enum h248_cmd_kind known;

	if (step->kind == GW_RUNG_NONE)
		step->what = 0x7fff; /* CMD_NONE everywhere */
	step->kind = GW_RUNG_REQUEST;
	step->side = GW_SIDE_OTHER;
	while (gw_rung_command_at(step, i, &known, &has))
		i++;
	if (i == GW_RUNG_COMMANDS) {
		step->what |= CMD_MORE;
		return;
	}
	step->what &= ~(0x1fu << (i * CMD_BITS)) & 0xffff;
	step->what |= (side << CMD_SIDE_SHIFT | kind) << (i * CMD_BITS);
}

bool gw_rung_command_at(const struct gw_rung *step, unsigned int i,
			enum h248_cmd_kind *kind, unsigned int *side)
{
	unsigned int bits = step->what >> (i * CMD_BITS);

	*kind = bits & ((1 << CMD_SIDE_SHIFT) - 1);
	*side = bits >> CMD_SIDE_SHIFT & 3;
	return i < GW_RUNG_COMMANDS && *side != CMD_NONE;
}

bool gw_rung_has_more(const struct gw_rung *step)
{
	return step->what & CMD_MORE;
}

/* --- Notify -------------------------------------------------------------- */

void gw_rungs_notified(struct gw_term *term, uint32_t tid, const char *pkg,
		       const char *item, unsigned int n)
{
	struct gw_rung step = {
		.at_us = gw_now_us(),
		.value = tid,
		.kind = GW_RUNG_NOTIFY,
		.side = term->side,
	};
	char name[96];

	snprintf(name, sizeof(name), "%s/%s", pkg, item);
	for (unsigned int i = 1; i < sizeof(events) / sizeof(*events); i++)
		if (!strcmp(name, events[i]))
			step.what = i & 0xffff;
	step.what |= (n - 1) << EVENT_BITS;
	gw_rungs_add(term->ctx, &step);
}

static struct gw_rungs *book_of(struct gw *gw, uint32_t ctx)
{
	struct gw_context *live = gw_context_find(gw, ctx);
	const struct gw_past *past = live ? NULL : gw_history_find(gw, ctx);

	return live ? live->rungs : past ? past->rungs : NULL;
}

void gw_rungs_answered(struct gw *gw, uint32_t ctx, uint32_t tid, uint16_t code)
{
	struct gw_rungs *book = book_of(gw, ctx);
	unsigned int n =
		book && book->n < GW_RUNGS_MAX ? book->n : GW_RUNGS_MAX;

	for (unsigned int i = 0; book && i < n; i++) {
		struct gw_rung *s = &book->step[i];

		if (s->kind != GW_RUNG_NOTIFY || s->value != tid || s->took)
			continue;
		s->took = gw_rung_took(s->at_us, gw_now_us());
		s->code = code & 0x3ff;
	}
}

const char *gw_rung_event(const struct gw_rung *step, unsigned int *more)
{
	unsigned int i = step->what & ((1 << EVENT_BITS) - 1);

	*more = step->what >> EVENT_BITS;
	return events[i < sizeof(events) / sizeof(*events) ? i : 0];
}

/* --- the engine ---------------------------------------------------------- */

/* Both gates of a rendezvous report what concerns both: A's counts, or B's
 * when there is no A. */
static bool is_said_already(const struct gw_term *term)
{
	return term->side == GW_SIDE_B && gw_term_peer(term);
}

void gw_rungs_engine(struct gw_term *term, const struct pkt_evt *evt)
{
	static const uint8_t kinds[] = {
		[PKT_EVT_SYN] = GW_RUNG_SYN,
		[PKT_EVT_OPEN] = GW_RUNG_OPEN,
		[PKT_EVT_FAIL] = GW_RUNG_FAIL,
		[PKT_EVT_CLOSED] = GW_RUNG_CLOSED,
		[PKT_EVT_QUIET] = GW_RUNG_QUIET,
	};
	struct gw_rung step = {
		.at_us = evt->at_us,
		.kind = kinds[evt->type],
		.side = evt->is_far ? !term->side : term->side,
		.what = evt->cause,
	};

	if (evt->type != PKT_EVT_SYN && evt->type != PKT_EVT_QUIET &&
	    is_said_already(term))
		return;
	if (evt->type == PKT_EVT_SYN)
		step.what = evt->stat.remote_port;
	if (evt->type == PKT_EVT_OPEN)
		step.value = evt->stat.est_ms;
	gw_rungs_add(term->ctx, &step);
}
