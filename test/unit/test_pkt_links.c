/*
 * test/unit/test_pkt_links.c - realms and the state of their interfaces
 *
 * In a network namespace of its own, where "lo" is the interface; without
 * root what changes is skipped.
 */
#include "packet/links.h"
#include "test/support/suite.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_alone; /* in a namespace */

static struct pkt_links *make(void)
{
	static struct pkt_engine_cfg cfg = {
		.n_realms = 4,
		.realm = {
			{ .n_ifaces = 1, .iface = { "lo" } },
			{ .n_ifaces = 1, .iface = { "no-such-iface0" } },
			{ .n_ifaces = 0 },
			{ .n_ifaces = 2, .iface = { "no-such-iface1", "lo" } },
		},
	};
	struct pkt_links *l = NULL;

	CU_ASSERT_EQUAL_FATAL(pkt_links_new(&cfg, &l), 0);
	return l;
}

static void set_lo(bool is_up)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_name = "lo" };

	CU_ASSERT_EQUAL(ioctl(fd, SIOCGIFFLAGS, &r), 0);
	r.ifr_flags =
		(short)(is_up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP);
	CU_ASSERT_EQUAL(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	close(fd);
}

static bool is_news(const struct pkt_links *l, int wait_ms)
{
	struct pollfd p = { .fd = pkt_links_fd(l), .events = POLLIN };

	return poll(&p, 1, wait_ms) == 1;
}

/* An interface that is not there is down, no interface at all is fine. */
static void absent(void)
{
	struct pkt_links *l = make();
	uint64_t up = pkt_links_read(l);

	CU_ASSERT(!(up & 1 << 1));
	CU_ASSERT(up & 1 << 2);
	CU_ASSERT_EQUAL(up & 1, up >> 3 & 1); /* one of two is enough */
	CU_ASSERT_EQUAL(up >> 4, 0);
	pkt_links_free(l);
}

static void goes_and_comes(void)
{
	struct pkt_links *l = make();

	if (!is_alone) {
		pkt_links_free(l);
		return;
	}
	set_lo(false);
	CU_ASSERT_EQUAL(pkt_links_read(l) & 9, 0);
	CU_ASSERT(!is_news(l, 0));
	set_lo(true);
	CU_ASSERT(is_news(l, 10000));
	CU_ASSERT_EQUAL(pkt_links_read(l) & 9, 9);
	CU_ASSERT(!is_news(l, 0)); /* all is taken */
	set_lo(false);
	CU_ASSERT(is_news(l, 10000));
	CU_ASSERT_EQUAL(pkt_links_read(l) & 9, 0);
	pkt_links_free(l);
	pkt_links_free(NULL);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T47 interfaces that are not there", absent },
		{ "T47 a link goes and comes", goes_and_comes },
		{ NULL, NULL },
	};

	is_alone = !unshare(CLONE_NEWNET);
	if (!is_alone)
		puts("partly skipped: needs root for a network namespace");
	return suite_run("packet/links", tests);
}
