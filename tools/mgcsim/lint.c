/* mgcsim/lint.c - what a schema cannot say about a scenario */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "tools/mgcsim/scenario.h"
#include "tools/mgcsim/xpath.h"

struct lint {
	const struct scenario *scenario;
	char *err;
	size_t cap;
};

static bool complain(const struct lint *l, const xmlNode *node,
		     const char *text)
{
	char where[SCENARIO_PATH + 32];

	scenario_where(l->scenario, node, where, sizeof(where));
	snprintf(l->err, l->cap, "%s: <%s>: %s", where, node->name, text);
	return false;
}

static bool is_element(const xmlNode *node, const char *name)
{
	return !strcmp((const char *)node->name, name);
}

/* With a variable inside, the text is only known when it is played. */
static bool is_open(const char *text)
{
	for (const char *p = text; (p = strstr(p, "${")); p++)
		if (p[2] >= 'a' && p[2] <= 'z')
			return true;
	return false;
}

static bool check_expressions(const struct lint *l, const xmlNode *node)
{
	static const char *const NAME[] = { "path", "match", "test", "select" };
	char why[400];
	bool is_good = true;

	for (size_t i = 0; i < sizeof(NAME) / sizeof(NAME[0]) && is_good; i++) {
		char *text = scenario_attr(node, NAME[i]);

		if (text && !is_open(text) &&
		    !xpath_check(text, why, sizeof(why)))
			is_good = complain(l, node, why);
		xmlFree(text);
	}
	return is_good;
}

static bool check_pattern(const struct lint *l, const xmlNode *node)
{
	char *text = scenario_attr(node, "matches");
	char why[200];
	bool is_good = true;
	regex_t re;
	int rc;

	if (text && !is_open(text)) {
		rc = regcomp(&re, text, REG_EXTENDED | REG_NOSUB);
		if (rc) {
			regerror(rc, &re, why, sizeof(why));
			is_good = complain(l, node, why);
		} else {
			regfree(&re);
		}
	}
	xmlFree(text);
	return is_good;
}

/* to="x" needs an as="x" in some file: a procedure may have sent it. */
static bool has_sent(const xmlNode *node, const char *name)
{
	bool is_found = false;

	for (; node && !is_found; node = node->next) {
		char *as = node->type == XML_ELEMENT_NODE ?
				   scenario_attr(node, "as") :
				   NULL;

		is_found = (as && !strcmp(as, name)) ||
			   has_sent(node->children, name);
		xmlFree(as);
	}
	return is_found;
}

static bool check_to(const struct lint *l, const xmlNode *node)
{
	char *to =
		is_element(node, "expect") ? scenario_attr(node, "to") : NULL;
	bool is_found = !to;

	for (unsigned int i = 0; !is_found && i < l->scenario->n_files; i++)
		is_found = has_sent(
			xmlDocGetRootElement(l->scenario->file[i].doc), to);
	xmlFree(to);
	return is_found ||
	       complain(l, node, "to= names what no <send as=\"\"> sends");
}

static bool check_break(const struct lint *l, const xmlNode *node)
{
	if (!is_element(node, "break"))
		return true;
	for (const xmlNode *n = node; n && n->type == XML_ELEMENT_NODE;
	     n = n->parent)
		if (is_element(n, "while") || is_element(n, "repeat"))
			return true;
	return complain(l, node, "stands in no loop");
}

static bool check_call(const struct lint *l, const xmlNode *node)
{
	if (!is_element(node, "call") || scenario_called(l->scenario, node))
		return true;
	return complain(l, node, "there is no such procedure");
}

static bool check_all(const struct lint *l, const xmlNode *node)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!check_expressions(l, node) || !check_pattern(l, node) ||
		    !check_to(l, node) || !check_break(l, node) ||
		    !check_call(l, node) || !check_all(l, node->children))
			return false;
	}
	return true;
}

bool scenario_lint(const struct scenario *s, const xmlDoc *doc, char *err,
		   size_t cap)
{
	struct lint l = { s, err, cap };

	return check_all(&l, xmlDocGetRootElement((xmlDoc *)doc));
}
