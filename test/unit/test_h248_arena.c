/* test/unit/test_h248_arena.c - the memory of one message, and its errors */
#include "h248/arena.h"
#include "h248/error.h"
#include "h248/pool.h"
#include "h248/span.h"
#include "test/support/suite.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>

/* What the compilers say of themselves, which is not what the code asks. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { IS_WATCHED = 1 };
#else
enum { IS_WATCHED = 0 };
#endif

static void alloc_is_zeroed_and_aligned(void)
{
	struct h248_arena *a = h248_arena_new(0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	for (size_t n = 1; n < 300; n += 7) {
		unsigned char *p = h248_arena_alloc(a, n);

		CU_ASSERT_PTR_NOT_NULL_FATAL(p);
		CU_ASSERT_EQUAL((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			CU_ASSERT_EQUAL(p[i], 0);
		memset(p, 0xff, n);
	}
	h248_arena_free(a);
}

static void budget_is_kept(void)
{
	struct h248_arena *a = h248_arena_new(10000);
	size_t got = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT(!h248_arena_failed(a));
	while (h248_arena_alloc(a, 64))
		got += 64;
	CU_ASSERT(got > 8000 && got <= 10000);
	CU_ASSERT(h248_arena_used(a) <= 10000);
	CU_ASSERT(h248_arena_failed(a));
	h248_arena_free(a);
}

static void huge_request_is_refused(void)
{
	struct h248_arena *a = h248_arena_new(0);

	CU_ASSERT_PTR_NULL(h248_arena_alloc(a, SIZE_MAX));
	CU_ASSERT_PTR_NULL(h248_arena_alloc(a, (1 << 20) + 1));
	CU_ASSERT(h248_arena_failed(a));
	CU_ASSERT_EQUAL(h248_arena_used(a), 0);
	CU_ASSERT_PTR_NOT_NULL(h248_arena_alloc(a, 1 << 20));
	h248_arena_free(a);
}

static void copies_live_in_the_arena(void)
{
	struct h248_arena *a = h248_arena_new(0);
	char text[] = "ip/1/access/7";
	struct h248_span s = h248_arena_dup(a, h248_span_of(text));

	memset(text, 'x', sizeof(text) - 1);
	CU_ASSERT(h248_span_is(s, "ip/1/access/7"));
	s = h248_arena_dup(a, (struct h248_span) { text, 0 });
	CU_ASSERT(s.p && !s.n);
	s = h248_arena_printf(a, "ip/%d/%s", 1, "core");
	CU_ASSERT(h248_span_is(s, "ip/1/core"));
	h248_arena_free(a);
}

/* An arena that comes from one that was full begins anew. */
static void used_again_it_is_as_new(void)
{
	struct h248_arena *a = h248_arena_new(10000);

	while (h248_arena_alloc(a, 64))
		;
	h248_arena_free(a);
	a = h248_arena_new(0);
	CU_ASSERT(!h248_arena_failed(a));
	CU_ASSERT_EQUAL(h248_arena_used(a), 0);
	for (unsigned int i = 0; i < 1000; i++) {
		const unsigned char *p = h248_arena_alloc(a, 100);

		CU_ASSERT_PTR_NOT_NULL_FATAL(p);
		CU_ASSERT(!p[0] && !memcmp(p, p + 1, 99));
	}
	h248_arena_free(a);
}

/* As many at a time as it keeps, and more; none is handed out twice. */
static void pool_gives_what_it_got(void)
{
	enum { MANY = 600, OCTETS = 2000 };
	static void *block[MANY];
	struct h248_pool pool = { 0 };

	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < MANY; i++) {
			block[i] = h248_pool_take(&pool, OCTETS);
			CU_ASSERT_PTR_NOT_NULL_FATAL(block[i]);
			memset(block[i], (int)(i % 251), OCTETS);
		}
		for (unsigned int i = 0; i < MANY; i++) {
			const unsigned char *p = block[i];

			CU_ASSERT(p[0] == i % 251 && p[OCTETS - 1] == i % 251);
			h248_pool_give(&pool, block[i]);
		}
		CU_ASSERT(pool.n <= MANY);
	}
	h248_pool_give(&pool, NULL);
	h248_pool_fini(&pool);
	CU_ASSERT(!pool.n && !pool.first);
}

/* So that a use after the end is seen, whoever compiles it. */
static void pool_keeps_none_when_watched(void)
{
	struct h248_pool pool = { 0 };

	h248_pool_give(&pool, h248_pool_take(&pool, 100));
	CU_ASSERT_EQUAL(pool.n, !IS_WATCHED);
	h248_pool_fini(&pool);
}

static void error_has_registered_text(void)
{
	CU_ASSERT_STRING_EQUAL(h248_error_text(510), "Insufficient resources");
	CU_ASSERT_STRING_EQUAL(h248_error_text(999), "Unknown error");
}

static void error_text_is_ascii_without_quotes(void)
{
	struct h248_err e = { .code = 0 };
	struct h248_place at = { 3, 14 };
	char longer[200];

	CU_ASSERT_EQUAL(h248_err_set(&e, 442, at, "a\"b\xc3\xa9\n%d", 7),
			-EPROTO);
	CU_ASSERT_EQUAL(e.code, 442);
	CU_ASSERT_EQUAL(e.at.line, 3);
	CU_ASSERT_EQUAL(e.at.col, 14);
	CU_ASSERT_STRING_EQUAL(e.text, "a?b???7");
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(h248_err_set(&e, 442, at, "%s", longer), -EPROTO);
	CU_ASSERT_EQUAL(strlen(e.text), H248_ERR_TEXT - 1);
	CU_ASSERT_EQUAL(h248_err_set(NULL, 442, at, "x"), -EPROTO);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "alloc is zeroed and aligned", alloc_is_zeroed_and_aligned },
		{ "C04 budget is kept", budget_is_kept },
		{ "C04 huge request is refused", huge_request_is_refused },
		{ "copies live in the arena", copies_live_in_the_arena },
		{ "C04 used again it is as new", used_again_it_is_as_new },
		{ "a pool gives what it got", pool_gives_what_it_got },
		{ "a sanitizer sees each block", pool_keeps_none_when_watched },
		{ "H.248.8 registered texts", error_has_registered_text },
		{ "error text is ASCII", error_text_is_ascii_without_quotes },
		{ NULL, NULL },
	};

	return suite_run("h248/arena", tests);
}
