/* mgcsim/verdict.c - see verdict.h */
#include "tools/mgcsim/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void verdicts_init(struct verdicts *all)
{
	memset(all, 0, sizeof(*all));
	STAILQ_INIT(&all->list);
}

void verdicts_fini(struct verdicts *all)
{
	struct verdict *v;

	while ((v = STAILQ_FIRST(&all->list))) {
		STAILQ_REMOVE_HEAD(&all->list, entry);
		free(v->ladder);
		free(v);
	}
}

/* A peer may have sent any octet, and XML and terminals take few of them. */
static void make_plain(char *text)
{
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\n') || c >= 0x7f)
			*text = '?';
	}
}

int verdicts_add(struct verdicts *all, const struct verdict *v)
{
	/* Those that failed have room left in any case. */
	bool is_kept =
		all->n_kept < (v->is_pass ? VERDICTS_KEPT / 2 : VERDICTS_KEPT);
	struct verdict *copy = is_kept ? malloc(sizeof(*copy)) : NULL;

	if (v->is_pass)
		all->n_pass++;
	else
		all->n_fail++;
	if (!copy) {
		free(v->ladder);
		return is_kept ? -ENOMEM : 0;
	}
	*copy = *v;
	make_plain(copy->why);
	make_plain(copy->ladder);
	if (copy->ladder && all->n_ladders++ >= LADDERS_KEPT) {
		free(copy->ladder);
		copy->ladder = NULL;
	}
	all->n_kept++;
	STAILQ_INSERT_TAIL(&all->list, copy, entry);
	return 0;
}

void verdict_text(const struct verdict *v, FILE *to)
{
	if (v->is_pass) {
		fprintf(to, "%u steps in %.1f s", v->steps, v->seconds);
		return;
	}
	fprintf(to, "step %u", v->steps);
	if (v->stage[0])
		fprintf(to, " (%s)", v->stage);
	fprintf(to, ", %s <%s>: %s", v->where, v->step, v->why);
}

void verdict_print(const struct verdict *v, const char *scenario, FILE *to)
{
	fprintf(to, "%s %s", v->is_pass ? "PASS" : "FAIL", scenario);
	if (v->user)
		fprintf(to, " user %u", v->user);
	fputs(": ", to);
	verdict_text(v, to);
	fputc('\n', to);
	fflush(to);
}
