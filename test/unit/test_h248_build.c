/* test/unit/test_h248_build.c - constructors of the message tree */
#include "h248/build.h"
#include "h248/span.h"
#include "test/support/suite.h"

static void nodes_hold_what_was_asked(void)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_prop *p = h248_prop_uint(a, "nt", "os", UINT64_MAX);
	struct h248_cmd *c =
		h248_cmd_new(a, H248_CMD_SUBTRACT, H248_SPAN("ip/1/*"));
	struct h248_txn *t = h248_txn_new(a, H248_TXN_REPLY, 0);
	struct h248_action *act = h248_action_new(a, H248_CTX_ID, 7001);

	CU_ASSERT(h248_span_is(p->name.pkg, "nt"));
	CU_ASSERT(h248_span_is(p->name.item, "os"));
	CU_ASSERT(h248_span_is(p->values->text, "18446744073709551615"));
	CU_ASSERT(!p->values->is_quoted);
	p = h248_prop_str(a, NULL, "cause", "fin");
	CU_ASSERT_PTR_NULL(p->name.pkg.p);
	CU_ASSERT(p->values->is_quoted);
	CU_ASSERT(c->terms->has_all && !c->terms->has_choose);
	CU_ASSERT(!c->terms->is_root);
	c = h248_cmd_new(a, H248_CMD_MODIFY, H248_SPAN("root"));
	CU_ASSERT(c->terms->is_root);
	CU_ASSERT(t->has_id && !t->id);
	CU_ASSERT_EQUAL(act->ctx_id, 7001);
	h248_arena_free(a);
}

static void error_takes_the_registered_text(void)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_desc *d = h248_desc_error(a, 430, NULL);
	struct h248_error_desc *e = h248_error_desc_new(a, 411, "no 7");

	CU_ASSERT(d->kind == H248_DESC_ERROR && d->u.error.code == 430);
	CU_ASSERT(h248_span_is(d->u.error.text, "Unknown TerminationID"));
	CU_ASSERT(e->code == 411 && h248_span_is(e->text, "no 7"));
	h248_arena_free(a);
}

static void append_keeps_order_and_takes_null(void)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_txn *list = NULL, **tail = &list;
	uint32_t id = 0;

	for (uint32_t i = 1; i <= 3; i++) {
		struct h248_txn *t = h248_txn_new(a, H248_TXN_REQUEST, i);
		struct h248_txn *none = NULL;

		H248_APPEND(tail, t);
		H248_APPEND(tail, none);
	}
	for (struct h248_txn *t = list; t; t = t->next)
		CU_ASSERT_EQUAL(t->id, ++id);
	CU_ASSERT_EQUAL(id, 3);
	h248_arena_free(a);
}

static struct h248_txn *last_one(struct h248_arena *a, unsigned int *n_calls)
{
	return ++*n_calls == 1 ? h248_txn_new(a, H248_TXN_REQUEST, 7) : NULL;
}

/* What builds the node is called once: a second call would cost twice the
 * memory, and put NULL where there was something, when it is all used up. */
static void append_calls_once(void)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_txn *list = NULL, **tail = &list;
	unsigned int n_calls = 0;

	H248_APPEND(tail, last_one(a, &n_calls));
	CU_ASSERT_EQUAL(n_calls, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT(list->id == 7 && tail == &list->next);
	H248_APPEND(tail, last_one(a, &n_calls));
	CU_ASSERT_EQUAL(n_calls, 2);
	CU_ASSERT(tail == &list->next && !list->next);
	h248_arena_free(a);
}

static void full_arena_gives_null(void)
{
	struct h248_arena *a = h248_arena_new(16);

	CU_ASSERT_PTR_NULL(h248_cmd_new(a, H248_CMD_ADD, H248_SPAN("$")));
	CU_ASSERT_PTR_NULL(h248_prop_str(a, "g", "cause", "x"));
	CU_ASSERT_PTR_NULL(h248_prop_uint(a, "nt", "dur", 1));
	CU_ASSERT_PTR_NULL(h248_desc_error(a, 510, NULL));
	CU_ASSERT(h248_arena_failed(a));
	h248_arena_free(a);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "nodes hold what was asked", nodes_hold_what_was_asked },
		{ "error takes the registered text",
		  error_takes_the_registered_text },
		{ "append keeps order", append_keeps_order_and_takes_null },
		{ "C36 append calls once", append_calls_once },
		{ "full arena gives NULL", full_arena_gives_null },
		{ NULL, NULL },
	};

	return suite_run("h248/build", tests);
}
