/*
 * test/unit/test_pkt_apart.c - no cache line is written by two workers
 *
 * One worker handles packets, then another one, while everything else sleeps.
 * All memory that the process may write is compared before and after, by cache
 * lines: what the one has changed the other must not.  Under a sanitizer, whose
 * own memory would be in the way, only the layout is asserted.
 */
#include "packet/pages.h"
#include "packet/worker_priv.h"
#include "test/support/suite.h"
#include "test/support/workers_rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

enum {
	LINE = 64,
	MAX_REGIONS = 256,
	MAX_LINES = 65536,
	MAX_TASKS = 8,
	COPY_OCTETS = 192 << 20,
	ROUNDS = 40,
};

struct region {
	uint8_t *at, *copy;
	size_t n;
};

struct set {
	unsigned int n;
	uintptr_t line[MAX_LINES];
};

/* Everything that this test writes itself: not looked at. */
struct own {
	struct workers_rig rig;
	struct workers_call call[2]; /* on worker 0 and on worker 1 */
	struct fake_pkt got;
	struct region region[MAX_REGIONS];
	unsigned int n_regions;
	char maps[1 << 18];
	char task[MAX_TASKS][64]; /* stat of the other threads */
	unsigned int n_tasks;
	struct set set[2];
	uint8_t copies[COPY_OCTETS];
};
static struct own *own;

/* "start-end rw-p offset dev inode path": private and writable, without the
 * stack of this thread. */
static void note_region(const char *line, size_t *used)
{
	char *at;
	uintptr_t start = strtoull(line, &at, 16);
	uintptr_t end = strtoull(at + 1, &at, 16);
	struct region *r = &own->region[own->n_regions];

	if (strncmp(at, " rw-p", 5) || strstr(at, "[stack]") ||
	    (start < (uintptr_t)(own + 1) && end > (uintptr_t)own))
		return;
	CU_ASSERT_TRUE_FATAL(own->n_regions < MAX_REGIONS &&
			     *used + (end - start) <= COPY_OCTETS);
	*r = (struct region) { (uint8_t *)start, own->copies + *used,
			       end - start };
	*used += end - start;
	own->n_regions++;
}

static void find_regions(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t used = 0, n = 0;
	char *line, *end;
	ssize_t k;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	while ((k = read(fd, own->maps + n, sizeof(own->maps) - 1 - n)) > 0)
		n += (size_t)k;
	close(fd);
	own->maps[n] = '\0';
	own->n_regions = 0;
	for (line = own->maps; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		note_region(line, &used);
	}
}

static void copy(void)
{
	for (unsigned int i = 0; i < own->n_regions; i++)
		memcpy(own->region[i].copy, own->region[i].at,
		       own->region[i].n);
}

/* The descriptor of this thread, in which library and kernel note where it runs,
 * and the variables beside it. */
static bool is_of_this_thread(const uint8_t *at)
{
	uintptr_t self = (uintptr_t)pthread_self(), line = (uintptr_t)at;

	return line + 256 > self && line < self + 2560;
}

static void compare_region(const struct region *r, struct set *s)
{
	for (size_t i = 0; i < r->n; i += LINE)
		if (memcmp(r->at + i, r->copy + i, LINE) &&
		    !is_of_this_thread(r->at + i) && s->n < MAX_LINES)
			s->line[s->n++] = (uintptr_t)(r->at + i);
}

static void compare(struct set *s)
{
	s->n = 0;
	for (unsigned int i = 0; i < own->n_regions; i++)
		compare_region(&own->region[i], s);
}

static void find_tasks(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((e = readdir(dir)) && own->n_tasks < MAX_TASKS)
		if (atoi(e->d_name) && atoi(e->d_name) != getpid())
			snprintf(own->task[own->n_tasks++],
				 sizeof(own->task[0]),
				 "/proc/self/task/%.16s/stat", e->d_name);
	closedir(dir);
}

