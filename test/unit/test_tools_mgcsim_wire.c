/* test/unit/test_tools_mgcsim_wire.c - segments that mgcsim makes and sees */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/prefix.h"
#include "test/support/netns.h"
#include "test/support/suite.h"
#include "tools/mgcsim/segment.h"
#include "tools/mgcsim/tap.h"
#include "tools/mgcsim/xpath.h"

static struct segment make(const char *from, const char *to,
			   const char *options)
{
	struct segment s = { .tos = 0xb8,
			     .ttl = 63,
			     .seq = 4294967295,
			     .ack = 17,
			     .window = 1000,
			     .n_data = 3 };

	CU_ASSERT_EQUAL(conf_endpoint_parse(from, 0, &s.from), 0);
	CU_ASSERT_EQUAL(conf_endpoint_parse(to, 0, &s.to), 0);
	CU_ASSERT_EQUAL(segment_flags("SA", &s.flags), 0);
	CU_ASSERT_EQUAL(segment_options(options, &s), 0);
	return s;
}

static bool holds(const struct segment *s, const char *expression)
{
	xmlDoc *doc = segment_tree(s);
	struct vars none = { 0 };
	bool yes = doc && xpath_is_true(doc, expression, &none);

	xmlFreeDoc(doc);
	return yes;
}

static void options(void)
{
	static const struct {
		const char *text;
		unsigned int n;
		const char *wire;
	} GOOD[] = {
		{ "", 0, "" },
		{ "mss=1460", 4, "\x02\x04\x05\xb4" },
		{ "ws=7", 4, "\x03\x03\x07\x01" },
		{ "sack nop ws=0", 8, "\x04\x02\x01\x03\x03\x00\x01\x01" },
		{ "ts=1:2", 12, "\x08\x0a\0\0\0\1\0\0\0\2\x01\x01" },
		{ "34=", 4, "\x22\x02\x01\x01" },
		{ "19=a1b2", 4, "\x13\x04\xa1\xb2" },
	};
	static const char *const BAD[] = {
		"mss",           "wscale=1",
		"ts=1",          "34=a",
		"34=xy",         "300=",
		"mss=",          "mss=1460x",
		"mss=65536",     "mss=-1",
		"ws=256",        "ws=7.5",
		"ts=1:2x",       "ts=1:4294967296",
		"ts=1:2 34=1 2", "ts=1:2 ts=1:2 ts=1:2 ts=1:2 nop"
	};
	struct segment s;

	for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
		CU_ASSERT_EQUAL(segment_options(GOOD[i].text, &s), 0);
		CU_ASSERT_EQUAL(s.n_options, GOOD[i].n);
		CU_ASSERT_EQUAL(memcmp(s.options, GOOD[i].wire, s.n_options),
				0);
	}
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		CU_ASSERT_NOT_EQUAL(segment_options(BAD[i], &s), 0);
	CU_ASSERT_NOT_EQUAL(segment_flags("SX", &s.flags), 0);
}

/* Summed with what they carry, right checksums give zero. */
static unsigned int total(const uint8_t *p, size_t n)
{
	unsigned int t = 0;

	for (size_t i = 0; i < n; i++)
		t += i % 2 ? p[i] : (unsigned int)p[i] << 8;
	while (t >> 16)
		t = (t & 0xffff) + (t >> 16);
	return t ^ 0xffff;
}

static void as_it_was_made(void)
{
	static const struct {
		const char *from, *to, *expression;
		size_t head, addresses;
	} FAMILY[] = {
		{ "192.0.2.1:5000", "198.51.100.2:6000",
		  "/packet[@from='192.0.2.1' and @to='198.51.100.2']", 20, 12 },
		{ "[2001:db8::1]:5000", "[2001:db8::2]:6000",
		  "/packet[@from='2001:db8::1' and @to='2001:db8::2']", 40, 8 },
	};

	for (size_t i = 0; i < 2; i++) {
		struct segment s = make(FAMILY[i].from, FAMILY[i].to,
					"mss=1400 sack ts=9:8 ws=5"),
			       seen;
		uint8_t buf[SEGMENT_MAX];
		size_t n = segment_write(&s, buf), head = FAMILY[i].head;

		CU_ASSERT_EQUAL_FATAL(n, head + 20 + 20 + 3);
		CU_ASSERT(head == 40 || !total(buf, head));
		/* The pseudo header is a sum, wherever its parts stand. */
		memmove(buf, buf + FAMILY[i].addresses,
			head - FAMILY[i].addresses);
		memset(buf + head - FAMILY[i].addresses, 0,
		       FAMILY[i].addresses);
		buf[head - 1] = IPPROTO_TCP;
		buf[head - 3] = (uint8_t)(n - head);
		CU_ASSERT_EQUAL(total(buf, n), 0);
		segment_write(&s, buf);
		CU_ASSERT_TRUE_FATAL(segment_read(&seen, buf, n - 3));
		CU_ASSERT(holds(&seen, FAMILY[i].expression));
		CU_ASSERT(holds(&seen, "/packet[@from-port=5000 and "
				       "@to-port=6000 and @flags='SA' and "
				       "@seq=4294967295 and @ack=17]"));
		CU_ASSERT(holds(&seen, "/packet[@dscp=46 and @ecn=0 and "
				       "@ttl=63 and @window=1000]"));
		CU_ASSERT(holds(&seen, "/packet[@mss=1400 and @sack='yes' and "
				       "@ts=9 and @ecr=8 and @ws=5 and "
				       "@options='2 4 8 3' and @octets=3]"));
		CU_ASSERT(holds(&seen, "/packet[@proto='tcp' and @way='in']"));
	}
}

