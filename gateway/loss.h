/*
 * gateway/loss.h - contexts that went while nobody was there to hear it
 *
 * Each is reported when there is a controller again: Forced 915 for all its
 * terminations, unless <service-change event="state-loss"> makes a Restart of
 * it, which says it in the registration (reference 3.2).
 */
#pragma once

#include "gateway/gw.h"

/* ctx is being released, and no controller asked for that. */
void gw_loss_note(struct gw *gw, uint32_t ctx);
/* Reports what is noted, some contexts in a transaction, one at a time.  Does
 * nothing without a controller. */
void gw_loss_report(struct gw *gw);
void gw_loss_fini(struct gw *gw);
