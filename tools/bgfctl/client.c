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
static int dial(const char *path)
{
	struct timeval timeout = { .tv_sec = ANSWER_S };
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

/* One line.  0 and *text, new, of *n octets; or a negative errno. */
static int read_line(int fd, char **text, size_t *n)
{
	char *buf = NULL, *bigger;
	size_t used = 0, room = 0;
	ssize_t k;

	while (!used || buf[used - 1] != '\n') {
		if (room - used < CHUNK) {
			room = room * 2 + CHUNK;
			bigger = used < MAX_ANSWER ? realloc(buf, room) : NULL;
			if (!bigger) {
				free(buf);
				return -ENOMEM;
			}
			buf = bigger;
		}
		k = read(fd, buf + used, room - used);
		if (k <= 0) {
			free(buf);
			return k ? -errno : -EPIPE;
		}
		used += k;
	}
	*text = buf;
	*n = used;
	return 0;
}

enum client_result client_ask(const char *path, const json_t *request,
			      json_t **reply, char *err, size_t cap)
{
	int fd = dial(path), rc;
	json_error_t why;
	char *text = NULL;
	size_t n = 0;

	if (fd < 0) {
		snprintf(err, cap, "cannot connect to %s: %s; %s", path,
			 strerror(-fd), advice(-fd));
		return CLIENT_NO_CONNECTION;
	}
	rc = send_line(fd, request);
	if (!rc)
		rc = read_line(fd, &text, &n);
	close(fd);
	if (rc) {
		snprintf(err, cap, "no answer from the gateway: %s",
			 rc == -EPIPE  ? "it closed the connection" :
			 rc == -EAGAIN ? "nothing for 30 s" :
					 strerror(-rc));
		return CLIENT_NO_ANSWER;
	}
	*reply = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (*reply)
		return CLIENT_OK;
	snprintf(err, cap, "the answer is not complete: %s", why.text);
	return CLIENT_NO_ANSWER;
}
