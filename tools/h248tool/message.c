/* tools/h248tool/message.c - one message: decode, then print or judge */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/text.h"
#include "tools/h248tool/tool.h"

static void fault(FILE *out, const struct tool_origin *origin,
		  const struct h248_err *err, unsigned int *n)
{
	uint32_t line = err->at.line ? origin->line + err->at.line - 1 : 0;

	if (!err->code)
		return;
	fprintf(out, "%s:%u:%u: %u %s\n", origin->file, line, err->at.col,
		err->code, err->text);
	++*n;
}

static unsigned int write_faults(FILE *out, const struct tool_origin *origin,
				 const struct h248_msg *m)
{
	unsigned int n = 0;

	for (const struct h248_txn *t = m->txns; t; t = t->next) {
		for (const struct h248_action *a = t->actions; a; a = a->next) {
			for (const struct h248_cmd *c = a->cmds; c; c = c->next)
				fault(out, origin, &c->fault, &n);
			fault(out, origin, &a->fault, &n);
		}
		fault(out, origin, &t->fault, &n);
	}
	fault(out, origin, &m->fault, &n);
	return n;
}

/* Long tokens and indents may make a message many times longer. */
static int print_text(const struct h248_msg *m, bool is_long)
{
	const struct h248_text_style style = { .is_long = is_long,
					       .sdp_eol = "\n" };
	const size_t cap = 16 * H248_MAX_MSG_OCTETS;
	char *buf = malloc(cap);
	size_t n = 0;
	int rc = buf ? h248_text_enc(m, &style, buf, cap, &n) : -ENOMEM;

	if (rc) {
		fprintf(stderr, "h248tool: cannot be printed: %s\n",
			strerror(-rc));
	} else {
		fwrite(buf, 1, n, stdout);
		if (n && buf[n - 1] != '\n')
			putchar('\n');
	}
	free(buf);
	return rc ? EXIT_FAULT : EXIT_GOOD;
}

static int print(enum tool_form form, const struct h248_msg *m,
		 const char *head)
{
	int status = EXIT_GOOD;

	if (head)
		printf("%s%s", head, form == FORM_LADDER ? "  " : "\n");
	if (form != FORM_LADDER)
		return print_text(m, form == FORM_LONG);
	tool_summary(stdout, m);
	putchar('\n');
	return status;
}

int tool_message(enum tool_form form, const struct tool_origin *origin,
		 const char *head, const char *buf, size_t n)
{
	struct h248_arena *arena = h248_arena_new(16 << 20);
	struct h248_msg m = { 0 };
	int rc, status = EXIT_GOOD;

	if (!arena) {
		fprintf(stderr, "h248tool: %s\n", strerror(ENOMEM));
		return EXIT_TROUBLE;
	}
	rc = h248_text_dec(arena, buf, n, &m);
	if (rc && !m.fault.code) {
		m.fault.code = 400;
		snprintf(m.fault.text, sizeof(m.fault.text), "%s",
			 strerror(-rc));
	}
	/* What is at fault is not printed: half a message would look whole. */
	if (write_faults(form == FORM_CHECK ? stdout : stderr, origin, &m))
		status = EXIT_FAULT;
	else if (form != FORM_CHECK)
		status = print(form, &m, head);
	if (status == EXIT_FAULT && head && form != FORM_CHECK)
		printf("%s  malformed\n", head);
	h248_arena_free(arena);
	return status;
}
