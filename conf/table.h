/*
 * conf/table.h - the form of a file, as tables (inside conf/ only)
 *
 * One row per element and one per attribute.  The same rows drive reading,
 * defaults, messages, and the dump: what the tables do not name does not
 * exist.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_kind {
	CONF_TEXT,     /* char[size]; min, max: length */
	CONF_NUMBER,   /* integer of size octets; min, max: value */
	CONF_WORD,     /* index of words, in size octets */
	CONF_ENDPOINT, /* struct sockaddr_storage; aux: port when none is
			* written, 0: 2944; default "": AF_UNSPEC */
	CONF_PREFIX,   /* struct conf_prefix */
	CONF_PROFILE,  /* "NAME/VERSION": char[size], and uint8_t at aux */
};

struct conf_elem {
	const char *name;
	int parent;            /* index of an element; -1: document */
	unsigned int min, max; /* how often in one parent */
	size_t offset;         /* its struct, or the first, in the parent's */
	size_t stride;         /* octets to the next; 0: there is only one */
	size_t count;          /* the counter in the parent's, with stride */
	size_t line;           /* an int in its own struct; 0: none */
	const char *example;   /* when one is missing */
	/* Instead of offset: the struct of a new instance; NULL: no memory. */
	void *(*open)(void *parent, int elem);
};

struct conf_row {
	int elem; /* index of an element */
	const char *name;
	enum conf_kind kind;
	size_t offset, size; /* in the struct of the element */
	int64_t min, max;
	const char *const *words; /* NULL at the end */
	const char *chars;        /* of a text, beside letters and digits; NULL:
				* any printable character */
	size_t aux;
	const char *value; /* default; NULL: the attribute must be there */
	const char *help;  /* an example or a unit */
};

struct conf_spec {
	const struct conf_elem *elems;
	int n_elems;
	const struct conf_row *rows;
	unsigned int n_rows;
	/* An element whose tags may be left out when there is only one: what
	 * it holds may stand in its parent.  0: none. */
	int implied;
};

extern const struct conf_spec conf_spec_bgfd; /* over struct conf */

/* Whether a new value takes effect while bgfd runs. */
bool conf_row_is_live(const struct conf_row *row);

extern const char *const conf_yes_no[]; /* "no", "yes" */
