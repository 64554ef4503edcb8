/* test/unit/test_conf_prefix.c - addresses and prefixes of the file */
#include "conf/prefix.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>

static void prefixes(void)
{
	static const struct {
		const char *text;
		int rc, family;
		uint8_t len;
	} t[] = {
		{ "192.0.2.0/24", 0, AF_INET, 24 },
		{ "192.0.2.1", 0, AF_INET, 32 },
		{ "0.0.0.0/0", 0, AF_INET, 0 },
		{ "2001:db8::/64", 0, AF_INET6, 64 },
		{ "2001:db8::1", 0, AF_INET6, 128 },
		{ "192.0.2.1/24", -EINVAL, 0, 0 },
		{ "192.0.2.0/33", -EINVAL, 0, 0 },
		{ "192.0.2.0/", -EINVAL, 0, 0 },
		{ "192.0.2.0/-1", -EINVAL, 0, 0 },
		{ "192.0.2", -EINVAL, 0, 0 },
		{ "::ffff:192.0.2.1", -EINVAL, 0, 0 },
		{ "example.net", -EINVAL, 0, 0 },
		{ "", -EINVAL, 0, 0 },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct conf_prefix p = { 0 };

		CU_ASSERT_EQUAL(conf_prefix_parse(t[i].text, &p), t[i].rc);
		CU_ASSERT_EQUAL(p.family, t[i].family);
		CU_ASSERT_EQUAL(p.len, t[i].len);
	}
}

static bool overlaps(const char *x, const char *y)
{
	struct conf_prefix a, b;

	CU_ASSERT_EQUAL(conf_prefix_parse(x, &a), 0);
	CU_ASSERT_EQUAL(conf_prefix_parse(y, &b), 0);
	return conf_prefix_overlaps(&a, &b) && conf_prefix_overlaps(&b, &a);
}

static void overlap(void)
{
	CU_ASSERT(overlaps("192.0.2.0/24", "192.0.2.128/25"));
	CU_ASSERT(overlaps("0.0.0.0/0", "192.0.2.1"));
	CU_ASSERT(!overlaps("192.0.2.0/25", "192.0.2.128/25"));
	CU_ASSERT(!overlaps("0.0.0.0/0", "2001:db8::/32"));
}

static void endpoints(void)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ss;

	CU_ASSERT_EQUAL(conf_endpoint_parse("192.0.2.1", 2944, &ss), 0);
	CU_ASSERT_EQUAL(ntohs(v4->sin_port), 2944);
	CU_ASSERT_EQUAL(conf_endpoint_parse("192.0.2.1:1", 2944, &ss), 0);
	CU_ASSERT_EQUAL(ntohs(v4->sin_port), 1);
	CU_ASSERT_EQUAL(conf_endpoint_parse("[2001:db8::1]:7", 0, &ss), 0);
	CU_ASSERT_EQUAL(ntohs(v6->sin6_port), 7);
	CU_ASSERT_EQUAL(conf_endpoint_parse("2001:db8::1", 2944, &ss), 0);
	CU_ASSERT_EQUAL(ss.ss_family, AF_INET6);
	CU_ASSERT_EQUAL(conf_endpoint_parse("192.0.2.1", 0, &ss), -EINVAL);
	CU_ASSERT_EQUAL(conf_endpoint_parse("192.0.2.1:65536", 1, &ss),
			-EINVAL);
	CU_ASSERT_EQUAL(conf_endpoint_parse("[2001:db8::1", 1, &ss), -EINVAL);
	CU_ASSERT_EQUAL(conf_endpoint_parse("localhost:1", 1, &ss), -EINVAL);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "prefixes", prefixes },
		{ "overlap", overlap },
		{ "endpoints", endpoints },
		{ NULL, NULL },
	};

	return suite_run("conf/prefix", tests);
}
