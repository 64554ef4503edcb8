/* tools/h248tool/message.c - one message: decode, then print or judge */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/error.h"
#include "h248/summary.h"
#include "h248/text.h"
#include "tools/h248tool/tool.h"

struct faults {
	FILE *out;
	const struct tool_origin *origin;
};

uint32_t tool_line(const struct tool_origin *origin, const struct h248_err *err)
{
	return err->at.line ? origin->line + err->at.line - 1 : 0;
}

static void write_fault(const struct h248_err *err, void *arg)
{
	const struct faults *to = arg;
	const char *clause = h248_clause_text(err->clause);

	fprintf(to->out, "%s:%u:%u: %u %s", to->origin->file,
		tool_line(to->origin, err), err->at.col, err->code, err->text);
	if (*clause)
		fprintf(to->out, " (H.248.1 %s)", clause);
	putc('\n', to->out);
}

static unsigned int fault(const struct h248_err *err, tool_fault_h *h,
			  void *arg)
{
	if (err->code)
		h(err, arg);
	return err->code != 0;
}

static unsigned int action_faults(const struct h248_action *a, tool_fault_h *h,
				  void *arg)
{
	unsigned int n = 0;

	for (const struct h248_cmd *c = a->cmds; c; c = c->next)
		n += fault(&c->fault, h, arg);
	return n + fault(&a->fault, h, arg);
}

unsigned int tool_faults(const struct h248_msg *m, tool_fault_h *h, void *arg)
{
	unsigned int n = 0;

	for (const struct h248_txn *t = m->txns; t; t = t->next) {
		for (const struct h248_action *a = t->actions; a; a = a->next)
			n += action_faults(a, h, arg);
		n += fault(&t->fault, h, arg);
	}
	return n + fault(&m->fault, h, arg);
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

	if (!rc) {
		fwrite(buf, 1, n, stdout);
		if (n && buf[n - 1] != '\n')
			putchar('\n');
	}
	free(buf);
	return rc;
}

static void print_origin(const struct tool_origin *origin)
{
	if (origin->head)
		printf("; %s\n", origin->head);
	else
		printf("; %s:%u\n", origin->file, origin->line);
}

static void print_ladder(const struct tool_origin *origin,
			 const struct h248_msg *m)
{
	if (origin->head)
		printf("%s  ", origin->head);
	h248_summary(stdout, m);
	putchar('\n');
}

static int print(enum tool_form form, const struct tool_origin *origin,
		 const struct h248_msg *m)
{
	int rc = 0;

	switch (form) {
	case FORM_PRINT:
		print_origin(origin);
		rc = print_text(m, true);
		break;
	case FORM_LONG:
	case FORM_SHORT:
		rc = print_text(m, form == FORM_LONG);
		break;
	case FORM_LADDER:
		print_ladder(origin, m);
		break;
	case FORM_JSON: /* has been printed, with the faults */
	case FORM_CHECK:
		break;
	}
	if (rc)
		fprintf(stderr, "h248tool: %s:%u: cannot be printed: %s\n",
			origin->file, origin->line, strerror(-rc));
	return rc ? EXIT_FAULT : EXIT_GOOD;
}

/* Half a message would look whole, so it is only said that there was one. */
static void print_malformed(enum tool_form form,
			    const struct tool_origin *origin)
{
	if (origin->head && (form == FORM_LADDER || form == FORM_PRINT))
		printf("%s%s  malformed\n", form == FORM_PRINT ? "; " : "",
		       origin->head);
}

static int judge(enum tool_form form, const struct tool_origin *origin,
		 const struct h248_msg *m)
{
	struct faults to = { form == FORM_CHECK ? stdout : stderr, origin };
	int rc = form == FORM_JSON ? tool_json(stdout, origin, m) : 0;

	if (rc) {
		fprintf(stderr, "h248tool: %s\n", strerror(-rc));
		return EXIT_TROUBLE;
	}
	if (!tool_faults(m, write_fault, &to))
		return print(form, origin, m);
	print_malformed(form, origin);
	return EXIT_FAULT;
}

int tool_message(enum tool_form form, const struct tool_origin *origin,
		 const char *buf, size_t n)
{
	struct h248_arena *arena = h248_arena_new(16 << 20);
	struct h248_msg m = { 0 };
	int rc;

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
	rc = judge(form, origin, &m);
	h248_arena_free(arena);
	return rc;
}
