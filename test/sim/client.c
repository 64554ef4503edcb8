/* test/sim/client.c - see client.h */
#include "test/sim/client.h"

#include <string.h>

#include "test/sim/must.h"

enum {
	SEGMENT = 200, /* octets, the most it sends at once */
	FLIGHT = 4,    /* segments */
	SYN_TRIES = 7, /* then it gives up; as Linux */
	TRIES = 8,
	WINDOW = 29200,
	NEXT_LIFE = 1 << 24, /* how far its next ISN is */
};

#define MS 1000ull
#define RTO (300 * MS)
#define SYN_RTO (1000 * MS)
#define CHALLENGE (500 * MS)

/* The octet at this place of the stream; every life has its own. */
static uint8_t octet_of(const struct sim_client *c, unsigned int life,
			uint32_t at)
{
	return (uint8_t)((at * 2654435761u >> 11) + at + life * 83 +
			 c->leg * 41);
}

static uint32_t ts_now(const struct sim_client *c, uint64_t now_us)
{
	return (uint32_t)(now_us / MS) + c->plan.isn;
}

static uint32_t own_isn(const struct sim_client *c)
{
	return c->isn[c->life];
}

/* ---- what it sends ---- */

static void emit(struct sim_client *c, uint8_t flags, uint32_t seq, size_t n,
		 uint64_t now_us)
{
	struct pkt_tx tx = {
		.src = c->addr,
		.dst = c->gate,
		.sport = c->plan.port,
		.dport = c->gate_port,
		.family = AF_INET,
		.flags = flags,
		.window = WINDOW,
		.seq = seq,
		.ack = flags & PKT_ACK ? c->from : 0,
	};
	uint8_t payload[SEGMENT];

	if (flags & PKT_SYN)
		tx.opts = (struct pkt_opts) {
			.has_mss = true,
			.mss = 1460,
			.has_sack = c->plan.has_sack,
			.has_ws = c->plan.has_ws,
			.ws = 7,
			.has_ts = c->plan.has_ts,
			.tsval = ts_now(c, now_us),
		};
	for (size_t i = 0; i < n; i++)
		payload[i] = octet_of(c, c->life,
				      seq - own_isn(c) - 1 + (uint32_t)i);
	c->send(c->arg, c->leg, &tx, payload, n, now_us);
}

static void send_ack(struct sim_client *c, uint64_t now_us)
{
	emit(c, PKT_ACK, c->next, 0, now_us);
}

/* RFC 5961, at most two a second. */
static void challenge(struct sim_client *c, uint64_t now_us)
{
	if (c->challenge_us && now_us - c->challenge_us < CHALLENGE)
		return;
	c->challenge_us = now_us;
	send_ack(c, now_us);
}

/* Behind its octets, without its FIN. */
static uint32_t data_end(const struct sim_client *c)
{
	return own_isn(c) + 1 + c->plan.n_octets;
}

static bool may_close(const struct sim_client *c)
{
	return c->plan.close != SIM_CLOSE_AFTER || c->has_fin;
}

static void reset(struct sim_client *c, uint64_t now_us)
{
	emit(c, PKT_RST | PKT_ACK, c->next, 0, now_us);
	c->state = SIM_RESET;
	c->due_us = UINT64_MAX;
}

static uint32_t at_most(uint32_t n, uint32_t most)
{
	return n < most ? n : most;
}

static void send_data(struct sim_client *c, uint64_t now_us)
{
	uint32_t room = at_most(c->window, FLIGHT * SEGMENT);
	uint32_t n;

	while (c->next != data_end(c) && c->next - c->una < room) {
		n = at_most(data_end(c) - c->next, SEGMENT);
		n = at_most(n, room - (c->next - c->una));
		emit(c, PKT_ACK | PKT_PSH, c->next, n, now_us);
		c->next += n;
	}
}

/* The rest of what it has to say, as far as it may. */
static void go_on(struct sim_client *c, uint64_t now_us)
{
	if (c->next != c->end)
		send_data(c, now_us);
	if (c->next == data_end(c) && c->next != c->end && may_close(c)) {
		if (c->plan.close == SIM_CLOSE_RESET) {
			if (c->una == c->next)
				reset(c, now_us);
		} else {
			emit(c, PKT_FIN | PKT_ACK, c->next, 0, now_us);
			c->next = c->end;
		}
	}
}

