/*
 * gateway/overload.h - more work than can be done: tell, then refuse
 *
 * The gauge is the number of transactions that wait or are being executed, as
 * a part of the queue that is configured.  It is that number and no delay:
 * a count is memory, is the same on every machine, and is not moved by one
 * long audit or by a clock.  It rises through three thresholds and falls back
 * through them later (hysteresis):
 *
 *	notify       ocp/mg_overload and chp/mgcon on ROOT, to who asked
 *	refuse-adds  transactions that make a context are refused
 *	refuse-all   only Subtract, audits, ServiceChange and calls that go
 *	             first are served
 *
 * Who goes first is the same as for the reserves (gateway/admission.h).  From
 * the first threshold on releases, heartbeats and these are served in front of
 * all others; before it order is kept.  Thread: control.
 */
#pragma once

#include "gateway/gw.h"
#include "h248/msg.h"

/* What a transaction is, for admission to the queue. */
enum gw_work {
	GW_WORK_FRONT, /* releases, heartbeats, emergencies */
	GW_WORK_KEEP,  /* audits, ServiceChange, among releases or not */
	GW_WORK_OTHER,
	GW_WORK_NEW, /* makes a context */
};

enum gw_work gw_overload_work(const struct gw *gw, const struct h248_txn *req);
/* A transaction has come: 0, or the code it is to be refused with at once.
 * Tells the controller when it is to be told. */
uint16_t gw_overload_judge(struct gw *gw, enum gw_work work);
/* The number of jobs has changed. */
void gw_overload_look(struct gw *gw);
/* The controller has set Events of ROOT: it knows nothing yet. */
void gw_overload_watch(struct gw *gw);

/* When gw_overload_tick() is due, monotonic; UINT64_MAX: never. */
uint64_t gw_overload_next_us(const struct gw *gw);
void gw_overload_tick(struct gw *gw);

/* Of the queue, in percent; over 100 when only what goes first comes in. */
unsigned int gw_overload_percent(const struct gw *gw);
const char *gw_overload_level_name(enum gw_level level);
