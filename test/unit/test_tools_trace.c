/* test/unit/test_tools_trace.c - records of a trace become a capture */
#include "tools/bgfctl/trace.h"

#include <errno.h>
#include <jansson.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/trace.h"
#include "test/support/suite.h"
#include "tools/shared/frame.h"
#include "tools/shared/pcapng.h"

/* What a trace wrote. */
struct capture {
	char *octets;
	size_t n;
};

static bool put(struct trace_file *t, const char *record)
{
	json_error_t why;
	json_t *j = json_loads(record, 0, &why);
	bool is_well;

	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	is_well = trace_file_record(t, j);
	json_decref(j);
	return is_well;
}

static struct capture written(const char *const *records)
{
	json_t *sums =
		json_pack("{s:i,s:s}", "left_out", 7, "ended_by", "time");
	struct capture c = { NULL, 0 };
	FILE *out = open_memstream(&c.octets, &c.n);
	struct trace_file *t = trace_file_new(out);

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	for (; *records; records++)
		CU_ASSERT(put(t, *records));
	CU_ASSERT_EQUAL(trace_file_end(t, sums), 0);
	trace_file_free(t);
	fclose(out);
	json_decref(sums);
	return c;
}

static bool has(const struct capture *c, const char *text)
{
	return memmem(c->octets, c->n, text, strlen(text));
}

/* As libpcap reads it: the packets that are in it, each with its addresses
 * summed up; 0 octets when it cannot be read. */