static bool has_to_say(const struct sim_client *c)
{
	return c->una != c->next || c->next != data_end(c) + may_close(c);
}

static void set_timer(struct sim_client *c, uint64_t now_us)
{
	c->due_us = c->state == SIM_OPEN && has_to_say(c) ?
			    now_us + (RTO << c->tries) :
			    UINT64_MAX;
}

/* ---- connecting ---- */

static void send_syn(struct sim_client *c, uint64_t now_us)
{
	emit(c, PKT_SYN, own_isn(c), 0, now_us);
	c->due_us = now_us + (SYN_RTO << c->tries);
}

static void connect_anew(struct sim_client *c, uint64_t now_us)
{
	c->isn[c->life + 1] = c->life ? own_isn(c) + NEXT_LIFE : c->plan.isn;
	c->life++;
	c->state = SIM_SYN_SENT;
	c->tries = 0;
	c->has_fin = false;
	c->peer_life = 0;
	c->una = own_isn(c);
	c->next = own_isn(c) + 1;
	c->end = data_end(c) + 1;
	c->from = 0;
	c->first_ts = ts_now(c, now_us);
	send_syn(c, now_us);
}

static bool is_echo_right(const struct sim_client *c,
			  const struct pkt_opts *opts, uint64_t now_us)
{
	return !opts->has_ts || !opts->tsecr ||
	       opts->tsecr - c->first_ts <= ts_now(c, now_us) - c->first_ts;
}

static unsigned int life_of(const struct sim_client *peer, uint32_t isn)
{
	for (unsigned int i = 1; i <= peer->life; i++)
		if (peer->isn[i] == isn)
			return i;
	return 0;
}

static void on_connected(struct sim_client *c, const struct pkt_seg *seg,
			 uint64_t now_us)
{
	c->peer_life = life_of(c->peer, seg->seq);
	sim_must(c->peer_life || c->is_attacked,
		 "a SYN-ACK has the number of the other client");
	sim_must(!seg->opts.has_ts || c->plan.has_ts,
		 "only what was offered is agreed");
	c->state = SIM_OPEN;
	c->tries = 0;
	c->una = c->next;
	c->from = seg->seq + 1;
	c->window = seg->window;
	send_ack(c, now_us);
	go_on(c, now_us);
	set_timer(c, now_us);
}

/* RFC 9293, 3.10.7.3. */
static void on_syn_sent(struct sim_client *c, const struct pkt_seg *seg,
			uint64_t now_us)
{
	bool is_ours = seg->flags & PKT_ACK && seg->ack == c->next;

	if (seg->flags & PKT_ACK && !is_ours) {
		if (!(seg->flags & PKT_RST))
			emit(c, PKT_RST, seg->ack, 0, now_us);
	} else if (seg->flags & PKT_RST) {
		if (!is_ours)
			return;
		c->state = SIM_RESET;
		c->due_us = UINT64_MAX;
	} else if (seg->flags & PKT_SYN && is_ours) {
		if (is_echo_right(c, &seg->opts, now_us))
			on_connected(c, seg, now_us);
		else
			emit(c, PKT_RST, seg->ack, 0, now_us);
	}
}

/* ---- connected ---- */

static bool is_in_window(const struct sim_client *c, uint32_t seq)
{
	return seq - c->from < WINDOW;
}

/* Octets and FIN up to what is expected next; what is beyond comes again. */
static void take(struct sim_client *c, const struct pkt_seg *seg,
		 const uint8_t *payload)
{
	uint32_t first = c->peer->isn[c->peer_life] + 1; /* of the stream */
	uint32_t skip = c->from - seg->seq;

	if (skip > seg->payload_octets)
		return;
	if (!c->peer_life) {
		sim_must(!seg->payload_octets, "a stranger has sent nothing");
		return;
	}
	for (uint32_t i = skip; i < seg->payload_octets; i++) {
		uint32_t at = c->from - first;

		sim_must(at < c->peer->plan.n_octets,
			 "no more comes than was sent");
		sim_must(payload[i] == octet_of(c->peer, c->peer_life, at),
			 "octets come as one life of the other sent them");
		c->from++;
	}
	if (seg->flags & PKT_FIN && !c->has_fin) {
		sim_must(c->from - first == c->peer->plan.n_octets,
			 "the end comes behind all octets");
		c->has_fin = true;
		c->from++;
	}
}

