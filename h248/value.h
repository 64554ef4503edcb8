/*
 * h248/value.h - text of a value against its data type (H.248.1 B.2)
 *
 * Inside libh248 only.
 */
#pragma once

#include "h248/desc.h"
#include "h248/pkg.h"

/* The code with which a controller is told: 0, 449 or 454. */
uint16_t h248_value_judge(const struct h248_item *item,
			  const struct h248_value *v);
