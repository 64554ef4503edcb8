/* h248/summary.h - a message in one line, for ladders and traces.  Thread: any. */
#pragma once

#include <stdio.h>

#include "h248/msg.h"

/* "T=3 C=$ Add ip/1/access/$": one line, no line end.  Names are as they were
 * sent: whoever shows it makes them safe. */
void h248_summary(FILE *out, const struct h248_msg *m);
