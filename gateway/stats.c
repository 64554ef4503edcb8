/* gateway/stats.c - counting what was answered */
#include "gateway/stats.h"

void gw_stats_error(struct gw *gw, uint16_t code)
{
	if (code < GW_MAX_ERROR_CODE)
		gw->stats.error_code[code]++;
}
