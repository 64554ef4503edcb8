/*
 * mgcsim/capture.h - the messages of plays that failed, as a capture file
 *
 * Messages stand in packets of UDP, or of TCP with TPKT, between the addresses
 * they went between, so that any analyser decodes them; of TLS that is what was
 * inside.  The packets are made up: what the network did to them is not shown.
 * Each has a comment: the step of the scenario that sent or expected it, the
 * message in a line, and behind the last one why the play failed.
 */
#pragma once

#include "tools/mgcsim/scenario.h"
#include "tools/mgcsim/sim.h"
#include "tools/mgcsim/verdict.h"

struct capture; /* opaque */

/* A file of that name, of an earlier time, is removed; the new one is made with
 * the first play.  path is borrowed.  NULL: memory. */
struct capture *capture_new(const char *path);
/* What is in the record of this play (v->user) and of nobody in particular, as
 * an interface of its own.  c: NULL does nothing. */
void capture_play(struct capture *c, const struct sim *sim,
		  const struct scenario *scenario, const struct verdict *v);
/* Returns: 0, or -EIO when something could not be written. */
int capture_end(struct capture *c); /* frees it; NULL: 0 */
