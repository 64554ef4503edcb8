/*
 * mgcsim/summary.h - one line per message, for people
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* " T=6 C=7001{notify ip/1/access/101 tcprv/syn}", and a line end. */
void summary_text(FILE *to, const char *buf, size_t n);
/* "   0.012 <- T=6 C=7001{notify ip/1/access/101 tcprv/syn}" */
void summary_print(FILE *to, uint64_t at_ms, bool is_out, const char *buf,
		   size_t n);
