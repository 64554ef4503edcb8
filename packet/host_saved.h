/*
 * packet/host_saved.h - kernel settings that are put back at the end
 *
 * What a setting was is written to a file before it is changed, so that the
 * run after one that was killed can still put it back.  A setting that somebody
 * has changed meanwhile is his, and stays.  Thread: control, at start and stop.
 */
#pragma once

#include <stdbool.h>

/* Files below /proc/sys/net only. */

/*
 * Sets path to value, unless it is that already; file "": without keeping what
 * it was.
 *
 * Returns: 0, or a negative errno of path; a file that cannot be written is no
 *          error, then the setting stays changed at the end.
 */
int pkt_saved_set(const char *file, const char *path, const char *value);

/* Keeps that path, which is `was` now, will be `then` when what was set before
 * it is put back: then it is to be `was` again. */
void pkt_saved_keep(const char *file, const char *path, const char *was,
		    const char *then);

/* The first line of path into buf, without its end.  0, or a negative errno. */
int pkt_saved_read(const char *path, char *buf, unsigned int cap);

/* Puts back what file says, in its order, and removes it.  Whether there was
 * one. */
bool pkt_saved_restore(const char *file);
