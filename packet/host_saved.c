/* packet/host_saved.c - see host_saved.h */
#include "packet/host_saved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line of the file: path, what it was, what it is if nobody has changed it
 * since; separated by blanks. */
enum { PATH_OCTETS = 128, VALUE_OCTETS = 32 };

int pkt_saved_read(const char *path, char *buf, unsigned int cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, cap - 1);
	n = n < 0 ? -errno : n;
	close(fd);
	if (n < 0)
		return (int)n;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

static int write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	n = n < 0 ? -errno : 0;
	close(fd);
	return (int)n;
}

/* The directory is that of the control socket, which comes later. */
static void make_directory(const char *file)
{
	char dir[256];

	snprintf(dir, sizeof(dir), "%s", file);
	if (strrchr(dir, '/') && strrchr(dir, '/') != dir) {
		*strrchr(dir, '/') = '\0';
		(void)mkdir(dir, 0755); /* open() says what is wrong */
	}
}

void pkt_saved_keep(const char *file, const char *path, const char *was,
		    const char *then)
{
	int fd;

	if (!file[0])
		return;
	make_directory(file);
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return;
	dprintf(fd, "%s %s %s\n", path, was, then);
	close(fd);
}

int pkt_saved_set(const char *file, const char *path, const char *value)
{
	char was[VALUE_OCTETS];

	if (!pkt_saved_read(path, was, sizeof(was))) {
		if (!strcmp(was, value))
			return 0;
		pkt_saved_keep(file, path, was, value);
	}
	return write_value(path, value);
}

static bool is_ours(const char *path)
{
	return !strncmp(path, "/proc/sys/net/", 14) && !strstr(path, "/..");
}

static void restore_line(const char *line)
{
	char path[PATH_OCTETS], was[VALUE_OCTETS], then[VALUE_OCTETS];
	char now[VALUE_OCTETS];

	if (sscanf(line, "%127s %31s %31s", path, was, then) != 3 ||
	    !is_ours(path))
		return;
	/* The interface may be gone. */
	if (!pkt_saved_read(path, now, sizeof(now)) && !strcmp(now, then))
		(void)write_value(path, was);
}

bool pkt_saved_restore(const char *file)
{
	char line[256];
	FILE *f;
	int fd;

	if (!file[0])
		return false;
	fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		restore_line(line);
	fclose(f);
	(void)unlink(file);
	return true;
}
