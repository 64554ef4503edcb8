/*
 * gateway/ctl.c - the control socket: listening, clients, what they may cost
 *
 * A client asks one thing at a time: what it writes ahead stays in its input
 * buffer, which is bounded, and is looked at when the answer is out.  It knows
 * nothing about requests and answers; that is gateway/ctl_job.c.
 */
#include "gateway/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "gateway/ctl_int.h"
#include "gateway/log.h"

enum {
	MAX_CLIENTS = 32,
	BACKLOG = 16,
	OUT_RESUME = CTL_OUT_PAUSE / 4,
	IDLE_S = 300, /* a client that asks nothing */
	STALL_S = 10, /* a client that does not read its answer */
};

struct client {
	TAILQ_ENTRY(client) entry;
	struct gw_ctl *ctl;
	struct bufferevent *bev;
	struct ctl_sink sink;
	struct ctl_job *job; /* NULL: nothing asked */
	bool is_last;        /* close when the output is written */
};

struct gw_ctl {
	struct gw_host *host;
	struct evconnlistener *listener;
	struct ctl_jobs *jobs;
	TAILQ_HEAD(clients, client) clients;
	unsigned int n_clients;
	struct sockaddr_un addr;
	bool is_bound;      /* the file is ours */
	int spare;          /* a descriptor kept for bad times; -1: none */
	struct event *rest; /* until clients are accepted again */
};

static void client_free(struct client *c)
{
	TAILQ_REMOVE(&c->ctl->clients, c, entry);
	c->ctl->n_clients--;
	ctl_job_free(c->job);
	bufferevent_free(c->bev);
	free(c);
}

/* Returns false when the client is gone. */
static bool client_close_if_done(struct client *c)
{
	if (!c->is_last || c->job || evbuffer_get_length(c->sink.out))
		return true;
	client_free(c);
	return false;
}

/* Take requests out of the input, as long as each is answered at once. */
static void client_next(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	char *line;
	size_t n;

	while (!c->job && evbuffer_get_length(c->sink.out) < CTL_OUT_PAUSE) {
		line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);
		if (!line)
			break;
		if (n)
			c->job = ctl_job_new(c->ctl->jobs, &c->sink, line, n);
		free(line);
	}
	if (!c->job && !c->is_last && evbuffer_get_length(in) >= CTL_MAX_LINE &&
	    evbuffer_search(in, "\n", 1, NULL).pos < 0) {
		ctl_refuse(c->sink.out, "the request is too long");
		evbuffer_drain(in, evbuffer_get_length(in));
		bufferevent_disable(c->bev, EV_READ);
		c->is_last = true;
	}
}

static void on_done(void *arg)
{
	struct client *c = arg;

	c->job = NULL;
	client_next(c);
	client_close_if_done(c);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	(void)bev;
	client_next(c);
	client_close_if_done(c);
}

