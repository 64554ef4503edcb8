/* conf/xml.c - libxml2: parse, and check against a schema; see xml.h */
#include "conf/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/relaxng.h>
#include <libxml/SAX2.h>
#include <string.h>

enum { MAX_SCHEMA_ERRORS = 3 };

static void on_error(void *arg, xmlErrorPtr e)
{
	struct conf_report *r = arg;
	int n = (int)strcspn(e->message ? e->message : "", "\n");

	if (r->errors < MAX_SCHEMA_ERRORS && e->level >= XML_ERR_ERROR)
		conf_report_add(r, e->line, "%.*s", n, e->message);
}

/* A document type could name entities: none is ever needed here. */
static void on_doctype(void *arg, const xmlChar *name, const xmlChar *id,
		       const xmlChar *system)
{
	xmlParserCtxt *ctxt = arg;

	(void)name, (void)id, (void)system;
	conf_report_add(ctxt->_private, xmlSAX2GetLineNumber(ctxt),
			"a document type is not accepted; remove <!DOCTYPE>");
	xmlStopParser(ctxt);
}

xmlDoc *conf_xml_parse(const struct conf_input *in)
{
	const int options =
		XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA;
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	unsigned int before = in->report->errors;
	xmlDoc *doc;

	if (!ctxt) {
		conf_report_add(in->report, 0, "out of memory");
		return NULL;
	}
	ctxt->_private = in->report;
	ctxt->sax->internalSubset = on_doctype;
	xmlSetStructuredErrorFunc(in->report, on_error);
	doc = xmlCtxtReadMemory(ctxt, in->text, (int)in->n, in->report->path,
				NULL, options);
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFreeParserCtxt(ctxt);
	if (in->report->errors > before) {
		xmlFreeDoc(doc);
		return NULL;
	}
	if (!doc)
		conf_report_add(in->report, 0,
				"this is no XML; start from the sample file");
	return doc;
}

static int validate(xmlDoc *doc, xmlRelaxNG *schema)
{
	xmlRelaxNGValidCtxt *ctxt = xmlRelaxNGNewValidCtxt(schema);
	int rc = ctxt ? xmlRelaxNGValidateDoc(ctxt, doc) : -1;

	xmlRelaxNGFreeValidCtxt(ctxt);
	return rc ? -EINVAL : 0;
}

int conf_xml_validate(const struct conf_input *in, xmlDoc *doc,
		      const char *path)
{
	unsigned int before = in->report->errors;
	xmlRelaxNGParserCtxt *parser;
	xmlRelaxNG *schema;
	int rc = -ENOENT;

	xmlSetStructuredErrorFunc(in->report, on_error);
	parser = xmlRelaxNGNewParserCtxt(path);
	schema = parser ? xmlRelaxNGParse(parser) : NULL;
	if (schema)
		rc = validate(doc, schema);
	else
		conf_report_add(in->report, 0,
				"the schema %s cannot be used; install it",
				path);
	xmlRelaxNGFree(schema);
	xmlRelaxNGFreeParserCtxt(parser);
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (rc && in->report->errors == before)
		conf_report_add(in->report, 0, "does not fit the schema %s",
				path);
	return rc;
}
