/*
 * gateway/workers.h - how many packet workers the engine is to have
 *
 * The engine is shared: the most that a gateway asks for.  "auto" is as many as
 * there are processors that the process may use, within what the engine takes
 * and what the smallest range of ports allows.
 */
#pragma once

#include "conf/conf.h"

unsigned int gw_workers_of(const struct conf *conf);
