/* tools/bgfctl/trace.c - see trace.h */
#include "tools/bgfctl/trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "h248/addr.h"
#include "tools/shared/frame.h"
#include "tools/shared/hex.h"
#include "tools/shared/pcapng.h"

/* The gateway ends a trace; this only bounds how long it may be silent. */
enum { SPARE_S = 30, DEFAULT_S = 60, INTERRUPTED_S = 10 };

struct trace_file {
	struct pcapng *file;
	struct frames *frames;
	uint64_t last_us, packets;
};

/* --- a record ------------------------------------------------------------ */

/* Returns new, or NULL: no hexadecimal octets. */
static uint8_t *octets_of(const json_t *text, size_t *n)
{
	const char *hex = json_string_value(text);
	size_t length = json_string_length(text);
	uint8_t *out = hex ? malloc(length / 2 + 1) : NULL;

	*n = length / 2;
	if (!out || !hex_octets(hex, length, out))
		return out;
	free(out);
	return NULL;
}

struct target {
	struct trace_file *t;
	struct pcapng_packet packet;
};

static void on_frame(void *arg, const uint8_t *packet, size_t n)
{
	struct target *to = arg;

	to->packet.octets = packet;
	to->packet.n = to->packet.of = (uint32_t)n;
	pcapng_packet(to->t->file, &to->packet);
	to->t->packets++;
}

/* {"address","port"} */
static bool read_end(const json_t *j, struct sockaddr_storage *e)
{
	const char *text = json_string_value(json_object_get(j, "address"));
	json_int_t port = json_integer_value(json_object_get(j, "port"));
	void *addr = &((struct sockaddr_in *)e)->sin_addr;

	memset(e, 0, sizeof(*e));
	if (!text)
		return false;
	e->ss_family = AF_INET;
	if (strchr(text, ':')) {
		e->ss_family = AF_INET6;
		addr = &((struct sockaddr_in6 *)e)->sin6_addr;
	}
	*h248_addr_port(e) = htons((uint16_t)port);
	return inet_pton(e->ss_family, text, addr) == 1;
}

static bool put_message(struct target *to, const json_t *record,
			const uint8_t *octets, size_t n)
{
	const char *transport =
		json_string_value(json_object_get(record, "transport"));
	struct sockaddr_storage from, dest;

	to->packet.interface = pcapng_interface(to->t->file, "h248");
	return transport && read_end(json_object_get(record, "from"), &from) &&
	       read_end(json_object_get(record, "to"), &dest) &&
	       !frames_message(to->t->frames, &from, &dest,
			       strcmp(transport, "udp") != 0, octets, n,
			       on_frame, to);
}

static void put_packet(struct target *to, const char *realm, json_int_t of,
		       const uint8_t *octets, size_t n)
{
	to->packet.interface = pcapng_interface(to->t->file, realm);
	to->packet.octets = octets;
	to->packet.n = (uint32_t)n;
	to->packet.of = of > (json_int_t)n ? (uint32_t)of : (uint32_t)n;
	pcapng_packet(to->t->file, &to->packet);
	to->t->packets++;
}

bool trace_file_record(struct trace_file *t, const json_t *record)
{
	const char *realm = json_string_value(json_object_get(record, "realm"));
	const char *comment =
		json_string_value(json_object_get(record, "comment"));
	const char *gateway =
		json_string_value(json_object_get(record, "gateway"));
	json_int_t us = json_integer_value(json_object_get(record, "time_us"));
	json_int_t ctx = json_integer_value(json_object_get(record, "context"));
	struct target to = { .t = t };
	uint8_t *octets;
	char text[1024], number[24] = "not made";
	bool is_well = true;
	size_t n;

	octets = octets_of(json_object_get(record, "octets"), &n);
	if (!octets)
		return false;
	if (ctx)
		snprintf(number, sizeof(number), "%" PRId64, (int64_t)ctx);
	snprintf(text, sizeof(text), "%s context %s: %s",
		 gateway ? gateway : "?", number, comment ? comment : "");
	to.packet.time_us = (uint64_t)us;
	to.packet.is_out = json_is_true(json_object_get(record, "is_out"));
	to.packet.comment = text;
	t->last_us = (uint64_t)us;
	if (realm)
		put_packet(
			&to, realm,
			json_integer_value(json_object_get(record, "length")),
			octets, n);
	else
		is_well = put_message(&to, record, octets, n);
	free(octets);
	return is_well;
}

/* --- the file ------------------------------------------------------------ */

struct trace_file *trace_file_new(FILE *out)
{
	struct trace_file *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->file = pcapng_new(out, "bgfctl " BGF_VERSION);
	t->frames = frames_new();
	if (t->file && t->frames) {
		/* There is one whatever comes. */
		(void)pcapng_interface(t->file, "h248");
		return t;
	}
	trace_file_free(t);
	return NULL;
}

int trace_file_error(const struct trace_file *t)
{
	return pcapng_error(t->file);
}

int trace_file_end(struct trace_file *t, const json_t *sums)
{
	json_int_t lost = json_integer_value(json_object_get(sums, "left_out"));
	const char *why = json_string_value(json_object_get(sums, "ended_by"));
	char text[160];

	snprintf(text, sizeof(text),
		 "ended by: %s; %" PRId64
		 " records had no room and were left out",
		 why ? why : "?", (int64_t)lost);
	pcapng_statistics(t->file, 0, t->last_us, t->packets + (uint64_t)lost,
			  (uint64_t)lost, text);
	return trace_file_error(t);
}

