/* test/unit/test_tools_h248tool.c - h248tool as its users run it */
#include "test/support/suite.h"

#include <jansson.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/test_h248tool.XXXXXX";
static char tool[4096];
static char out[1 << 20];

static const char good[] = "!/3 [192.0.2.1]:2944\n"
			   "T=3{C=${A=ip/1/access/${M{O{MO=SR}}}}}\n"
			   "MEGACO/1 [192.0.2.2]:2944\n"
			   "P=3{C=7{A=ip/1/access/1}} K{4-6}\n"
			   "!/3 [192.0.2.2]:2944\n"
			   "T=9{C=7{N=ip/1/access/1{OE=5{20260115T08300014:"
			   "tcprv/syn}}}}\n";
static const char ladder[] = "T=3 C=$ Add ip/1/access/$\n"
			     "P=3 C=7 Add ip/1/access/1; K=4-6\n"
			     "T=9 C=7 Notify ip/1/access/1 tcprv/syn\n";

/* Exit status; what it printed is in `out`, faults on stderr too. */
static int run(const char *args)
{
	char command[8192];
	FILE *f;
	size_t n;

	snprintf(command, sizeof(command), "cd %s && { %s %s; } 2>&1", dir,
		 tool, args);
	f = popen(command, "r");
	if (!f)
		return -1;
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	return WEXITSTATUS(pclose(f));
}

static void put(const char *name, const void *data, size_t n, const char *mode)
{
	char path[sizeof(dir) + 64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, mode);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(data, 1, n, f), n);
	fclose(f);
}

static void long_and_short_say_the_same(void)
{
	put("good.txt", good, sizeof(good) - 1, "w");
	CU_ASSERT_EQUAL(run("convert --form=short good.txt"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "C=${A=ip/1/access/$"));
	put("short.txt", out, strlen(out), "w");
	CU_ASSERT_EQUAL(run("convert < good.txt"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "Transaction = 3 {"));
	put("long.txt", out, strlen(out), "w");
	CU_ASSERT_EQUAL(run("convert -f short long.txt | cmp - short.txt"), 0);
	CU_ASSERT_EQUAL(
		run("convert --form=long - < short.txt | cmp - long.txt"), 0);
	CU_ASSERT_EQUAL(run("convert --form=short good.txt long.txt"), 0);
	put("both.txt", out, strlen(out), "w");
	CU_ASSERT_EQUAL(run("--version; cat short.txt short.txt | "
			    "cmp - both.txt"),
			0);
}

