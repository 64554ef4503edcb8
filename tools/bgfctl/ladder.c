/*
 * tools/bgfctl/ladder.c - the ladder of a context, as text and for Mermaid
 *
 * The drawing (SVG) is made by the gateway, which shows it on its status page
 * as well.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/render.h"
#include "tools/bgfctl/view.h"

enum {
	LANE = 30, /* columns from one lane to the next */
	MARGIN = 2,
	MAX_LANES = 8,
	WIDTH = 2 * MARGIN + LANE * (MAX_LANES - 1) + 1,
};

static const json_t *ladder_of(const json_t *reply)
{
	return json_object_get(reply, "ladder");
}

static const char *string(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

static json_int_t integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* The place of a participant; of one that is not known, the first. */
static unsigned int lane_of(const json_t *list, const char *name)
{
	json_t *p;
	size_t i;

	json_array_foreach (list, i, p)
		if (i < MAX_LANES && !strcmp(string(p, "name"), name))
			return (unsigned int)i;
	return 0;
}

static unsigned int n_lanes(const json_t *list)
{
	size_t n = json_array_size(list);

	return n < MAX_LANES ? (unsigned int)n : MAX_LANES;
}

/* --- text ---------------------------------------------------------------- */

static unsigned int column(unsigned int lane)
{
	return MARGIN + LANE * lane;
}

static void draw_lanes(char *row, unsigned int n)
{
	memset(row, ' ', WIDTH);
	row[WIDTH] = '\0';
	for (unsigned int i = 0; i < n; i++)
		row[column(i)] = '|';
}

/* In the middle of two columns, with a blank on both sides; what has no room
 * stands out to the right. */
static void draw_text(char *row, unsigned int from, unsigned int to,
		      const char *text)
{
	size_t n = strlen(text), room = to - from - 1, at;

	if (n + 2 > WIDTH - from - 1)
		n = WIDTH - from - 3;
	at = n + 2 < room ? from + 1 + (room - n) / 2 : from + 2;
	row[at - 1] = ' ';
	memcpy(row + at, text, n);
	row[at + n] = ' ';
}

static void draw_arrow(char *row, unsigned int from, unsigned int to,
		       const char *text)
{
	unsigned int low = from < to ? from : to, high = from < to ? to : from;

	memset(row + low + 1, '-', high - low - 1);
	draw_text(row, low + 1, high - 1, text);
	if (from < to)
		row[to - 1] = '>';
	else
		row[to + 1] = '<';
}

static void draw_note(char *row, unsigned int from, unsigned int to,
		      const char *text)
{
	unsigned int low = from < to ? from : to, high = from < to ? to : from;

	if (low == high) {
		low = low > LANE / 2 ? low - LANE / 2 : 0;
		high += LANE / 2;
	}
	memset(row + low, '=', high - low + 1);
	draw_text(row, low, high, text);
	row[low] = '[';
	row[high] = ']';
}

/* Without the blanks at its end. */
static void print_line(const char *time, char *row, FILE *out)
{
	size_t n = strlen(row);

	while (n && row[n - 1] == ' ')
		row[--n] = '\0';
	fprintf(out, "%s %s\n", time, row);
}

static void print_row(const json_t *step, const json_t *list, FILE *out)
{
	json_int_t us = integer(step, "after_us");
	unsigned int from = column(lane_of(list, string(step, "from")));
	unsigned int to = column(lane_of(list, string(step, "to")));
	const char *text = string(step, "text");
	char *shown = escape(text, strlen(text), ESCAPE_TERMINAL);
	char row[WIDTH + 1], time[48];

	draw_lanes(row, n_lanes(list));
	if (!strcmp(string(step, "kind"), "note") || from == to)
		draw_note(row, from, to, shown);
	else
		draw_arrow(row, from, to, shown);
	snprintf(time, sizeof(time), "%5" PRId64 ".%06" PRId64,
		 (int64_t)us / 1000000, (int64_t)us % 1000000);
	print_line(time, row, out);
	free(shown);
}

static void print_head(const json_t *l, FILE *out)
{
	char when[48];

	view_time(json_object_get(l, "began_ms"), when, sizeof(when));
	fprintf(out, "Context %" PRId64 ", from %s%s\n",
		(int64_t)integer(l, "context"), when,
		json_is_true(json_object_get(l, "is_over")) ? ", is over" : "");
}

static void print_participants(const json_t *list, FILE *out)
{
	char row[WIDTH + 1];
	json_t *p;
	size_t i;

	json_array_foreach (list, i, p) {
		const char *at = string(p, "at");
		char *shown = escape(at, strlen(at), ESCAPE_TERMINAL);

		fprintf(out, "  %-11s %s\n", string(p, "name"), shown);
		free(shown);
	}
	draw_lanes(row, 0);
	for (i = 0; i < n_lanes(list); i++) {
		const char *name = string(json_array_get(list, i), "name");
		size_t n = strlen(name);

		n = n < LANE ? n : LANE;
		memcpy(row + column((unsigned int)i) -
			       (n / 2 < MARGIN ? n / 2 : MARGIN),
		       name, n);
	}
	print_line("     TIME[s]", row, out);
}

void text_ladder(const json_t *reply, FILE *out)
{
	const json_t *l = ladder_of(reply);
	const json_t *list = json_object_get(l, "participants");
	json_t *step;
	size_t i;

	print_head(l, out);
	print_participants(list, out);
	json_array_foreach (json_object_get(l, "steps"), i, step)
		print_row(step, list, out);
	if (integer(l, "lost"))
		fprintf(out, "%" PRId64 " steps in between are forgotten.\n",
			(int64_t)integer(l, "lost"));
}

/* --- Mermaid ------------------------------------------------------------- */

/* What is markup to it, in text, is left out. */
static void put_plain(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(*text >= ' ' && *text <= '~' &&
				      !strchr("#;<>\"%", *text) ?
			      *text :
			      '?',
		      out);
}

void mermaid_ladder(const json_t *reply, FILE *out)
{
	const json_t *l = ladder_of(reply);
	const json_t *list = json_object_get(l, "participants");
	json_t *p, *step;
	size_t i;

	fputs("sequenceDiagram\n", out);
	json_array_foreach (list, i, p) {
		fprintf(out, "  participant P%zu as ", i);
		put_plain(string(p, "name"), out);
		fputc(' ', out);
		put_plain(string(p, "at"), out);
		fputc('\n', out);
	}
	json_array_foreach (json_object_get(l, "steps"), i, step) {
		unsigned int from = lane_of(list, string(step, "from"));
		unsigned int to = lane_of(list, string(step, "to"));

		if (strcmp(string(step, "kind"), "note"))
			fprintf(out, "  P%u->>P%u: ", from, to);
		else if (from == to)
			fprintf(out, "  Note over P%u: ", from);
		else
			fprintf(out, "  Note over P%u,P%u: ", from, to);
		put_plain(string(step, "text"), out);
		fputc('\n', out);
	}
}

void svg_ladder(const json_t *reply, FILE *out)
{
	fputs(string(ladder_of(reply), "svg"), out);
}
