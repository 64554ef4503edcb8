/*
 * gateway/ctl.h - the control socket, for operators
 *
 * A Unix stream socket: one request is one line with one JSON object, the
 * answer one JSON document in one line.  docs/bgfctl.md names the requests
 * and the members of the answers.  What a client can cost is bounded: length
 * of a request, octets waiting to be read, time without progress, number of
 * clients, and time in one turn of the loop (decision 24).
 *
 * Thread: control.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct gw_host;
struct gw_ctl; /* opaque */

/* Set in the token of each pkt_gate_read() of the control socket: whoever
 * takes PKT_EVT_DONE from the engine hands those to gw_ctl_read_done(). */
#define GW_CTL_TOKEN (UINT64_C(1) << 63)

/*
 * Listen on `path` with host->base.  Its directory is made if it is missing; a
 * socket file that nobody listens on is replaced; mode 0660.  From here on
 * the process ignores SIGPIPE.
 *
 * Out:     *out, new
 * Returns: 0, or a negative errno with one line in err (cap octets): -EADDRINUSE
 *          another process serves this path, -ENAMETOOLONG, -EEXIST the path
 *          is a file of another kind
 */
int gw_ctl_new(struct gw_host *host, const char *path, struct gw_ctl **out,
	       char *err, size_t cap);
/* A gate was read, and the stat of its stream is up to date.  A token that is
 * not known (any more) is ignored; ctl NULL is fine. */
void gw_ctl_read_done(struct gw_ctl *ctl, uint64_t token);
/* Closes the clients and removes the socket file.  NULL is fine. */
void gw_ctl_free(struct gw_ctl *ctl);
