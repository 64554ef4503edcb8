/* mgcsim/scenario.c - a scenario file, loaded and checked */
#include "tools/mgcsim/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xinclude.h>

/* Parts of a scenario may stand in files of their own (XInclude). */
enum {
	READ_FLAGS = XML_PARSE_NONET | XML_PARSE_XINCLUDE |
		     XML_PARSE_NOXINCNODE | XML_PARSE_NOBASEFIX,
};

struct complaint {
	const char *path;
	char *err; /* the first one wins */
	size_t cap;
};

static void complain(struct complaint *c, int line, const char *text)
{
	if (c->err[0])
		return;
	snprintf(c->err, c->cap, "%s:%d: %.*s", c->path, line,
		 (int)strcspn(text, "\n"), text);
}

static void on_xml_error(void *arg, xmlErrorPtr e)
{
	complain(arg, e->line, e->message ? e->message : "not well-formed");
}

/* scenario.rng in the folder of path, or in the one above. */
static int find_schema(const char *path, char *out, size_t cap)
{
	static const char *const PLACE[] = { "", "../" };
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) + 1 : 0;

	for (size_t i = 0; i < sizeof(PLACE) / sizeof(PLACE[0]); i++) {
		snprintf(out, cap, "%.*s%sscenario.rng", dir, path, PLACE[i]);
		if (!access(out, R_OK))
			return 0;
	}
	return -ENOENT;
}

static int validate(xmlDoc *doc, const char *schema, struct complaint *c)
{
	xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(schema);
	xmlRelaxNG *rng = parser ? xmlRelaxNGParse(parser) : NULL;
	xmlRelaxNGValidCtxt *ctx = rng ? xmlRelaxNGNewValidCtxt(rng) : NULL;
	int rc = -1;

	if (ctx) {
		xmlRelaxNGSetValidStructuredErrors(ctx, on_xml_error, c);
		rc = xmlRelaxNGValidateDoc(ctx, doc);
	}
	if (rc)
		complain(c, 0, "does not validate");
	xmlRelaxNGFreeValidCtxt(ctx);
	xmlRelaxNGFree(rng);
	xmlRelaxNGFreeParserCtxt(parser);
	return rc ? -EINVAL : 0;
}

static int load(struct scenario *s, const char *schema, struct complaint *c)
{
	char found[512];
	xmlNode *root;

	s->doc = xmlReadFile(s->path, NULL, READ_FLAGS);
	if (!s->doc || xmlXIncludeProcessFlags(s->doc, READ_FLAGS) < 0) {
		complain(c, 0, "cannot be read");
		return -EINVAL;
	}
	if (!schema && find_schema(s->path, found, sizeof(found))) {
		complain(c, 0,
			 "no scenario.rng beside it; name one with "
			 "--schema");
		return -EINVAL;
	}
	if (validate(s->doc, schema ? schema : found, c))
		return -EINVAL;
	root = xmlDocGetRootElement(s->doc);
	s->name = (const char *)xmlHasProp(root, BAD_CAST "name")
			  ->children->content;
	return 0;
}

int scenario_load(struct scenario *s, const char *path, const char *schema,
		  char *err, size_t cap)
{
	struct complaint c = { path, err, cap };
	int rc;

	memset(s, 0, sizeof(*s));
	snprintf(s->path, sizeof(s->path), "%s", path);
	err[0] = '\0';
	xmlSetStructuredErrorFunc(&c, on_xml_error);
	rc = load(s, schema, &c);
	xmlSetStructuredErrorFunc(NULL, NULL);
	return rc;
}

void scenario_fini(struct scenario *s)
{
	xmlFreeDoc(s->doc);
	xmlCleanupParser();
}

bool scenario_is_manual(const struct scenario *s)
{
	xmlNode *root = xmlDocGetRootElement(s->doc);
	xmlChar *answers = xmlGetProp(root, BAD_CAST "answers");
	bool is_manual = answers && !strcmp((char *)answers, "manual");

	xmlFree(answers);
	return is_manual;
}

static xmlNode *element_from(xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

xmlNode *scenario_first(const struct scenario *s)
{
	return element_from(xmlDocGetRootElement(s->doc)->children);
}

xmlNode *scenario_next(xmlNode *step)
{
	return element_from(step->next);
}