static unsigned int read_back(const struct capture *c, struct pcap_pkthdr *last,
			      uint8_t *octets, size_t cap)
{
	char err[PCAP_ERRBUF_SIZE];
	FILE *in = fmemopen(c->octets, c->n, "r");
	pcap_t *pcap = pcap_fopen_offline(in, err);
	struct pcap_pkthdr *head;
	const unsigned char *data;
	unsigned int n = 0;
	int rc;

	if (!pcap)
		fprintf(stderr, "%s\n", err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(pcap);
	CU_ASSERT_EQUAL(pcap_datalink(pcap), DLT_LINUX_SLL);
	while ((rc = pcap_next_ex(pcap, &head, &data)) == 1) {
		n++;
		*last = *head;
		memcpy(octets, data, head->caplen < cap ? head->caplen : cap);
	}
	CU_ASSERT_EQUAL(rc, PCAP_ERROR_BREAK);
	pcap_close(pcap);
	return n;
}

/* The sum over a packet with a right checksum is all ones. */
static uint16_t sum(const uint8_t *p, size_t n, uint32_t with)
{
	for (size_t i = 0; i < n; i++)
		with += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (with >> 16)
		with = (with & 0xffff) + (with >> 16);
	return (uint16_t)with;
}

#define FROM "\"from\":{\"address\":\"192.0.2.1\",\"port\":2944},"
#define TO "\"to\":{\"address\":\"192.0.2.2\",\"port\":40000},"
#define HEAD "\"time_us\":1768465800000007,\"gateway\":\"west\",\"context\":9,"
/* "!/3 abc" */
#define MESSAGE(transport)                                       \
	"{" HEAD FROM TO "\"is_out\":false,\"realm\":null,"      \
	"\"comment\":\"from the controller: T=1\",\"length\":7," \
	"\"transport\":\"" transport "\",\"octets\":\"212f3320616263\"}"
#define PACKET                                                         \
	"{" HEAD "\"is_out\":true,\"realm\":\"core.example\","         \
	"\"comment\":\"to B: translated\",\"length\":1500,\"octets\":" \
	"\"45000028000000004006000001020304050607081122334400\"}"

static void over_udp(void)
{
	struct capture c = written((const char *[]) { MESSAGE("udp"), NULL });
	struct pcap_pkthdr head = { .caplen = 0 };
	uint8_t p[256] = { 0 };

	CU_ASSERT_EQUAL(read_back(&c, &head, p, sizeof(p)), 1);
	CU_ASSERT_EQUAL(head.caplen, 16 + 20 + 8 + 7);
	CU_ASSERT_EQUAL(head.ts.tv_sec, 1768465800);
	CU_ASSERT_EQUAL(head.ts.tv_usec, 7);
	CU_ASSERT(!memcmp(p + 16 + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8));
	CU_ASSERT(!memcmp(p + 16 + 20, "\x0b\x80\x9c\x40", 4));
	CU_ASSERT(!memcmp(p + 16 + 28, "!/3 abc", 7));
	CU_ASSERT_EQUAL(sum(p + 16, 20, 0), 0xffff);
	/* Pseudo-header: the addresses, 17, and the length. */
	CU_ASSERT_EQUAL(sum(p + 16 + 20, 15, sum(p + 16 + 12, 8, 17 + 15)),
			0xffff);
	CU_ASSERT(has(&c, "west context 9: from the controller: T=1"));
	CU_ASSERT(has(&c, "ended by: time; 7 records had no room"));
	free(c.octets);
}

/* The sequence numbers of a connection go on. */
static void over_tcp(void)
{
	struct capture c = written(
		(const char *[]) { MESSAGE("tcp"), MESSAGE("tls"), NULL });
	struct pcap_pkthdr head = { .caplen = 0 };
	uint8_t p[256] = { 0 };

	CU_ASSERT_EQUAL(read_back(&c, &head, p, sizeof(p)), 2);
	CU_ASSERT_EQUAL(head.caplen, 16 + 20 + 20 + 4 + 7);
	CU_ASSERT(!memcmp(p + 16 + 24, "\0\0\0\x0c\0\0\0\1", 8));
	CU_ASSERT(!memcmp(p + 16 + 40, "\3\0\0\x0b!/3 abc", 11));
	CU_ASSERT_EQUAL(sum(p + 16 + 20, 31, sum(p + 16 + 12, 8, 6 + 31)),
			0xffff);
	free(c.octets);
}

static void over_ip6(void)
{
	static const char record[] =
		"{" HEAD "\"from\":{\"address\":\"2001:db8::1\",\"port\":1},"
		"\"to\":{\"address\":\"2001:db8::2\",\"port\":2},"
		"\"realm\":null,\"transport\":\"udp\",\"octets\":\"21\"}";
	struct capture c = written((const char *[]) { record, NULL });
	struct pcap_pkthdr head = { .caplen = 0 };
	uint8_t p[256] = { 0 };

	CU_ASSERT_EQUAL(read_back(&c, &head, p, sizeof(p)), 1);
	CU_ASSERT_EQUAL(p[14] << 8 | p[15], 0x86dd);
	CU_ASSERT_EQUAL(p[16], 0x60);
	CU_ASSERT_EQUAL(sum(p + 16 + 40, 9, sum(p + 16 + 8, 32, 17 + 9)),
			0xffff);
	free(c.octets);
}

static void packets(void)
{
	struct capture c = written(
		(const char *[]) { MESSAGE("udp"), PACKET, PACKET, NULL });
	struct pcap_pkthdr head = { .caplen = 0 };
	uint8_t p[256] = { 0 };

	CU_ASSERT_EQUAL(read_back(&c, &head, p, sizeof(p)), 3);
	CU_ASSERT_EQUAL(head.caplen, 16 + 25);
	CU_ASSERT_EQUAL(head.len, 16 + 1500);
	CU_ASSERT_EQUAL(p[1], 4); /* sent by us */
	CU_ASSERT(has(&c, "west context 9: to B: translated"));
	/* Two interfaces, each once. */
	CU_ASSERT(has(&c, "h248"));
	CU_ASSERT(has(&c, "core.example"));
	free(c.octets);
}

/* Only a broken gateway says so; nothing is written of it. */
static void odd_records(void)
{
	static const char *const odd[] = {
		"{}",
		"[]",
		"{\"octets\":\"0\"}",
		"{\"octets\":\"0g\"}",
		"{\"realm\":\"core\",\"octets\":\"4g\"}",
		"{\"realm\":\"core\",\"octets\":\"g5\"}",
		"{\"octets\":\"AB\"}",
		"{\"octets\":7}",
		"{\"octets\":\"\"}",
		"{\"octets\":\"21\",\"transport\":\"udp\"}",
		"{\"octets\":\"21\"," FROM TO "\"transport\":null}",
		"{\"octets\":\"21\"," FROM "\"transport\":\"udp\"}",
		"{\"octets\":\"21\"," FROM "\"to\":{\"address\":\"::1\","
		"\"port\":1},\"transport\":\"udp\"}",
		"{\"octets\":\"21\"," FROM "\"to\":{\"address\":\"x\","
		"\"port\":1},\"transport\":\"udp\"}",
	};
	char *octets;
	size_t n;
	FILE *out = open_memstream(&octets, &n);
	struct trace_file *t = trace_file_new(out);
	long before;

	fflush(out);
	before = (long)n;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		CU_ASSERT_FALSE(put(t, odd[i]));
	fflush(out);
	CU_ASSERT_EQUAL((long)n, before);
	trace_file_free(t);
	fclose(out);
	free(octets);
}

static void count(void *arg, const uint8_t *packet, size_t n)
{
	size_t *sum_of = arg;

	CU_ASSERT(n <= FRAME_OCTETS && packet[0] == 0x45);
	CU_ASSERT_EQUAL((size_t)packet[2] << 8 | packet[3], n);
	*sum_of += n - 40;
}

/* The longest message, and one that is too long. */
static void long_messages(void)
{
	static uint8_t text[65536];
	struct frames *f = frames_new();
	struct sockaddr_storage from = { .ss_family = AF_INET };
	size_t n = 0;

	CU_ASSERT_EQUAL(frames_message(f, &from, &from, true, text, 65531,
				       count, &n),
			0);
	CU_ASSERT_EQUAL(n, 65535);
	CU_ASSERT(frames_message(f, &from, &from, true, text, 65532, count,
				 &n) < 0);
	n = 0;
	CU_ASSERT_EQUAL(frames_message(f, &from, &from, false, text, 65507,
				       count, &n),
			0);
	CU_ASSERT(frames_message(f, &from, &from, false, text, 65508, count,
				 &n) < 0);
	frames_free(f);
}

static void disk_is_full(void)
{
	FILE *out = fopen("/dev/full", "w");
	struct trace_file *t = out ? trace_file_new(out) : NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT(put(t, PACKET));
	CU_ASSERT_EQUAL(trace_file_error(t), ENOSPC);
	CU_ASSERT_EQUAL(trace_file_end(t, NULL), ENOSPC);
	trace_file_free(t);
	fclose(out);
}

/* Octets that one more record of n octets has in a file. */
static size_t octets_of_record(const char *kind, size_t n, const char *comment)
{
	char *hex = malloc(2 * n + 1), *record = NULL;
	struct capture one, two;

	memset(hex, '4', 2 * n);
	hex[2 * n] = '\0';
	CU_ASSERT_FATAL(asprintf(&record,
				 "{\"context\":4294967295,"
				 "\"gateway\":\"west\",\"is_out\":true,"
				 "\"length\":70000,%s,\"comment\":\"%s\","
				 "\"octets\":\"%s\"}",
				 kind, comment, hex) > 0);
	one = written((const char *[]) { record, NULL });
	two = written((const char *[]) { record, record, NULL });
	CU_ASSERT(one.n < GW_TRACE_FILE / 2 + n);
	free(one.octets);
	free(two.octets);
	free(record);
	free(hex);
	return two.n - one.n;
}

/* The limit of a trace is one of its file: no record has more there than the
 * gateway reckons. */
static void a04_octets_of_a_file(void)
{
#define V6(port) "{\"address\":\"2001:db8::1\",\"port\":" #port "}"
#define OVER_V6(over) \
	"\"transport\":\"" over "\",\"from\":" V6(1) ",\"to\":" V6(2)
	static const struct {
		const char *kind;
		size_t n, packets;
	} t[] = {
		{ "\"realm\":\"core\"", 40, 1 },
		{ "\"realm\":\"core\"", 65536, 1 },
		{ OVER_V6("udp"), 101, 1 },
		{ OVER_V6("tls"), 102, 1 },
		{ OVER_V6("tcp"), GW_TRACE_SEGMENT, 2 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		size_t n = octets_of_record(t[i].kind, t[i].n, "so it is");
		size_t around =
			GW_TRACE_FRAME + strlen("so it is") + strlen("west");

		CU_ASSERT(n > t[i].n);
		CU_ASSERT(n <= t[i].n + t[i].packets * around);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "a message over UDP", over_udp },
		{ "messages over TCP and TLS", over_tcp },
		{ "a message over IPv6", over_ip6 },
		{ "packets", packets },
		{ "odd records", odd_records },
		{ "long messages", long_messages },
		{ "the disk is full", disk_is_full },
		{ "A04 the octets of a file", a04_octets_of_a_file },
		{ NULL, NULL },
	};

	return suite_run("tools/trace", tests);
}
