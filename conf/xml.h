/*
 * conf/xml.h - reads a document by a table (inside conf/ only)
 *
 * Nothing is fetched: no network, no document type, no entities.
 */
#pragma once

#include <libxml/tree.h>

#include "conf/report.h"
#include "conf/table.h"

struct conf_input {
	const char *text;
	size_t n;
	struct conf_report *report;
};

/* Reads a file of at most CONF_MAX_FILE octets.  0 and *text to be freed by
 * the caller, or a negative errno that is reported. */
int conf_file_read(const char *path, struct conf_report *report, char **text,
		   size_t *n);

/* Returns new (xmlFreeDoc), or NULL: reported. */
xmlDoc *conf_xml_parse(const struct conf_input *in);
/* Checks against a RELAX NG schema file.  0, -EINVAL, or -ENOENT when there is
 * no usable schema; reported. */
int conf_xml_validate(const struct conf_input *in, xmlDoc *doc,
		      const char *schema);

/* at: where a value that was written is stored. */
typedef void(conf_seen_h)(void *arg, const void *at, int line);

/* Reads the document into the zeroed struct at root.  0, or -EINVAL:
 * reported. */
int conf_xml_read(const struct conf_input *in, xmlDoc *doc,
		  const struct conf_spec *spec, void *root, conf_seen_h *seen,
		  void *arg);

/* The folder with schemas and package definitions: that of the sources for a
 * program inside a build tree, else the installed one.  out: CONF_PATH. */
void conf_data_path(const char *name, char *out);
