/* mgcsim/xpath.c - see xpath.h */
#include "tools/mgcsim/xpath.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xpathInternals.h>

static xmlXPathObject *lookup(void *arg, const xmlChar *name, const xmlChar *ns)
{
	const char *value = ns ? NULL : vars_get(arg, (const char *)name);

	return value ? xmlXPathNewCString(value) : NULL;
}

static void ignore(void *arg, xmlErrorPtr e)
{
	(void)arg;
	(void)e;
}

static xmlXPathObject *evaluate(xmlDoc *doc, const char *expression,
				const struct vars *vars)
{
	xmlDoc *none = doc ? NULL : xmlNewDoc(BAD_CAST "1.0");
	xmlXPathContext *ctx = xmlXPathNewContext(doc ? doc : none);
	xmlXPathObject *value = NULL;

	if (ctx) {
		ctx->error = ignore;
		xmlXPathRegisterVariableLookup(ctx, lookup, (void *)vars);
		value = xmlXPathEvalExpression(BAD_CAST expression, ctx);
	}
	/* No node of `none` can be in it but the document, which has none. */
	if (none && value && value->type == XPATH_NODESET) {
		xmlXPathFreeObject(value);
		value = xmlXPathNewNodeSet(NULL);
	}
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(none);
	return value;
}

xmlChar *xpath_text(xmlDoc *doc, const char *expression,
		    const struct vars *vars, bool *is_true)
{
	xmlXPathObject *value = evaluate(doc, expression, vars);
	xmlChar *text = NULL;

	if (is_true)
		*is_true = value && xmlXPathCastToBoolean(value);
	if (value && !(value->type == XPATH_NODESET &&
		       xmlXPathNodeSetIsEmpty(value->nodesetval)))
		text = xmlXPathCastToString(value);
	xmlXPathFreeObject(value);
	return text;
}

bool xpath_is_true(xmlDoc *doc, const char *expression, const struct vars *vars)
{
	bool yes;

	xmlFree(xpath_text(doc, expression, vars, &yes));
	return yes;
}

static void keep_error(void *arg, xmlErrorPtr e)
{
	const char **why = arg;

	(void)e;
	*why = "is no XPath expression";
}

bool xpath_check(const char *expression, char *err, size_t cap)
{
	xmlXPathContext *ctx = xmlXPathNewContext(NULL);
	xmlXPathCompExpr *compiled = NULL;
	const char *why = "out of memory";

	if (ctx) {
		ctx->error = keep_error;
		ctx->userData = &why;
		compiled = xmlXPathCtxtCompile(ctx, BAD_CAST expression);
	}
	if (!compiled)
		snprintf(err, cap, "\"%s\" %s", expression, why);
	xmlXPathFreeCompExpr(compiled);
	xmlXPathFreeContext(ctx);
	return compiled;
}

unsigned int xpath_remove(xmlDoc *doc, const char *expression,
			  const char *element, const struct vars *vars)
{
	xmlXPathObject *found = doc ? evaluate(doc, expression, vars) : NULL;
	xmlNodeSet *set = found ? found->nodesetval : NULL;
	unsigned int n = 0;

	for (int i = 0; set && i < set->nodeNr; i++) {
		xmlNode *node = set->nodeTab[i];

		if (strcmp((const char *)node->name, element))
			continue;
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		set->nodeTab[i] = NULL;
		n++;
	}
	xmlXPathFreeObject(found);
	return n;
}

bool xpath_number(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && isfinite(*out);
}
