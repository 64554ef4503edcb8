/* tools/h248tool/json_value.c - octets, names and values as JSON */
#include <stdlib.h>
#include <string.h>

#include "h248/text.h"
#include "tools/h248tool/json.h"

static json_t *latin1(struct h248_span s)
{
	char *buf = malloc(2 * (size_t)s.n + 1);
	size_t n = 0;
	json_t *v;

	if (!buf)
		return NULL;
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80)
			buf[n++] = (char)(0xc0 | c >> 6);
		buf[n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	v = json_stringn(buf, n);
	free(buf);
	return v;
}

json_t *tool_json_span(struct h248_span s)
{
	json_t *v;

	if (!s.p)
		return json_null();
	v = json_stringn(s.p, s.n);
	return v ? v : latin1(s);
}

json_t *tool_json_tok(enum h248_tok t)
{
	return json_string(h248_tok_text(t, true));
}

json_t *tool_json_mid(const struct h248_mid *mid)
{
	char text[128];

	if (h248_mid_enc(mid, text, sizeof(text)))
		return json_null();
	return tool_json_span(
		(struct h248_span) { text, (uint32_t)strlen(text) });
}

json_t *tool_json_error(const struct h248_error_desc *e)
{
	json_t *o = json_object();

	tool_json_set(o, "code", json_integer(e->code));
	if (e->text.p)
		tool_json_set(o, "text", tool_json_span(e->text));
	return o;
}

void tool_json_set(json_t *o, const char *key, json_t *v)
{
	json_object_set_new(o, key, v);
}

void tool_json_flag(json_t *o, const char *key, bool is_set)
{
	if (is_set)
		tool_json_set(o, key, json_true());
}

void tool_json_int(json_t *o, const char *key, uint32_t v)
{
	if (v)
		tool_json_set(o, key, json_integer(v));
}

void tool_json_given(json_t *o, const char *key, enum h248_given g, json_t *v)
{
	if (g == H248_GIVEN)
		tool_json_set(o, key, v);
	else if (g == H248_NAMED)
		tool_json_set(o, key, json_null());
	if (g != H248_GIVEN)
		json_decref(v);
}

static json_t *full_name(const struct h248_name *n)
{
	if (!n->pkg.p)
		return tool_json_span(n->item);
	return json_sprintf("%.*s/%.*s", (int)n->pkg.n, n->pkg.p,
			    (int)n->item.n, n->item.p);
}

static json_t *values(const struct h248_value *v)
{
	json_t *list = json_array();

	for (; v; v = v->next)
		json_array_append_new(list, tool_json_span(v->text));
	return list;
}

static json_t *prop(const struct h248_prop *p)
{
	static const char *const rels[] = {
		[H248_GT] = ">",
		[H248_LT] = "<",
		[H248_NE] = "#",
	};
	static const char *const sets[] = {
		[H248_LIST] = "list",
		[H248_ALT] = "alternatives",
		[H248_RANGE] = "range",
	};
	json_t *o = json_object();

	tool_json_set(o, "name", full_name(&p->name));
	if (p->rel != H248_EQ)
		tool_json_set(o, "relation", json_string(rels[p->rel]));
	if (p->values && p->set == H248_ONE)
		tool_json_set(o, "value", tool_json_span(p->values->text));
	else if (p->values)
		tool_json_set(o, sets[p->set], values(p->values));
	return o;
}

json_t *tool_json_props(const struct h248_prop *list)
{
	json_t *all = json_array();

	for (; list; list = list->next)
		json_array_append_new(all, prop(list));
	return all;
}
