/*
 * mgcsim/flow.h - branches, loops and calls: which step is next
 */
#pragma once

#include <libxml/tree.h>

#include "tools/mgcsim/vars.h"

enum { FLOW_MAX_DEPTH = 48, FLOW_LIMIT = 100000 };

struct run;

enum flow_kind { FLOW_BLOCK, FLOW_WHILE, FLOW_REPEAT, FLOW_CALL };

/* A part that is being played, inside another. */
struct flow_frame {
	enum flow_kind kind;
	xmlNode *owner; /* goes on behind it when the part is over */
	unsigned long count, times;
	struct vars *saved; /* owned; what <with> has replaced; NULL: none */
};

struct flow {
	struct flow_frame frame[FLOW_MAX_DEPTH];
	unsigned int depth;
	bool is_jump;  /* a step has said which is next */
	xmlNode *jump; /* NULL: the end of the part */
};

/* The step after the current one, which is done.  NULL: there is none, or the
 * run has failed. */
xmlNode *flow_next(struct run *run);
/* The next step is the first of this part of a step. */
void flow_enter(struct run *run, xmlNode *owner, xmlNode *part);
void flow_fini(struct flow *flow);
