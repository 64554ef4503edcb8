/* gateway/markup.h - text into HTML and SVG, safe to show.  Thread: control. */
#pragma once

struct evbuffer;

/* As it is. */
void gw_markup_put(struct evbuffer *out, const char *text);
/* Text out of a model: only what is printable ASCII, escaped. */
void gw_markup_text(struct evbuffer *out, const char *text);
