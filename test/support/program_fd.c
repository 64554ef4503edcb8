/* test/support/program_fd.c - see program_fd.h */
#include "test/support/program_fd.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

enum { FDS = 256 };

int program_fd(const char *name)
{
	struct bpf_prog_info info;

	for (int fd = 3; fd < FDS; fd++) {
		uint32_t n = sizeof(info);

		memset(&info, 0, n);
		if (!bpf_obj_get_info_by_fd(fd, &info, &n) &&
		    !strcmp(info.name, name))
			return fd;
	}
	return -1;
}

/* What is asked of another object is answered in its own form. */
static bool is_map(int fd)
{
	char path[32], to[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, to, sizeof(to) - 1) > 0 && strstr(to, "bpf-map");
}

int program_map_fd(const char *name)
{
	struct bpf_map_info info;

	for (int fd = 3; fd < FDS; fd++) {
		uint32_t n = sizeof(info);

		memset(&info, 0, n);
		if (is_map(fd) && !bpf_obj_get_info_by_fd(fd, &info, &n) &&
		    !strcmp(info.name, name))
			return fd;
	}
	return -1;
}
