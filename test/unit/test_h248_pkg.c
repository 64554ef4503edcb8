/* test/unit/test_h248_pkg.c - the registry, and every code it answers */
#include "h248/pkg.h"
#include "h248/span.h"
#include "test/support/suite.h"

#include <errno.h>
#include <string.h>

enum {
	LC = H248_IN_LOCAL_CONTROL,
	ROOT = H248_IN_ROOT,
	STATE = H248_IN_TERMINATION_STATE,
	REQ = H248_IN_REQUEST,
	OBS = H248_IN_OBSERVED,
	ON = H248_ON_TERMINATION,
};

/* Two packages with every kind of item; "off" is known, not supported. */
static struct h248_item items[] = {
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_STRING,
	  .where = LC,
	  .name = "str",
	  .min = 1 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_BOOLEAN,
	  .where = LC,
	  .name = "bool",
	  .min = 1 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_INTEGER,
	  .where = LC,
	  .name = "int",
	  .min = -5,
	  .max = 300 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_DOUBLE,
	  .where = LC,
	  .name = "double",
	  .min = 1 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_ENUM,
	  .where = LC,
	  .name = "enum",
	  .min = 1,
	  .values = "LATCH RELATCH OFF" },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_OCTETS,
	  .where = LC,
	  .name = "octets",
	  .min = 1 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_CHARACTER,
	  .where = LC,
	  .name = "char",
	  .min = 1 },
	{ .kind = H248_ITEM_PROPERTY,
	  .type = H248_TYPE_INTEGER,
	  .where = ROOT | H248_READ_ONLY,
	  .name = "ro",
	  .min = 1 },
	{ .kind = H248_ITEM_STATISTIC,
	  .type = H248_TYPE_DOUBLE,
	  .name = "st",
	  .min = 1 },
	/* What begins with "no" is known, and not supported. */
	{ .kind = H248_ITEM_PROPERTY, .where = LC, .name = "nopr" },
	{ .kind = H248_ITEM_EVENT, .where = ON, .name = "noev" },
	{ .kind = H248_ITEM_SIGNAL, .where = ON, .name = "nosg" },
	{ .kind = H248_ITEM_STATISTIC, .name = "nost" },
	{ .kind = H248_ITEM_EVENT, .where = H248_ON_ROOT, .name = "rev" },
	{ .kind = H248_ITEM_SIGNAL, .where = H248_ON_ROOT, .name = "rsg" },
	{ .kind = H248_ITEM_EVENT, .where = ON, .name = "ev" },
	{ .kind = H248_ITEM_SIGNAL, .where = ON, .name = "sg" },
};

static struct h248_item ev_params[] = {
	{ .kind = H248_ITEM_PARAMETER,
	  .type = H248_TYPE_INTEGER,
	  .where = REQ,
	  .name = "t",
	  .min = 0,
	  .max = 9 },
	{ .kind = H248_ITEM_PARAMETER,
	  .type = H248_TYPE_STRING,
	  .where = OBS,
	  .name = "seen",
	  .min = 1 },
	{ .kind = H248_ITEM_PARAMETER,
	  .type = H248_TYPE_INTEGER,
	  .where = REQ,
	  .name = "nopa",
	  .min = 1 },
};

static struct h248_item sg_params[] = {
	{ .kind = H248_ITEM_PARAMETER,
	  .type = H248_TYPE_ENUM,
	  .where = REQ | H248_REQUIRED,
	  .name = "napt",
	  .min = 1,
	  .values = "LATCH RELATCH OFF" },
};

static struct h248_pkgs *registry(void)
{
	struct h248_pkg p = { .name = "p",
			      .id = 1,
			      .version = 2,
			      .is_supported = true,
			      .items = items };
	struct h248_pkg off = { .name = "off", .id = 2, .items = NULL };
	struct h248_pkgs *pkgs = h248_pkgs_new();
	size_t n = sizeof(items) / sizeof(*items);

