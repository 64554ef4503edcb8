/*
 * packet/fast_features.h - what a driver does with frames of XDP
 *
 * Asked of the kernel, which knows since Linux 6.3 (generic netlink, "netdev").
 * Before, frames in several buffers were not sent by another interface at all.
 *
 * Thread: control.
 */
#pragma once

#include <stdbool.h>

/* Does this interface send frames of others that lie in several buffers?  False:
 * it does not, or nobody knows: they would be lost without a trace. */
bool fast_sends_several(unsigned int ifindex);
