/*
 * test/support/lab_config.h - an engine between two interfaces of this host
 *
 * Realms "access" and "core" on vacc and vcor, which the test makes, in a network
 * namespace of its own; 198.51.100.0/30 and 10.77.2.64/30, all ports from 16384.
 */
#pragma once

#include "packet/engine.h"

/* Room for 16 rendezvous. */
struct pkt_engine_cfg lab_config(unsigned int n_workers);
