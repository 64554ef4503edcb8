/* mgcsim/capture.c - see capture.h */
#include "tools/mgcsim/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/mgcsim/summary.h"
#include "tools/shared/frame.h"
#include "tools/shared/pcapng.h"

struct capture {
	const char *path;
	FILE *file;
	struct pcapng *out;
	bool has_failed;
};

/* A play on its way into the file. */
struct writing {
	struct capture *c;
	const struct sim *sim;
	const struct scenario *scenario;
	const struct verdict *verdict;
	unsigned int interface;
	uint64_t start_us; /* of the record, since 1970 */
	struct frames *frames;
	struct pcapng_packet packet; /* of the message that is written */
};

struct capture *capture_new(const char *path)
{
	struct capture *c = calloc(1, sizeof(*c));
	struct stat st;

	if (!c)
		return NULL;
	c->path = path;
	if (!lstat(path, &st) && S_ISREG(st.st_mode))
		unlink(path); /* else is_open() will see that it cannot */
	return c;
}

static bool is_open(struct capture *c)
{
	if (c->out || c->has_failed)
		return c->out;
	c->file = fopen(c->path, "w");
	if (c->file)
		c->out = pcapng_new(c->file, "mgcsim");
	c->has_failed = !c->out;
	return c->out;
}

int capture_end(struct capture *c)
{
	int rc;

	if (!c)
		return 0;
	if (c->out && pcapng_error(c->out))
		c->has_failed = true;
	if (c->file && fclose(c->file))
		c->has_failed = true;
	rc = c->has_failed ? -EIO : 0;
	pcapng_free(c->out);
	free(c);
	return rc;
}

/* --- plays --------------------------------------------------------------- */

/* "session.xml:17 <send>:" */
static void put_step(FILE *to, const struct scenario *s, const xmlNode *step)
{
	char where[320];
	const char *name;

	if (!step) {
		fputs("no step:", to);
		return;
	}
	scenario_where(s, step, where, sizeof(where));
	name = strrchr(where, '/');
	fprintf(to, "%s <%s>:", name ? name + 1 : where,
		(const char *)step->name);
}

/* Owned by the caller; NULL: memory. */
static char *comment_of(const struct writing *w, const struct record_msg *msg,
			bool is_last)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return NULL;
	put_step(to, w->scenario, msg->step);
	summary_text(to, msg->octets, msg->n);
	if (is_last) {
		fputs("FAIL: ", to);
		verdict_text(w->verdict, to);
	}
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	while (n && text[n - 1] == '\n')
		text[--n] = '\0';
	return text;
}

static void on_frame(void *arg, const uint8_t *packet, size_t n)
{
	struct writing *w = arg;

	w->packet.octets = packet;
	w->packet.n = w->packet.of = (uint32_t)n;
	pcapng_packet(w->c->out, &w->packet);
}

static void put_message(struct writing *w, const struct record_msg *msg,
			bool is_last)
{
	char *comment = comment_of(w, msg, is_last);

	w->packet = (struct pcapng_packet) {
		.interface = w->interface,
		.time_us = w->start_us + msg->at_ms * 1000,
		.is_out = msg->is_out,
		.comment = comment,
	};
	if (!comment ||
	    frames_message(w->frames, msg->is_out ? &msg->local : &msg->peer,
			   msg->is_out ? &msg->peer : &msg->local,
			   w->sim->params.is_tcp, (const uint8_t *)msg->octets,
			   msg->n, on_frame, w))
		w->c->has_failed = true;
	free(comment);
}

static uint64_t record_began_us(const struct sim *sim)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000 -
	       (sim_now_ms() - sim->start_ms) * 1000;
}

void capture_play(struct capture *c, const struct sim *sim,
		  const struct scenario *scenario, const struct verdict *v)
{
	struct writing w = {
		.c = c, .sim = sim, .scenario = scenario, .verdict = v
	};
	const struct record_msg *msg, *last = NULL;
	char name[32];

	if (!c || !is_open(c))
		return;
	w.frames = frames_new();
	if (!w.frames) {
		c->has_failed = true;
		return;
	}
	snprintf(name, sizeof(name), "user %u", v->user);
	w.interface = pcapng_interface(c->out, name);
	w.start_us = record_began_us(sim);
	for (unsigned int i = 0; (msg = record_get(&sim->record, i)); i++)
		if (record_is_of(msg, v->user))
			last = msg;
	for (unsigned int i = 0; (msg = record_get(&sim->record, i)); i++)
		if (record_is_of(msg, v->user))
			put_message(&w, msg, msg == last);
	frames_free(w.frames);
}
