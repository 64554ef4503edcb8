/* gateway/loss.c - see loss.h */
#include "gateway/loss.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "gateway/log.h"

enum {
	PER_REPORT = 16,  /* contexts: below 1000 octets of text */
	ROOM_AT_ONCE = 64 /* ids; doubled when they are used up */
};

static bool make_room(struct gw_losses *l)
{
	uint32_t room = l->room ? l->room * 2 : ROOM_AT_ONCE;
	uint32_t *id = l->n < l->room ? l->id : NULL;

	if (id)
		return true;
	id = realloc(l->id, room * sizeof(*id));
	if (!id)
		return false;
	l->id = id;
	l->room = room;
	return true;
}

void gw_loss_note(struct gw *gw, uint32_t ctx)
{
	struct gw_about at = gw_about_gw(gw);

	at.ctx = ctx;
	h248_assoc_lost_state(gw->assoc);
	if (h248_assoc_change_of(gw->assoc, H248_CHANGE_LOSS).method ==
	    H248_SC_RESTART)
		return;
	if (make_room(&gw->losses))
		gw->losses.id[gw->losses.n++] = ctx;
	else
		gw_log(GW_LOG_SESSION | LOG_ERR, &at,
		       "no memory to report the loss");
}

/* Whatever it says: it has heard it.  Nothing: the next one hears it. */
static void on_answer(void *arg, int err, const struct h248_txn *reply)
{
	struct gw *gw = arg;
	struct gw_losses *l = &gw->losses;

	(void)reply;
	if (!err) {
		l->n -= l->n_out;
		memmove(l->id, l->id + l->n_out, l->n * sizeof(l->id[0]));
	}
	l->n_out = 0;
	if (!err)
		gw_loss_report(gw);
}

void gw_loss_report(struct gw *gw)
{
	struct gw_losses *l = &gw->losses;
	struct h248_report r = {
		.what = H248_CHANGE_LOSS,
		.term = "*",
		.ctx = H248_CTX_ID,
		.ctx_ids = l->id,
		.n_ctx_ids = l->n < PER_REPORT ? l->n : PER_REPORT,
	};

	if (!r.n_ctx_ids || l->n_out)
		return;
	if (!h248_assoc_report(gw->assoc, &r, on_answer, gw, gw_now_ms()))
		l->n_out = r.n_ctx_ids;
}

void gw_loss_fini(struct gw *gw)
{
	free(gw->losses.id);
	memset(&gw->losses, 0, sizeof(gw->losses));
}
