/* packet/validate.c - which segments of a joined session may pass */
#include "packet/validate.h"

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

static struct pkt_numbers numbers_of(const struct pkt_seg *seg)
{
	return (struct pkt_numbers) {
		.seq = seg->seq,
		.end = pkt_seg_end(seg),
		.ack = seg->ack,
		.window = seg->window,
	};
}

enum pkt_drop pkt_window_check(const struct pkt_entry *from,
			       const struct pkt_entry *to,
			       const struct pkt_seg *seg, bool *is_current)
{
	struct pkt_numbers n = numbers_of(seg);
	enum pkt_window verdict = pkt_window_judge(from, to, &n);

	*is_current = verdict != PKT_WINDOW_OLD;
	if (verdict == PKT_WINDOW_BEYOND)
		return PKT_DROP_WINDOW;
	return verdict == PKT_WINDOW_UNSENT ? PKT_DROP_ACK_UNSENT :
					      PKT_DROP_NONE;
}

void pkt_window_learn(struct pkt_entry *from, struct pkt_entry *to,
		      const struct pkt_seg *seg)
{
	struct pkt_numbers n = numbers_of(seg);

	pkt_window_raise(from, to, &n);
}
