/* gateway/stats.c - counting what was answered */
#include "gateway/stats.h"

const uint32_t gw_setup_bound_ms[GW_SETUP_BUCKETS - 1] = {
	5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10000, 30000,
};

const char *gw_end_name(enum gw_end end)
{
	static const char *const names[] = {
		[GW_END_CONTROLLER] = "controller",
		[GW_END_SERVICE] = "out_of_service",
		[GW_END_LOSS] = "no_controller",
		[GW_END_DRAIN] = "drain",
		[GW_END_STOP] = "stop",
		[GW_END_OPERATOR] = "operator",
	};

	return end < GW_END__COUNT ? names[end] : "?";
}

const char *gw_end_text(enum gw_end end)
{
	static const char *const texts[] = {
		[GW_END_CONTROLLER] =
			"the controller subtracted its last termination",
		[GW_END_SERVICE] =
			"the controller took the gateway out of service",
		[GW_END_LOSS] =
			"there was no controller for context-lifetime-s",
		[GW_END_DRAIN] = "the time of a drain was over",
		[GW_END_STOP] = "the gateway was stopped",
		[GW_END_OPERATOR] = "an operator released it",
	};

	return end < GW_END__COUNT ? texts[end] : "?";
}

void gw_stats_setup(struct gw *gw, uint32_t ms)
{
	unsigned int i = 0;

	while (i < GW_SETUP_BUCKETS - 1 && ms > gw_setup_bound_ms[i])
		i++;
	gw->stats.setup[i]++;
	gw->stats.setup_ms += ms;
}

void gw_stats_error_in(struct gw *gw, uint16_t code)
{
	if (code < GW_MAX_ERROR_CODE)
		gw->stats.error_in[code]++;
}

void gw_stats_error(struct gw *gw, uint16_t code)
{
	if (code < GW_MAX_ERROR_CODE)
		gw->stats.error_code[code]++;
}
