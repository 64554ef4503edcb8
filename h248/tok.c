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

static const struct {
	enum h248_tok tok;
	struct h248_span text;
} aliases[] = {
#define TOK(id, l, s, v)
#define ALIAS(id, text) { H248_TOK_##id, { text, sizeof(text) - 1 } },
#include "h248/tok.def"
#undef TOK
#undef ALIAS
};

bool h248_tok_is(struct h248_span s, enum h248_tok t)
{
	if (!s.n)
		return false;
	if (h248_span_eq(s, toks[t].shorter) || h248_span_eq(s, toks[t].longer))
		return true;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (aliases[i].tok == t && h248_span_eq(s, aliases[i].text))
			return true;
	return false;
}

const char *h248_tok_text(enum h248_tok t, bool is_long)
{
	return is_long ? toks[t].longer.p : toks[t].shorter.p;
}

uint8_t h248_tok_version(enum h248_tok t)
{
	return toks[t].version;
}
