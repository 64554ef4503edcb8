/* test/unit/test_conf_load.c - the configuration file, read and refused */
#include "conf/conf.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const base[] = {
	"<bgfd>", /* line 1 */
	"<h248 listen=\"192.0.2.1:2944\">",
	"<controller address=\"192.0.2.2:2944\"/>",
	"</h248>",
	"<realm name=\"a.x\" table=\"101\">", /* line 5 */
	"<pool prefix=\"198.51.100.0/29\"/>",
	"</realm>",
	"<realm name=\"b.x\" table=\"102\">", /* line 8 */
	"<pool prefix=\"203.0.113.0/29\"/>",
	"</realm>",
	"</bgfd>", /* line 11 */
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
	/* the table */
	{ "unknown attribute", 2, "<h248 lisen=\"192.0.2.1\">",
	  "t.xml:2: ", "no attribute \"lisen\"", "write \"listen\"" },
	{ "unknown element", 3, "<controler address=\"192.0.2.2\"/>",
	  "t.xml:3: ", "no <controler>", "write <controller>" },
	{ "element at the wrong place", 6, "<h248/>",
	  "t.xml:6: ", "<realm> holds no <h248>", "write <" },
	{ "element in one that holds none", 6,
	  "<pool prefix=\"198.51.100.0/29\"><x/></pool>",
	  "t.xml:6: ", "<pool> holds no elements", "remove <x>" },
	{ "another document", 1, "<bgf>", "t.xml:", "", "" },
	{ "text", 6, "<pool prefix=\"198.51.100.0/29\"/>hello",
	  "t.xml:5: ", "holds no text", "use attributes" },
	{ "missing attribute", 2, "<h248>", "t.xml:2: ", "<h248> needs listen",
	  "write listen=\"192.0.2.1:2944\"" },
	{ "missing element", 3, "", "t.xml:2: ", "<h248> needs <controller>",
	  "write <controller address=" },
	{ "missing pool", 6, "", "t.xml:5: ", "<realm> needs <pool>",
	  "write <pool prefix=" },
	{ "element twice", 3,
	  "<controller address=\"192.0.2.2\"/><timers/>\n<timers/>",
	  "t.xml:4: ", "at most 1 <timers>", "remove" },
	{ "number too large", 5, "<realm name=\"a.x\" mtu=\"65536\">",
	  "t.xml:5: ", "mtu=\"65536\"", "from 576 to 65535" },
	{ "number too small", 5, "<realm name=\"a.x\" mtu=\"-1\">",
	  "t.xml:5: ", "mtu=\"-1\"", "from 576 to 65535" },
	{ "no number", 5, "<realm name=\"a.x\" mtu=\"1500x\">",
	  "t.xml:5: ", "mtu=\"1500x\"", "from 576 to 65535" },
	{ "number of many digits", 5,
	  "<realm name=\"a.x\" mtu=\"99999999999999999999\">",
	  "t.xml:5: ", "mtu=", "from 576 to 65535" },
	{ "empty number", 5, "<realm name=\"a.x\" mtu=\"\">",
	  "t.xml:5: ", "mtu=\"\"", "from 576 to 65535" },
	{ "no word of the list", 2,
	  "<h248 listen=\"192.0.2.1:2944\" encoding=\"binary\">",
	  "t.xml:2: ", "encoding=\"binary\"", "one of: short long" },
	{ "http: no address", 10, "</realm><http listen=\"localhost\"/>",
	  "t.xml:10: ", "listen=\"localhost\"", "\"192.0.2.1:9464\"" },
	{ "http: in a pool", 10, "</realm><http listen=\"203.0.113.3\"/>",
	  "t.xml:9: ", "the address of <http listen>", "media only" },
	{ "no address", 2, "<h248 listen=\"localhost:2944\">",
	  "t.xml:2: ", "listen=\"localhost:2944\"", "\"192.0.2.1:2944\"" },
	{ "port 0", 2, "<h248 listen=\"192.0.2.1:0\">",
	  "t.xml:2: ", "listen=", "a port" },
	{ "host bits", 6, "<pool prefix=\"198.51.100.1/29\"/>",
	  "t.xml:6: ", "prefix=\"198.51.100.1/29\"", "without host bits" },
	{ "profile", 2, "<h248 listen=\"192.0.2.1\" profile=\"ETSI\">",
	  "t.xml:2: ", "profile=\"ETSI\"", "ETSI_BGF/2" },
	{ "TUN name too long", 5,
	  "<realm name=\"a.x\" tun=\"bgf-access-network\">",
	  "t.xml:5: ", "tun=", "0 to 15 characters" },
	{ "characters of a name", 5, "<realm name=\"a/x\">",
	  "t.xml:5: ", "name=\"a/x\"", "access.example" },
	{ "the line of the attribute", 5,
	  "<realm\n interface=\"mtu\"\n name=\"a\"\n\n mtu=\"x\">",
	  "t.xml:9: ", "mtu=\"x\"", "576" },
	/* the parser */
	{ "no XML", 1, "hello", "t.xml:1: ", "", "" },
	{ "not closed", 11, "", "t.xml:", "", "" },
	{ "attribute twice", 2, "<h248 listen=\"1\" listen=\"2\">",
	  "t.xml:2: ", "redefined", "" },
	{ "document type", 1,
	  "<!DOCTYPE b [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><bgfd>",
	  "t.xml:1: ", "document type", "remove" },
	{ "unknown entity", 5, "<realm name=\"&e;\">", "t.xml:5: ", "", "" },
	{ "A02 control characters", 5, "<realm name=\"&#27;[31m\">",
	  "t.xml:5:", "", "" },
	/* conf/check.c */
	{ "TLS without files", 2,
	  "<h248 listen=\"192.0.2.1:2944\" transport=\"tls\">",
	  "t.xml:2: ", "needs files", "<tls certificate=" },
	{ "registering is not leaving", 3,
	  "<controller address=\"192.0.2.2\"/>\n<service-change event=\"boot\""
	  " method=\"forced\" reason=\"901\"/>",
	  "t.xml:4: ", "registers here", "method=\"restart\"" },
	{ "leaving is not registering", 3,
	  "<controller address=\"192.0.2.2\"/>\n<service-change event=\"stop\""
	  " method=\"restart\" reason=\"901\"/>",
	  "t.xml:4: ", "leaves here", "\"forced\"" },
	{ "T30 what is there stays", 3,
	  "<controller address=\"192.0.2.2\"/>\n<service-change"
	  " event=\"resume\" method=\"graceful\" reason=\"918\"/>",
	  "t.xml:4: ", "there already", "\"restart\"" },
	{ "T30 state loss is no return", 3,
	  "<controller address=\"192.0.2.2\"/>\n<service-change"
	  " event=\"state-loss\" method=\"disconnected\" reason=\"915\"/>",
	  "t.xml:4: ", "contexts are lost", "\"forced\"" },
	{ "T31 lowest version over the highest", 3,
	  "<controller address=\"192.0.2.2\"/>\n<association"
	  " min-version=\"4\"/>",
	  "t.xml:4: ", "1 to 3", "" },
	{ "a segment without room", 3,
	  "<controller address=\"192.0.2.2\"/>\n<limits"
	  " segment-octets=\"511\"/>",
	  "t.xml:4: ", "room for a reply", "512" },
	{ "event of ServiceChange twice", 3,
	  "<controller address=\"192.0.2.2\"/><service-change event=\"stop\""
	  " method=\"forced\" reason=\"905\"/>\n<service-change event=\"stop\""
	  " method=\"forced\" reason=\"904\"/>",
	  "t.xml:4: ", "same event twice", "remove one" },
	{ "authentication without a key", 3,
	  "<controller address=\"192.0.2.2\"/>\n<authentication"
	  " mode=\"require\"/>",
	  "t.xml:4: ", "no key", "<key spi=" },
	{ "signing, and refusing headers", 3,
	  "<controller address=\"192.0.2.2\"/>\n<authentication"
	  " send=\"yes\"/>",
	  "t.xml:4: ", "would refuse", "mode=\"accept\"" },
	{ "authentication with IPv6", 2,
	  "<h248 listen=\"[2001:db8::1]:2944\"><authentication mode=\"null\"/>",
	  "t.xml:2: ", "IPv4 only", "TLS or IPsec" },
	{ "authentication at any address", 2,
	  "<h248 listen=\"0.0.0.0\" mid=\"a\"><authentication mode=\"null\"/>",
	  "t.xml:2: ", "needs our address", "listen" },
	{ "two keys of one SPI", 3,
	  "<controller address=\"192.0.2.2\"/>\n<authentication"
	  " mode=\"accept\"><key spi=\"9\" algorithm=\"hmac-md5\" file=\"a\"/>"
	  "<key spi=\"0x9\" algorithm=\"hmac-sha1\" file=\"b\"/>"
	  "</authentication>",
	  "t.xml:4: ", "spi=\"9\" is also", "another" },
	{ "a key in the file itself", 3,
	  "<controller address=\"192.0.2.2\"/>\n<authentication"
	  " mode=\"accept\"><key spi=\"9\" algorithm=\"hmac-md5\""
	  " secret=\"00\"/></authentication>",
	  "t.xml:4: ", "no attribute \"secret\"", "" },
	{ "pools of two realms overlap", 9,
	  "<pool prefix=\"198.51.100.4/30\"/>",
	  "t.xml:9: ", "overlaps the one in line 6", "one realm" },
	{ "pools of one realm overlap", 6,
	  "<pool prefix=\"198.51.100.0/29\"/><pool prefix=\"198.51.100.1\"/>",
	  "t.xml:6: ", "overlaps", "" },
	{ "realm name twice", 8, "<realm name=\"a.x\" interface=\"b\">",
	  "t.xml:8: ", "name=\"a.x\" is also that", "another name" },
	{ "interface twice", 8, "<realm name=\"a.y\" tun=\"t\">",
	  "t.xml:8: ", "interface=\"a\" is also that", "another interface" },
	{ "TUN name twice", 8, "<realm name=\"b.x\" tun=\"bgf-a\">",
	  "t.xml:8: ", "tun=\"bgf-a\" is also that", "another tun" },
	{ "table shared", 8, "<realm name=\"b.x\" table=\"101\">",
	  "t.xml:8: ", "table=\"101\" is also that", "only 254" },
	{ "table of the kernel", 8, "<realm name=\"b.x\" table=\"255\">",
	  "t.xml:8: ", "table 255", "such as 101" },
	{ "media interface twice", 9,
	  "<media interface=\"e\"/><pool prefix=\"203.0.113.0/29\"/></realm>"
	  "<realm name=\"c\">\n<media interface=\"e\"/><pool"
	  " prefix=\"192.0.2.128/29\"/>",
	  "t.xml:10: ", "interface \"e\" belongs", "remove one" },
	{ "two defaults", 8,
	  "<realm name=\"b\" default=\"yes\"><pool"
	  " prefix=\"192.0.2.128/29\"/></realm>\n"
	  "<realm name=\"c\" default=\"yes\">",
	  "t.xml:9: ", "the default already", "default=\"no\"" },
	{ "ports upside down", 6,
	  "<pool prefix=\"198.51.100.0/29\"/>\n<ports min=\"9\" max=\"8\"/>",
	  "t.xml:7: ", "min is over max", "min=\"8\"" },
	{ "too many ports", 6, "<pool prefix=\"198.51.0.0/16\"/>",
	  "t.xml:5: ", "over 16777216 ports", "longer prefixes" },
	{ "too many ports, IPv6", 6, "<pool prefix=\"2001:db8::/64\"/>",
	  "t.xml:5: ", "over 16777216 ports", "longer prefixes" },
	{ "small mtu with IPv6", 5,
	  "<realm name=\"a.x\" mtu=\"1279\"><pool prefix=\"2001:db8::/120\"/>",
	  "t.xml:5: ", "1280", "mtu=\"1280\"" },
	{ "C15 loopback pool", 6, "<pool prefix=\"127.0.1.0/29\"/>",
	  "t.xml:6: ", "addresses of 127.0.0.0/8", "routed to this host" },
	{ "pool with our own address", 6, "<pool prefix=\"192.0.2.0/31\"/>",
	  "t.xml:6: ", "H.248 listen address", "media only" },
	{ "pool with a controller", 6, "<pool prefix=\"192.0.2.2\"/>",
	  "t.xml:6: ", "address of a controller", "media only" },
	{ "controller is our own address", 3,
	  "<controller address=\"192.0.2.1:2944\"/>",
	  "t.xml:3: ", "our own listen address", "the controller" },
	{ "controller of another family", 3,
	  "<controller address=\"[2001:db8::1]:2944\"/>",
	  "t.xml:3: ", "another address family", "both" },
	{ "controller twice", 3,
	  "<controller address=\"192.0.2.2\"/>\n"
	  "<controller address=\"192.0.2.2:2944\"/>",
	  "t.xml:4: ", "same controller twice", "remove one" },
	{ "MID", 2, "<h248 listen=\"192.0.2.1\" mid=\"[x]\">",
	  "t.xml:2: ", "mid=\"[x]\" is not a MID", "[192.0.2.1]:2944" },
	{ "MID port", 2, "<h248 listen=\"192.0.2.1\" mid=\"[192.0.2.1]:0\">",
	  "t.xml:2: ", "is not a MID", "" },
	{ "MID domain", 2, "<h248 listen=\"192.0.2.1\" mid=\"&lt;-x>\">",
	  "t.xml:2: ", "is not a MID", "" },
	{ "MID missing", 2, "<h248 listen=\"0.0.0.0:2944\">",
	  "t.xml:2: ", "mid must be written", "mid=\"[192.0.2.1]:2944\"" },
	{ "repetition over its limit", 3,
	  "<controller address=\"192.0.2.2\"/>"
	  "<timers retransmit-ms=\"5000\"/>",
	  "t.xml:3: ", "over retransmit-max-ms", "at most 4000" },
	{ "repetition over t-max", 3,
	  "<controller address=\"192.0.2.2\"/>"
	  "<timers retransmit-max-ms=\"30000\"/>",
	  "t.xml:3: ", "over t-max-ms", "at most 25000" },
	{ "t-max over long-timer", 3,
	  "<controller address=\"192.0.2.2\"/><timers t-max-ms=\"30001\"/>",
	  "t.xml:3: ", "over long-timer-ms", "at most 30000" },
	{ "provisional over t-max", 3,
	  "<controller address=\"192.0.2.2\"/>"
	  "<timers t-max-ms=\"9000\" provisional-ms=\"9001\"/>",
	  "t.xml:3: ", "over t-max-ms", "at most 9000" },
	{ "thresholds upside down", 4,
	  "</h248><overload notify-percent=\"80\"/>",
	  "t.xml:4: ", "over refuse-adds-percent", "at most 75" },
	{ "thresholds upside down", 4,
	  "</h248><overload refuse-all-percent=\"74\"/>",
	  "t.xml:", "over refuse-all-percent", "at most 74" },
	{ "hysteresis down to nothing", 4,
	  "</h248><overload notify-percent=\"10\"/>",
	  "t.xml:", "not under notify-percent", "at most 9" },
	{ "reserve without a limit", 4, "</h248><limits reserve-kbps=\"1\"/>",
	  "t.xml:4: ", "over bandwidth-kbps", "at most 0" },
	{ "reserve over its limit", 4,
	  "</h248><limits contexts=\"5\" reserve-contexts=\"6\"/>",
	  "t.xml:4: ", "over contexts", "at most 5" },
	{ "reserve of a realm", 6,
	  "<pool prefix=\"198.51.100.0/29\"/>\n<limits reserve-contexts=\"1\"/>",
	  "t.xml:7: ", "over contexts", "at most 0" },
	{ "no worker", 4, "</h248><limits workers=\"0\"/>",
	  "t.xml:4: ", "workers=\"0\"", "write one of: auto 1 2" },
	{ "more workers than ports", 10,
	  "<ports min=\"30000\" max=\"30002\"/></realm>"
	  "<limits workers=\"4\"/>",
	  "t.xml:10: ", "4 workers need", "workers=\"3\"" },
	{ "control socket", 4, "</h248><control socket=\"run/x\"/>",
	  "t.xml:4: ", "full path", "/run/bgfd/control" },
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
		CU_ASSERT_PTR_NULL(strchr(err, 27));
	}
	CU_ASSERT_STRING_EQUAL(c.gateway[0].realm[0].name,
			       "a.x"); /* untouched */
}

