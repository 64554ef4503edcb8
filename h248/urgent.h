/*
 * h248/urgent.h - requests that are served when there is room for no other
 *
 * They make room, or ask whether we are alive (h248.md 3.7).  Pure; thread:
 * any.
 */
#pragma once

#include "h248/msg.h"

/* An action of Subtracts, or one that audits ROOT for nothing ("AT{}"). */
bool h248_action_is_urgent(const struct h248_action *a);
/* A request of such actions only. */
bool h248_txn_is_urgent(const struct h248_txn *txn);