void trace_file_free(struct trace_file *t)
{
	if (!t)
		return;
	pcapng_free(t->file);
	frames_free(t->frames);
	free(t);
}

/* --- the conversation ---------------------------------------------------- */

static volatile sig_atomic_t control_fd = -1;

/* We shall ask nothing more: the gateway ends the trace, and answers.  One that
 * hangs is not waited for long, and not at all after a second signal. */
static void on_signal(int number)
{
	static const struct timeval soon = { .tv_sec = INTERRUPTED_S };

	(void)number;
	if (control_fd < 0)
		return;
	shutdown((int)control_fd, SHUT_WR);
	setsockopt((int)control_fd, SOL_SOCKET, SO_RCVTIMEO, &soon,
		   sizeof(soon));
}

static void catch_signals(int fd, struct sigaction old[2])
{
	struct sigaction act = { .sa_handler = on_signal,
				 .sa_flags = SA_RESTART | SA_RESETHAND };

	control_fd = fd;
	sigaction(SIGINT, fd >= 0 ? &act : &old[0], fd >= 0 ? &old[0] : NULL);
	sigaction(SIGTERM, fd >= 0 ? &act : &old[1], fd >= 0 ? &old[1] : NULL);
}

static void cannot_write(const char *file, int error, char *err, size_t cap)
{
	snprintf(err, cap, "cannot write %s: %s", file, strerror(error));
}

/* Lines until the answer, from the one at hand on, which is taken.  A file that
 * takes no more ends it. */
static enum client_result follow(struct client *c, struct trace_file *t,
				 json_t *line, json_t **reply, char *err,
				 size_t cap)
{
	enum client_result r = CLIENT_OK;
	json_t *record;
	bool is_well;

	for (; r == CLIENT_OK; r = client_next(c, &line, err, cap)) {
		if (json_object_get(line, "ok")) {
			*reply = line;
			return CLIENT_OK;
		}
		record = json_object_get(line, "record");
		is_well = !record || trace_file_record(t, record);
		json_decref(line);
		if (!is_well) {
			snprintf(err, cap, "a record cannot be read");
			return CLIENT_NO_ANSWER;
		}
		if (trace_file_error(t))
			return CLIENT_NO_ANSWER;
	}
	return r;
}

/* A file behind a symbolic link may be anybody's; what is no file, as
 * /dev/stdout, is as good as its name. */
static int open_link(const char *file)
{
	int fd = open(file, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (!fstat(fd, &st) && !S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = ELOOP;
	return -1;
}

/* Packets of others are nobody else's business. */
static int make_private(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -1;
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_mode & (S_IRWXG | S_IRWXO) && fchmod(fd, 0600))
		return -1;
	return ftruncate(fd, 0);
}

static FILE *open_file(const char *file)
{
	bool is_stdout = !strcmp(file, "-");
	int fd = is_stdout ? dup(STDOUT_FILENO) :
			     open(file,
				  O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY |
					  O_CLOEXEC,
				  0600);
	int error;
	FILE *out;

	if (fd < 0 && errno == ELOOP)
		fd = open_link(file);
	if (fd < 0)
		return NULL;
	out = is_stdout || !make_private(fd) ? fdopen(fd, "w") : NULL;
	error = errno;
	if (!out)
		close(fd);
	errno = error;
	return out;
}

/* Takes line, the first of the gateway. */
static enum client_result write_file(struct client *c, json_t *line,
				     const char *file, json_t **reply,
				     char *err, size_t cap)
{
	FILE *out = open_file(file);
	struct trace_file *t = out ? trace_file_new(out) : NULL;
	enum client_result r = CLIENT_NO_ANSWER;
	int error = t ? 0 : errno;
	json_t *sums;

	if (t)
		r = follow(c, t, line, reply, err, cap);
	else
		json_decref(line);
	sums = r == CLIENT_OK ? json_object_get(*reply, "trace") : NULL;
	if (sums) {
		trace_file_end(t, sums);
		json_object_set_new(sums, "file", json_string(file));
	}
	if (t)
		error = trace_file_error(t);
	if (out && fclose(out) && !error)
		error = errno;
	trace_file_free(t);
	if (!error)
		return r;
	cannot_write(file, error, err, cap);
	if (r == CLIENT_OK)
		json_decref(*reply);
	return CLIENT_NO_ANSWER;
}

enum client_result trace_run(const char *path, const json_t *request,
			     const char *file, json_t **reply, char *err,
			     size_t cap)
{
	json_int_t s = json_integer_value(json_object_get(request, "seconds"));
	struct sigaction old[2];
	enum client_result r;
	struct client *c;
	json_t *line;

	r = client_open(path, request,
			(unsigned int)(s ? s : DEFAULT_S) + SPARE_S, &c, err,
			cap);
	if (r != CLIENT_OK)
		return r;
	catch_signals(client_fd(c), old);
	r = client_next(c, &line, err, cap);
	if (r == CLIENT_OK && json_is_false(json_object_get(line, "ok")))
		*reply = line;
	else if (r == CLIENT_OK)
		r = write_file(c, line, file, reply, err, cap);
	catch_signals(-1, old);
	client_close(c);
	return r;
}