/* All errors at once, one line each; what does not fit is left out whole. */
static void several(void)
{
	static struct conf c;
	char err[2048], small[64];
	const char text[] = "<bgfd><h248 listen=\"x\" version=\"9\"/></bgfd>";

	CU_ASSERT_EQUAL(conf_load_memory(text, strlen(text), "t.xml", &c, err,
					 sizeof(err)),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "listen=\"x\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "\nt.xml:1: version=\"9\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "\nt.xml:1: <h248> needs"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "\nt.xml:1: <bgfd> needs <realm>"));
	CU_ASSERT_EQUAL(conf_load_memory(text, strlen(text), "t.xml", &c, small,
					 sizeof(small)),
			-EINVAL);
	CU_ASSERT(strlen(small) < sizeof(small));
	CU_ASSERT_PTR_NULL(strchr(small, '\n'));
}

/* Derived values: what is not written follows from what is. */
static void derived(void)
{
	static struct conf c;
	char err[2048];

	CU_ASSERT_EQUAL_FATAL(load(2,
				   "<h248 listen=\"[2001:db8::1]:2945\">"
				   "<controller address=\"[2001:db8::2]\"/>"
				   "</h248><!--",
				   &c, err),
			      -EINVAL); /* a comment swallows the rest */
	CU_ASSERT_EQUAL_FATAL(load(0, "", &c, err), 0);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].h248.mid, "[192.0.2.1]:2944");
	CU_ASSERT_STRING_EQUAL(c.gateway[0].realm[0].interface, "a");
	CU_ASSERT_STRING_EQUAL(c.gateway[0].realm[1].tun, "bgf-b");
	CU_ASSERT(c.gateway[0].realm[0].is_default &&
		  !c.gateway[0].realm[1].is_default);
	CU_ASSERT_EQUAL(c.gateway[0].realm[1].line, 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.package_dir, "/packages"));
	CU_ASSERT_EQUAL_FATAL(
		load(8,
		     "<realm name=\"b-very-long-name-of-a-realm\""
		     " default=\"yes\" interface=\"b-very-long-one\">",
		     &c, err),
		0);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].realm[1].tun, "bgf-b-very-long");
	CU_ASSERT(!c.gateway[0].realm[0].is_default &&
		  c.gateway[0].realm[1].is_default);
	CU_ASSERT_EQUAL_FATAL(load(2,
				   "<h248 listen=\"0.0.0.0\""
				   " mid=\"&lt;bgf.example>:2944\">",
				   &c, err),
			      0);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].h248.mid, "<bgf.example>:2944");
}