	for (size_t i = 0; i < n; i++) {
		items[i].next = i + 1 < n ? &items[i + 1] : NULL;
		items[i].is_supported = strncmp(items[i].name, "no", 2) != 0;
	}
	ev_params[0].next = &ev_params[1];
	ev_params[1].next = &ev_params[2];
	ev_params[0].is_supported = ev_params[1].is_supported = true;
	sg_params[0].is_supported = true;
	items[n - 2].params = ev_params;
	items[n - 1].params = sg_params;
	CU_ASSERT_PTR_NOT_NULL_FATAL(pkgs);
	CU_ASSERT_EQUAL(h248_pkgs_add(pkgs, &p), 0);
	CU_ASSERT_EQUAL(h248_pkgs_add(pkgs, &off), 0);
	CU_ASSERT_EQUAL(h248_pkgs_add(pkgs, &p), -EEXIST);
	return pkgs;
}

/* a, b: values; NULL: none.  "\"x\"" stands for a quoted x. */
static const struct prop_case {
	const char *id, *pkg, *item;
	enum h248_set set;
	const char *a, *b;
	unsigned int where;
	uint16_t code;
	enum h248_rel rel;
} props[] = {
	{ "1.2 string", "p", "str", H248_ONE, "\"a b\"", NULL, LC, 0, 0 },
	{ "T4 bare string", "p", "str", H248_ONE, "811", NULL, LC, 0, 0 },
	{ "T4 T43 string in brackets", "p", "str", H248_LIST, "192.0.2.1", NULL,
	  LC, 0, 0 },
	{ "449 a list of strings", "p", "str", H248_LIST, "\"a\"", "\"b\"", LC,
	  449, 0 },
	{ "B.2 any case", "P", "BOOL", H248_ONE, "On", NULL, LC, 0, 0 },
	{ "1.2 quoted boolean", "p", "bool", H248_ONE, "\"off\"", NULL, LC, 0,
	  0 },
	{ "449 boolean", "p", "bool", H248_ONE, "yes", NULL, LC, 449, 0 },
	{ "1.2 integer", "p", "int", H248_ONE, "300", NULL, LC, 0, 0 },
	{ "1.2 negative", "p", "int", H248_ONE, "-5", NULL, LC, 0, 0 },
	{ "1.2 hex", "p", "int", H248_ONE, "0xFf", NULL, LC, 0, 0 },
	{ "1.2 alternatives", "p", "int", H248_ALT, "1", "2", LC, 0, 0 },
	{ "1.2 range", "p", "int", H248_RANGE, "1", "2", LC, 0, 0 },
	{ "449 over the range", "p", "int", H248_ONE, "301", NULL, LC, 449, 0 },
	{ "449 under the range", "p", "int", H248_ONE, "-6", NULL, LC, 449, 0 },
	{ "449 no number", "p", "int", H248_ONE, "12a", NULL, LC, 449, 0 },
	{ "449 hex without digits", "p", "int", H248_ONE, "0x", NULL, LC, 449,
	  0 },
	{ "449 negative hex", "p", "int", H248_ONE, "-0x1", NULL, LC, 449, 0 },
	{ "449 empty", "p", "int", H248_ONE, "\"\"", NULL, LC, 449, 0 },
	{ "449 second alternative", "p", "int", H248_ALT, "1", "999", LC, 449,
	  0 },
	{ "449 a list of numbers", "p", "int", H248_LIST, "1", "2", LC, 449,
	  0 },
	{ "449 relation", "p", "int", H248_ONE, "1", NULL, LC, 449, H248_GT },
	{ "449 CHOOSE", "p", "int", H248_ONE, "$", NULL, LC, 449, 0 },
	{ "B.2 63 bits", "p", "double", H248_ONE, "9223372036854775807", NULL,
	  LC, 0, 0 },
	{ "B.2 64 bits", "p", "double", H248_ONE, "9223372036854775808", NULL,
	  LC, 449, 0 },
	{ "B.2 hex of 63 bits", "p", "double", H248_ONE, "0x7fffffffffffffff",
	  NULL, LC, 0, 0 },
	{ "B.2 hex of 64 bits", "p", "double", H248_ONE, "0x8000000000000000",
	  NULL, LC, 449, 0 },
	{ "enumeration, first", "p", "enum", H248_ONE, "latch", NULL, LC, 0,
	  0 },
	{ "enumeration, last", "p", "enum", H248_ONE, "OFF", NULL, LC, 0, 0 },
	{ "454 part of a word", "p", "enum", H248_ONE, "LAT", NULL, LC, 454,
	  0 },
	{ "454 two words", "p", "enum", H248_ONE, "\"LATCH RELATCH\"", NULL, LC,
	  454, 0 },
	{ "454 empty", "p", "enum", H248_ONE, "\"\"", NULL, LC, 454, 0 },
	{ "449 range of words", "p", "enum", H248_RANGE, "OFF", "LATCH", LC,
	  449, 0 },
	{ "T45 b8", "p", "octets", H248_ONE, "b8", NULL, LC, 0, 0 },
	{ "T45 0xb8", "p", "octets", H248_ONE, "0xb8", NULL, LC, 0, 0 },
	{ "T45 quoted", "p", "octets", H248_ONE, "\"b8\"", NULL, LC, 0, 0 },
	{ "449 half an octet", "p", "octets", H248_ONE, "b", NULL, LC, 449, 0 },
	{ "449 no hex", "p", "octets", H248_ONE, "bg", NULL, LC, 449, 0 },
	{ "character", "p", "char", H248_ONE, "\"\xc3\xa4\"", NULL, LC, 0, 0 },
	{ "449 two characters", "p", "char", H248_ONE, "\"ab\"", NULL, LC, 449,
	  0 },
	{ "T11 440 package", "q", "int", H248_ONE, "1", NULL, LC, 440, 0 },
	{ "440 not supported", "off", "int", H248_ONE, "1", NULL, LC, 440, 0 },
	{ "440 no package", NULL, "int", H248_ONE, "1", NULL, LC, 440, 0 },
	{ "445 known, not supported", "p", "nopr", H248_ONE, "1", NULL, LC, 445,
	  0 },
	{ "T11 450 property", "p", "nix", H248_ONE, "1", NULL, LC, 450, 0 },
	{ "450 another kind", "p", "ev", H248_ONE, "1", NULL, LC, 450, 0 },
	{ "455 not in TerminationState", "p", "int", H248_ONE, "1", NULL, STATE,
	  455, 0 },
	{ "455 only on ROOT", "p", "ro", H248_ONE, "1", NULL, LC, 455, 0 },
	{ "534 read-only", "p", "ro", H248_ONE, "1", NULL, ROOT, 534, 0 },
	{ "audit of read-only", "p", "ro", H248_ONE, NULL, NULL, ROOT, 0, 0 },
	{ "audit of any", "p", "*", H248_ONE, NULL, NULL, LC, 0, 0 },
	{ "audit of all", "*", "*", H248_ONE, NULL, NULL, LC, 0, 0 },
	{ "449 write of any", "p", "*", H248_ONE, "1", NULL, LC, 449, 0 },
};

