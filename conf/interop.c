/* conf/interop.c - the profiles; see interop.h */
#include "conf/interop.h"

#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/table.h"
#include "conf/value.h"

const struct conf_switch conf_switches[] = {
	{ "h248",
	  "version",
	  { "3", "3", "2" },
	  "2.5",
	  "highest version offered: Ia needs 3 for statistics of streams, Iq "
	  "is version 2" },
	{ "limits",
	  "transactions-per-message",
	  { "10", "1", "10" },
	  "2.5",
	  "more get error 413: Iq allows ten, Ia is used with one" },
	{ "interop",
	  "octet-strings",
	  { "plain", "plain", "plain" },
	  "1.3",
	  "the standard mirrors the bits of each octet, peers mostly do not; "
	  "ds/dscp and Failurecause of g/cause" },
	{ "interop",
	  "registration-header",
	  { "1", "1", "1" },
	  "3.3",
	  "version in the header of a registration: 1 can be read by everybody, "
	  "or the one that is offered" },
	{ "interop",
	  "wildcard-reply",
	  { "all", "all", "subtract" },
	  "2.5",
	  "which commands may have W-; another one gets error 501: on Iq only "
	  "Subtract has it" },
	{ "interop",
	  "priority",
	  { "accept", "accept", "accept" },
	  "2.5",
	  "context property PR, set or audited; refused with error 445" },
	{ "interop",
	  "emergency",
	  { "accept", "accept", "accept" },
	  "2.5",
	  "context property EG, likewise" },
	{ "interop",
	  "ieps",
	  { "accept", "refuse", "refuse" },
	  "2.5",
	  "context property IEPS, likewise: no part of Ia, and not in version "
	  "2" },
	{ "interop",
	  "unsupported",
	  { "own", "own", "445" },
	  "4.2",
	  "error of an Add or Modify with something optional that is not done: "
	  "445 and 501 as they come, or always the one; 29.334 has both" },
	{ "interop",
	  "sdp-brace",
	  { "escape", "escape", "escape" },
	  "1.11",
	  "a } in a line of SDP that is sent: written as \\}, which a widely "
	  "used scanner refuses, or the line is left out" },
	{ "interop",
	  "sdp-line-end",
	  { "as-is", "as-is", "as-is" },
	  "10",
	  "line ends of SDP that is sent: as it was received or made, or all "
	  "the same" },
	{ "interop",
	  "supervision",
	  { "asked", "asked", "asked" },
	  "3.7",
	  "silence of the controller is watched when it has asked for it/ito, "
	  "or always, with 120 s and RequestID 0" },
};

const unsigned int conf_n_switches =
	sizeof(conf_switches) / sizeof(*conf_switches);

/* <h248>, or a child of it; -1: none of them. */
static bool is_elem(const struct conf_spec *s, int elem, const char *name)
{
	const struct conf_elem *e = &s->elems[elem];

	return !strcmp(e->name, name) &&
	       (!strcmp(name, "h248") ||
		(e->parent >= 0 && !strcmp(s->elems[e->parent].name, "h248")));
}

static const struct conf_row *row_of(const struct conf_switch *sw)
{
	const struct conf_spec *s = &conf_spec_bgfd;

	for (unsigned int i = 0; i < s->n_rows; i++)
		if (!strcmp(s->rows[i].name, sw->attr) &&
		    is_elem(s, s->rows[i].elem, sw->elem))
			return &s->rows[i];
	abort(); /* a name in the table above is wrong */
}

void conf_interop_apply(const struct conf *c, struct conf_h248 *h)
{
	const struct conf_elem *elems = conf_spec_bgfd.elems;
	char why[CONF_VALUE_TEXT];

	for (unsigned int i = 0; i < conf_n_switches; i++) {
		const struct conf_switch *sw = &conf_switches[i];
		const struct conf_row *row = row_of(sw);
		char *base = (char *)h;

		if (strcmp(sw->elem, "h248"))
			base += elems[row->elem].offset;
		if (!conf_line(c, base + row->offset) &&
		    conf_value_set(row, base, sw->value[h->profile_kind], why))
			abort();
	}
}