/* What is printed can be read again: the origin is a comment. */
static void print_names_the_origin(void)
{
	put("good.txt", good, sizeof(good) - 1, "w");
	CU_ASSERT_EQUAL(run("print good.txt"), 0);
	CU_ASSERT_EQUAL(strncmp(out, "; good.txt:1\nMEGACO/3 ", 22), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n; good.txt:5\nMEGACO/3 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n        LocalControl {\n"));
	put("printed.txt", out, strlen(out), "w");
	CU_ASSERT_EQUAL(run("ladder printed.txt"), 0);
	CU_ASSERT_STRING_EQUAL(out, ladder);
}

static void ladder_is_one_line_a_message(void)
{
	put("good.txt", good, sizeof(good) - 1, "w");
	CU_ASSERT_EQUAL(run("ladder good.txt"), 0);
	CU_ASSERT_STRING_EQUAL(out, ladder);
}

/* The authentication header is a part of the message behind it. */
static void authenticated_messages_are_apart(void)
{
	static const char two[] =
		"AU=0x00000001:0x00000002:0x000000000000000000000003\n"
		"!/1 [192.0.2.1]\nK{1}\n"
		"AU=0x00000001:0x00000003:0x000000000000000000000003 "
		"!/1 [192.0.2.1]\nK{2}\n"
		"!/1 [192.0.2.1]\nK{3}\n";

	put("two.txt", two, sizeof(two) - 1, "w");
	CU_ASSERT_EQUAL(run("ladder two.txt"), 0);
	CU_ASSERT_STRING_EQUAL(out, "K=1\nK=2\nK=3\n");
	CU_ASSERT_EQUAL(run("convert two.txt"), 0);
	put("long.txt", out, strlen(out), "w");
	CU_ASSERT_EQUAL(run("ladder long.txt"), 0);
	CU_ASSERT_STRING_EQUAL(out, "K=1\nK=2\nK=3\n");
}

static const char bad[] = "!/3 [192.0.2.1]:2944\n"
			  "T=1{C=-{AV=ROOT{AT{}}}}\n"
			  "!/3 [192.0.2.1]:2944\n"
			  "T=2{C=1{MF=a{M{ST=1{L=1}}}}}\n";

static void check_names_clause_place_and_code(void)
{
	put("good.txt", good, sizeof(good) - 1, "w");
	put("bad.txt", bad, sizeof(bad) - 1, "w");
	CU_ASSERT_EQUAL(run("check good.txt"), 0);
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT_EQUAL(run("check good.txt bad.txt"), 1);
	CU_ASSERT_STRING_EQUAL(out, "bad.txt:4:22: 442 expected '{', found "
				    "'=' (H.248.1 7.1.8)\n");
	CU_ASSERT_EQUAL(run("convert bad.txt 2>/dev/null"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "Transaction = 1"));
	CU_ASSERT_PTR_NULL(strstr(out, "Transaction = 2"));
	CU_ASSERT_EQUAL(run("convert bad.txt >/dev/null"), 1);
	CU_ASSERT_EQUAL(strncmp(out, "bad.txt:4:22: 442 ", 18), 0);
	CU_ASSERT_EQUAL(run("check /dev/null"), 1);
}

static void trouble_is_told_apart(void)
{
	static const char *const t[] = {
		"",
		"nonsense",
		"check --nonsense",
		"check none.txt",
		"check --pcap good.txt",
		"convert --form=medium good.txt",
		"json --form=short good.txt",
		"--form=short",
		"convert good.txt > /dev/full",
	};

	put("good.txt", good, sizeof(good) - 1, "w");
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++)
		CU_ASSERT_EQUAL(run(t[i]), 2);
	CU_ASSERT_EQUAL(run("--help"), 0);
	CU_ASSERT_EQUAL(run("--version"), 0);
}

/* A line for each message, also for one with a fault. */
static void json_is_the_tree(void)
{
	json_t *o, *fault;
	char *line;

	put("bad.txt", bad, sizeof(bad) - 1, "w");
	CU_ASSERT_EQUAL(run("json bad.txt 2>/dev/null"), 1);
	line = strchr(out, '\n');
	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	o = json_loads(out, JSON_DISABLE_EOF_CHECK, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(o, "version")), 3);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(o, "transactions")), 1);
	CU_ASSERT_PTR_NULL(json_object_get(o, "faults"));
	json_decref(o);
	o = json_loads(line + 1, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	fault = json_array_get(json_object_get(o, "faults"), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(fault, "line")), 4);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(fault, "code")),
			442);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(fault, "clause")), "7.1.8");
	json_decref(o);
}

/* JSON is UTF-8; other octets are taken for Latin-1, and none is lost. */
static void json_of_other_octets(void)
{
	static const char text[] = "!/1 [192.0.2.1]\n"
				   "T=1{C=1{MF=a{M{L{s=caf\xe9 \xc3\xa9\n}}}}}";

	put("latin.txt", text, sizeof(text) - 1, "w");
	CU_ASSERT_EQUAL(run("json latin.txt"), 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "\"s=caf\xc3\xa9 \xc3\x83\xc2\xa9\\n\""));
}

static void each_vector(const char *args)
{
	char command[2048];

	snprintf(command, sizeof(command), "%s %s/h248/*.txt", args, TEST_DATA);
	CU_ASSERT_EQUAL(run(command), 0);
}

