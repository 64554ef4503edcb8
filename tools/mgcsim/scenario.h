/*
 * mgcsim/scenario.h - a scenario file, loaded and checked
 */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

enum { SCENARIO_MAX_FILES = 64, SCENARIO_PATH = 256 };

/* A file that a <call scenario=""> names, or the one that was asked for. */
struct scenario_file {
	xmlDoc *doc; /* owned */
	char path[SCENARIO_PATH];
};

struct scenario {
	const char *name; /* in the first file */
	struct scenario_file file[SCENARIO_MAX_FILES];
	unsigned int n_files;
};

/*
 * Read a scenario and what it calls, check each against scenario.rng, which
 * stands in the folder of the file or in the one above unless schema names
 * another, and whatever else can be said before it is played.
 *
 * Returns: 0, or -EINVAL with "FILE:LINE: what" in err.
 */
int scenario_load(struct scenario *s, const char *path, const char *schema,
		  char *err, size_t cap);
void scenario_fini(struct scenario *s);

/* answers="manual": requests wait for the <reply> of a step. */
bool scenario_is_manual(const struct scenario *s);
/* The first of the steps inside an element, and the step after one; NULL: no
 * more.  Parts that are no steps (<procedure>, <else>, ...) are passed over. */
xmlNode *scenario_inside(const xmlNode *parent);
xmlNode *scenario_next(const xmlNode *step);
xmlNode *scenario_first(const struct scenario *s);
/* The part of this name in an element, e.g. its <else>, or NULL. */
xmlNode *scenario_part(const xmlNode *parent, const char *element);
/* What a <call> plays: its element, or NULL. */
xmlNode *scenario_called(const struct scenario *s, const xmlNode *call);

/* "session.xml:17": where an element stands, also in a part. */
void scenario_where(const struct scenario *s, const xmlNode *node, char *buf,
		    size_t cap);
long scenario_line(const xmlNode *node);
const char *scenario_path(const struct scenario *s, const xmlNode *node);
/* Attribute by name: returns new (xmlFree), or NULL. */
char *scenario_attr(const xmlNode *node, const char *name);

/* lint.c: false, and "FILE:LINE: what" in err, when a file cannot work. */
bool scenario_lint(const struct scenario *s, const xmlDoc *doc, char *err,
		   size_t cap);
