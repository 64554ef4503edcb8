/*
 * tools/conf-table.c - the tables of conf/table.c as JSON, for tools/reference
 *
 * An array with one object per element: its name, its parent (an index, -1:
 * none), how often it may stand there, whether its tags may be left out, and
 * its attributes.  A number has min and max, a text the characters that it
 * may have beside letters and digits (null: any that can be printed).
 */
#include <jansson.h>
#include <stdio.h>

#include "conf/table.h"

static json_t *words_of(const struct conf_row *row)
{
	json_t *words = json_array();

	for (unsigned int i = 0; row->words && row->words[i]; i++)
		json_array_append_new(words, json_string(row->words[i]));
	return words;
}

static json_t *attribute(const struct conf_row *row)
{
	static const char *const kinds[] = {
		[CONF_TEXT] = "text",     [CONF_NUMBER] = "number",
		[CONF_WORD] = "word",     [CONF_ENDPOINT] = "endpoint",
		[CONF_PREFIX] = "prefix", [CONF_PROFILE] = "profile",
	};

	return json_pack("{s:s,s:s,s:I,s:I,s:o,s:s?,s:s?,s:b}", "name",
			 row->name, "kind", kinds[row->kind], "min",
			 (json_int_t)row->min, "max", (json_int_t)row->max,
			 "words", words_of(row), "chars", row->chars, "default",
			 row->value, "is_live", conf_row_is_live(row));
}

static json_t *element(int index)
{
	const struct conf_elem *elem = &conf_spec_bgfd.elems[index];
	json_t *attributes = json_array();

	for (unsigned int i = 0; i < conf_spec_bgfd.n_rows; i++)
		if (conf_spec_bgfd.rows[i].elem == index)
			json_array_append_new(
				attributes, attribute(&conf_spec_bgfd.rows[i]));
	return json_pack("{s:s,s:i,s:i,s:i,s:b,s:o}", "name", elem->name,
			 "parent", elem->parent, "min", (int)elem->min, "max",
			 (int)elem->max, "is_implied",
			 index == conf_spec_bgfd.implied, "attributes",
			 attributes);
}

int main(void)
{
	json_t *elements = json_array();

	for (int i = 0; i < conf_spec_bgfd.n_elems; i++)
		json_array_append_new(elements, element(i));
	json_dumpf(elements, stdout, JSON_INDENT(1));
	json_decref(elements);
	return ferror(stdout) ? 1 : 0;
}
