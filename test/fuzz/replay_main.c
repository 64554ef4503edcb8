/*
 * test/fuzz/replay_main.c - run a fuzz target over a corpus, without a fuzzer
 *
 * Arguments: directories (read with what is below them) and files.  Fails when
 * one of them cannot be read or holds no file at all: an empty corpus tests
 * nothing.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	INPUT_OCTETS = 1 << 20,
	DIR_DEPTH = 4, /* directories in directories */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* In a buffer of exactly its size, so that a sanitizer sees each read behind
 * the end.  Returns 1; ends the program when it cannot be read. */
static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *all = malloc(INPUT_OCTETS), *exact;
	size_t n = 0;

	if (f && all)
		n = fread(all, 1, INPUT_OCTETS, f);
	exact = malloc(n ? n : 1);
	if (!f || !all || !exact || ferror(f)) {
		perror(path);
		exit(1);
	}
	fclose(f);
	memcpy(exact, all, n);
	free(all);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 1;
}

/* How many files were run; -1 when path cannot be read. */
static int run_path(const char *path, int depth)
{
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int files = 0;

	if (stat(path, &st) || depth > DIR_DEPTH)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return run_file(path);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((e = readdir(dir))) {
		char below[4096];
		int n;

		if (e->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
		n = run_path(below, depth + 1);
		if (n < 0) {
			files = -1;
			break;
		}
		files += n;
	}
	closedir(dir);
	return files;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int n = run_path(argv[i], 0);

		if (n <= 0) {
			fprintf(stderr, "%s: no inputs\n", argv[i]);
			return 1;
		}
		total += n;
	}
	printf("%d inputs\n", total);
	return total ? 0 : 1;
}
