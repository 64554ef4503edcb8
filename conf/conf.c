/* conf/conf.c - see conf.h */
#include "conf/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/xml.h"

static void seen(void *arg, const void *at, int line)
{
	struct conf *c = arg;

	if (c->n_origins < CONF_MAX_ORIGINS)
		c->origin[c->n_origins++] = (struct conf_origin) {
			(uint32_t)((const char *)at - (const char *)c), line
		};
}

static int load(const struct conf_input *in, struct conf *c)
{
	char schema[CONF_PATH];
	xmlDoc *doc = conf_xml_parse(in);
	int rc;

	if (!doc)
		return -EINVAL;
	rc = conf_xml_read(in, doc, &conf_spec_bgfd, c, seen, c);
	if (rc)
		goto out;
	conf_data_path("bgfd.rng", schema);
	rc = conf_xml_validate(in, doc, schema);
	if (rc)
		goto out;
	conf_derive(c);
	rc = conf_check(c, in->report);
out:
	xmlFreeDoc(doc);
	return rc;
}

int conf_load_memory(const char *text, size_t n, const char *path,
		     struct conf *out, char *err, size_t cap)
{
	struct conf *c = calloc(1, sizeof(*c));
	struct conf_report report;
	struct conf_input in = { text, n, &report };
	int rc;

	conf_report_init(&report, path, err, cap);
	if (!c || n > CONF_MAX_FILE) {
		rc = c ? -EFBIG : -ENOMEM;
		conf_report_add(&report, 0, "%s", strerror(-rc));
		goto out;
	}
	strncpy(c->path, path, sizeof(c->path) - 1);
	rc = load(&in, c);
	if (!rc)
		*out = *c;
out:
	free(c);
	return rc;
}

int conf_load(const char *path, struct conf *out, char *err, size_t cap)
{
	struct conf_report report;
	char *text = NULL;
	size_t n = 0;
	int rc;

	conf_report_init(&report, path, err, cap);
	rc = conf_file_read(path, &report, &text, &n);
	if (!rc)
		rc = conf_load_memory(text, n, path, out, err, cap);
	free(text);
	return rc;
}
