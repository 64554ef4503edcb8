/* gateway/ladder_svg.c - see ladder.h: a ladder as a drawing */
#include <event2/buffer.h>

#include "gateway/ladder.h"
#include "gateway/markup.h"

enum {
	WIDTH = 960,
	TIME_X = 8,
	FIRST_X = 150, /* the first lane, and from one to the next */
	LANE_X = 240,
	HEAD_Y = 54, /* where the lanes begin */
	ROW_Y = 34,
	TIP = 7, /* of an arrow */
};

static int lane(enum gw_ladder_who who)
{
	return FIRST_X + LANE_X * (int)who;
}

static void text_at(struct evbuffer *out, int x, int y, const char *class,
		    const char *text)
{
	evbuffer_add_printf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y,
			    class);
	gw_markup_text(out, text);
	gw_markup_put(out, "</text>\n");
}

static void line(struct evbuffer *out, int x1, int y1, int x2, int y2,
		 const char *class)
{
	evbuffer_add_printf(out,
			    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" "
			    "class=\"%s\"/>\n",
			    x1, y1, x2, y2, class);
}

static void put_lanes(const struct gw_ladder *l, struct evbuffer *out,
		      int height)
{
	for (unsigned int i = 0; i < GW_LADDER__COUNT; i++) {
		text_at(out, lane(i), 18, "who", gw_ladder_name(i));
		text_at(out, lane(i), 36, "at", l->who[i]);
		line(out, lane(i), HEAD_Y - 8, lane(i), height - 8, "lane");
	}
}

static void put_arrow(const struct gw_ladder_row *r, struct evbuffer *out,
		      int y)
{
	int from = lane(r->from), to = lane(r->to);
	int back = to > from ? -TIP : TIP;
	const char *class = gw_ladder_kind_name(r->kind);

	text_at(out, (from + to) / 2, y - 5, "what", r->text);
	line(out, from, y, to, y, class);
	evbuffer_add_printf(out,
			    "<polygon points=\"%d,%d %d,%d %d,%d\" "
			    "class=\"%s\"/>\n",
			    to, y, to + back, y - TIP / 2, to + back,
			    y + TIP / 2, class);
}

static void put_box(const struct gw_ladder_row *r, struct evbuffer *out, int y)
{
	int from = lane(r->from) - LANE_X / 4, to = lane(r->to) + LANE_X / 4;

	evbuffer_add_printf(out,
			    "<rect x=\"%d\" y=\"%d\" width=\"%d\" "
			    "height=\"22\" rx=\"4\" class=\"note\"/>\n",
			    from, y - 15, to - from);
	text_at(out, (from + to) / 2, y, "what", r->text);
}

static void put_row(const struct gw_ladder *l, const struct gw_ladder_row *r,
		    struct evbuffer *out, int y)
{
	uint64_t us = r->at_us > l->began_us ? r->at_us - l->began_us : 0;

	evbuffer_add_printf(out, "<text x=\"%d\" y=\"%d\">%llu.%06llu</text>\n",
			    TIME_X, y, (unsigned long long)(us / 1000000),
			    (unsigned long long)(us % 1000000));
	if (r->kind == GW_LADDER_NOTE)
		put_box(r, out, y);
	else
		put_arrow(r, out, y);
}

void gw_ladder_svg(const struct gw_ladder *l, struct evbuffer *out)
{
	int height = HEAD_Y + ROW_Y * (int)(l->n_rows + 1);

	evbuffer_add_printf(
		out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
		"width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
		"<title>Context %u</title>\n<style>"
		"text{font:12px sans-serif;fill:#222}"
		".who,.at,.what{text-anchor:middle}.who{font-weight:bold}"
		".at{font-size:11px;fill:#555}"
		".lane{stroke:#bbb;stroke-dasharray:4 3}"
		"line.message{stroke:#036}polygon.message{fill:#036}"
		"line.segment{stroke:#060}polygon.segment{fill:#060}"
		".note{fill:#ffd;stroke:#bb8}"
		"</style>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
		WIDTH, height, WIDTH, height, l->id, WIDTH, height);
	put_lanes(l, out, height);
	for (unsigned int i = 0; i < l->n_rows; i++)
		put_row(l, &l->row[i], out, HEAD_Y + ROW_Y * ((int)i + 1) - 8);
	gw_markup_put(out, "</svg>\n");
}
