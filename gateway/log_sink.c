/* gateway/log_sink.c - see log_sink.h */
#include "gateway/log_sink.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct head {
	uint32_t n;
	uint32_t to; /* enum gw_sink_to */
};

/* Octets from `tail` on, `used` of them, in records: head, line. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t more, drained;
	size_t tail, used;
	bool is_busy; /* the writer has one that is not in the ring */
	bool is_stopping;
	uint64_t lost;
	char ring[GW_SINK_OCTETS];
} sink = { .lock = PTHREAD_MUTEX_INITIALIZER };

static pthread_t thread;
static bool is_running;
static int out_fd = STDERR_FILENO, journal_fd = -1;
static struct sockaddr_un journal_at = {
	.sun_family = AF_UNIX,
	.sun_path = "/run/systemd/journal/socket",
};

static void ring_put(const void *from, size_t n)
{
	size_t at = (sink.tail + sink.used) % GW_SINK_OCTETS;
	size_t first = GW_SINK_OCTETS - at;

	if (first > n)
		first = n;
	memcpy(sink.ring + at, from, first);
	memcpy(sink.ring, (const char *)from + first, n - first);
	sink.used += n;
}

static void ring_get(void *to, size_t n)
{
	size_t first = GW_SINK_OCTETS - sink.tail;

	if (first > n)
		first = n;
	memcpy(to, sink.ring + sink.tail, first);
	memcpy((char *)to + first, sink.ring, n - first);
	sink.tail = (sink.tail + n) % GW_SINK_OCTETS;
	sink.used -= n;
}

/* Whoever shares stderr with us may have made it non-blocking. */
static int wait_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

static int write_all(int fd, const char *buf, size_t n)
{
	int r = 0;

	while (n && !r) {
		ssize_t k = write(fd, buf, n);

		if (k >= 0) {
			buf += k;
			n -= (size_t)k;
		} else if (errno == EAGAIN) {
			r = wait_for_room(fd);
		} else if (errno != EINTR) {
			r = -errno;
		}
	}
	return r;
}

static int send_journal(const char *buf, size_t n)
{
	ssize_t k;

	do
		k = sendto(journal_fd, buf, n, MSG_NOSIGNAL,
			   (const struct sockaddr *)&journal_at,
			   sizeof(journal_at));
	while (k < 0 && errno == EINTR);
	return k < 0 ? -errno : 0;
}

static int deliver(uint32_t to, const char *buf, size_t n)
{
	return to == GW_SINK_JOURNAL ? send_journal(buf, n) :
				       write_all(out_fd, buf, n);
}

static void deliver_unlocked(const struct head *head, const char *line)
{
	int r;

	sink.is_busy = true;
	pthread_mutex_unlock(&sink.lock);
	r = deliver(head->to, line, head->n);
	pthread_mutex_lock(&sink.lock);
	sink.is_busy = false;
	sink.lost += r != 0;
}

static void *writer(void *arg)
{
	static char line[GW_SINK_LINE];
	struct head head;

	pthread_mutex_lock(&sink.lock);
	for (;;) {
		while (sink.used) {
			ring_get(&head, sizeof(head));
			ring_get(line, head.n);
			deliver_unlocked(&head, line);
		}
		pthread_cond_signal(&sink.drained);
		if (sink.is_stopping)
			break;
		pthread_cond_wait(&sink.more, &sink.lock);
	}
	pthread_mutex_unlock(&sink.lock);
	return arg;
}

/* Signals are for the event loop. */
static int begin_thread(void)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread, NULL, writer, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

int gw_sink_start(int fd, const char *journal)
{
	pthread_condattr_t attr;
	int r;

	if (journal && strlen(journal) >= sizeof(journal_at.sun_path))
		return -ENAMETOOLONG;
	if (journal)
		strcpy(journal_at.sun_path, journal);
	journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (journal_fd < 0)
		return -errno;
	out_fd = fd;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sink.drained, &attr);
	pthread_cond_init(&sink.more, NULL);
	pthread_condattr_destroy(&attr);
	sink.tail = sink.used = 0;
	sink.is_stopping = sink.is_busy = false;
	r = begin_thread();
	is_running = !r;
	if (r)
		close(journal_fd);
	return r;
}

/* stdio: what a test has made of stderr. */
static void put_now(enum gw_sink_to to, const char *buf, size_t n)
{
	if (to != GW_SINK_STDERR || fwrite(buf, n, 1, stderr) != 1)
		sink.lost++;
}

static bool has_room(size_t n)
{
	return n <= GW_SINK_LINE &&
	       GW_SINK_OCTETS - sink.used >= sizeof(struct head) + n;
}

void gw_sink_put(enum gw_sink_to to, const char *buf, size_t n)
{
	struct head head = { (uint32_t)n, to };

	if (!is_running) {
		put_now(to, buf, n);
		return;
	}
	pthread_mutex_lock(&sink.lock);
	if (has_room(n)) {
		ring_put(&head, sizeof(head));
		ring_put(buf, n);
		pthread_cond_signal(&sink.more);
	} else {
		sink.lost++;
	}
	pthread_mutex_unlock(&sink.lock);
}

bool gw_sink_has_room(size_t n)
{
	bool has;

	pthread_mutex_lock(&sink.lock);
	has = has_room(n);
	pthread_mutex_unlock(&sink.lock);
	return has;
}

bool gw_sink_has_journal(void)
{
	return is_running && !access(journal_at.sun_path, W_OK);
}

uint64_t gw_sink_lost(void)
{
	uint64_t n;

	pthread_mutex_lock(&sink.lock);
	n = sink.lost;
	pthread_mutex_unlock(&sink.lock);
	return n;
}

static void wait_until_drained(unsigned int wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (sink.used || sink.is_busy)
		if (pthread_cond_timedwait(&sink.drained, &sink.lock, &until))
			return;
}

bool gw_sink_stop(unsigned int wait_ms)
{
	bool is_done;

	if (!is_running)
		return true;
	pthread_mutex_lock(&sink.lock);
	sink.is_stopping = true;
	pthread_cond_signal(&sink.more);
	wait_until_drained(wait_ms);
	is_done = !sink.used && !sink.is_busy;
	pthread_mutex_unlock(&sink.lock);
	if (!is_done)
		return false;
	pthread_join(thread, NULL);
	is_running = false;
	close(journal_fd);
	journal_fd = -1;
	pthread_cond_destroy(&sink.more);
	pthread_cond_destroy(&sink.drained);
	return true;
}
