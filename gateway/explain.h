/*
 * gateway/explain.h - a context in words, for `bgfctl explain`
 *
 * Why it is in the state it is in, what it waits for and for how long still,
 * what was refused and why.  Only what the gateway knows: a reason that can
 * be one of several is given as such.  docs/explain.md lists the situations,
 * test/unit/test_gw_explain.c makes each.  Thread: control.
 */
#pragma once

#include "gateway/context.h"
#include "gateway/history.h"

enum gw_explain_kind {
	GW_EXPLAIN_STATE,   /* what it is */
	GW_EXPLAIN_WAITS,   /* what it waits for, and how long still */
	GW_EXPLAIN_REFUSED, /* what was refused, and why */
	GW_EXPLAIN_NOTE,    /* what else decides */
	GW_EXPLAIN__COUNT
};
const char *gw_explain_kind_name(enum gw_explain_kind kind);

enum { GW_EXPLAIN_TEXT = 512 };

/* One sentence or two; stream 0: of the context as a whole. */
typedef void(gw_explain_h)(void *arg, unsigned int stream,
			   enum gw_explain_kind kind, const char *text);

/* Where sentences go: about the context (stream 0) or a stream of it. */
struct gw_teller {
	gw_explain_h *say;
	void *arg;
	uint16_t stream;
};
void __attribute__((format(printf, 3, 4)))
gw_explain_tell(const struct gw_teller *t, enum gw_explain_kind kind,
		const char *fmt, ...);

/* What was last read of its gates counts. */
void gw_explain_context(const struct gw_context *ctx, gw_explain_h *say,
			void *arg);
void gw_explain_past(const struct gw_past *past, gw_explain_h *say, void *arg);

/* gateway/explain_stream.c: one stream of a context, which either of its
 * terminations has. */
void gw_explain_stream(const struct gw_context *ctx, uint16_t id,
		       gw_explain_h *say, void *arg);
/* Why a session ended or did not open, in words; "": there is no cause. */
const char *gw_explain_cause(uint8_t cause);