static struct h248_value value_of(const char *text)
{
	struct h248_value v = { .text = h248_span_of(text) };

	if (text[0] == '"') {
		v.is_quoted = true;
		v.text.p++;
		v.text.n -= 2;
	}
	return v;
}

static struct h248_name name_of(const char *pkg, const char *item)
{
	struct h248_name n = { .item = h248_span_of(item) };

	if (pkg)
		n.pkg = h248_span_of(pkg);
	return n;
}

static void properties(void)
{
	struct h248_pkgs *pkgs = registry();

	for (size_t i = 0; i < sizeof(props) / sizeof(*props); i++) {
		const struct prop_case *c = &props[i];
		struct h248_value a, b;
		struct h248_prop p = { .name = name_of(c->pkg, c->item),
				       .rel = c->rel,
				       .set = c->set,
				       .at = { 3, 7 } };
		struct h248_err err = { 0 };
		int rc;

		if (c->a) {
			a = value_of(c->a);
			p.values = &a;
		}
		if (c->b) {
			b = value_of(c->b);
			a.next = &b;
		}
		rc = h248_pkgs_check_props(pkgs, &p, c->where, &err);
		if (err.code != c->code)
			printf("\n%s: %u %s", c->id, err.code, err.text);
		CU_ASSERT_EQUAL(err.code, c->code);
		CU_ASSERT_EQUAL(rc, c->code ? -EPROTO : 0);
		CU_ASSERT(!c->code || (err.at.line == 3 && err.text[0]));
	}
	h248_pkgs_free(pkgs);
}

