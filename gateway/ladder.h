/*
 * gateway/ladder.h - a context as a ladder: who said what to whom, when
 *
 * Made of the book of the context (gateway/rungs.h), while it is there and as
 * long as it is in the history.  Thread: control.
 */
#pragma once

#include "gateway/rungs.h"

struct evbuffer;

enum gw_ladder_who {
	GW_LADDER_CONTROLLER,
	GW_LADDER_A,
	GW_LADDER_GATEWAY,
	GW_LADDER_B,
	GW_LADDER__COUNT
};
const char *gw_ladder_name(enum gw_ladder_who who); /* "controller", ... */

enum gw_ladder_kind {
	GW_LADDER_MESSAGE, /* H.248, between controller and gateway */
	GW_LADDER_SEGMENT, /* TCP, between a client and the gateway */
	GW_LADDER_NOTE,    /* of the gateway: from and to are who it is about */
};
const char *gw_ladder_kind_name(enum gw_ladder_kind kind);

enum { GW_LADDER_TEXT = 96, GW_LADDER_ROWS = 2 * GW_RUNGS_MAX + 1 };

struct gw_ladder_row {
	uint64_t at_us; /* monotonic */
	enum gw_ladder_who from, to;
	enum gw_ladder_kind kind;
	char text[GW_LADDER_TEXT];
};

struct gw_ladder {
	const struct gw *gw;
	uint32_t id;
	bool is_over;
	uint64_t began_us; /* monotonic */
	uint32_t lost;     /* steps that are gone, behind the first ones */
	/* Address of the controller, name of the gateway, termination and
	 * latched source of the clients; empty: nobody. */
	char who[GW_LADDER__COUNT][GW_LADDER_TEXT];
	unsigned int n_rows;
	struct gw_ladder_row row[GW_LADDER_ROWS]; /* in the order of time */
};

/* The context of this id, or the latest of the history.  0, -ENOENT. */
int gw_ladder_of(const struct gw *gw, uint32_t id, struct gw_ladder *l);
/* As an <svg> element in the namespace of SVG, for a file or a page. */
void gw_ladder_svg(const struct gw_ladder *l, struct evbuffer *out);
