/*
 * gateway/log_msg.h - the log of H.248 messages: direction, peer, size
 *
 * A part of the log with a level of its own: one line for each message at
 * `info`, with the message itself at `debug`.  What must stay secret is not in
 * it.  Thread: control.
 */
#pragma once

#include <sys/socket.h>

#include "gateway/log.h"

/* is_out: sent; peer: the other side.  Costs nothing when it is not wanted. */
void gw_log_message(const struct gw *gw, bool is_out,
		    const struct sockaddr_storage *peer, const char *buf,
		    size_t n);

/* Puts asterisks over the ICV of an authentication header and over keys in SDP
 * (k=, and inline: of a=crypto); the length stays. */
void gw_log_mask(char *buf, size_t n);

/* The first transaction of a message; 0: it cannot be told. */
uint32_t gw_log_transaction(const char *buf, size_t n);