/* 456, only for the same package and item. */
static void twice(void)
{
	struct h248_pkgs *pkgs = registry();
	struct h248_value v = value_of("1");
	struct h248_prop p[3] = {
		{ .next = &p[1], .name = name_of("p", "int"), .values = &v },
		{ .next = &p[2], .name = name_of("p", "double"), .values = &v },
		{ .name = name_of("P", "Int"), .values = &v },
	};
	struct h248_err err = { 0 };

	CU_ASSERT_EQUAL(h248_pkgs_check_props(pkgs, p, LC, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 456);
	p[1].next = NULL;
	CU_ASSERT_EQUAL(h248_pkgs_check_props(pkgs, p, LC, &err), 0);
	CU_ASSERT_EQUAL(h248_pkgs_check_props(pkgs, NULL, LC, &err), 0);
	h248_pkgs_free(pkgs);
}

/* param NULL: none is given; value NULL: only named. */
static const struct param_case {
	const char *id, *pkg, *item, *param, *value;
	uint16_t code;
} events[] = {
	{ "event without parameters", "p", "ev", NULL, NULL, 0 },
	{ "event with one", "p", "ev", "t", "9", 0 },
	{ "any event", "*", "*", NULL, NULL, 0 },
	{ "440 package", "q", "ev", NULL, NULL, 440 },
	{ "451 event", "p", "sg", NULL, NULL, 451 },
	{ "512 known, not supported", "p", "noev", NULL, NULL, 512 },
	{ "512 of ROOT only", "p", "rev", NULL, NULL, 512 },
	{ "446 known, not supported", "p", "ev", "nopa", "1", 446 },
	{ "446 parameter", "p", "ev", "u", "9", 446 },
	{ "446 only in ObservedEvents", "p", "ev", "seen", "9", 446 },
	{ "T14 446 extension", "p", "ev", "X-abc", "9", 446 },
	{ "449 range", "p", "ev", "t", "10", 449 },
	{ "449 no value", "p", "ev", "t", NULL, 449 },
}, signals[] = {
	{ "signal with its parameter", "p", "sg", "napt", "LATCH", 0 },
	{ "440 not supported", "off", "sg", NULL, NULL, 440 },
	{ "452 signal", "p", "ev", NULL, NULL, 452 },
	{ "513 known, not supported", "p", "nosg", NULL, NULL, 513 },
	{ "513 of ROOT only", "p", "rsg", NULL, NULL, 513 },
	{ "457 latch without napt", "p", "sg", NULL, NULL, 457 },
	{ "454 value", "p", "sg", "napt", "ON", 454 },
	{ "446 parameter", "p", "sg", "nap", "OFF", 446 },
};

static void check_case(const struct param_case *c, const struct h248_pkgs *pkgs,
		       bool is_event)
{
	struct h248_value v = value_of(c->value ? c->value : "");
	struct h248_prop param = { .values = c->value ? &v : NULL };
	struct h248_event event = { .name = name_of(c->pkg, c->item) };
	struct h248_signal signal = { .name = name_of(c->pkg, c->item) };
	struct h248_err err = { 0 };
	int rc;

	if (c->param) {
		param.name = name_of(NULL, c->param);
		event.params = signal.params = &param;
	}
	rc = is_event ? h248_pkgs_check_event(pkgs, &event, ON, &err) :
			h248_pkgs_check_signal(pkgs, &signal, ON, &err);
	if (err.code != c->code)
		printf("\n%s: %u %s", c->id, err.code, err.text);
	CU_ASSERT_EQUAL(err.code, c->code);
	CU_ASSERT_EQUAL(rc, c->code ? -EPROTO : 0);
}

static void events_and_signals(void)
{
	struct h248_pkgs *pkgs = registry();

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		check_case(&events[i], pkgs, true);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		check_case(&signals[i], pkgs, false);
	h248_pkgs_free(pkgs);
}

/* Signal lists and embedded descriptors are judged to the bottom. */
static void nested(void)
{
	struct h248_pkgs *pkgs = registry();
	struct h248_signal bad = { .name = name_of("p", "nix") };
	struct h248_signal list = { .is_list = true, .sub = &bad };
	struct h248_signals signals_desc = { .list = &list };
	struct h248_event inner = { .name = name_of("p", "nix") };
	struct h248_events events_desc = { .list = &inner };
	struct h248_event outer = { .name = name_of("p", "ev"),
				    .embed_signals = &signals_desc };
	struct h248_err err = { 0 };

	CU_ASSERT_EQUAL(h248_pkgs_check_signal(pkgs, &list, ON, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 452);
	err.code = 0;
	CU_ASSERT_EQUAL(h248_pkgs_check_event(pkgs, &outer, ON, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 452);
	outer.embed_signals = NULL;
	outer.embed_events = &events_desc;
	CU_ASSERT_EQUAL(h248_pkgs_check_event(pkgs, &outer, ON, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 451);
	h248_pkgs_free(pkgs);
}

static void statistics(void)
{
	struct h248_pkgs *pkgs = registry();
	struct h248_prop p[2] = {
		{ .next = &p[1], .name = name_of("p", "st") },
		{ .name = name_of("p", "int") },
	};
	struct h248_err err = { 0 };

	CU_ASSERT_EQUAL(h248_pkgs_check_stats(pkgs, p, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 453);
	p[1].name = name_of("q", "st");
	CU_ASSERT_EQUAL(h248_pkgs_check_stats(pkgs, p, &err), -EPROTO);
	CU_ASSERT_EQUAL(err.code, 440);
	p[1].name = name_of("p", "*");
	CU_ASSERT_EQUAL(h248_pkgs_check_stats(pkgs, p, &err), 0);
	h248_pkgs_free(pkgs);
}

static void readers(void)
{
	struct h248_value v = value_of("\"0xB8ff\"");
	struct h248_prop p = { .values = &v };
	uint8_t octets[2];
	int64_t number = 7;
	bool is_on = false;
	size_t n = 0;

	CU_ASSERT_EQUAL(h248_value_octets(&p, octets, 2, &n), 0);
	CU_ASSERT(n == 2 && octets[0] == 0xb8 && octets[1] == 0xff);
	CU_ASSERT_EQUAL(h248_value_octets(&p, octets, 1, &n), -EBADMSG);
	CU_ASSERT_EQUAL(h248_value_int(&p, &number), 0);
	CU_ASSERT_EQUAL(number, 0xb8ff);
	CU_ASSERT_EQUAL(h248_value_bool(&p, &is_on), -EBADMSG);
	v = value_of("ON");
	CU_ASSERT_EQUAL(h248_value_bool(&p, &is_on), 0);
	CU_ASSERT(is_on);
	p.values = NULL;
	CU_ASSERT_EQUAL(h248_value_int(&p, &number), -EBADMSG);
	CU_ASSERT_EQUAL(h248_value_bool(&p, &is_on), -EBADMSG);
	CU_ASSERT_EQUAL(h248_value_octets(&p, octets, 2, &n), -EBADMSG);
	CU_ASSERT_EQUAL(number, 0xb8ff);
}

static void look_up(void)
{
	struct h248_pkgs *pkgs = registry();
	const struct h248_pkg *p = h248_pkgs_find(pkgs, H248_SPAN("P"));
	const struct h248_item *i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_EQUAL(h248_pkgs_first(pkgs), p);
	CU_ASSERT_STRING_EQUAL(p->next->name, "off");
	CU_ASSERT_PTR_NOT_EQUAL(p->items, items); /* a copy */
	i = h248_pkg_item(p, H248_ITEM_SIGNAL, H248_SPAN("sg"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	CU_ASSERT_STRING_EQUAL(i->params->name, "napt");
	CU_ASSERT_PTR_NULL(h248_pkg_item(p, H248_ITEM_EVENT, H248_SPAN("sg")));
	h248_pkgs_free(pkgs);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "look-up", look_up },
		{ "T4 T11 T43 T45 properties", properties },
		{ "456 twice", twice },
		{ "T11 T14 events and signals", events_and_signals },
		{ "lists and embedded descriptors", nested },
		{ "453 statistics", statistics },
		{ "B.2 values", readers },
		{ NULL, NULL },
	};

	return suite_run("h248/pkg", tests);
}
