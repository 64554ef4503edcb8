/* test/support/own_bpf.c - see own_bpf.h */
#include "test/support/own_bpf.h"

#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FDS = 1024 };

static long call(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static bool is_kind(int fd, const char *kind)
{
	char path[32], to[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, to, sizeof(to) - 1) > 0 && strstr(to, kind);
}

static bool ask(int fd, void *info, uint32_t n)
{
	union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd,
					  .info_len = n,
					  .info = (uintptr_t)info } };

	return !call(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* The program there, and its link is dead from now on; 0: none. */
static uint32_t take_away(unsigned int ifindex)
{
	for (int fd = 0; fd < FDS; fd++) {
		struct bpf_link_info info = { 0 };
		union bpf_attr attr = { .link_detach = { (uint32_t)fd } };

		if (is_kind(fd, "bpf_link") && ask(fd, &info, sizeof(info)) &&
		    info.type == BPF_LINK_TYPE_XDP &&
		    info.xdp.ifindex == ifindex)
			return call(BPF_LINK_DETACH, &attr) ? 0 : info.prog_id;
	}
	return 0;
}

bool own_bpf_usurp(const char *iface)
{
	uint32_t prog = take_away(if_nametoindex(iface));
	char command[128];

	snprintf(command, sizeof(command),
		 "PATH=$PATH:/usr/sbin bpftool net attach xdpdrv id %u dev %s",
		 prog, iface);
	return prog && !system(command);
}

bool own_bpf_restore(const char *iface)
{
	char command[128];

	snprintf(command, sizeof(command), "ip link set dev %s xdpdrv off",
		 iface);
	return !system(command);
}

bool own_bpf_has(const char *map, uint32_t key)
{
	for (int fd = 0; fd < FDS; fd++) {
		struct bpf_map_info info = { 0 };
		uint32_t value;
		union bpf_attr attr = { .map_fd = (uint32_t)fd,
					.key = (uintptr_t)&key,
					.value = (uintptr_t)&value };

		if (is_kind(fd, "bpf-map") && ask(fd, &info, sizeof(info)) &&
		    info.value_size == sizeof(value) &&
		    !strcmp(info.name, map) &&
		    !call(BPF_MAP_LOOKUP_ELEM, &attr))
			return true;
	}
	return false;
}
