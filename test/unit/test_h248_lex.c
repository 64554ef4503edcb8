/* test/unit/test_h248_lex.c - lexemes, bodies, blocks and the token table */
#include "h248/lex.h"
#include "h248/span.h"
#include "h248/tok.h"
#include "test/support/suite.h"

#include <errno.h>
#include <string.h>

static struct h248_lex on(const char *text)
{
	struct h248_lex x;

	h248_lex_init(&x, text, (uint32_t)strlen(text));
	return x;
}

static struct h248_lexeme next(struct h248_lex *x)
{
	struct h248_lexeme l;

	h248_lex_next(x, &l);
	return l;
}

/* B.2 SafeChar: digits, letters, and these. */
static void safe_chars(void)
{
	unsigned int n = 0;

	for (int c = 0; c < 256; c++)
		n += h248_is_safe((char)c);
	CU_ASSERT_EQUAL(n, 10 + 26 + 26 + 20);
	for (const char *p = "+-&!_/'?@^`~*$\\()%.|"; *p; p++)
		CU_ASSERT(h248_is_safe(*p));
	for (const char *p = "; []{}:,#<>=\"\t\r\n\x7f\x80"; *p; p++)
		CU_ASSERT(!h248_is_safe(*p));
}

static void places(void)
{
	struct h248_lex x = on("a ; b\r\n\r c\n\t\"d\ne\" f{");
	static const struct {
		const char *text;
		enum h248_lex_kind kind;
		uint32_t line, col;
	} t[] = {
		{ "a", H248_LEX_WORD, 1, 1 },      { "c", H248_LEX_WORD, 3, 2 },
		{ "d\ne", H248_LEX_STRING, 4, 2 }, { "f", H248_LEX_WORD, 5, 4 },
		{ "{", H248_LEX_MARK, 5, 5 },      { "", H248_LEX_END, 5, 6 },
		{ "", H248_LEX_END, 5, 6 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct h248_lexeme l = next(&x);

		CU_ASSERT_EQUAL(l.kind, t[i].kind);
		CU_ASSERT(h248_span_is(l.text, t[i].text));
		CU_ASSERT_EQUAL(l.at.line, t[i].line);
		CU_ASSERT_EQUAL(l.at.col, t[i].col);
	}
}

static void bad_octets_stop(void)
{
	static const char *const t[] = { "\x01", "\x80", "\"open",
					 "\"a\x02\"" };

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct h248_lex x = on(t[i]);

		CU_ASSERT_EQUAL(next(&x).kind, H248_LEX_BAD);
	}
}

static void c05_depth(void)
{
	struct h248_lex x = on("{{{{{{{{{{{{{{{{{{");

	for (int i = 0; i < H248_MAX_DEPTH; i++)
		CU_ASSERT_EQUAL(next(&x).kind, H248_LEX_MARK);
	CU_ASSERT_EQUAL(next(&x).kind, H248_LEX_DEEP);
	CU_ASSERT_EQUAL(next(&x).kind, H248_LEX_DEEP);
}

static void bodies(void)
{
	static const struct {
		const char *text, *body;
		uint32_t escapes;
		int rc;
	} t[] = {
		{ "}", "", 0, 0 },
		{ " \r\n\t}", "", 0, 0 },
		{ "\nv=0\n;x\"{ }", "v=0\n;x\"{ ", 0, 0 },
		{ "\\}}", "\\}", 1, 0 },
		{ "a\\}b\\\\}c}", "a\\}b\\\\}c", 2, 0 },
		{ "a\\}", "", 0, -EPROTO },
		{ "a", "", 0, -EPROTO },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct h248_lex x = on(t[i].text);
		struct h248_span body;
		uint32_t escapes;

		CU_ASSERT_EQUAL(h248_lex_body(&x, &body, &escapes), t[i].rc);
		if (t[i].rc)
			continue;
		CU_ASSERT_EQUAL(escapes, t[i].escapes);
		CU_ASSERT(h248_span_is(body, t[i].body));
		CU_ASSERT_EQUAL(x.buf[x.pos], '}');
	}
}

/* What looks like a brace in a string, a comment or SDP is none. */
static void blocks(void)
{
	static const struct {
		const char *text;
		int rc;
	} t[] = {
		{ "{ a { b } \"}\" ; }\n }!", 0 },
		{ "{ L { v=0 ; \" { \\} } remote{;\"}}!", 0 },
		{ "{ x/L { \"}\" } }!", 0 },
		{ "{ \x80 \x01 }!", 0 },
		{ "{ \" }", -EPROTO },
		{ "{ ; }", -EPROTO },
		{ "{ L { \\} }", -EPROTO },
		{ "{{{{{{{{{{{{{{{{{", -E2BIG },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct h248_lex x = on(t[i].text);

		CU_ASSERT_EQUAL(next(&x).mark, '{');
		CU_ASSERT_EQUAL(h248_lex_skip_block(&x), t[i].rc);
		if (!t[i].rc)
			CU_ASSERT_EQUAL(x.buf[x.pos], '!');
	}
}

static void tokens(void)
{
	CU_ASSERT(h248_tok_is(H248_SPAN("mF"), H248_TOK_MODIFY));
	CU_ASSERT(h248_tok_is(H248_SPAN("modify"), H248_TOK_MODIFY));
	CU_ASSERT(!h248_tok_is(H248_SPAN("mod"), H248_TOK_MODIFY));
	CU_ASSERT(!h248_tok_is(H248_SPAN(""), H248_TOK_NONE));
	CU_ASSERT(h248_tok_is(H248_SPAN("ANSLgc"), H248_TOK_AND_LOGIC));
	CU_ASSERT(h248_tok_is(H248_SPAN("DI"), H248_TOK_DIRECTION));
	CU_ASSERT(h248_tok_is(H248_SPAN("EmergencyOffToken"),
			      H248_TOK_EMERGENCY_OFF));
	CU_ASSERT_STRING_EQUAL(h248_tok_text(H248_TOK_CONTEXT, true),
			       "Context");
	CU_ASSERT_STRING_EQUAL(h248_tok_text(H248_TOK_CONTEXT, false), "C");
	CU_ASSERT_EQUAL(h248_tok_version(H248_TOK_SEGMENT), 3);
}

/* No form belongs to two tokens, so a slip in the table shows. */
static void forms_are_apart(void)
{
	unsigned int same = 0;

	for (int a = 1; a < H248_TOK__COUNT; a++)
		for (int b = a + 1; b < H248_TOK__COUNT; b++)
			for (int l = 0; l < 2; l++)
				same += h248_tok_is(
					h248_span_of(h248_tok_text(
						(enum h248_tok)a, l)),
					(enum h248_tok)b);
	CU_ASSERT_EQUAL(same, 0);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "B.2 SafeChar", safe_chars },
		{ "lines and columns", places },
		{ "bad octets stop", bad_octets_stop },
		{ "C05 depth", c05_depth },
		{ "T5 bodies", bodies },
		{ "8.2.2 blocks are skipped", blocks },
		{ "B.2 tokens", tokens },
		{ "B.2 forms of tokens are apart", forms_are_apart },
		{ NULL, NULL },
	};

	return suite_run("h248/lex", tests);
}
