/* mgcsim/load.c - see load.h */
#include "tools/mgcsim/load.h"

#include <math.h>
#include <string.h>

void load_init(struct load *l, const struct load_params *p)
{
	memset(l, 0, sizeof(*l));
	l->p = *p;
	l->n_series = 1;
	snprintf(l->series[0].name, sizeof(l->series[0].name), "call");
}

/* Calls begun in the ramp: the rate rises from 0. */
static double in_ramp(const struct load_params *p)
{
	return p->rate * p->ramp_s / 2;
}

unsigned long load_calls(const struct load_params *p, double seconds)
{
	double n = seconds < p->ramp_s ?
			   p->rate * seconds * seconds / (2 * p->ramp_s) :
			   in_ramp(p) + (seconds - p->ramp_s) * p->rate;

	return (unsigned long)ceil(n);
}

uint64_t load_due_us(const struct load_params *p, unsigned long i)
{
	double n = (double)i;
	double s = n < in_ramp(p) ? sqrt(2 * n * p->ramp_s / p->rate) :
				    p->ramp_s + (n - in_ramp(p)) / p->rate;

	return (uint64_t)(s * 1e6);
}

void load_note(struct load *l, const char *name, uint64_t us)
{
	unsigned int i = 0;

	while (i < l->n_series && strcmp(l->series[i].name, name))
		i++;
	if (i == LOAD_MAX_SERIES)
		return;
	if (i == l->n_series) {
		snprintf(l->series[i].name, sizeof(l->series[i].name), "%s",
			 name);
		l->n_series++;
	}
	hist_add(&l->series[i].hist, us);
}

static double seconds(uint64_t us)
{
	return (double)us / 1e6;
}

static double ms_of(const struct hist *h, unsigned int permille)
{
	return (double)hist_permille(h, permille) / 1000;
}

void load_print_line(const struct load *l, uint64_t now_us, FILE *to)
{
	const struct hist *h = &l->series[0].hist;

	fprintf(to,
		"%7.1f s: %lu begun, %u playing, %lu passed, %lu failed; "
		"call p50 %.1f ms, p99 %.1f ms; %.1f ms late\n",
		seconds(now_us - l->t0_us), l->n_begun, l->n_playing, l->n_pass,
		l->n_fail, ms_of(h, 500), ms_of(h, 990),
		(double)l->max_late_us / 1000);
}

static void print_series(const struct load_series *s, FILE *to)
{
	const struct hist *h = &s->hist;

	fprintf(to, "%-16s %9llu %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f\n",
		s->name, (unsigned long long)h->n, (double)h->min_us / 1000,
		ms_of(h, 500), ms_of(h, 900), ms_of(h, 990), ms_of(h, 999),
		(double)h->max_us / 1000);
}

void load_print(const struct load *l, uint64_t now_us, FILE *to)
{
	/* None may have ended. */
	double s = now_us > l->t0_us ? seconds(now_us - l->t0_us) : 0;

	fprintf(to,
		"load: %lu calls begun in %.1f s (%.1f a second), %lu passed, "
		"%lu failed\n",
		l->n_begun, s, s > 0 ? (double)l->n_begun / s : 0.0, l->n_pass,
		l->n_fail);
	fprintf(to,
		"      %u at once at most, the latest began %.1f ms after its "
		"time\n",
		l->max_playing, (double)l->max_late_us / 1000);
	fprintf(to, "%-16s %9s %9s %9s %9s %9s %9s %9s\n", "milliseconds",
		"number", "min", "p50", "p90", "p99", "p99.9", "max");
	for (unsigned int i = 0; i < l->n_series; i++)
		print_series(&l->series[i], to);
	fflush(to);
}