static void on_ack(struct sim_client *c, const struct pkt_seg *seg)
{
	uint32_t more = seg->ack - c->una;

	if (more > c->end - c->una)
		return;
	if (more) {
		c->una = seg->ack;
		c->tries = 0;
		/* an old copy of what was sent before going back */
		if (c->next - c->una > c->end - c->una)
			c->next = c->una;
	}
	c->window = seg->window;
}

static void on_open(struct sim_client *c, const struct pkt_seg *seg,
		    const uint8_t *payload, uint64_t now_us)
{
	uint32_t had = c->from;
	bool is_near = is_in_window(c, seg->seq) ||
		       is_in_window(c, seg->seq + WINDOW - 1);

	if (seg->flags & PKT_RST) {
		if (seg->seq == c->from) {
			c->state = SIM_RESET;
			c->due_us = UINT64_MAX;
		} else if (is_in_window(c, seg->seq)) {
			challenge(c, now_us);
		}
		return;
	}
	if (seg->flags & PKT_SYN || !is_near || !(seg->flags & PKT_ACK)) {
		challenge(c, now_us);
		return;
	}
	on_ack(c, seg);
	take(c, seg, payload);
	if (seg->payload_octets || seg->flags & PKT_FIN)
		send_ack(c, now_us);
	else if (seg->seq != had) /* a probe, or beyond */
		challenge(c, now_us);
	go_on(c, now_us);
	if (c->state == SIM_OPEN && c->has_fin && c->una == c->end)
		c->state = SIM_CLOSED;
	set_timer(c, now_us);
}

void sim_client_segment(struct sim_client *c, const struct pkt_seg *seg,
			const uint8_t *payload, uint64_t now_us)
{
	switch (c->state) {
	case SIM_SYN_SENT:
		on_syn_sent(c, seg, now_us);
		break;
	case SIM_OPEN:
		on_open(c, seg, payload, now_us);
		break;
	case SIM_CLOSED: /* TIME-WAIT: the last ACK was lost */
		if (seg->flags & PKT_FIN)
			send_ack(c, now_us);
		break;
	default:
		break;
	}
}

/* ---- time ---- */

void sim_client_begin(struct sim_client *c)
{
	c->state = SIM_IDLE;
	c->due_us = c->plan.start_us;
}

uint64_t sim_client_next(const struct sim_client *c)
{
	if (c->plan.restart_us && c->life == 1 &&
	    c->plan.restart_us < c->due_us)
		return c->plan.restart_us;
	return c->due_us;
}

/* All that is not acknowledged once more, from the beginning; or, when there
 * is no room for it, a probe. */
static void repeat(struct sim_client *c, uint64_t now_us)
{
	if (c->tries++ == TRIES) {
		c->state = SIM_GAVE_UP;
		c->due_us = UINT64_MAX;
		return;
	}
	c->next = c->una;
	if (!c->window && c->next != data_end(c))
		emit(c, PKT_ACK, c->una - 1, 0, now_us);
	else
		go_on(c, now_us);
	set_timer(c, now_us);
}

void sim_client_tick(struct sim_client *c, uint64_t now_us)
{
	if (c->state == SIM_IDLE || (c->plan.restart_us && c->life == 1 &&
				     now_us >= c->plan.restart_us)) {
		connect_anew(c, now_us);
	} else if (c->state == SIM_OPEN) {
		repeat(c, now_us);
	} else if (++c->tries == SYN_TRIES) {
		c->state = SIM_GAVE_UP;
		c->due_us = UINT64_MAX;
	} else {
		send_syn(c, now_us);
	}
}

const char *sim_client_state_name(enum sim_client_state s)
{
	static const char *const name[] = {
		[SIM_IDLE] = "idle",   [SIM_SYN_SENT] = "syn-sent",
		[SIM_OPEN] = "open",   [SIM_CLOSED] = "closed",
		[SIM_RESET] = "reset", [SIM_GAVE_UP] = "gave up",
	};

	return name[s];
}

uint32_t sim_client_received(const struct sim_client *c)
{
	if (!c->peer_life)
		return 0;
	return c->from - c->peer->isn[c->peer_life] - 1 - c->has_fin;
}
