/* packet/fast_hints.c - see fast_hints.h */
#include "packet/fast_hints.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "packet/bpf/abi.h"
#include "packet/pages.h"

enum {
	/* Of a ring, 16 for each hint: what a busy worker gets in a turn of some
	 * milliseconds.  A power of two of pages. */
	RING_OCTETS = 256 * 1024,
};

/* Of one worker, which alone reads it: in a page of its own. */
struct fast_ring {
	int fd; /* + 1, 0: none */
	struct ring_buffer *reader;
	uint32_t n_places;
	void (*tell)(void *arg, uint32_t place); /* while it is read */
	void *arg;
};

static int on_hint(void *arg, void *data, size_t n)
{
	const struct fast_ring *r = arg;
	uint32_t place;

	if (n < sizeof(place))
		return 0;
	memcpy(&place, data, sizeof(place));
	if (place < r->n_places)
		r->tell(r->arg, place);
	return 0;
}

static int open_ring(struct fast_hints *h, int rings, uint32_t worker,
		     uint32_t n_places)
{
	struct fast_ring *r = pkt_pages_new(1, sizeof(*r));
	int fd;

	h->ring[worker] = r;
	if (!r)
		return -ENOMEM;
	r->n_places = n_places;
	fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "hints", 0, 0, RING_OCTETS,
			    NULL);
	if (fd < 0)
		return -errno;
	r->fd = fd + 1;
	if (bpf_map_update_elem(rings, &worker, &fd, 0))
		return -errno;
	r->reader = ring_buffer__new(fd, on_hint, r, NULL);
	return r->reader ? 0 : -errno;
}

int fast_hints_open(struct fast_hints *h, int rings, int missed,
		    unsigned int n_workers, uint32_t n_places)
{
	void *p = mmap(NULL, FAST_WORKERS * sizeof(*h->missed),
		       PROT_READ | PROT_WRITE, MAP_SHARED, missed, 0);
	int rc = 0;

	if (p == MAP_FAILED)
		return -errno;
	h->missed = p;
	for (uint32_t i = 0; !rc && i < n_workers; i++)
		rc = open_ring(h, rings, i, n_places);
	return rc;
}

static void close_ring(struct fast_ring *r)
{
	if (!r)
		return;
	ring_buffer__free(r->reader);
	if (r->fd)
		close(r->fd - 1);
	pkt_pages_free(r, 1, sizeof(*r));
}

void fast_hints_close(struct fast_hints *h)
{
	for (unsigned int i = 0; i < PKT_MAX_WORKERS; i++)
		close_ring(h->ring[i]);
	if (h->missed)
		munmap(h->missed, FAST_WORKERS * sizeof(*h->missed));
}

int fast_hints_fd(const struct fast_hints *h, unsigned int worker)
{
	return ring_buffer__epoll_fd(h->ring[worker]->reader);
}

void fast_hints_read(struct fast_hints *h, unsigned int worker,
		     void (*tell)(void *arg, uint32_t place), void *arg)
{
	struct fast_ring *r = h->ring[worker];

	r->tell = tell;
	r->arg = arg;
	(void)ring_buffer__consume(r->reader);
}

uint32_t fast_hints_missed(const struct fast_hints *h, unsigned int worker)
{
	return __atomic_load_n(&h->missed[worker].n, __ATOMIC_ACQUIRE);
}
