/* test/support/refusing.c - see refusing.h */
#include "test/support/refusing.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call {
	CALL_SOCKET,
	CALL_BIND,
	CALL_CONNECT,
	CALL_SENDMMSG,
	CALL_RECVMMSG,
	CALL_WRITEV,
	CALL_READV,
	CALL_WRITE,
	CALL_READ,
	CALL_EPOLL_CTL,
	CALL__COUNT,
};

enum { ERRORS = 4, HALF = -1 };

/* HALF: less than was asked for is done. */
static const struct {
	const char *name;
	int error[ERRORS];
} calls[CALL__COUNT] = {
	[CALL_SOCKET] = { "socket", { EMFILE, ENOBUFS } },
	[CALL_BIND] = { "bind", { EADDRNOTAVAIL, EADDRINUSE } },
	[CALL_CONNECT] = { "connect",
			   { ENETUNREACH, ECONNREFUSED, EADDRNOTAVAIL } },
	[CALL_SENDMMSG] = { "sendmmsg",
			    { ENOBUFS, EAGAIN, EPERM, ENETUNREACH } },
	[CALL_RECVMMSG] = { "recvmmsg",
			    { ECONNREFUSED, EAGAIN, ENOMEM, EINTR } },
	[CALL_WRITEV] = { "writev", { EPIPE, EAGAIN, ENOBUFS, HALF } },
	[CALL_READV] = { "readv", { ECONNRESET, EAGAIN, EINTR, HALF } },
	[CALL_WRITE] = { "write", { EPIPE, EAGAIN, ENOBUFS, HALF } },
	[CALL_READ] = { "read", { ECONNRESET, EAGAIN, EINTR, HALF } },
	[CALL_EPOLL_CTL] = { "epoll_ctl", { ENOMEM, ENOSPC } },
};

static struct {
	bool is_on, is_watched;
	unsigned int left, which;
	const char *failed;
	int error;
	unsigned long events;
	uint64_t clock_us;
} refusing = { .clock_us = 5000000 };

void refusing_after(unsigned int n, unsigned int i)
{
	refusing.is_on = true;
	refusing.failed = NULL;
	refusing.left = n;
	refusing.which = i;
}

unsigned int refusing_errors(void)
{
	return ERRORS;
}

void refusing_watch(bool on)
{
	refusing.is_watched = on;
}

const char *refusing_end(void)
{
	static char text[64];

	refusing.is_on = false;
	if (!refusing.failed)
		return NULL;
	snprintf(text, sizeof(text), "%s: %s", refusing.failed,
		 refusing.error == HALF ? "by half" :
					  strerrorname_np(refusing.error));
	return text;
}

unsigned long refusing_events(void)
{
	return refusing.events;
}

void refusing_pass(uint64_t us)
{
	refusing.clock_us += us;
}

/* 0: it is done; HALF; else it fails with that. */
static int verdict_on(enum call call)
{
	int error = calls[call].error[refusing.which];

	if (!refusing.is_on || !refusing.is_watched || refusing.failed ||
	    !error || refusing.left--)
		return 0;
	refusing.failed = calls[call].name;
	refusing.error = error;
	return error;
}

/* Counts the call; true: it fails, and errno says why. */
static bool fails(enum call call)
{
	int error = verdict_on(call);

	if (error)
		errno = error;
	return error;
}

static bool is_socket(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISSOCK(st.st_mode);
}

/* ---- in the place of C's ---- */

int socket(int domain, int type, int protocol)
{
	if (fails(CALL_SOCKET))
		return -1;
	return (int)syscall(SYS_socket, domain, type, protocol);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (fails(CALL_BIND))
		return -1;
	return (int)syscall(SYS_bind, fd, addr, len);
}

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (fails(CALL_CONNECT))
		return -1;
	return (int)syscall(SYS_connect, fd, addr, len);
}

int sendmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags)
{
	if (fails(CALL_SENDMMSG))
		return -1;
	return (int)syscall(SYS_sendmmsg, fd, msg, n, flags);
}

int recvmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags,
	     struct timespec *timeout)
{
	if (fails(CALL_RECVMMSG))
		return -1;
	return (int)syscall(SYS_recvmmsg, fd, msg, n, flags, timeout);
}

/* The first octets of the first piece. */
static ssize_t some_of(long number, int fd, const struct iovec *iov)
{
	struct iovec some = { iov->iov_base, (iov->iov_len + 1) / 2 };

	return (ssize_t)syscall(number, fd, &some, 1);
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	int error = is_socket(fd) ? verdict_on(CALL_WRITEV) : 0;

	if (error == HALF)
		return some_of(SYS_writev, fd, iov);
	errno = error;
	return error ? -1 : (ssize_t)syscall(SYS_writev, fd, iov, n);
}

ssize_t readv(int fd, const struct iovec *iov, int n)
{
	int error = is_socket(fd) ? verdict_on(CALL_READV) : 0;

	if (error == HALF)
		return some_of(SYS_readv, fd, iov);
	errno = error;
	return error ? -1 : (ssize_t)syscall(SYS_readv, fd, iov, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	int error = is_socket(fd) ? verdict_on(CALL_WRITE) : 0;

	if (error == HALF)
		n = (n + 1) / 2;
	else if (error)
		errno = error;
	return error > 0 ? -1 : (ssize_t)syscall(SYS_write, fd, buf, n);
}

ssize_t read(int fd, void *buf, size_t n)
{
	int error = is_socket(fd) ? verdict_on(CALL_READ) : 0;

	if (error == HALF)
		n = (n + 1) / 2;
	else if (error)
		errno = error;
	return error > 0 ? -1 : (ssize_t)syscall(SYS_read, fd, buf, n);
}

int epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	/* For a change, and for an end, the kernel needs no memory. */
	if (op == EPOLL_CTL_ADD && fails(CALL_EPOLL_CTL))
		return -1;
	return (int)syscall(SYS_epoll_ctl, epoll, op, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int n, int timeout)
{
	int found;

	(void)timeout; /* the clock moves when nothing else does */
	found = (int)syscall(SYS_epoll_pwait, epoll, events, n, 0, NULL, 8);
	if (found > 0)
		refusing.events += (unsigned long)found;
	return found;
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, ts);
	ts->tv_sec = (time_t)(refusing.clock_us / 1000000);
	ts->tv_nsec = (long)(refusing.clock_us % 1000000 * 1000);
	return 0;
}
