/* mgcsim/examine.c - <assert> and <bind>: what a message says */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mgcsim/step.h"
#include "tools/mgcsim/xpath.h"

/* The message in one line, for a verdict: its first 700 octets. */
static char *show(xmlDoc *doc)
{
	xmlBuffer *buf = xmlBufferCreate();
	char *text = NULL;

	if (buf && doc &&
	    xmlNodeDump(buf, doc, xmlDocGetRootElement(doc), 0, 0) > 0)
		text = strndup((const char *)xmlBufferContent(buf), 700);
	if (buf)
		xmlBufferFree(buf);
	return text;
}

enum run_verdict step_fail_with(struct run *run, xmlDoc *doc, const char *what,
				const char *detail)
{
	char *text = show(doc);

	run_fail(run, "%s%s%s%s", what, detail, text ? "; received " : "",
		 text ? text : "");
	free(text);
	return RUN_FAIL;
}

static bool is_equal(const char *value, const char *given)
{
	return !strcmp(value, given);
}

static bool is_different(const char *value, const char *given)
{
	return strcmp(value, given) != 0;
}

static bool is_matching(const char *value, const char *pattern)
{
	regex_t re;
	bool yes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	yes = !regexec(&re, value, 0, NULL, 0);
	regfree(&re);
	return yes;
}

/* Sign of a - b in *sign; false when one is no number. */
static bool compare(const char *a, const char *b, int *sign)
{
	double x, y;

	if (!xpath_number(a, &x) || !xpath_number(b, &y))
		return false;
	*sign = (x > y) - (x < y);
	return true;
}

static bool is_min(const char *value, const char *given)
{
	int sign;

	return compare(value, given, &sign) && sign >= 0;
}

static bool is_max(const char *value, const char *given)
{
	int sign;

	return compare(value, given, &sign) && sign <= 0;
}

static bool is_above(const char *value, const char *given)
{
	int sign;

	return compare(value, given, &sign) && sign > 0;
}

static bool is_below(const char *value, const char *given)
{
	int sign;

	return compare(value, given, &sign) && sign < 0;
}

/* Each attribute of <assert> that demands something of the value. */
static const struct demand {
	const char *attr, *words;
	bool (*holds)(const char *value, const char *given);
} DEMANDS[] = {
	{ "equals", "", is_equal },
	{ "differs", "another value than ", is_different },
	{ "matches", "", is_matching },
	{ "min", "a number from ", is_min },
	{ "max", "a number up to ", is_max },
	{ "above", "a number above ", is_above },
	{ "below", "a number below ", is_below },
};

enum { N_DEMANDS = sizeof(DEMANDS) / sizeof(DEMANDS[0]) };

/* What is seen of the value in a verdict. */
struct seen {
	xmlDoc *doc;
	const char *path;
	const xmlChar *value; /* NULL: no such node */
	bool is_true;
};

static enum run_verdict fail(struct run *run, const struct seen *seen,
			     const char *words, const char *given)
{
	char what[400];

	snprintf(what, sizeof(what), "%s is \"%.100s\", expected %s",
		 seen->path,
		 seen->value ? (const char *)seen->value : "(absent)", words);
	return step_fail_with(run, seen->doc, what, given);
}

static enum run_verdict check_value(struct run *run, const struct seen *seen,
				    xmlNode *node)
{
	const char *value = seen->value ? (const char *)seen->value : "";
	enum run_verdict v = RUN_PASS;
	unsigned int n = 0;

	for (unsigned int i = 0; i < N_DEMANDS && v == RUN_PASS; i++) {
		const struct demand *d = &DEMANDS[i];
		char *given = run_attr(run, node, d->attr);

		n += given != NULL;
		if (run->verdict == RUN_FAIL)
			v = RUN_FAIL;
		else if (given && !d->holds(value, given))
			v = fail(run, seen, d->words, given);
		free(given);
	}
	if (v == RUN_PASS && !n && !seen->is_true)
		v = fail(run, seen, "that it holds", "");
	return v;
}

static enum run_verdict bind_value(struct run *run, const struct seen *seen,
				   xmlNode *node)
{
	char *name = run_attr(run, node, "var");
	enum run_verdict v = RUN_PASS;

	if (!seen->value)
		v = step_fail_with(run, seen->doc, "nothing to bind at ",
				   seen->path);
	else if (!name || vars_set(&run->vars, name, (const char *)seen->value))
		v = run_fail(run, "variable %s cannot be set",
			     name ? name : "?");
	free(name);
	return v;
}

typedef enum run_verdict(look_h)(struct run *run, const struct seen *seen,
				 xmlNode *node);

static enum run_verdict look_at(struct run *run, xmlNode *node, xmlDoc *doc,
				look_h *look)
{
	char *path = run_attr(run, node, "path");
	struct seen seen = { .doc = doc, .path = path };
	enum run_verdict v = RUN_FAIL;
	xmlChar *value = NULL;

	if (path) {
		value = xpath_text(doc, path, &run->vars, &seen.is_true);
		seen.value = value;
		v = look(run, &seen, node);
	}
	xmlFree(value);
	free(path);
	return v;
}

enum run_verdict step_assert(struct run *run, xmlNode *step)
{
	return look_at(run, step, run->last, check_value);
}

enum run_verdict step_bind(struct run *run, xmlNode *step)
{
	return look_at(run, step, run->last, bind_value);
}

/* All <bind> and <assert> of the step, in the order they are written. */
enum run_verdict step_examine(struct run *run, xmlNode *step, xmlDoc *doc)
{
	enum run_verdict v = RUN_PASS;

	for (xmlNode *n = step->children; n && v == RUN_PASS; n = n->next) {
		if (!strcmp((const char *)n->name, "bind"))
			v = look_at(run, n, doc, bind_value);
		else if (!strcmp((const char *)n->name, "assert"))
			v = look_at(run, n, doc, check_value);
	}
	return v;
}
