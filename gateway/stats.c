/* gateway/stats.c - counting what was answered */
#include "gateway/stats.h"

const uint32_t gw_setup_bound_us[GW_TIME_BUCKETS - 1] = {
	5000,   10000,   25000,   50000,    100000,   250000,
	500000, 1000000, 2500000, 10000000, 30000000,
};
const uint32_t gw_txn_bound_us[GW_TIME_BUCKETS - 1] = {
	100, 250, 500, 1000, 2500, 5000, 10000, 50000, 100000, 500000, 2500000,
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

static void count(struct gw_times *t, const uint32_t *bound_us, uint64_t us)
{
	unsigned int i = 0;

	while (i < GW_TIME_BUCKETS - 1 && us > bound_us[i])
		i++;
	t->n[i]++;
	t->sum_us += us;
}

void gw_stats_setup(struct gw *gw, uint32_t ms)
{
	count(&gw->stats.setup, gw_setup_bound_us, ms * UINT64_C(1000));
}

void gw_stats_txn(struct gw *gw, uint64_t us)
{
	count(&gw->stats.txn, gw_txn_bound_us, us);
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
