/* h248/auth_key.c - secrets from files; see auth.h */
#include "h248/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 512 };

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* *n in half octets while they are read. */
static int read_hex(const char *text, size_t len, struct h248_auth_key *key)
{
	unsigned int n = 0;
	int digit;

	for (size_t i = 0; i < len; i++) {
		if (text[i] && strchr(" \t\r\n", text[i]))
			continue;
		digit = hex_digit(text[i]);
		if (digit < 0 || n >= 2 * H248_AUTH_MAX_SECRET)
			return -EINVAL;
		key->secret[n / 2] = (uint8_t)(key->secret[n / 2] << 4 | digit);
		n++;
	}
	key->n = n / 2;
	return n % 2 || key->n < H248_AUTH_MIN_SECRET ? -EINVAL : 0;
}

static int read_file(const char *path, char *text, size_t cap, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r = 0;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, text, cap);
	if (got < 0 || fstat(fd, &st))
		r = -errno;
	else if (!S_ISREG(st.st_mode) || (size_t)got == cap)
		r = -EINVAL;
	else if (st.st_mode & S_IRWXO)
		r = -EACCES;
	close(fd);
	*n = got > 0 ? (size_t)got : 0;
	return r;
}

int h248_auth_key_read(const char *path, struct h248_auth_key *key, char *err,
		       size_t cap)
{
	char text[MAX_FILE];
	size_t n = 0;
	int r = read_file(path, text, sizeof(text), &n);

	memset(key->secret, 0, sizeof(key->secret));
	key->n = 0;
	if (!r)
		r = read_hex(text, n, key);
	explicit_bzero(text, sizeof(text));
	if (!r)
		return 0;
	explicit_bzero(key->secret, sizeof(key->secret));
	key->n = 0;
	if (r == -EINVAL)
		snprintf(err, cap,
			 "key %s: it must hold %d to %d octets in hexadecimal",
			 path, H248_AUTH_MIN_SECRET, H248_AUTH_MAX_SECRET);
	else
		snprintf(err, cap, "key %s: %s", path,
			 r == -EACCES ? "everybody may read it" : strerror(-r));
	return r;
}
