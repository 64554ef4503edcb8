/*
 * test/bench/codec/bench_h248_codec.c - what our text codec takes
 *
 * Usage: bench_h248_codec measure DIRECTORY ROUNDS
 *        bench_h248_codec sizes FILE ROUNDS
 *        bench_h248_codec memory DIRECTORY
 *
 * measure decodes the messages of DIRECTORY/pretty and DIRECTORY/compact
 * ROUNDS times and encodes what came out, long and short, and prints
 * microseconds of processor time for a message: "decode pretty 2.1".  sizes
 * repeats the transaction of FILE 1, 4, 16 and 64 times in one message and
 * prints octets, nanoseconds to decode and encode it (long), and octets of
 * arena.  memory prints octets and octets of arena of each message.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "h248/text.h"

enum { MAX_MESSAGES = 1024, OUT_OCTETS = 4 * H248_MAX_MSG_OCTETS };

struct message {
	char *p;
	size_t n;
};

static struct message list[MAX_MESSAGES];
static size_t n_list;
static char out[OUT_OCTETS];

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static struct message read_file(const char *path)
{
	struct message m = { malloc(H248_MAX_MSG_OCTETS), 0 };
	FILE *f = fopen(path, "rb");

	if (!f || !m.p)
		die(path);
	m.n = fread(m.p, 1, H248_MAX_MSG_OCTETS, f);
	fclose(f);
	return m;
}

static void read_all(const char *dir, const char *form)
{
	char path[4096];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, form);
	d = opendir(path);
	if (!d)
		die(path);
	n_list = 0;
	while ((e = readdir(d)) && n_list < MAX_MESSAGES) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", dir, form, e->d_name);
		list[n_list++] = read_file(path);
	}
	closedir(d);
}

/* As a receiver does it: an arena for the message, gone with it. */
static void decode(const struct message *in)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg m;

	if (!a || h248_text_dec(a, in->p, in->n, &m) || m.fault.code)
		abort();
	h248_arena_free(a);
}

static size_t encode(const struct h248_msg *m, bool is_long)
{
	struct h248_text_style st = { .is_long = is_long };
	size_t n = 0;

	if (h248_text_enc(m, &st, out, sizeof(out), &n))
		abort();
	return n;
}

static struct h248_msg tree_of(const struct message *in)
{
	struct h248_msg m;

	if (h248_text_dec(h248_arena_new(4 << 20), in->p, in->n, &m))
		abort();
	return m;
}

static void measure_form(const char *dir, const char *form, long rounds)
{
	static struct h248_msg trees[MAX_MESSAGES];
	double start, middle, end, messages;

	read_all(dir, form);
	for (size_t i = 0; i < n_list; i++) {
		decode(&list[i]);
		trees[i] = tree_of(&list[i]);
		encode(&trees[i], form[0] == 'p');
	}
	start = now_us();
	for (long r = 0; r < rounds; r++)
		for (size_t i = 0; i < n_list; i++)
			decode(&list[i]);
	middle = now_us();
	for (long r = 0; r < rounds; r++)
		for (size_t i = 0; i < n_list; i++)
			encode(&trees[i], form[0] == 'p');
	end = now_us();
	messages = (double)rounds * (double)n_list;
	printf("decode %s %.4f\n", form, (middle - start) / messages);
	printf("encode %s %.4f\n", form, (end - middle) / messages);
}

/* The header line, and the rest of the message n times. */
static struct message repeat(const struct message *one, unsigned int n)
{
	const char *eol = memchr(one->p, '\n', one->n);
	size_t head = eol ? (size_t)(eol - one->p) + 1 : 0;
	size_t body = one->n - head;
	struct message m = { malloc(head + n * (body + 1)), head };

	if (!head || !m.p)
		die("sizes");
	memcpy(m.p, one->p, head);
	for (unsigned int i = 0; i < n; i++) {
		memcpy(m.p + m.n, one->p + head, body);
		m.n += body;
		m.p[m.n++] = '\n';
	}
	return m;
}

static void measure_size(const struct message *in, long rounds)
{
	struct h248_msg tree = tree_of(in);
	double start = now_us(), middle, end;

	for (long r = 0; r < rounds; r++)
		decode(in);
	middle = now_us();
	for (long r = 0; r < rounds; r++)
		encode(&tree, true);
	end = now_us();
	printf("%zu %.0f %.0f %zu\n", in->n,
	       (middle - start) * 1e3 / (double)rounds,
	       (end - middle) * 1e3 / (double)rounds,
	       h248_arena_used(tree.arena));
	h248_arena_free(tree.arena);
}

static void measure_sizes(const char *path, long rounds)
{
	struct message one = read_file(path);

	for (unsigned int n = 1; n <= H248_MAX_TXNS; n *= 4) {
		struct message m = repeat(&one, n);

		measure_size(&m, rounds / n + 1);
		free(m.p);
	}
	free(one.p);
}

static void measure_memory(const char *dir)
{
	static const char *const forms[] = { "pretty", "compact" };

	for (unsigned int f = 0; f < 2; f++) {
		read_all(dir, forms[f]);
		for (size_t i = 0; i < n_list; i++) {
			struct h248_msg m = tree_of(&list[i]);

			printf("%zu %zu\n", list[i].n,
			       h248_arena_used(m.arena));
			h248_arena_free(m.arena);
		}
	}
}

int main(int argc, char **argv)
{
	long rounds = argc > 3 ? atol(argv[3]) : 0;

	if (argc == 4 && !strcmp(argv[1], "measure") && rounds > 0) {
		measure_form(argv[2], "pretty", rounds);
		measure_form(argv[2], "compact", rounds);
	} else if (argc == 4 && !strcmp(argv[1], "sizes") && rounds > 0) {
		measure_sizes(argv[2], rounds);
	} else if (argc == 3 && !strcmp(argv[1], "memory")) {
		measure_memory(argv[2]);
	} else {
		fprintf(stderr, "usage: bench_h248_codec measure DIR ROUNDS\n"
				"       bench_h248_codec sizes FILE ROUNDS\n"
				"       bench_h248_codec memory DIR\n");
		return 2;
	}
	return 0;
}
