/* packet/steering.c - see steering.h */
#include "packet/steering.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "packet/steer.skel.h"

static int load(struct steer_bpf *skel, unsigned int n_workers)
{
	int rc, fd;

	/* A constant for the program; not yet for us. */
	*(uint32_t *)(uintptr_t)&skel->rodata->n_workers = n_workers;
	rc = steer_bpf__load(skel);
	if (rc)
		return rc;
	fd = fcntl(bpf_program__fd(skel->progs.steer), F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

int pkt_steering_load(unsigned int n_workers, char *err, size_t cap)
{
	struct steer_bpf *skel;
	int fd;

	libbpf_set_print(NULL);
	skel = steer_bpf__open();
	fd = skel ? load(skel, n_workers) : -errno;
	if (fd < 0)
		snprintf(err, cap, "cannot load the program that steers: %s",
			 strerror(-fd));
	steer_bpf__destroy(skel);
	return fd;
}
