/* test/unit/test_conf_load.c - the configuration file, read and refused */
#include "conf/conf.h"
#include "test/support/suite.h"

#include <arpa/inet.h>

static void sample(void)
{
	static struct conf c;
	char err[CONF_ERR_TEXT];

	CU_ASSERT_EQUAL_FATAL(conf_load(SOURCE_DIR "/conf/bgfd.xml", &c, err,
					sizeof(err)),
			      0);
	CU_ASSERT_STRING_EQUAL(c.h248.mid, "[127.0.0.1]:2944");
	CU_ASSERT_EQUAL(c.h248.n_controllers, 1);
	CU_ASSERT_STRING_EQUAL(c.h248.profile, "ETSI_BGF");
	CU_ASSERT_EQUAL(c.h248.profile_version, 2);
	CU_ASSERT_EQUAL(c.h248.t_max_ms, 25000);
	CU_ASSERT_EQUAL(c.n_realms, 2);
	CU_ASSERT_STRING_EQUAL(c.realm[1].name, "core.example");
	CU_ASSERT(c.realm[0].is_default && !c.realm[1].is_default);
	CU_ASSERT_EQUAL(c.realm[0].n_ifaces, 0);
	CU_ASSERT_EQUAL(c.realm[0].pool[0].len, 29);
	CU_ASSERT_EQUAL(c.rendezvous.twait_s, 75);
	CU_ASSERT(c.rendezvous.release_rst && c.owns_host);
	CU_ASSERT_EQUAL(c.log_level, 6);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the shipped sample", sample },
		{ NULL, NULL },
	};

	return suite_run("conf/conf", tests);
}
