/* packet/validate.c - which segments of a joined session may pass */
#include "packet/validate.h"

enum { ACK_SLACK = 66000 }; /* rule IV: an ACK may be this late */

uint32_t pkt_seg_end(const struct pkt_seg *seg)
{
	return seg->seq + seg->payload_octets + !!(seg->flags & PKT_SYN) +
	       !!(seg->flags & PKT_FIN);
}

bool pkt_flags_ok(uint8_t flags)
{
	switch (flags & (PKT_FIN | PKT_SYN | PKT_RST | PKT_ACK | PKT_URG)) {
	case PKT_SYN:
	case PKT_SYN | PKT_URG:
	case PKT_SYN | PKT_ACK:
	case PKT_RST:
	case PKT_RST | PKT_ACK:
	case PKT_FIN | PKT_ACK:
	case PKT_FIN | PKT_ACK | PKT_URG:
	case PKT_ACK:
	case PKT_ACK | PKT_URG:
		return true;
	}
	return false;
}

enum pkt_rst pkt_rst_check(const struct pkt_entry *from,
			   const struct pkt_entry *to, uint32_t seq)
{
	/* the second: the last of a train whose data is not yet acknowledged */
	if (seq == to->last_ack || seq == from->snd_end)
		return PKT_RST_EXACT;
	if (pkt_seq_after(seq, to->last_ack) &&
	    !pkt_seq_after(seq, from->max_end))
		return PKT_RST_NEAR;
	return PKT_RST_FAR;
}

static uint32_t scaled_window(const struct pkt_entry *e,
			      const struct pkt_seg *seg)
{
	return (uint32_t)seg->window << e->wscale;
}

static uint32_t largest_window(const struct pkt_entry *e)
{
	return (uint32_t)e->max_win << e->wscale;
}

static uint32_t at_least(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

enum pkt_drop pkt_window_check(const struct pkt_entry *from,
			       const struct pkt_entry *to,
			       const struct pkt_seg *seg, bool *is_current)
{
	uint32_t end = pkt_seg_end(seg);
	uint32_t late = at_least(ACK_SLACK, largest_window(from));

	*is_current = true;
	if (from->flags & PKT_ENTRY_LIBERAL)
		return PKT_DROP_NONE;
	/* I, with one window of slack: our view of it is a little old */
	if (pkt_seq_after(seg->seq, from->max_end) &&
	    pkt_seq_after(end, from->max_end + largest_window(to)))
		return PKT_DROP_WINDOW;
	if (pkt_seq_after(seg->ack, to->snd_end)) /* III */
		return PKT_DROP_ACK_UNSENT;
	*is_current = !pkt_seq_after(from->snd_end - largest_window(to), end) &&
		      !pkt_seq_after(to->snd_end - late, seg->ack); /* II, IV */
	return PKT_DROP_NONE;
}

static void raise_to(uint32_t *seq, uint32_t to)
{
	if (pkt_seq_after(to, *seq))
		*seq = to;
}

void pkt_window_learn(struct pkt_entry *from, struct pkt_entry *to,
		      const struct pkt_seg *seg)
{
	uint32_t window = scaled_window(from, seg);

	raise_to(&from->snd_end, pkt_seg_end(seg));
	raise_to(&from->last_ack, seg->ack);
	raise_to(&to->max_end, seg->ack + window);
	if (from->max_win < seg->window)
		from->max_win = seg->window;
}
