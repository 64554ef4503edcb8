/*
 * gateway/log_sink.h - where lines of the log go, without anybody waiting
 *
 * A slow or stopped reader of stderr, or of the journal, must not delay H.248:
 * lines are put into a ring of fixed size, and a thread of its own, which may
 * wait as long as it likes, writes them.  A line that finds no room is lost, and
 * counted.  Without a thread, lines for stderr are written at once (before
 * gw_sink_start(), after gw_sink_stop(), and in tests), and there is no journal.  Thread: control.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gw_sink_to {
	GW_SINK_STDERR,
	GW_SINK_JOURNAL, /* a datagram to the socket of the journal */
};

enum {
	GW_SINK_OCTETS = 1 << 19, /* of the ring */
	GW_SINK_LINE = 1 << 15,   /* longest line */
};

/*
 * Begins the thread.  fd: what stands for stderr; journal: path of the socket,
 * NULL: the one of systemd.  A journal that does not take a line, as one that
 * is not there, loses it.
 *
 * Returns: 0, or a negative errno: then there is no thread.
 */
int gw_sink_start(int fd, const char *journal);

/* n octets, at most GW_SINK_LINE. */
void gw_sink_put(enum gw_sink_to to, const char *buf, size_t n);
/* Whether a line of n octets would find room. */
bool gw_sink_has_room(size_t n);
/* Whether the socket of the journal is there. */
bool gw_sink_has_journal(void);

/* Lines lost since the start of the process. */
uint64_t gw_sink_lost(void);

/* Waits for what is in the ring, at most so long, and ends the thread.  false:
 * somebody does not take it; the thread waits on, and the process may end all
 * the same, or call this again. */
bool gw_sink_stop(unsigned int wait_ms);