/* Every kind of node: the vectors as JSON, a line each. */
static void json_of_each_vector(void)
{
	unsigned int lines = 0;

	each_vector("json");
	for (char *p = out, *eol; (eol = strchr(p, '\n')); p = eol + 1) {
		json_t *o;

		*eol = '\0';
		o = json_loads(p, 0, NULL);
		CU_ASSERT_PTR_NOT_NULL(o);
		json_decref(o);
		lines++;
	}
	CU_ASSERT(lines >= 80);
	each_vector("check");
	each_vector("print");
}

/* Captures. */

static void put_u32(const char *name, uint32_t value)
{
	put(name, &value, sizeof(value), "a");
}

/* One UDP datagram 10.0.0.1:2944 -> 10.0.0.2:port behind a link header. */
static void put_packet(const char *name, const char *link, size_t link_n,
		       uint16_t port, const char *text)
{
	size_t n = strlen(text);
	unsigned char ip[28] = { 0x45, 0,  0, 0, 0, 0,  0, 0, 64, 17,   0,
				 0,    10, 0, 0, 1, 10, 0, 0, 2,  0x0b, 0x80 };

	ip[3] = (unsigned char)(28 + n);
	ip[22] = (unsigned char)(port >> 8);
	ip[23] = (unsigned char)port;
	ip[25] = (unsigned char)(8 + n);
	put_u32(name, 1768465800);
	put_u32(name, 140000);
	put_u32(name, (uint32_t)(link_n + 28 + n));
	put_u32(name, (uint32_t)(link_n + 28 + n));
	put(name, link, link_n, "a");
	put(name, ip, sizeof(ip), "a");
	put(name, text, n, "a");
}

static void put_capture_head(const char *name, uint32_t dlt)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535 };

	put(name, head, sizeof(head), "w");
	put_u32(name, dlt);
}

static void captures(void)
{
	static const struct {
		const char *name;
		uint32_t dlt;
		const char *link;
		size_t n;
	} t[] = {
		{ "ethernet", 1, "123456123456\x08\x00", 14 },
		{ "vlan", 1, "123456123456\x81\x00\x00\x05\x08\x00", 18 },
		{ "sll", 113, "12345678901234\x08\x00", 16 },
		{ "sll2", 276,
		  "\x08\x00"
		  "123456789012345678",
		  20 },
		{ "raw", 101, "", 0 },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		char args[64];

		put_capture_head(t[i].name, t[i].dlt);
		put_packet(t[i].name, t[i].link, t[i].n, 40000,
			   "!/3 [192.0.2.1]:2944 K{4-6}");
		put_packet(t[i].name, t[i].link, t[i].n, 40001, "garbage");
		snprintf(args, sizeof(args), "ladder --pcap %s 2>/dev/null",
			 t[i].name);
		CU_ASSERT_EQUAL(run(args), 1);
		CU_ASSERT_STRING_EQUAL(out, "08:30:00.140000 10.0.0.1:2944 -> "
					    "10.0.0.2:40000  K=4-6\n"
					    "08:30:00.140000 10.0.0.1:2944 -> "
					    "10.0.0.2:40001  malformed\n");
	}
	CU_ASSERT_EQUAL(run("check --pcap ethernet"), 1);
	CU_ASSERT_EQUAL(strncmp(out, "ethernet#2:1:", 13), 0);
	CU_ASSERT_EQUAL(run("ladder --pcap - < ethernet 2>/dev/null"), 1);
	CU_ASSERT_EQUAL(strncmp(out, "08:30:00.140000 10.0.0.1:2944", 29), 0);
	CU_ASSERT_EQUAL(run("print ethernet --pcap 2>/dev/null"), 1);
	CU_ASSERT_EQUAL(strncmp(out, "; 08:30:00.140000 10.0.0.1:2944 -> ", 35),
			0);
	put_capture_head("other", 147);
	CU_ASSERT_EQUAL(run("ladder --pcap other"), 2);
	CU_ASSERT_EQUAL(run("ladder --pcap none"), 2);
}

