/*
 * gateway/sdnotify.h - tells the service manager how we are
 *
 * The protocol of sd_notify(3): one datagram of NAME=VALUE lines to the socket
 * that NOTIFY_SOCKET names.  Thread: control.  Nothing blocks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct gw_sd {
	int fd; /* -1: nobody listens */
	struct sockaddr_un to;
	socklen_t to_len;
	uint64_t watchdog_us; /* wants to hear from us so often; 0: no */
};

/*
 * Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
 *
 * Returns: 0, also when nobody listens (fd -1); -EINVAL for an address that
 *          cannot be, or another negative errno: then fd is -1, too.
 */
int gw_sd_open(struct gw_sd *sd);
void gw_sd_close(struct gw_sd *sd);
/* One message; lines are separated by line ends.  A manager that does not take
 * it misses it: there is nobody to tell. */
void gw_sd_send(const struct gw_sd *sd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
