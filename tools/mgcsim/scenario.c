/* mgcsim/scenario.c - a scenario file, loaded and checked */
#include "tools/mgcsim/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/uri.h>
#include <libxml/xinclude.h>

/* Parts of a scenario may stand in files of their own (XInclude). */
enum {
	READ_FLAGS = XML_PARSE_NONET | XML_PARSE_XINCLUDE |
		     XML_PARSE_NOXINCNODE | XML_PARSE_BIG_LINES,
};

struct complaint {
	const struct scenario *scenario;
	const char *path;
	char *err; /* the first one wins */
	size_t cap;
};

static void complain(struct complaint *c, const char *path, long line,
		     const char *text)
{
	if (c->err[0])
		return;
	snprintf(c->err, c->cap, "%s:%ld: %.*s", path, line,
		 (int)strcspn(text, "\n"), text);
}

static void on_xml_error(void *arg, xmlErrorPtr e)
{
	struct complaint *c = arg;
	const xmlNode *node = e->node;
	const char *text = e->message ? e->message : "not well-formed";

	if (node && node->type == XML_ELEMENT_NODE)
		complain(c, scenario_path(c->scenario, node),
			 scenario_line(node), text);
	else
		complain(c, e->file ? e->file : c->path, e->line, text);
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
		complain(c, c->path, 0, "does not validate");
	xmlRelaxNGFreeValidCtxt(ctx);
	xmlRelaxNGFree(rng);
	xmlRelaxNGFreeParserCtxt(parser);
	return rc ? -EINVAL : 0;
}

/* What came by XInclude says so in xml:base; it is kept beside the tree, so
 * that the schema need not know. */
static void note_origins(xmlNode *node)
{
	for (; node; node = node->next) {
		xmlAttr *base;
		xmlChar *uri;

		if (node->type != XML_ELEMENT_NODE)
			continue;
		note_origins(node->children);
		base = xmlHasNsProp(node, BAD_CAST "base", XML_XML_NAMESPACE);
		if (!base)
			continue;
		uri = xmlNodeGetBase(node->doc, node);
		node->_private =
			(void *)xmlDictLookup(node->doc->dict, uri, -1);
		xmlFree(uri);
		xmlRemoveProp(base);
	}
}

static int load_file(struct scenario *s, const char *path, const char *schema,
		     struct complaint *c)
{
	struct scenario_file *file = &s->file[s->n_files];
	char found[512];

	c->path = file->path;
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->doc = xmlReadFile(path, NULL, READ_FLAGS);
	if (!file->doc)
		goto unreadable;
	s->n_files++;
	if (xmlXIncludeProcessFlags(file->doc, READ_FLAGS) < 0)
		goto unreadable;
	note_origins(xmlDocGetRootElement(file->doc));
	if (!schema && find_schema(path, found, sizeof(found))) {
		complain(c, path, 0,
			 "no scenario.rng beside it; name one with --schema");
		return -EINVAL;
	}
	return validate(file->doc, schema ? schema : found, c);
unreadable:
	complain(c, path, 0, "cannot be read");
	return -EINVAL;
}

static struct scenario_file *find_file(const struct scenario *s,
				       const char *path)
{
	for (unsigned int i = 0; i < s->n_files; i++)
		if (!strcmp(s->file[i].path, path))
			return (struct scenario_file *)&s->file[i];
	return NULL;
}

/* The path of the file that a <call scenario=""> names: returns new. */
static char *called_path(const struct scenario *s, const xmlNode *call)
{
	char *href = scenario_attr(call, "scenario");
	char *path =
		href ? (char *)xmlBuildURI(BAD_CAST href,
					   BAD_CAST scenario_path(s, call)) :
		       NULL;

	xmlFree(href);
	return path;
}

/* Loads what is called inside a node, and what that calls. */
static int load_called(struct scenario *s, const xmlNode *node,
		       const char *schema, struct complaint *c)
{
	int rc = 0;

	for (; node && !rc; node = node->next) {
		char *path;

		if (node->type != XML_ELEMENT_NODE)
			continue;
		rc = load_called(s, node->children, schema, c);
		path = strcmp((const char *)node->name, "call") ?
			       NULL :
			       called_path(s, node);
		if (!rc && path && !find_file(s, path)) {
			if (s->n_files == SCENARIO_MAX_FILES)
				rc = -EINVAL;
			else
				rc = load_file(s, path, schema, c);
		}
		if (rc)
			complain(c, scenario_path(s, node), scenario_line(node),
				 "what it calls cannot be read");
		xmlFree(path);
	}
	return rc;
}

