/* h248/error.c - see error.h */
#include "h248/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
	uint16_t code;
	const char *text;
} texts[] = {
#define ERROR(code, name, when) { (code), (name) },
#include "h248/error.def"
#undef ERROR
};

const char *h248_error_text(uint16_t code)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "Unknown error";
}

const char *h248_clause_text(enum h248_clause c)
{
	static const char *const numbers[H248_CLAUSE__COUNT] = {
		[H248_CLAUSE_NONE] = "",
#define CLAUSE(id, number) [H248_CLAUSE_##id] = (number),
#include "h248/clause.def"
#undef CLAUSE
	};

	return c < H248_CLAUSE__COUNT ? numbers[c] : "";
}

int h248_err_set(struct h248_err *e, uint16_t code, struct h248_place at,
		 const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -EPROTO;
	e->code = code;
	e->clause = H248_CLAUSE_NONE;
	e->at = at;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	/* The text goes into a quoted string, which has no escape. */
	for (char *p = e->text; *p; p++)
		if (*p < ' ' || *p > '~' || *p == '"')
			*p = '?';
	return -EPROTO;
}
