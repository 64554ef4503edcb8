/*
 * gateway/sigs.h - the signals by which the process is told what to do
 *
 * SIGTERM and SIGINT end it, SIGHUP has it read its configuration again.  None
 * is ever lost: until they are events they end the program, and from the end of
 * the loop on they wait, so that nothing interrupts what is put back in order
 * then.
 */
#pragma once

#include <event2/event.h>

enum { GW_SIGS = 3 };

/*
 * The signals become events of base: stop, or reload, with arg.
 *
 * Returns: 0, or -ENOMEM; then gw_sigs_close() takes what is left.
 * Thread:  the control thread; the others have all signals blocked.
 */
int gw_sigs_open(struct event *sig[GW_SIGS], struct event_base *base,
		 event_callback_fn stop, event_callback_fn reload, void *arg);
/* They are blocked for the rest of the process, and no events any more. */
void gw_sigs_close(struct event *sig[GW_SIGS]);
