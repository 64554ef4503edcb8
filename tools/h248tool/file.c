/*
 * tools/h248tool/file.c - messages in a file
 *
 * A file may hold several messages: each starts with a line that starts with
 * MEGACO/ or !/ , or with the authentication header in front of that; what
 * stands before the first one belongs to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/h248tool/tool.h"

static bool begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && !strncasecmp(p, word, n);
}

static bool is_header(const char *p, const char *end)
{
	return begins(p, end, "MEGACO/") || begins(p, end, "!/");
}

static bool is_auth(const char *p, const char *end)
{
	return begins(p, end, "AU=") || begins(p, end, "Authentication");
}

/* A line that holds the header: behind an authentication header it is known
 * by its slash. */
static bool has_header(const char *p, const char *eol)
{
	return is_header(p, eol) ||
	       (is_auth(p, eol) && memchr(p, '/', (size_t)(eol - p)));
}

/* The start of the next message behind p, or end; counts lines on the way. */
static const char *next_message(const char *p, const char *end, uint32_t *line)
{
	bool has_head = false;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (has_head && (is_header(p, end) || is_auth(p, end)))
			return p;
		has_head = has_head || has_header(p, eol ? eol : end);
		p = eol ? eol + 1 : end;
		++*line;
	}
	return end;
}

static int each_message(enum tool_form form, const char *path, const char *p,
			const char *end)
{
	struct tool_origin origin = { path, 1, NULL };
	int status = EXIT_GOOD;

	do {
		uint32_t line = origin.line;
		const char *next = next_message(p, end, &line);
		int rc = tool_message(form, &origin, p, (size_t)(next - p));

		status = rc > status ? rc : status;
		origin.line = line;
		p = next;
	} while (p < end);
	return status;
}

static char *read_all(FILE *f, size_t *n)
{
	size_t cap = 0;
	char *buf = NULL;

	*n = 0;
	do {
		char *more;

		cap = cap ? 2 * cap : 65536;
		more = realloc(buf, cap);
		if (!more) {
			free(buf);
			return NULL;
		}
		buf = more;
		*n += fread(buf + *n, 1, cap - *n, f);
	} while (*n == cap);
	if (!ferror(f))
		return buf;
	free(buf);
	return NULL;
}

int tool_file(enum tool_form form, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : fopen(path, "rb");
	char *buf = NULL;
	size_t n = 0;
	int status = EXIT_TROUBLE;

	if (f)
		buf = read_all(f, &n);
	if (buf)
		status = each_message(form, is_stdin ? "stdin" : path, buf,
				      buf + n);
	else
		fprintf(stderr, "h248tool: %s: %s\n", path, strerror(errno));
	free(buf);
	if (f && !is_stdin)
		fclose(f);
	return status;
}
