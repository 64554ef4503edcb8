/*
 * test/unit/test_pkt_attach.c - interfaces that programs are attached to
 *
 * They come, go, swap their names, and others take the programs away.  In a
 * network namespace of its own; needs root; says so and passes as skipped
 * without.
 */
#include "packet/engine.h"
#include "test/support/lab_config.h"
#include "test/support/own_bpf.h"
#include "test/support/suite.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct pkt_engine *engine;

static void shell(const char *command)
{
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void note_is(const char *want)
{
	const char *note = pkt_engine_fastpath(engine);

	CU_ASSERT_STRING_EQUAL(note, want);
	if (strcmp(note, want))
		printf(" %s\n", note);
}

/* A second interface of realm access, with the fast path that is said. */
static void start_with_second(const char *iface, enum pkt_fastpath fastpath)
{
	struct pkt_engine_cfg cfg = lab_config(1);
	char err[256] = "";

	strcpy(cfg.realm[0].iface[1], iface);
	cfg.realm[0].fastpath[1] = (uint8_t)fastpath;
	cfg.realm[0].n_ifaces = 2;
	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &engine, err, sizeof(err)),
			      0);
}

/* A bridge has no driver that takes XDP, veth has; what disappears and comes again
 * is attached to again. */
static void xdp_comes_and_goes(void)
{
	shell("ip link add vbr type bridge; ip link set vbr up");
	start_with_second("vbr", PKT_FASTPATH_AUTO);
	if (strncmp(pkt_engine_fastpath(engine), "tc on", 5))
		goto out;
	note_is("tc on 5 devices; no xdp on vbr: Operation not supported");
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vbr"), PKT_PATH_TC);
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vacc"), PKT_PATH_TC);
	pkt_engine_free(engine);

	shell("ip link add vx type veth peer vy");
	start_with_second("vx", PKT_FASTPATH_XDP);
	note_is("tc on 5 devices, xdp on 1");
	shell("ip link del vx");
	pkt_engine_links_changed(engine);
	note_is("tc on 4 devices; not on vx: No such device");
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vx"), PKT_PATH_TUN);
	shell("ip link add vx type veth peer vy");
	pkt_engine_links_changed(engine);
	note_is("tc on 5 devices, xdp on 1");
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vx"), PKT_PATH_XDP);
	shell("ip link del vx");
out:
	pkt_engine_free(engine);
	shell("ip link del vbr");
}

/* The names of two interfaces are those of each other now: each has the program
 * of its realm again, at once. */
static void names_are_swapped(void)
{
	struct pkt_engine_cfg cfg = lab_config(1);
	char err[256] = "";

	shell("for i in x z; do ip link add v$i type veth peer p$i; done");
	for (int i = 0; i < 2; i++) {
		strcpy(cfg.realm[i].iface[1], i ? "vz" : "vx");
		cfg.realm[i].fastpath[1] = PKT_FASTPATH_XDP;
		cfg.realm[i].n_ifaces = 2;
	}
	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &engine, err, sizeof(err)),
			      0);
	if (strncmp(pkt_engine_fastpath(engine), "tc on", 5))
		goto out;
	note_is("tc on 6 devices, xdp on 2");
	shell("ip link set vx name vt; ip link set vz name vx;"
	      " ip link set vt name vz");
	pkt_engine_links_changed(engine);
	note_is("tc on 6 devices, xdp on 2");
	shell("for i in x z; do tc filter show dev v$i ingress |"
	      " grep -q media || exit 1; done");
	shell("test $(ip link | grep -c prog/xdp) = 2");
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vx"), PKT_PATH_XDP);
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vz"), PKT_PATH_XDP);
out:
	pkt_engine_free(engine);
	shell("for i in x z; do ip link del v$i; done");
}

/* Somebody takes the program of an interface away and has one of his own there:
 * nobody sends frames to it meanwhile. */
static void xdp_is_taken_away(void)
{
	uint32_t key;

	shell("ip link add vx type veth peer vy");
	start_with_second("vx", PKT_FASTPATH_XDP);
	key = if_nametoindex("vx");
	if (strncmp(pkt_engine_fastpath(engine), "tc on", 5))
		goto out;
	CU_ASSERT_TRUE(own_bpf_has("ports", key));
	CU_ASSERT_TRUE_FATAL(own_bpf_usurp("vx"));
	pkt_engine_links_changed(engine);
	note_is("tc on 5 devices; no xdp on vx: Device or resource busy");
	CU_ASSERT_EQUAL(pkt_engine_path(engine, "vx"), PKT_PATH_TC);
	CU_ASSERT_FALSE(own_bpf_has("ports", key));
	CU_ASSERT_TRUE(own_bpf_restore("vx"));
	pkt_engine_links_changed(engine);
	note_is("tc on 5 devices, xdp on 1");
	CU_ASSERT_TRUE(own_bpf_has("ports", key));
out:
	pkt_engine_free(engine);
	shell("ip link del vx");
}

static bool is_linux(int major, int minor)
{
	struct utsname u;
	int a = 0, b = 0;

	return !uname(&u) && sscanf(u.release, "%d.%d", &a, &b) == 2 &&
	       (a > major || (a == major && b >= minor));
}

/* Frames in several buffers go only where the kernel says that the driver sends
 * them: a veth, when its other end takes frames of XDP.  Before 6.3 it says
 * nothing. */
static void several_buffers(void)
{
	uint32_t key;

	shell("ip link add vx type veth peer vy; ip link set vy up");
	start_with_second("vx", PKT_FASTPATH_XDP);
	key = if_nametoindex("vx");
	if (strncmp(pkt_engine_fastpath(engine), "tc on", 5))
		goto out;
	CU_ASSERT_TRUE(own_bpf_has("ports", key));
	CU_ASSERT_FALSE(own_bpf_has("several", key));
	shell("ethtool -K vy gro on");
	pkt_engine_links_changed(engine);
	CU_ASSERT_EQUAL(own_bpf_has("several", key), is_linux(6, 3));
	shell("ethtool -K vy gro off");
	pkt_engine_links_changed(engine);
	CU_ASSERT_FALSE(own_bpf_has("several", key));
out:
	pkt_engine_free(engine);
	shell("ip link del vx");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "XDP: refused, gone, there again", xdp_comes_and_goes },
		{ "XDP: taken away", xdp_is_taken_away },
		{ "two interfaces swap their names", names_are_swapped },
		{ "XDP: who sends several buffers", several_buffers },
		{ NULL, NULL },
	};

	if (geteuid() || unshare(CLONE_NEWNET) ||
	    access("/dev/net/tun", R_OK)) {
		puts("skipped: needs root, namespaces and /dev/net/tun");
		return 0;
	}
	if (system("for i in acc cor; do ip link add v$i type veth peer p$i;"
		   " ip link set v$i up; done"))
		return 1;
	return suite_run("packet/attach", tests);
}
