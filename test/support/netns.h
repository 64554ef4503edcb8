/*
 * test/support/netns.h - a network namespace of a test's own, where it may be
 *
 * Not without root, and root may not everywhere either: not in most containers.
 */
#pragma once

#include <stdbool.h>

/*
 * This process enters a new network namespace, whose loopback interface is up.
 *
 * Returns: false when that is not permitted here: a line says "skipped: " and
 *          why.  Any other failure is one of the test.
 */
bool netns_enter(void);
