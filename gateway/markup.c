/* gateway/markup.c - see markup.h */
#include "gateway/markup.h"

#include <string.h>

#include <event2/buffer.h>

void gw_markup_put(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, text, strlen(text));
}

void gw_markup_text(struct evbuffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			gw_markup_put(out, "&lt;");
		else if (*text == '>')
			gw_markup_put(out, "&gt;");
		else if (*text == '&')
			gw_markup_put(out, "&amp;");
		else if (*text == '"')
			gw_markup_put(out, "&quot;");
		else if (*text < ' ' || *text > '~')
			gw_markup_put(out, "?");
		else
			evbuffer_add(out, text, 1);
	}
}
