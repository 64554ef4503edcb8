/*
 * test/support/rdv_cfg.h - the timers of docs/rendezvous.md 2.4, for tests
 */
#pragma once

/* Members of struct pkt_rdv_cfg; T_wait is each test's own. */
#define RDV_CFG_TIMERS                                               \
	.tidle_s = 7440, .thalf_s = 30, .tfin_s = 120, .trst_s = 30, \
	.tfresh_ms = 3000, .tts_ms = 1000, .tgrace_ms = 1500, .syn_rate = 5
