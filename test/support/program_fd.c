/* test/support/program_fd.c - see program_fd.h */
#include "test/support/program_fd.h"

#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>

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
