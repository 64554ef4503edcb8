/* packet/fence.c - see fence.h */
#include "packet/fence.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct pkt_fence {
	void (*fence)(void);
	void (*wake)(void *arg);
	void *arg;
	pthread_t thread;
	int fd; /* something was asked for, or stop */
	atomic_bool want_stop;
	_Atomic uint64_t asked, past; /* tickets */
};

static void *run(void *arg)
{
	struct pkt_fence *f = arg;
	uint64_t n, ticket;

	while (read(f->fd, &n, sizeof(n)) > 0 || errno == EINTR) {
		if (atomic_load(&f->want_stop))
			return NULL;
		ticket = atomic_load(&f->asked);
		f->fence();
		atomic_store(&f->past, ticket);
		f->wake(f->arg);
	}
	return NULL;
}

static int start(struct pkt_fence *f)
{
	sigset_t all, before;
	int rc;

	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		return -rc;
	pthread_setname_np(f->thread, "bgfd-fence");
	return 0;
}

int pkt_fence_new(void (*fence)(void), void (*wake)(void *arg), void *arg,
		  struct pkt_fence **out)
{
	struct pkt_fence *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return -ENOMEM;
	f->fence = fence;
	f->wake = wake;
	f->arg = arg;
	f->fd = eventfd(0, EFD_CLOEXEC);
	rc = f->fd < 0 ? -errno : start(f);
	if (rc) {
		if (f->fd >= 0)
			close(f->fd);
		free(f);
		return rc;
	}
	*out = f;
	return 0;
}

static void ring(struct pkt_fence *f)
{
	uint64_t one = 1;

	(void)!write(f->fd, &one, sizeof(one)); /* never that full */
}

void pkt_fence_free(struct pkt_fence *f)
{
	if (!f)
		return;
	atomic_store(&f->want_stop, true);
	ring(f);
	pthread_join(f->thread, NULL);
	close(f->fd);
	free(f);
}

uint64_t pkt_fence_ask(struct pkt_fence *f)
{
	uint64_t ticket = atomic_fetch_add(&f->asked, 1) + 1;

	ring(f);
	return ticket;
}

bool pkt_fence_is_past(const struct pkt_fence *f, uint64_t ticket)
{
	return atomic_load(&f->past) >= ticket;
}
