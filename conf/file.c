/* conf/file.c - files of the disk, and where the shipped ones are */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/xml.h"

static int slurp(FILE *f, char *text, size_t cap, size_t *n)
{
	errno = 0;
	*n = fread(text, 1, cap, f);
	if (ferror(f))
		return errno ? -errno : -EIO;
	return *n == cap ? -EFBIG : 0;
}

int conf_file_read(const char *path, struct conf_report *report, char **text,
		   size_t *n)
{
	FILE *f = fopen(path, "re");
	int rc = f ? 0 : -errno;
	char *buf = NULL;

	if (rc)
		goto out;
	buf = malloc(CONF_MAX_FILE + 1);
	rc = buf ? slurp(f, buf, CONF_MAX_FILE + 1, n) : -ENOMEM;
	if (rc)
		goto out;
	*text = buf;
	buf = NULL;
out:
	if (rc)
		conf_report_add(report, 0, "cannot be read: %s", strerror(-rc));
	free(buf);
	if (f)
		fclose(f);
	return rc;
}

/* Whether this program was started from below the folder of the sources. */
static bool in_build_tree(void)
{
	static const char source[] = CONF_SOURCE_DIR;
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	size_t root = strrchr(source, '/') - source + 1;

	return n > (ssize_t)root && !memcmp(exe, source, root);
}

void conf_data_path(const char *name, char *out)
{
	const char *dir[] = { CONF_DATA_DIR, CONF_SOURCE_DIR };
	unsigned int first = in_build_tree();

	snprintf(out, CONF_PATH, "%s/%s", dir[first], name);
	if (access(out, R_OK))
		snprintf(out, CONF_PATH, "%s/%s", dir[!first], name);
	if (access(out, R_OK))
		snprintf(out, CONF_PATH, "%s/%s", dir[first], name);
}
