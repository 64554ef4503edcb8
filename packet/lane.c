/* packet/lane.c - see lane.h */
#include "packet/lane.h"

#include <assert.h>
#include <errno.h>

enum {
	SPARE_PLACES = 256, /* Adds and reads on their way */
	CMD_SLOTS = 1024,
	EVT_SLOTS = 4096,
};

static int make_rings(struct pkt_lane *l, uint32_t max_rendezvous)
{
	l->places =
		max_rendezvous * PKT_LEGS * PKT_LANE_GATE_PLACES + SPARE_PLACES;
	l->cmds = pkt_ring_new(CMD_SLOTS, sizeof(struct pkt_cmd));
	l->backlog = pkt_backlog_new(l->places, sizeof(struct pkt_cmd));
	l->evts = pkt_ring_new(EVT_SLOTS, sizeof(struct pkt_evt));
	return l->cmds && l->backlog && l->evts ? 0 : -ENOMEM;
}

int pkt_lane_open(struct pkt_lane *l, const struct pkt_worker_cfg *cfg)
{
	struct pkt_worker_cfg own = *cfg;
	int rc = make_rings(l, cfg->max_rendezvous);

	own.cmds = l->cmds;
	own.evts = l->evts;
	if (!rc)
		rc = pkt_worker_new(&own, &l->worker);
	if (!rc)
		rc = pkt_worker_start(l->worker);
	l->is_running = !rc;
	return rc;
}

void pkt_lane_stop(struct pkt_lane *l)
{
	if (l->is_running)
		pkt_worker_stop(l->worker);
	l->is_running = false;
}

void pkt_lane_close(struct pkt_lane *l)
{
	pkt_worker_free(l->worker);
	pkt_ring_free(l->cmds);
	pkt_backlog_free(l->backlog);
	pkt_ring_free(l->evts);
}

bool pkt_lane_has_places(const struct pkt_lane *l, uint32_t n)
{
	return l->held + n <= l->places;
}

void pkt_lane_take(struct pkt_lane *l, uint32_t n)
{
	assert(pkt_lane_has_places(l, n));
	l->held += n;
}

void pkt_lane_give(struct pkt_lane *l, uint32_t n)
{
	assert(l->held >= n);
	l->held -= n;
}

void pkt_lane_send(struct pkt_lane *l, const struct pkt_cmd *cmd)
{
	bool is_pushed = pkt_backlog_push(l->backlog, l->cmds, cmd);

	assert(is_pushed); /* places are counted */
	(void)is_pushed;
	l->is_wake_due = true;
}

void pkt_lane_flush(struct pkt_lane *l)
{
	if (l->is_wake_due)
		pkt_worker_wake(l->worker);
	l->is_wake_due = false;
}

bool pkt_lane_next(struct pkt_lane *l, struct pkt_evt *evt)
{
	return pkt_ring_pop(l->evts, evt);
}

void pkt_lane_drain(struct pkt_lane *l)
{
	if (pkt_backlog_drain(l->backlog, l->cmds))
		pkt_worker_wake(l->worker);
}