/* Nowhere unless it is written; the port may be left out. */
static void http(void)
{
	static struct conf c;
	const struct sockaddr_in *at = (const struct sockaddr_in *)&c.http;
	char err[2048];

	CU_ASSERT_EQUAL(load(0, "", &c, err), 0);
	CU_ASSERT_EQUAL(c.http.ss_family, AF_UNSPEC);
	CU_ASSERT_EQUAL(load(10, "</realm><http listen=\"\"/>", &c, err), 0);
	CU_ASSERT_EQUAL(c.http.ss_family, AF_UNSPEC);
	CU_ASSERT_EQUAL(load(10, "</realm><http listen=\"0.0.0.0\"/>", &c, err),
			0);
	CU_ASSERT_EQUAL(at->sin_family, AF_INET);
	CU_ASSERT_EQUAL(ntohs(at->sin_port), 9464);
}

static void ipv6(void)
{
	static struct conf c;
	static const char text[] =
		"<bgfd><h248 listen=\"[2001:db8::1]:2945\">"
		"<controller address=\"[2001:db8::2]\"/></h248>"
		"<realm name=\"a\"><pool prefix=\"2001:db8:1::/120\"/>"
		"<pool prefix=\"192.0.2.0/30\"/></realm></bgfd>";
	const struct sockaddr_in6 *v6;
	char err[2048];

	CU_ASSERT_EQUAL_FATAL(conf_load_memory(text, strlen(text), "t.xml", &c,
					       err, sizeof(err)),
			      0);
	v6 = (const void *)&c.gateway[0].h248.controller[0];
	CU_ASSERT_EQUAL(v6->sin6_family, AF_INET6);
	CU_ASSERT_EQUAL(ntohs(v6->sin6_port), 2944);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].h248.mid, "[2001:db8::1]:2945");
	CU_ASSERT_EQUAL(c.gateway[0].realm[0].n_pools, 2);
	CU_ASSERT_EQUAL(c.gateway[0].realm[0].pool[1].family, AF_INET);
}

