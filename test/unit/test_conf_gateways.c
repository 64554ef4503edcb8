/* test/unit/test_conf_gateways.c - several virtual gateways in one file */
#include "conf/conf.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const char *const base[] = {
	"<bgfd name=\"host\">", /* line 1 */
	"<gateway name=\"g1\">",
	"<h248 listen=\"192.0.2.1:2944\">",
	"<controller address=\"192.0.2.2:2944\"/></h248>",
	"<realm name=\"a.1\" tun=\"a1\" table=\"101\">", /* line 5 */
	"<media interface=\"eth1\"/><pool prefix=\"198.51.100.0/30\"/>",
	"</realm>",
	"</gateway>",
	"<gateway name=\"g2\">", /* line 9 */
	"<h248 listen=\"192.0.2.1:2945\">",
	"<controller address=\"192.0.2.2:2944\"/></h248>",
	"<realm name=\"a.2\" interface=\"a\" tun=\"a2\">", /* line 12 */
	"<media interface=\"eth2\"/><pool prefix=\"198.51.100.4/30\"/>",
	"</realm>",
	"</gateway>",
	"</bgfd>", /* line 16 */
};
enum { N_LINES = sizeof(base) / sizeof(*base) };

/* The base file with one line replaced; line 0: as it is. */
static int load(int line, const char *text, struct conf *c, char *err)
{
	char file[4096] = "";

	for (int i = 0; i < N_LINES; i++) {
		strcat(file, i + 1 == line ? text : base[i]);
		strcat(file, "\n");
	}
	return conf_load_memory(file, strlen(file), "t.xml", c, err, 2048);
}

static const struct refusal {
	const char *id;
	int line; /* replaced by text */
	const char *text;
	const char *where, *what, *instead;
} refusals[] = {
	{ "gateway without a name", 9, "<gateway>",
	  "t.xml:9: ", "<gateway> needs name", "write name=\"bgf-1\"" },
	{ "gateway without realms", 12,
	  "</gateway><gateway name=\"g3\">"
	  "<h248 listen=\"192.0.2.1:2946\"><controller address=\"192.0.2.2\"/>"
	  "</h248><realm name=\"a.3\">",
	  "t.xml:9: ", "<gateway> needs <realm>", "write <realm name=" },
	{ "h248 beside gateways", 16, "<h248 listen=\"192.0.2.9\"/>\n</bgfd>",
	  "t.xml:16: ", "<h248> stands beside <gateway>", "move it into" },
	{ "realm beside gateways", 16, "<realm name=\"c\"/>\n</bgfd>",
	  "t.xml:16: ", "<realm> stands beside <gateway>", "move it into" },
	{ "limits beside gateways", 1, "<bgfd>\n<limits contexts=\"1\"/>",
	  "t.xml:2: ", "<limits> stands beside <gateway>", "move it into" },
	{ "gateway in a gateway", 9, "<gateway name=\"g2\">\n<gateway/>",
	  "t.xml:10: ", "<gateway> holds no <gateway>", "write <" },
	{ "log in a gateway", 9, "<gateway name=\"g2\">\n<log/>",
	  "t.xml:10: ", "<gateway> holds no <log>", "write <" },
	{ "gateway name twice", 9, "<gateway name=\"g1\">", "t.xml:9: ",
	  "name=\"g1\" is also that of the gateway in line 2", "another name" },
	{ "listen twice", 10, "<h248\n listen=\"192.0.2.1:2944\" mid=\"g/2\">",
	  "t.xml:11: ", "the gateway in line 2 listens there too",
	  "another address or port" },
	{ "listen at any address", 10,
	  "<h248 listen=\"0.0.0.0:2944\" mid=\"g/2\">",
	  "t.xml:10: ", "the gateway in line 2 listens there too",
	  "another address or port" },
	{ "MID twice", 10,
	  "<h248 listen=\"192.0.2.1:2945\" mid=\"[192.0.2.1]\">", "t.xml:10: ",
	  "mid \"[192.0.2.1]\" is also that of the gateway in"
	  " line 2",
	  "another mid" },
	{ "MID derived", 10,
	  "<h248 listen=\"192.0.2.1:2944\" transport=\"tcp\">",
	  "t.xml:10: ", "mid \"[192.0.2.1]:2944\" is also that", "another" },
	{ "realm name twice", 12,
	  "<realm interface=\"b\" tun=\"b\"\n name=\"a.1\">", "t.xml:13: ",
	  "name=\"a.1\" is also that of the realm in line 5", "another name" },
	{ "TUN twice", 12, "<realm name=\"a.2\" tun=\"a1\">", "t.xml:12: ",
	  "tun=\"a1\" is also that of the realm in line 5", "another tun" },
	{ "TUN derived", 12,
	  "<realm name=\"a1.2\"><pool"
	  " prefix=\"203.0.113.0/30\"/></realm>\n"
	  "<realm name=\"b.3\" interface=\"c\" tun=\"bgf-a1\">",
	  "t.xml:13: ", "tun=\"bgf-a1\" is also that of the realm in line 12",
	  "another tun" },
	{ "table shared", 12, "<realm name=\"a.2\" tun=\"a2\" table=\"101\">",
	  "t.xml:12: ", "table=\"101\" is also that", "only 254" },
	{ "media interface shared", 13,
	  "<media interface=\"eth1\"/><pool prefix=\"198.51.100.4/30\"/>",
	  "t.xml:13: ", "interface \"eth1\" belongs to the realm in line 5",
	  "remove one" },
	{ "pools overlap", 13, "<pool prefix=\"198.51.100.2/31\"/>",
	  "t.xml:13: ", "overlaps the one in line 6", "one realm" },
	{ "pool with the listen address of another", 13,
	  "<pool prefix=\"192.0.2.1\"/>", "t.xml:13: ", "H.248 listen address",
	  "media only" },
	{ "pool with a controller of another", 6,
	  "<pool prefix=\"192.0.2.3\"/></realm></gateway><gateway name=\"g0\">"
	  "<h248 listen=\"192.0.2.9\"><controller address=\"192.0.2.3\"/></h248>"
	  "<realm name=\"z\"><pool prefix=\"203.0.113.0/30\"/>",
	  "t.xml:6: ", "address of a controller", "media only" },
	{ "too many contexts together", 14,
	  "</realm><limits contexts=\"1048576\"/>",
	  "t.xml: ", "over 1048576 contexts", "smaller <limits" },
};