static void what_is_no_segment(void)
{
	struct segment s = make("192.0.2.1:1", "192.0.2.2:2", "mss=1"), seen;
	uint8_t buf[SEGMENT_MAX];
	size_t n = segment_write(&s, buf);

	for (size_t i = 0; i < 20 + 24; i++)
		CU_ASSERT_FALSE(segment_read(&seen, buf, i));
	CU_ASSERT(segment_read(&seen, buf, n));
	buf[6] = 0x20; /* the first fragment */
	CU_ASSERT_FALSE(segment_read(&seen, buf, n));
	buf[6] = 0x40;
	buf[0] = 0x75; /* no version of IP that has a header like this */
	CU_ASSERT_FALSE(segment_read(&seen, buf, n));
	buf[0] = 0x45;
	buf[9] = IPPROTO_UDP;
	CU_ASSERT_FALSE(segment_read(&seen, buf, n));
	buf[9] = IPPROTO_ICMP;
	buf[20] = 3;
	buf[21] = 4;
	CU_ASSERT(segment_read(&seen, buf, n));
	CU_ASSERT(holds(&seen, "/packet[@proto='icmp' and @type=3 and "
			       "@code=4 and not(@flags)]"));
	s.n_data = SEGMENT_MAX_DATA + 1;
	CU_ASSERT_EQUAL(segment_write(&s, buf), 0);
}

/* A length that leads out of the list ends it. */
static void options_that_lie(void)
{
	struct segment s = make("192.0.2.1:1", "192.0.2.2:2", "mss=7 34=a1b2");

	s.options[5] = 200;
	CU_ASSERT(holds(&s, "/packet[@mss=7 and @options='2']"));
	s.options[5] = 0;
	CU_ASSERT(holds(&s, "/packet[@mss=7 and @options='2']"));
}

static void no_change(void *arg)
{
	(void)arg;
}

/* Segments that nobody answers; an interface of its own sees each twice. */
static void send_segments(unsigned int n)
{
	struct segment s = make("127.0.0.1:1", "127.0.0.1:2", "");
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	uint8_t buf[SEGMENT_MAX];
	size_t octets;

	CU_ASSERT_FATAL(fd >= 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL(segment_flags("R", &s.flags), 0);
	octets = segment_write(&s, buf);
	for (unsigned int i = 0; i < n; i++)
		if (sendto(fd, buf, octets, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			CU_FAIL("a segment was not sent");
	close(fd);
}

/* Those that have left: the tap has them when they are sent, while those that
 * come in again may come when the machine has time. */
static size_t gone_out(const struct tap *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->packet[i].is_out;
	return n;
}

/* Of whom a container starts, root or not. */
static bool has_given_up_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capset, &head, none);
}

/* What needs a network namespace is skipped without one, and has not failed. */
static void no_namespace(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		close(STDOUT_FILENO); /* nothing is skipped here */
		_exit(has_given_up_capabilities() && !netns_enter() &&
				      !CU_get_number_of_failures() ?
			      0 :
			      1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

/* More than are read at once, and then more than the socket has room for. */
static void all_that_has_passed(void)
{
	struct network network;
	struct tap_params p = { .name = "t",
				.node = "host",
				.interface = "lo",
				.network = &network,
				.base = event_base_new(),
				.changed = no_change };
	int least = 1;
	struct tap *t;

	if (!netns_enter()) {
		event_base_free(p.base);
		return;
	}
	network_init(&network);
	CU_ASSERT_EQUAL_FATAL(tap_start(&p, &t), 0);
	send_segments(5000);
	tap_read(t);
	CU_ASSERT_EQUAL(gone_out(t), 5000);
	CU_ASSERT_EQUAL(t->n_missed, 0);
	setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	send_segments(100);
	tap_read(t);
	CU_ASSERT(t->n_missed > 0);
	CU_ASSERT(gone_out(t) + t->n_missed >= 5100);
	CU_ASSERT(t->n + t->n_missed <= 10200);
	tap_free(t);
	network_fini(&network);
	event_base_free(p.base);
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "options", options },
		{ "as it was made", as_it_was_made },
		{ "what is no segment", what_is_no_segment },
		{ "options that lie", options_that_lie },
		{ "no network namespace is no failure", no_namespace },
		{ "all that has passed a tap", all_that_has_passed },
		{ NULL, NULL },
	};

	return suite_run("tools/mgcsim_wire", TESTS);
}
