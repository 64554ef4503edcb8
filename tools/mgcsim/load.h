/*
 * mgcsim/load.h - when each call begins, and how long everything took
 *
 * Calls begin when their time has come, however slow the gateway is; what is
 * measured of a call, and of its first request, counts from that time and not
 * from when we got round to it.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "tools/mgcsim/hist.h"
#include "tools/mgcsim/vars.h"

enum { LOAD_MAX_SERIES = 16 };

struct load_params {
	double rate;             /* calls per second, once the ramp is over */
	double ramp_s;           /* from none to rate, evenly */
	unsigned long calls;     /* in all */
	unsigned int concurrent; /* at once; 0: any number */
};

struct load_series {
	char name[VARS_NAME]; /* of <send as="">, or "call" */
	struct hist hist;
};

struct load {
	struct load_params p;
	uint64_t t0_us; /* of the schedule; CLOCK_MONOTONIC */
	unsigned long n_begun, n_pass, n_fail;
	unsigned int n_playing, max_playing;
	uint64_t max_late_us; /* behind the schedule */
	uint64_t end_us;      /* of the last call so far */
	struct load_series series[LOAD_MAX_SERIES]; /* 0: whole calls */
	unsigned int n_series;
};

void load_init(struct load *l, const struct load_params *p);
/* How many calls begin in so many seconds. */
unsigned long load_calls(const struct load_params *p, double seconds);
/* When the i-th begins, from 0, in microseconds after the start. */
uint64_t load_due_us(const struct load_params *p, unsigned long i);
void load_note(struct load *l, const char *name, uint64_t us);
/* One line on how it stands, or the whole table. */
void load_print_line(const struct load *l, uint64_t now_us, FILE *to);
void load_print(const struct load *l, uint64_t now_us, FILE *to);