static bool is_asleep(const char *stat)
{
	char text[256] = "", *at;
	int fd = open(stat, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		text[0] = '\0';
	if (fd >= 0)
		close(fd);
	at = strrchr(text, ')');
	return at && !strncmp(at, ") S", 3);
}

/* Until no worker does anything. */
static void settle(void)
{
	for (unsigned int i = 0; i < own->n_tasks; i++)
		while (!is_asleep(own->task[i]))
			usleep(1000);
}

/* Data both ways, and SYNs that are refused: counted, and answered by a
 * challenge. */
static bool exercise(const struct workers_call *c)
{
	static const uint8_t data[300];

	for (int i = 0; i < ROUNDS; i++) {
		int from = i % 2;
		struct pkt_tx tx = workers_tx(c, from, PKT_ACK | PKT_PSH);

		tx.seq += (uint32_t)(i / 2) * sizeof(data);
		workers_send_data(&own->rig, &tx, from, data, sizeof(data));
		if (!workers_recv(&own->rig, c, 1 - from, &own->got))
			return false;
		tx = workers_tx(c, from, PKT_SYN);
		tx.sport++;
		workers_send(&own->rig, &tx, from);
	}
	settle();
	return true;
}

static bool has(const struct set *s, const void *p)
{
	uintptr_t line = (uintptr_t)p / LINE * LINE;

	for (unsigned int i = 0; i < s->n; i++)
		if (s->line[i] == line)
			return true;
	return false;
}

static unsigned int both(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < own->set[0].n; i++)
		if (has(&own->set[1], (void *)own->set[0].line[i])) {
			printf("\nboth write %p", (void *)own->set[0].line[i]);
			n++;
		}
	return n;
}

static void open_calls(void)
{
	static const uint16_t ports[2] = { 8, 8 };

	workers_rig_start(&own->rig, 2, ports);
	for (unsigned int i = 0; i < 2; i++) {
		struct workers_call *c = &own->call[i];

		c->port[0] = (uint16_t)(40000 + i);
		c->port[1] = (uint16_t)(50000 + i);
		c->isn[0] = 1000;
		c->isn[1] = 2000;
		CU_ASSERT_EQUAL_FATAL(workers_add(&own->rig, c, 0, -1), 0);
		CU_ASSERT_EQUAL_FATAL(workers_add(&own->rig, c, 1, 0), 0);
		CU_ASSERT_EQUAL(workers_of(&own->rig, c->cfg[0].leg.local_port),
				i);
		CU_ASSERT_TRUE_FATAL(workers_open(&own->rig, c, &own->got));
	}
}

static void lines(void)
{
	own = mmap(NULL, sizeof(*own), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CU_ASSERT_TRUE_FATAL(own != MAP_FAILED);
	open_calls();
	find_tasks();
	CU_ASSERT_EQUAL(own->n_tasks, 2);
	/* Once before: what is bound late is bound. */
	for (int round = 0; round < 2; round++) {
		find_regions();
		settle();
		for (int i = 0; i < 2; i++) {
			bool is_done;

			copy();
			is_done = exercise(&own->call[i]);
			compare(&own->set[i]);
			CU_ASSERT_TRUE_FATAL(is_done);
			CU_ASSERT_TRUE(own->set[i].n < MAX_LINES);
		}
	}
	printf(" %u and %u lines,", own->set[0].n, own->set[1].n);
	/* An entry for each gate, counters, clock, the buffer. */
	CU_ASSERT_TRUE(own->set[0].n > 8 && own->set[1].n > 8);
	CU_ASSERT_EQUAL(both(), 0);
	workers_rig_stop(&own->rig);
	munmap(own, sizeof(*own));
}

static void layout(void)
{
	_Static_assert(sizeof(struct pkt_entry) % LINE == 0 &&
			       _Alignof(struct pkt_entry) == LINE,
		       "an entry has its lines for itself");
	struct pkt_ring *ring = pkt_ring_new(16, 24);
	uint8_t *pages = pkt_pages_new(1, 8), *more = pkt_pages_new(1, 8);
	long page = sysconf(_SC_PAGESIZE);

	CU_ASSERT_EQUAL((uintptr_t)ring % LINE, 0);
	CU_ASSERT_EQUAL((uintptr_t)pages % (uintptr_t)page, 0);
	CU_ASSERT_TRUE(labs(pages - more) >= page);
	pkt_pages_free(pages, 1, 8);
	pkt_pages_free(more, 1, 8);
	pkt_ring_free(ring);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "what is shared is laid out by cache lines", layout },
		{ IS_SANITIZED ? NULL : "two workers write no line in common",
		  lines },
		{ NULL, NULL },
	};

	signal(SIGPIPE, SIG_IGN);
	return suite_run("packet/apart", tests);
}
