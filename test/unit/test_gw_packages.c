/* test/unit/test_gw_packages.c - shipped definitions in the registry */
#include "gateway/packages.h"
#include "h248/span.h"
#include "test/support/suite.h"

#include <errno.h>
#include <string.h>
#include <stdio.h>

/* Requests of the packages, and what is wrong with some. */
static const struct {
	const char *id, *pkg, *item, *value;
	unsigned int where;
	uint16_t code;
} t[] = {
	{ "T47 realm", "ipdc", "realm", "811", H248_IN_LOCAL_CONTROL, 0 },
	{ "T43 saf", "gm", "saf", "ON", H248_IN_LOCAL_CONTROL, 0 },
	{ "T43 sam", "gm", "sam", "[192.0.2.1]", H248_IN_LOCAL_CONTROL, 0 },
	{ "T45 dscp", "ds", "dscp", "b8", H248_IN_LOCAL_CONTROL, 0 },
	{ "tcprv mode", "tcprv", "mode", "merge", H248_IN_LOCAL_CONTROL, 0 },
	{ "tcprv mode", "tcprv", "mode", "mix", H248_IN_LOCAL_CONTROL, 454 },
	{ "tcprv twait", "tcprv", "twait", "121", H248_IN_LOCAL_CONTROL, 449 },
	{ "root time", "root", "normalMGExecutionTime", "500", H248_IN_ROOT,
	  0 },
	{ "root in a stream", "root", "normalMGExecutionTime", "500",
	  H248_IN_LOCAL_CONTROL, 455 },
	{ "root read-only", "root", "maxNumberOfContexts", "5", H248_IN_ROOT,
	  534 },
	{ "tman", "tman", "sdr", "4294967296", H248_IN_LOCAL_CONTROL, 449 },
	{ "not offered", "seg", "MGMaxPDUSize", "600", H248_IN_ROOT, 440 },
};

static void requests(void)
{
	struct h248_pkgs *pkgs = NULL;
	struct h248_pkg *seg;
	char text[256];

	CU_ASSERT_EQUAL_FATAL(gw_packages_load(SOURCE_DIR "/conf/packages",
					       &pkgs, text, sizeof(text)),
			      0);
	seg = (struct h248_pkg *)h248_pkgs_find(pkgs, H248_SPAN("seg"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(seg);
	seg->is_supported = false;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct h248_value v = { .text = h248_span_of(t[i].value) };
		struct h248_prop p = {
			.name = { h248_span_of(t[i].pkg),
				  h248_span_of(t[i].item) },
			.values = &v,
		};
		struct h248_err err = { 0 };

		h248_pkgs_check_props(pkgs, &p, t[i].where, &err);
		if (err.code != t[i].code)
			printf("\n%s: %u", t[i].id, err.code);
		CU_ASSERT_EQUAL(err.code, t[i].code);
	}
	h248_pkgs_free(pkgs);
}

static void events(void)
{
	static const struct {
		const char *pkg, *item;
		uint16_t code;
		unsigned int on;
	} e[] = {
		{ "tcprv", "syn", 0, H248_ON_TERMINATION },
		{ "tcprv", "est", 0, H248_ON_TERMINATION },
		{ "tcprv", "fail", 0, H248_ON_TERMINATION },
		{ "tcprv", "rel", 0, H248_ON_TERMINATION },
		{ "adr", "rsac", 0, H248_ON_TERMINATION },
		{ "g", "cause", 0, H248_ON_TERMINATION },
		{ "hangterm", "thb", 457, H248_ON_TERMINATION },
		{ "tcprv", "open", 451, H248_ON_TERMINATION },
		{ "it", "ito", 0, H248_ON_ROOT },
		{ "it", "ito", 512, H248_ON_TERMINATION },
		{ "adr", "rsac", 512, H248_ON_ROOT },
	};
	struct h248_pkgs *pkgs = NULL;
	char text[256];

	CU_ASSERT_EQUAL_FATAL(gw_packages_load(SOURCE_DIR "/conf/packages",
					       &pkgs, text, sizeof(text)),
			      0);
	for (size_t i = 0; i < sizeof(e) / sizeof(*e); i++) {
		struct h248_event event = { .name = {
						    h248_span_of(e[i].pkg),
						    h248_span_of(e[i].item),
					    } };
		struct h248_err err = { 0 };

		h248_pkgs_check_event(pkgs, &event, e[i].on, &err);
		CU_ASSERT_EQUAL(err.code, e[i].code);
	}
	h248_pkgs_free(pkgs);
}

static void no_directory(void)
{
	struct h248_pkgs *pkgs = NULL;
	char text[256] = "";

	CU_ASSERT_EQUAL(gw_packages_load("/nonexistent", &pkgs, text,
					 sizeof(text)),
			-ENOENT);
	CU_ASSERT_PTR_NULL(pkgs);
	CU_ASSERT(text[0]);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T43 T45 T47 requests", requests },
		{ "events", events },
		{ "a directory that is not there", no_directory },
		{ NULL, NULL },
	};

	return suite_run("gateway/packages", tests);
}
