/* tools/bgfctl/xml.c - an answer as XML, see render.h */
#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/die.h"
#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/render.h"
#include "tools/bgfctl/table.h"

static void write_value(xmlTextWriter *w, const char *name, const json_t *v);

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

/* A plain ASCII name, as all of the gateway's are. */
static bool is_name(const char *s)
{
	return *s && strchr(LETTERS, *s) &&
	       !s[strspn(s, LETTERS "0123456789-.")];
}

static void write_text(xmlTextWriter *w, const char *s, size_t n)
{
	char *text = escape(s, n, ESCAPE_XML);

	xmlTextWriterWriteString(w, BAD_CAST text);
	free(text);
}

static void start(xmlTextWriter *w, const char *name)
{
	char *text;

	if (is_name(name)) {
		xmlTextWriterStartElement(w, BAD_CAST name);
		return;
	}
	text = escape(name, strlen(name), ESCAPE_XML);
	xmlTextWriterStartElement(w, BAD_CAST "member");
	xmlTextWriterWriteAttribute(w, BAD_CAST "name", BAD_CAST text);
	free(text);
}

/* "streams" holds "stream", "properties" holds "property", a list without
 * plural "item". */
static void item_name(const char *list, char *buf, size_t cap)
{
	size_t n = strlen(list);

	if (n > 3 && n < cap && !strcmp(list + n - 3, "ies"))
		snprintf(buf, cap, "%.*sy", (int)n - 3, list);
	else if (n > 1 && n < cap && list[n - 1] == 's')
		snprintf(buf, cap, "%.*s", (int)n - 1, list);
	else
		snprintf(buf, cap, "item");
}

static void write_object(xmlTextWriter *w, const json_t *object)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)object, key, v)
		write_value(w, key, v);
}

static void write_list(xmlTextWriter *w, const char *name, const json_t *list)
{
	char item[64];
	json_t *v;
	size_t i;

	item_name(name, item, sizeof(item));
	json_array_foreach (list, i, v)
		write_value(w, item, v);
}

/* null is an empty element, as there is nothing to say. */
static void write_value(xmlTextWriter *w, const char *name, const json_t *v)
{
	start(w, name);
	if (json_is_object(v)) {
		write_object(w, v);
	} else if (json_is_array(v)) {
		write_list(w, name, v);
	} else if (json_is_string(v)) {
		write_text(w, json_string_value(v), json_string_length(v));
	} else if (json_is_boolean(v)) {
		write_text(w, json_is_true(v) ? "true" : "false",
			   json_is_true(v) ? 4 : 5);
	} else if (!json_is_null(v)) {
		char *text = json_shown(v);

		write_text(w, text, strlen(text));
		free(text);
	}
	xmlTextWriterEndElement(w);
}

void xml_reply(const json_t *reply, FILE *out)
{
	xmlBuffer *buf = xmlBufferCreate();
	xmlTextWriter *w = buf ? xmlNewTextWriterMemory(buf, 0) : NULL;

	if (!w)
		die("out of memory");
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterSetIndentString(w, BAD_CAST "  ");
	/* In ASCII, what is not becomes &#n;, harmless on a terminal. */
	xmlTextWriterStartDocument(w, NULL, "US-ASCII", NULL);
	write_value(w, "reply", reply);
	xmlTextWriterEndDocument(w);
	xmlFreeTextWriter(w);
	fwrite(xmlBufferContent(buf), 1, xmlBufferLength(buf), out);
	xmlBufferFree(buf);
}
