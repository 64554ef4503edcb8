/* gateway/sdnotify.c - see sdnotify.h */
#include "gateway/sdnotify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_OCTETS = 512 };

/* A path, or a name that is no file: "@" stands for its first octet, 0. */
static int address_of(const char *name, struct gw_sd *sd)
{
	size_t n = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || n < 2 ||
	    n >= sizeof(sd->to.sun_path))
		return -EINVAL;
	sd->to.sun_family = AF_UNIX;
	memcpy(sd->to.sun_path, name, n);
	if (name[0] == '@')
		sd->to.sun_path[0] = '\0';
	sd->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n +
				 (name[0] == '/'));
	return 0;
}

/* 0 for what is no number. */
static uint64_t number_of(const char *text)
{
	unsigned long long n;
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	return *end || errno ? 0 : n;
}

/* The variables are inherited: they may be for our parent. */
static uint64_t watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID");

	if (pid && number_of(pid) != (uint64_t)getpid())
		return 0;
	return number_of(getenv("WATCHDOG_USEC"));
}

int gw_sd_open(struct gw_sd *sd)
{
	const char *name = getenv("NOTIFY_SOCKET");
	int r;

	memset(sd, 0, sizeof(*sd));
	sd->fd = -1;
	if (!name)
		return 0;
	r = address_of(name, sd);
	if (r)
		return r;
	sd->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sd->fd < 0)
		return -errno;
	sd->watchdog_us = watchdog();
	return 0;
}

void gw_sd_close(struct gw_sd *sd)
{
	if (sd->fd >= 0)
		close(sd->fd);
	sd->fd = -1;
}

void gw_sd_send(const struct gw_sd *sd, const char *fmt, ...)
{
	char text[MESSAGE_OCTETS];
	va_list ap;
	int n;

	if (sd->fd < 0)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	if ((size_t)n >= sizeof(text))
		n = (int)sizeof(text) - 1;
	(void)sendto(sd->fd, text, (size_t)n, MSG_NOSIGNAL,
		     (const struct sockaddr *)&sd->to, sd->to_len);
}
