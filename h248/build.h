/*
 * h248/build.h - building messages: small constructors for tree nodes
 *
 * Each returns a node in the arena, or NULL when the arena is used up.  A
 * `const char *` is copied into the arena, a span is borrowed.  The
 * append functions keep order, are O(1) through a tail pointer, and accept
 * NULL for the new node (then they do nothing), so that a caller may build
 * first and test the arena once at the end (h248_arena_failed).
 */
#pragma once

#include "h248/msg.h"

struct h248_value *h248_value_new(struct h248_arena *a, struct h248_span text,
				  bool is_quoted);
/* pkg NULL: a parameter name alone; value NULL: only named. */
struct h248_prop *h248_prop_new(struct h248_arena *a, const char *pkg,
				const char *item, struct h248_value *value);
struct h248_prop *h248_prop_uint(struct h248_arena *a, const char *pkg,
				 const char *item, uint64_t value);
struct h248_prop *h248_prop_str(struct h248_arena *a, const char *pkg,
				const char *item, const char *value);
struct h248_term_id *h248_term_id_new(struct h248_arena *a,
				      struct h248_span text);
struct h248_desc *h248_desc_new(struct h248_arena *a, enum h248_desc_kind kind);
struct h248_cmd *h248_cmd_new(struct h248_arena *a, enum h248_cmd_kind kind,
			      struct h248_span term);
struct h248_action *h248_action_new(struct h248_arena *a,
				    enum h248_ctx_kind ctx, uint32_t id);
struct h248_txn *h248_txn_new(struct h248_arena *a, enum h248_txn_kind kind,
			      uint32_t id);
/* text NULL or empty: the registered text of the code. */
struct h248_desc *h248_desc_error(struct h248_arena *a, uint16_t code,
				  const char *text);
struct h248_error_desc *h248_error_desc_new(struct h248_arena *a, uint16_t code,
					    const char *text);

/* `tail` is the address of the last node's next pointer, at first &list; a
 * node that is NULL is left out.  Each argument but `tail` is evaluated once:
 * mostly it is a call that builds the node. */
#define H248_APPEND(tail, node)                         \
	do {                                            \
		__typeof__(*(tail)) appended_ = (node); \
		if (appended_) {                        \
			*(tail) = appended_;            \
			(tail) = &appended_->next;      \
		}                                       \
	} while (0)
