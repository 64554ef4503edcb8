/* tools/bgfctl/client.c - see client.h */
#include "tools/bgfctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	ANSWER_S = 30, /* without one octet */
	CHUNK = 65536,
	MAX_ANSWER = 1 << 30,
};

static const char *advice(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		return "is bgfd running? (-s names another socket)";
	case EACCES:
	case EPERM:
		return "run as root, or as a member of the socket's group";
	default:
		return "-s names another socket";
	}
}

/* The connected socket, or a negative errno. */
static int dial(const char *path, unsigned int silent_s)
{
	struct timeval timeout = { .tv_sec = silent_s };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

static int send_line(int fd, const json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	size_t n = line ? strlen(line) : 0, done = 0;
	int rc = line ? 0 : -ENOMEM;

	if (line)
		line[n++] = '\n'; /* in the place of the NUL */
	while (!rc && done < n) {
		ssize_t k = send(fd, line + done, n - done, MSG_NOSIGNAL);

		if (k < 0)
			rc = -errno;
		else
			done += k;
	}
	free(line);
	return rc;
}

struct client {
	int fd;
	unsigned int silent_s;
	char *buf;
	size_t n, room; /* octets in buf */
	size_t line;    /* of these, given back already */
};

/* 0, or a negative errno. */
static int read_more(struct client *c)
{
	char *bigger;
	ssize_t k;

	if (c->room - c->n < CHUNK) {
		bigger = c->n < MAX_ANSWER ?
				 realloc(c->buf, c->room * 2 + CHUNK) :
				 NULL;
		if (!bigger)
			return -ENOMEM;
		c->buf = bigger;
		c->room = c->room * 2 + CHUNK;
	}
	do
		k = read(c->fd, c->buf + c->n, c->room - c->n);
	while (k < 0 && errno == EINTR);
	if (k <= 0)
		return k ? -errno : -EPIPE;
	c->n += (size_t)k;
	return 0;
}

/* One line of *n octets at buf.  0, or a negative errno. */
static int read_line(struct client *c, size_t *n)
{
	char *end = NULL;
	size_t seen = 0;
	int rc = 0;

	memmove(c->buf, c->buf + c->line, c->n - c->line);
	c->n -= c->line;
	c->line = 0;
	while (!rc) {
		if (c->n > seen)
			end = memchr(c->buf + seen, '\n', c->n - seen);
		if (end)
			break;
		seen = c->n;
		rc = read_more(c);
	}
	if (!rc)
		*n = c->line = (size_t)(end - c->buf) + 1;
	return rc;
}

enum client_result client_next(struct client *c, json_t **line, char *err,
			       size_t cap)
{
	json_error_t why;
	size_t n = 0;
	int rc = read_line(c, &n);

	if (rc == -EAGAIN)
		snprintf(err, cap,
			 "no answer from the gateway: nothing for %u s",
			 c->silent_s);
	else if (rc)
		snprintf(err, cap, "no answer from the gateway: %s",
			 rc == -EPIPE ? "it closed the connection" :
					strerror(-rc));
	if (rc)
		return CLIENT_NO_ANSWER;
	*line = json_loadb(c->buf, n, JSON_REJECT_DUPLICATES, &why);
	if (*line)
		return CLIENT_OK;
	snprintf(err, cap, "the answer is not complete: %s", why.text);
	return CLIENT_NO_ANSWER;
}

enum client_result client_open(const char *path, const json_t *request,
			       unsigned int silent_s, struct client **out,
			       char *err, size_t cap)
{
	int fd = dial(path, silent_s), rc;
	struct client *c;

	if (fd < 0) {
		snprintf(err, cap, "cannot connect to %s: %s; %s", path,
			 strerror(-fd), advice(-fd));
		return CLIENT_NO_CONNECTION;
	}
	c = calloc(1, sizeof(*c));
	rc = c ? 0 : -ENOMEM;
	if (!rc) {
		c->fd = fd;
		c->silent_s = silent_s;
		c->room = CHUNK;
		c->buf = malloc(c->room);
		rc = c->buf ? 0 : -ENOMEM;
	}
	if (!rc)
		rc = send_line(fd, request);
	if (!rc) {
		*out = c;
		return CLIENT_OK;
	}
	snprintf(err, cap, "no answer from the gateway: %s", strerror(-rc));
	if (c)
		client_close(c);
	else
		close(fd);
	return CLIENT_NO_ANSWER;
}

int client_fd(const struct client *c)
{
	return c->fd;
}

void client_close(struct client *c)
{
	close(c->fd);
	free(c->buf);
	free(c);
}

enum client_result client_ask(const char *path, const json_t *request,
			      json_t **reply, char *err, size_t cap)
{
	struct client *c;
	enum client_result r =
		client_open(path, request, ANSWER_S, &c, err, cap);

	if (r != CLIENT_OK)
		return r;
	r = client_next(c, reply, err, cap);
	client_close(c);
	return r;
}