static void refused(void)
{
	static struct conf c;
	char err[2048];

	CU_ASSERT_EQUAL_FATAL(load(0, "", &c, err), 0);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		const struct refusal *r = &refusals[i];
		int rc = load(r->line, r->text, &c, err);

		if (rc != -EINVAL || strstr(err, r->where) != err ||
		    !strstr(err, r->what) || !strstr(err, r->instead))
			printf("\n%s: %d %s", r->id, rc, err);
		CU_ASSERT_EQUAL(rc, -EINVAL);
		CU_ASSERT_EQUAL(strncmp(err, r->where, strlen(r->where)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, r->what));
		CU_ASSERT_PTR_NOT_NULL(strstr(err, r->instead));
	}
}

/* What may be the same in two gateways. */
static void accepted(void)
{
	static const struct {
		const char *id;
		int line;
		const char *text;
	} t[] = {
		{ "the same controller and interface", 0, "" },
		{ "the main table", 5, "<realm name=\"a.1\" tun=\"a1\">" },
		{ "a default realm each", 12,
		  "<realm name=\"a.2\" tun=\"a2\" default=\"yes\">" },
		{ "UDP and TCP have ports of their own", 10,
		  "<h248 listen=\"192.0.2.1:2944\" transport=\"tcp\""
		  " mid=\"g/2\">" },
		{ "the same address in a MID with another port", 10,
		  "<h248 listen=\"192.0.2.3:2944\" mid=\"[192.0.2.1]:2999\">" },
	};
	static struct conf c;
	char err[2048];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int rc = load(t[i].line, t[i].text, &c, err);

		if (rc)
			printf("\n%s: %s", t[i].id, err);
		CU_ASSERT_EQUAL(rc, 0);
	}
}

