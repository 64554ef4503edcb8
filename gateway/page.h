/*
 * gateway/page.h - the status page, for a browser
 *
 * Read only, no script, XHTML: what a controller or client wrote is escaped.
 * What it costs is bounded: the newest contexts, lines and ended contexts, with
 * what was last heard of them; the engine is not asked.  Thread: control.
 */
#pragma once

#include "gateway/host.h"

struct evbuffer;

#define GW_PAGE_TYPE "text/html; charset=utf-8"

/* Appends the page at "/". */
void gw_page_status(const struct gw_host *host, struct evbuffer *out);
/* The page of one context, in words (gateway/explain.h).  -ENOENT: there is no
 * such gateway, or it neither has nor had the context. */
int gw_page_context(const struct gw_host *host, const char *gateway,
		    uint32_t id, struct evbuffer *out);
