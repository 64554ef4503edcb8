/* gateway/ctl_ladder.c - the ladder of a context, as JSON */
#include <string.h>

#include <event2/buffer.h>

#include "gateway/ctl_int.h"
#include "gateway/ladder.h"

static json_t *text(const char *s)
{
	return ctl_json_text(s, strlen(s));
}

static json_t *participants(const struct gw_ladder *l)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < GW_LADDER__COUNT; i++)
		json_array_append_new(list, json_pack("{s:s,s:o}", "name",
						      gw_ladder_name(i), "at",
						      text(l->who[i])));
	return list;
}

static json_t *steps(const struct gw_ladder *l)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < l->n_rows; i++) {
		const struct gw_ladder_row *r = &l->row[i];
		uint64_t after =
			r->at_us > l->began_us ? r->at_us - l->began_us : 0;

		json_array_append_new(
			list, json_pack("{s:I,s:s,s:s,s:s,s:o}", "after_us",
					(json_int_t)after, "kind",
					gw_ladder_kind_name(r->kind), "from",
					gw_ladder_name(r->from), "to",
					gw_ladder_name(r->to), "text",
					text(r->text)));
	}
	return list;
}

static json_t *drawing(const struct gw_ladder *l)
{
	struct evbuffer *buf = evbuffer_new();
	json_t *svg = NULL;
	size_t n;

	if (!buf)
		return NULL;
	gw_ladder_svg(l, buf);
	n = evbuffer_get_length(buf);
	svg = ctl_json_text((const char *)evbuffer_pullup(buf, -1), n);
	evbuffer_free(buf);
	return svg;
}

json_t *ctl_json_ladder(const struct gw *gw, const struct ctl_request *r)
{
	struct gw_ladder l;

	/* It was there when the request was read. */
	if (gw_ladder_of(gw, r->id, &l))
		return json_null();
	return json_pack("{s:s,s:I,s:b,s:I,s:I,s:o,s:o,s:o}", "gateway",
			 gw->conf.name, "context", (json_int_t)l.id, "is_over",
			 l.is_over, "began_ms",
			 (json_int_t)(gw_wall_of(l.began_us) / 1000), "lost",
			 (json_int_t)l.lost, "participants", participants(&l),
			 "steps", steps(&l), "svg",
			 r->wants_svg ? drawing(&l) : json_null());
}