static int load(struct scenario *s, const char *path, const char *schema,
		struct complaint *c)
{
	int rc = load_file(s, path, schema, c);

	/* The list grows while it is walked. */
	for (unsigned int i = 0; !rc && i < s->n_files; i++)
		rc = load_called(s, xmlDocGetRootElement(s->file[i].doc),
				 schema, c);
	for (unsigned int i = 0; !rc && i < s->n_files; i++)
		if (!scenario_lint(s, s->file[i].doc, c->err, c->cap))
			rc = -EINVAL;
	if (!rc)
		s->name = (const char *)xmlHasProp(
				  xmlDocGetRootElement(s->file[0].doc),
				  BAD_CAST "name")
				  ->children->content;
	return rc;
}

int scenario_load(struct scenario *s, const char *path, const char *schema,
		  char *err, size_t cap)
{
	struct complaint c = { s, path, err, cap };
	int rc;

	memset(s, 0, sizeof(*s));
	err[0] = '\0';
	xmlSetStructuredErrorFunc(&c, on_xml_error);
	rc = load(s, path, schema, &c);
	xmlSetStructuredErrorFunc(NULL, NULL);
	return rc;
}

void scenario_fini(struct scenario *s)
{
	for (unsigned int i = 0; i < s->n_files; i++)
		xmlFreeDoc(s->file[i].doc);
	s->n_files = 0;
}

bool scenario_is_manual(const struct scenario *s)
{
	char *answers =
		scenario_attr(xmlDocGetRootElement(s->file[0].doc), "answers");
	bool is_manual = answers && !strcmp(answers, "manual");

	xmlFree(answers);
	return is_manual;
}

static bool is_step(const xmlNode *n)
{
	static const char *const PARTS[] = {
		"laboratory", "procedure", "else", "timeout", "with",
	};

	if (n->type != XML_ELEMENT_NODE)
		return false;
	for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++)
		if (!strcmp((const char *)n->name, PARTS[i]))
			return false;
	return true;
}

static xmlNode *step_from(const xmlNode *n)
{
	while (n && !is_step(n))
		n = n->next;
	return (xmlNode *)n;
}

xmlNode *scenario_inside(const xmlNode *parent)
{
	return step_from(parent->children);
}

xmlNode *scenario_next(const xmlNode *step)
{
	return step_from(step->next);
}

xmlNode *scenario_first(const struct scenario *s)
{
	return scenario_inside(xmlDocGetRootElement(s->file[0].doc));
}

xmlNode *scenario_part(const xmlNode *parent, const char *element)
{
	for (xmlNode *n = parent->children; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE &&
		    !strcmp((const char *)n->name, element))
			return n;
	return NULL;
}

static xmlNode *procedure(const xmlDoc *doc, const char *name)
{
	xmlNode *n = xmlDocGetRootElement((xmlDoc *)doc)->children;

	for (; n; n = n->next) {
		char *its = strcmp((const char *)n->name, "procedure") ?
				    NULL :
				    scenario_attr(n, "name");
		bool is_it = its && !strcmp(its, name);

		xmlFree(its);
		if (is_it)
			return n;
	}
	return NULL;
}

/* A procedure of the same file goes before one of the first file. */
xmlNode *scenario_called(const struct scenario *s, const xmlNode *call)
{
	char *name = scenario_attr(call, "name");
	char *path = called_path(s, call);
	struct scenario_file *file = path ? find_file(s, path) : NULL;
	xmlNode *found = file ? xmlDocGetRootElement(file->doc) : NULL;

	if (name)
		found = procedure(call->doc, name);
	if (name && !found)
		found = procedure(s->file[0].doc, name);
	xmlFree(name);
	xmlFree(path);
	return found;
}

long scenario_line(const xmlNode *node)
{
	return xmlGetLineNo((xmlNode *)node);
}

const char *scenario_path(const struct scenario *s, const xmlNode *node)
{
	for (const xmlNode *n = node; n && n->type == XML_ELEMENT_NODE;
	     n = n->parent)
		if (n->_private)
			return n->_private;
	for (unsigned int i = 0; node && i < s->n_files; i++)
		if (s->file[i].doc == node->doc)
			return s->file[i].path;
	return s->file[0].path;
}

void scenario_where(const struct scenario *s, const xmlNode *node, char *buf,
		    size_t cap)
{
	snprintf(buf, cap, "%s:%ld", scenario_path(s, node),
		 node ? scenario_line(node) : 0L);
}

char *scenario_attr(const xmlNode *node, const char *name)
{
	return (char *)xmlGetProp((xmlNode *)node, BAD_CAST name);
}
