/*
 * gateway/cmd.h - the commands: check, commit, reply
 *
 * check() reads, decides and reserves; what it returns an error for has
 * changed nothing.  commit() changes and cannot fail.  reply() runs when the
 * engine has done its part.  Which descriptors and contexts are legal is the
 * table in gateway/cmd.c.
 */
#pragma once

#include "gateway/plan.h"
#include "gateway/totals.h"
#include "h248/msg.h"

/* One command on one termination. */
struct gw_call {
	struct gw *gw;
	struct gw_job *job;
	struct h248_arena *arena; /* of the reply */
	struct gw_context *ctx;   /* NULL: none */
	const struct h248_cmd *cmd;
	struct gw_term *term;                 /* NULL: Add, or ROOT */
	struct h248_span reply_id;            /* TerminationID of the reply */
	struct h248_desc *descs, **desc_tail; /* of the reply */
	struct gw_plan plan;                  /* Add, Modify */
	struct gw_events root_events;         /* Modify of ROOT */
	struct gw_props root_props;
	bool has_root_events;
	struct gw_totals totals;                   /* summed up for W- */
	struct h248_event *any_events, **any_tail; /* W-: of any of them */
};

struct gw_cmd_ops {
	unsigned int descs;    /* legal ones: bits 1 << H248_DESC_* */
	unsigned int contexts; /* legal: bits 1 << H248_CTX_* */
	bool is_for_root, is_for_terms;
	int (*check)(struct gw_call *c, struct h248_err *err);
	void (*commit)(struct gw_call *c); /* NULL: nothing to do */
	void (*reply)(struct gw_call *c);
};

/* NULL: 443. */
const struct gw_cmd_ops *gw_cmd_ops(enum h248_cmd_kind kind);
/* 444, 447 or 448 for its descriptors. */
int gw_cmd_check_descs(const struct h248_cmd *cmd, struct h248_err *err);
const struct h248_desc *gw_cmd_desc(const struct h248_cmd *cmd,
				    enum h248_desc_kind kind);

/* "W-" with a wildcard: one reply with the union of the answers (7.2). */
bool gw_cmd_is_union(const struct h248_cmd *cmd);

int gw_add_check(struct gw_call *c, struct h248_err *err);
void gw_add_commit(struct gw_call *c);
void gw_add_reply(struct gw_call *c);
int gw_modify_check(struct gw_call *c, struct h248_err *err);
void gw_modify_commit(struct gw_call *c);
void gw_modify_reply(struct gw_call *c);
int gw_subtract_check(struct gw_call *c, struct h248_err *err);
void gw_subtract_commit(struct gw_call *c);
void gw_subtract_reply(struct gw_call *c);
int gw_audit_check(struct gw_call *c, struct h248_err *err);
void gw_audit_reply(struct gw_call *c);
int gw_service_change_check(struct gw_call *c, struct h248_err *err);
void gw_service_change_commit(struct gw_call *c);
void gw_service_change_reply(struct gw_call *c);

/* The items of its Audit descriptor: 440, 444, 448 to 453, 501 or 532. */
int gw_audit_check_items(const struct gw *gw, const struct h248_cmd *cmd,
			 struct h248_err *err);
/* The items of an Audit descriptor, appended to the reply. */
void gw_audit_items(struct gw_call *c, const struct h248_desc *items);
/* Of a union: begin, take in one termination, the descriptors. */
void gw_audit_union_begin(struct gw_call *c);
void gw_audit_union_add(struct gw_call *c);
struct h248_desc *gw_audit_union_build(struct gw_call *c);
/* Local of every stream that the plan completed. */
struct h248_desc *gw_media_reply(const struct gw_plan *plan,
				 struct h248_arena *a);