/* The output is down to the low watermark. */
static void on_write(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	(void)bev;
	if (c->job)
		ctl_job_resume(c->job);
	else
		client_next(c);
	client_close_if_done(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct client *c = arg;
	bool is_busy = c->job || evbuffer_get_length(c->sink.out);

	if (what & BEV_EVENT_EOF) {
		/* It may have closed only its half: finish what it asked. */
		client_next(c);
		ctl_job_eof(c->job);
		c->is_last = true;
		client_close_if_done(c);
	} else if ((what & BEV_EVENT_TIMEOUT) && (what & BEV_EVENT_READING) &&
		   is_busy) {
		bufferevent_enable(bev, EV_READ);
	} else {
		client_free(c);
	}
}

static void client_new(struct gw_ctl *ctl, evutil_socket_t fd)
{
	static const struct timeval idle = { .tv_sec = IDLE_S };
	static const struct timeval stall = { .tv_sec = STALL_S };
	struct client *c = calloc(1, sizeof(*c));

	if (c)
		c->bev = bufferevent_socket_new(ctl->host->base, fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (!c || !c->bev) {
		free(c);
		close(fd);
		return;
	}
	c->ctl = ctl;
	c->sink = (struct ctl_sink) {
		.out = bufferevent_get_output(c->bev),
		.done = on_done,
		.arg = c,
	};
	TAILQ_INSERT_TAIL(&ctl->clients, c, entry);
	ctl->n_clients++;
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, CTL_MAX_LINE);
	bufferevent_setwatermark(c->bev, EV_WRITE, OUT_RESUME, 0);
	bufferevent_set_timeouts(c->bev, &idle, &stall);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	if (ctl->n_clients > MAX_CLIENTS) {
		ctl_refuse(c->sink.out, "too many clients; try again later");
		bufferevent_disable(c->bev, EV_READ);
		c->is_last = true;
	}
}

/* Kept for refuse_one(); what could not be had may be to be had later. */
static void keep_spare(struct gw_ctl *ctl)
{
	if (ctl->spare < 0)
		ctl->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *addr, int len, void *arg)
{
	struct gw_ctl *ctl = arg;

	(void)listener, (void)addr, (void)len;
	keep_spare(ctl);
	/* Those over the limit are told so; those over twice that are not. */
	if (ctl->n_clients >= 2 * MAX_CLIENTS)
		close(fd);
	else
		client_new(ctl, fd);
}

/* Every directory above the socket. */
static int make_dirs(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];

	for (const char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		memcpy(dir, path, s - path);
		dir[s - path] = '\0';
		if (mkdir(dir, 0755) && errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* Remove the socket file of a process that is no more.  0 when the path is
 * free, -EADDRINUSE when somebody answers there, -EEXIST when the file is no
 * socket. */
static int clear_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd, rc;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	rc = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
	rc = rc ? errno : 0;
	close(fd);
	if (rc != ECONNREFUSED)
		return rc == EACCES ? -EACCES : -EADDRINUSE;
	return unlink(addr->sun_path) && errno != ENOENT ? -errno : 0;
}

/* A listening socket at ctl->addr.  Its descriptor, or a negative errno. */
static int open_socket(struct gw_ctl *ctl)
{
	const struct sockaddr *addr = (const struct sockaddr *)&ctl->addr;
	int fd, rc;

	rc = make_dirs(ctl->addr.sun_path);
	if (!rc)
		rc = clear_stale(&ctl->addr);
	if (rc)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* Nobody can connect before listen(), so the mode is never too wide. */
	if (bind(fd, addr, sizeof(ctl->addr)))
		goto fail;
	ctl->is_bound = true;
	if (chmod(ctl->addr.sun_path, 0660) || listen(fd, BACKLOG))
		goto fail;
	return fd;
fail:
	rc = -errno;
	close(fd);
	return rc;
}

/* The one that waits first is let in, told, and sent away. */
static void refuse_one(struct gw_ctl *ctl)
{
	static const char text[] =
		"{\"ok\":false,\"error\":\"no descriptors are left: raise "
		"LimitNOFILE= of the unit, or ulimit -n\"}\n";
	int fd;

	if (ctl->spare < 0)
		return;
	close(ctl->spare);
	ctl->spare = -1;
	fd = accept4(evconnlistener_get_fd(ctl->listener), NULL, NULL,
		     SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		(void)send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
		close(fd);
	}
	keep_spare(ctl);
}

/* Without descriptors every turn of the loop would fail: the others wait. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	static const struct timeval second = { .tv_sec = 1 };
	struct gw_ctl *ctl = arg;
	int why = evutil_socket_geterror(evconnlistener_get_fd(listener));

	gw_log(LOG_ERR, NULL, "control socket: %s", strerror(why));
	if (why == EMFILE || why == ENFILE)
		refuse_one(ctl);
	evconnlistener_disable(listener);
	evtimer_add(ctl->rest, &second);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
	struct gw_ctl *ctl = arg;

	(void)fd, (void)what;
	evconnlistener_enable(ctl->listener);
}

static int ctl_listen(struct gw_ctl *ctl, const char *path)
{
	int fd;

	if (strlen(path) >= sizeof(ctl->addr.sun_path))
		return -ENAMETOOLONG;
	ctl->addr.sun_family = AF_UNIX;
	strcpy(ctl->addr.sun_path, path);
	fd = open_socket(ctl);
	if (fd < 0)
		return fd;
	ctl->listener = evconnlistener_new(
		ctl->host->base, on_accept, ctl,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!ctl->listener) {
		close(fd);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(ctl->listener, on_accept_error);
	keep_spare(ctl);
	ctl->rest = evtimer_new(ctl->host->base, on_rested, ctl);
	return ctl->rest ? 0 : -ENOMEM;
}

int gw_ctl_new(struct gw_host *host, const char *path, struct gw_ctl **out,
	       char *err, size_t cap)
{
	struct gw_ctl *ctl = calloc(1, sizeof(*ctl));
	int rc = -ENOMEM;

	if (ctl) {
		ctl->host = host;
		ctl->spare = -1;
		TAILQ_INIT(&ctl->clients);
		ctl->jobs = ctl_jobs_new(host);
		if (ctl->jobs)
			rc = ctl_listen(ctl, path);
	}
	if (rc) {
		snprintf(err, cap, "control socket %s: %s", path,
			 rc == -EADDRINUSE ? "another process serves it" :
			 rc == -EEXIST     ? "the file is not a socket" :
					     strerror(-rc));
		gw_ctl_free(ctl);
		return rc;
	}
	signal(SIGPIPE, SIG_IGN);
	*out = ctl;
	return 0;
}

void gw_ctl_read_done(struct gw_ctl *ctl, uint64_t token)
{
	if (ctl)
		ctl_jobs_read_done(ctl->jobs, token);
}

void gw_ctl_free(struct gw_ctl *ctl)
{
	if (!ctl)
		return;
	while (!TAILQ_EMPTY(&ctl->clients))
		client_free(TAILQ_FIRST(&ctl->clients));
	if (ctl->listener)
		evconnlistener_free(ctl->listener);
	if (ctl->rest)
		event_free(ctl->rest);
	if (ctl->spare >= 0)
		close(ctl->spare);
	if (ctl->is_bound)
		unlink(ctl->addr.sun_path);
	ctl_jobs_free(ctl->jobs);
	free(ctl);
}