static void sample(void)
{
	static struct conf c;
	char err[CONF_ERR_TEXT];

	CU_ASSERT_EQUAL_FATAL(conf_load(SOURCE_DIR "/conf/bgfd.xml", &c, err,
					sizeof(err)),
			      0);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].h248.mid, "[127.0.0.1]:2944");
	CU_ASSERT_EQUAL(c.gateway[0].h248.n_controllers, 1);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].h248.profile, "ETSI_BGF");
	CU_ASSERT_EQUAL(c.gateway[0].h248.profile_version, 2);
	CU_ASSERT_EQUAL(c.gateway[0].h248.t_max_ms, 25000);
	CU_ASSERT_EQUAL(c.gateway[0].n_realms, 2);
	CU_ASSERT_STRING_EQUAL(c.gateway[0].realm[1].name, "core.example");
	CU_ASSERT(c.gateway[0].realm[0].is_default &&
		  !c.gateway[0].realm[1].is_default);
	CU_ASSERT_EQUAL(c.gateway[0].realm[0].n_ifaces, 0);
	CU_ASSERT_EQUAL(c.gateway[0].realm[0].pool[0].len, 29);
	CU_ASSERT_EQUAL(c.gateway[0].rendezvous.twait_s, 75);
	CU_ASSERT(c.gateway[0].rendezvous.release_rst && c.owns_host);
	CU_ASSERT_EQUAL(c.log_level, 6);
}

static void files(void)
{
	static struct conf c;
	static char large[CONF_MAX_FILE + 1];
	char err[256];

	CU_ASSERT_EQUAL(conf_load("/nonexistent", &c, err, sizeof(err)),
			-ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/nonexistent: cannot be read"));
	CU_ASSERT_EQUAL(conf_load("/", &c, err, sizeof(err)), -EISDIR);
	CU_ASSERT_EQUAL(conf_load("/dev/zero", &c, err, sizeof(err)), -EFBIG);
	CU_ASSERT_EQUAL(conf_load("/dev/null", &c, err, sizeof(err)), -EINVAL);
	memset(large, ' ', sizeof(large));
	CU_ASSERT_EQUAL(conf_load_memory(large, sizeof(large), "t", &c, err,
					 sizeof(err)),
			-EFBIG);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the shipped sample", sample },
		{ "what is wrong, where, and what to write", refused },
		{ "several errors at once", several },
		{ "derived values", derived },
		{ "where metrics are", http },
		{ "IPv6", ipv6 },
		{ "files", files },
		{ NULL, NULL },
	};

	return suite_run("conf/conf", tests);
}
