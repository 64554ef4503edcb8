/* tools/bgfctl/trace.c - see trace.h */
#include "tools/bgfctl/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/bgfctl/frame.h"
#include "tools/shared/pcapng.h"

/* The gateway ends a trace; this only bounds how long it may be silent. */
enum { SPARE_S = 30, DEFAULT_S = 60 };

struct trace_file {
	struct pcapng *file;
	struct frames *frames;
	uint64_t last_us, packets;
};

/* --- a record ------------------------------------------------------------ */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns new, or NULL: no hexadecimal octets. */
static uint8_t *octets_of(const json_t *text, size_t *n)
{
	const char *hex = json_string_value(text);
	size_t length = json_string_length(text);
	uint8_t *out = hex && !(length & 1) ? malloc(length / 2 + 1) : NULL;

	for (size_t i = 0; out && i < length; i += 2) {
		int high = digit(hex[i]), low = digit(hex[i + 1]);

		if (high < 0 || low < 0) {
			free(out);
			return NULL;
		}
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	*n = length / 2;
	return out;
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

static bool put_message(struct target *to, const json_t *record,
			const uint8_t *octets, size_t n)
{
	const char *transport =
		json_string_value(json_object_get(record, "transport"));

	to->packet.interface = pcapng_interface(to->t->file, "h248");
	return transport &&
	       !frames_message(to->t->frames, json_object_get(record, "from"),
			       json_object_get(record, "to"), transport, octets,
			       n, on_frame, to);
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
	char text[1024];
	bool is_well = true;
	size_t n;

	octets = octets_of(json_object_get(record, "octets"), &n);
	if (!octets)
		return false;
	snprintf(text, sizeof(text), "%s context %" PRId64 ": %s",
		 gateway ? gateway : "?", (int64_t)ctx, comment ? comment : "");
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

bool trace_file_end(struct trace_file *t, const json_t *sums)
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
	return pcapng_is_well(t->file);
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

/* We shall ask nothing more: the gateway ends the trace, and answers. */
static void on_signal(int number)
{
	(void)number;
	if (control_fd >= 0)
		shutdown((int)control_fd, SHUT_WR);
}

static void catch_signals(int fd, struct sigaction old[2])
{
	struct sigaction act = { .sa_handler = on_signal,
				 .sa_flags = SA_RESTART };

	control_fd = fd;
	sigaction(SIGINT, fd >= 0 ? &act : &old[0], fd >= 0 ? &old[0] : NULL);
	sigaction(SIGTERM, fd >= 0 ? &act : &old[1], fd >= 0 ? &old[1] : NULL);
}

/* Lines until the answer. */
static enum client_result follow(struct client *c, struct trace_file *t,
				 json_t **reply, char *err, size_t cap)
{
	enum client_result r;
	json_t *line;

	for (;;) {
		r = client_next(c, &line, err, cap);
		if (r != CLIENT_OK)
			return r;
		if (json_object_get(line, "ok"))
			break;
		if (!trace_file_record(t, json_object_get(line, "record"))) {
			json_decref(line);
			snprintf(err, cap, "a record cannot be read");
			return CLIENT_NO_ANSWER;
		}
		json_decref(line);
	}
	*reply = line;
	return CLIENT_OK;
}

static FILE *open_file(const char *file, char *err, size_t cap)
{
	/* Packets of others are nobody else's business. */
	int fd = strcmp(file, "-") ?
			 open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0600) :
			 dup(STDOUT_FILENO);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out)
		snprintf(err, cap, "cannot write %s: %s", file,
			 strerror(errno));
	if (!out && fd >= 0)
		close(fd);
	return out;
}

static enum client_result write_file(struct client *c, FILE *out,
				     const char *file, json_t **reply,
				     char *err, size_t cap)
{
	struct trace_file *t = trace_file_new(out);
	enum client_result r = CLIENT_NO_ANSWER;
	bool is_written = true;
	json_t *sums;

	snprintf(err, cap, "out of memory");
	if (t)
		r = follow(c, t, reply, err, cap);
	sums = r == CLIENT_OK ? json_object_get(*reply, "trace") : NULL;
	if (sums) {
		is_written = trace_file_end(t, sums);
		json_object_set_new(sums, "file", json_string(file));
	}
	is_written = !fclose(out) && is_written;
	trace_file_free(t);
	if (r != CLIENT_OK || is_written)
		return r;
	snprintf(err, cap, "cannot write %s: %s", file, strerror(errno));
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
	FILE *out;

	r = client_open(path, request,
			(unsigned int)(s ? s : DEFAULT_S) + SPARE_S, &c, err,
			cap);
	if (r != CLIENT_OK)
		return r;
	out = open_file(file, err, cap);
	if (!out) {
		client_close(c);
		return CLIENT_NO_ANSWER;
	}
	catch_signals(client_fd(c), old);
	r = write_file(c, out, file, reply, err, cap);
	catch_signals(-1, old);
	client_close(c);
	return r;
}