/* A segment 10.0.0.1:40000 -> 10.0.0.2:2944 without a link header. */
static void put_segment(const char *name, uint32_t seq, unsigned char flags,
			const char *data, size_t n)
{
	unsigned char ip[40] = { 0x45, 0, 0,    0,  0,    0,    0, 0,  64,
				 6,    0, 0,    10, 0,    0,    1, 10, 0,
				 0,    2, 0x9c, 64, 0x0b, 0x80, 0, 0,  0,
				 0,    0, 0,    0,  0,    0x50, 0 };

	ip[2] = (unsigned char)((40 + n) >> 8);
	ip[3] = (unsigned char)(40 + n);
	ip[24] = (unsigned char)(seq >> 24);
	ip[25] = (unsigned char)(seq >> 16);
	ip[26] = (unsigned char)(seq >> 8);
	ip[27] = (unsigned char)seq;
	ip[33] = flags;
	put_u32(name, 1768465800);
	put_u32(name, 140000);
	put_u32(name, (uint32_t)(40 + n));
	put_u32(name, (uint32_t)(40 + n));
	put(name, ip, sizeof(ip), "a");
	put(name, data, n, "a");
}

/* TPKT in any segments, repeated, wrapping, with a gap; then what is no TPKT. */
static void tcp_captures(void)
{
	static const char two[] = "\x03\0\0\x1a!/1 [192.0.2.1]\nK{111}"
				  "\x03\0\0\x18!/1 [192.0.2.1]\nK{2}";
	static const char head[] = "08:30:00.140000 10.0.0.1:40000 -> "
				   "10.0.0.2:2944  ";
	char want[512];
	uint32_t at = 0xfffffff0;

	put_capture_head("tcp", 101);
	put_segment("tcp", at - 1, 2, "", 0);
	put_segment("tcp", at, 16, two, 3);
	put_segment("tcp", at + 3, 16, two + 3, 20);
	put_segment("tcp", at, 16, two, 20);
	put_segment("tcp", at + 20, 16, two + 20, sizeof(two) - 21);
	put_segment("tcp", at + 1000, 16, "x", 1);
	put_segment("tcp", at + 1001, 16, two, 26);
	put_segment("tcp", at + 1027, 16, "\x16\x03\x01", 3);
	CU_ASSERT_EQUAL(run("ladder --pcap tcp 2>/dev/null"), 0);
	snprintf(want, sizeof(want), "%sK=111\n%sK=2\n%sK=111\n", head, head,
		 head);
	CU_ASSERT_STRING_EQUAL(out, want);
	CU_ASSERT_EQUAL(run("check --pcap tcp"), 0);
	CU_ASSERT_STRING_EQUAL(out, "h248tool: tcp: octets missing 1 times\n");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "long and short say the same", long_and_short_say_the_same },
		{ "ladder", ladder_is_one_line_a_message },
		{ "print names the origin", print_names_the_origin },
		{ "authenticated messages are apart",
		  authenticated_messages_are_apart },
		{ "check names clause, place and code",
		  check_names_clause_place_and_code },
		{ "trouble is told apart", trouble_is_told_apart },
		{ "json is the tree", json_is_the_tree },
		{ "json of other octets", json_of_other_octets },
		{ "json of each vector", json_of_each_vector },
		{ "captures of each link type", captures },
		{ "C45 captures of TCP", tcp_captures },
		{ NULL, NULL },
	};
	char self[2048] = "";
	int rc;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    !mkdtemp(dir))
		return 1;
	snprintf(tool, sizeof(tool), "%s/../bin/h248tool", dirname(self));
	rc = suite_run("tools/h248tool", tests);
	snprintf(out, sizeof(out), "rm -r %s", dir);
	return system(out) || rc;
}