static void everything(void)
{
	const struct conf_gateway *west, *east;
	static struct conf c;
	char err[2048];

	CU_ASSERT_EQUAL_FATAL(conf_load(TEST_DATA "/conf/gateways.xml", &c, err,
					sizeof(err)),
			      0);
	CU_ASSERT_EQUAL_FATAL(c.n_gateways, 2);
	west = &c.gateway[0];
	east = &c.gateway[1];
	CU_ASSERT_STRING_EQUAL(c.name, "host-7");
	CU_ASSERT_STRING_EQUAL(west->name, "west");
	CU_ASSERT_EQUAL(west->line, 6);
	CU_ASSERT_STRING_EQUAL(west->h248.mid, "[192.0.2.1]:2944");
	CU_ASSERT_EQUAL(west->h248.t_max_ms, 9000);
	CU_ASSERT_EQUAL(west->h248.context_lifetime_s, 600);
	CU_ASSERT_EQUAL(west->h248.n_changes, 1);
	CU_ASSERT_EQUAL(west->max_contexts, 1000);
	CU_ASSERT_EQUAL(west->rendezvous.twait_s, 75);
	CU_ASSERT(west->realm[0].is_default && !west->realm[1].is_default);
	CU_ASSERT_STRING_EQUAL(east->name, "east");
	CU_ASSERT_STRING_EQUAL(east->h248.mid, "<east.example>");
	CU_ASSERT_EQUAL(east->h248.t_max_ms, 25000);
	CU_ASSERT_EQUAL(east->h248.context_lifetime_s, 0);
	CU_ASSERT_EQUAL(east->h248.n_changes, 0);
	CU_ASSERT_EQUAL(east->h248.n_controllers, 2);
	CU_ASSERT_EQUAL(east->h248.transport, CONF_TRANSPORT_TCP);
	CU_ASSERT_EQUAL(east->h248.version, 2);
	CU_ASSERT_EQUAL(east->max_contexts, 2000);
	CU_ASSERT_EQUAL(east->rendezvous.twait_s, 20);
	CU_ASSERT_EQUAL(east->n_realms, 2);
	CU_ASSERT_STRING_EQUAL(east->realm[0].name, "core.east");
	CU_ASSERT(east->realm[0].is_default && !east->realm[1].is_default);
	CU_ASSERT(!c.owns_host);
	CU_ASSERT_EQUAL(c.log_level, 7);
}

/* One gateway, with and without its tags: the same but for its name. */
static void omitted(void)
{
	static const char inside[] =
		"<h248 listen=\"192.0.2.1:2944\">"
		"<controller address=\"192.0.2.2:2944\"/></h248>"
		"<realm name=\"a.1\"><pool prefix=\"198.51.100.0/30\"/></realm>"
		"<limits contexts=\"7\"/><rendezvous twait-s=\"9\"/>";
	static struct conf a, b;
	char text[1024], err[2048];
	int n;

	n = snprintf(text, sizeof(text), "<bgfd name=\"x\">%s</bgfd>", inside);
	CU_ASSERT_EQUAL_FATAL(
		conf_load_memory(text, n, "t", &a, err, sizeof(err)), 0);
	n = snprintf(text, sizeof(text),
		     "<bgfd name=\"y\"><gateway name=\"x\">%s</gateway></bgfd>",
		     inside);
	CU_ASSERT_EQUAL_FATAL(
		conf_load_memory(text, n, "t", &b, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(a.n_gateways, 1);
	CU_ASSERT_EQUAL(b.n_gateways, 1);
	CU_ASSERT_EQUAL(a.gateway[0].line, 0);
	CU_ASSERT_EQUAL(b.gateway[0].line, 1);
	b.gateway[0].line = 0;
	CU_ASSERT_EQUAL(memcmp(a.gateway, b.gateway, sizeof(a.gateway)), 0);
	CU_ASSERT_STRING_EQUAL(a.gateway[0].name, "x");
}

/* As many as there may be, and one more. */
static void many(void)
{
	static char text[65536];
	static struct conf c;
	char err[2048];
	size_t at = 0;

	at += (size_t)sprintf(text + at, "<bgfd>");
	for (unsigned int i = 0; i <= CONF_MAX_GATEWAYS; i++) {
		at += (size_t)sprintf(
			text + at,
			"<gateway name=\"g%u\"><h248 listen=\"192.0.2.1:%u\">"
			"<controller address=\"192.0.2.2\"/></h248>"
			"<limits contexts=\"1000\"/>",
			i, 3000 + i);
		for (unsigned int k = 0; k < 2; k++)
			at += (size_t)sprintf(
				text + at,
				"<realm name=\"r%u.%u\" interface=\"i%u\""
				" tun=\"t%u.%u\"><ports min=\"9000\" max=\"9999\"/>"
				"<pool prefix=\"198.51.%u.%u\"/></realm>",
				k, i, k, k, i, k, i);
		at += (size_t)sprintf(text + at, "</gateway>");
		if (i + 1 < CONF_MAX_GATEWAYS)
			continue;
		strcpy(text + at, "</bgfd>");
		CU_ASSERT_EQUAL(conf_load_memory(text, strlen(text), "t", &c,
						 err, sizeof(err)),
				i < CONF_MAX_GATEWAYS ? 0 : -EINVAL);
	}
	CU_ASSERT_EQUAL(c.n_gateways, CONF_MAX_GATEWAYS);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "at most 32 <gateway>"));
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "what two gateways must not share", refused },
		{ "what two gateways may share", accepted },
		{ "each has values of its own", everything },
		{ "a gateway without tags", omitted },
		{ "as many as there may be", many },
		{ NULL, NULL },
	};

	return suite_run("conf/gateways", tests);
}
