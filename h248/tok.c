/* h248/tok.c - see tok.h */
#include "h248/tok.h"

#include "h248/span.h"

static const struct {
	struct h248_span longer, shorter;
	uint8_t version;
} toks[H248_TOK__COUNT] = {
	[H248_TOK_NONE] = { { "", 0 }, { "", 0 }, 0 },
#define TOK(id, l, s, v) \
	[H248_TOK_##id] = { { l, sizeof(l) - 1 }, { s, sizeof(s) - 1 }, v },
#define ALIAS(id, text)
#include "h248/tok.def"
#undef TOK
#undef ALIAS
};

/* All forms of all tokens; some are the same in long and short. */
static const struct {
	struct h248_span text;
	enum h248_tok tok;
} forms[] = {
#define TOK(id, l, s, v)                         \
	{ { l, sizeof(l) - 1 }, H248_TOK_##id }, \
		{ { s, sizeof(s) - 1 }, H248_TOK_##id },
#define ALIAS(id, text) { { text, sizeof(text) - 1 }, H248_TOK_##id },
#include "h248/tok.def"
#undef TOK
#undef ALIAS
};

enum {
	N_FORMS = sizeof(forms) / sizeof(*forms),
	SLOTS = 1024, /* a power of two, much more than forms */
};
_Static_assert(N_FORMS < SLOTS / 2, "the index of tokens is too full");

/* Where a form is: its index in forms[] plus 1; 0: no form has this slot. */
static uint16_t slots[SLOTS];

/* s is not empty.  These letters tell most forms apart; bit 5 is the case. */
static unsigned int slot_of(struct h248_span s)
{
	unsigned int h = s.n;

	h = h * 31 + (s.p[0] | 0x20u);
	h = h * 31 + (s.p[s.n / 2] | 0x20u);
	h = h * 31 + (s.p[s.n - 1] | 0x20u);
	return (h ^ h >> 8) % SLOTS;
}

/* Before main(): no thread ever sees half of the index. */
__attribute__((constructor)) static void index_forms(void)
{
	for (unsigned int i = 0; i < N_FORMS; i++) {
		unsigned int slot = slot_of(forms[i].text);

		while (slots[slot])
			slot = (slot + 1) % SLOTS;
		slots[slot] = (uint16_t)(i + 1);
	}
}

enum h248_tok h248_tok_of(struct h248_span s)
{
	unsigned int slot;

	if (!s.n)
		return H248_TOK_NONE;
	for (slot = slot_of(s); slots[slot]; slot = (slot + 1) % SLOTS)
		if (h248_span_eq(s, forms[slots[slot] - 1].text))
			return forms[slots[slot] - 1].tok;
	return H248_TOK_NONE;
}

bool h248_tok_is(struct h248_span s, enum h248_tok t)
{
	return t != H248_TOK_NONE && h248_tok_of(s) == t;
}

struct h248_span h248_tok_form(enum h248_tok t, bool is_long)
{
	return is_long ? toks[t].longer : toks[t].shorter;
}

const char *h248_tok_text(enum h248_tok t, bool is_long)
{
	return h248_tok_form(t, is_long).p;
}

uint8_t h248_tok_version(enum h248_tok t)
{
	return toks[t].version;
}
