/*
 * packet/worker_icmp.c - ICMP errors on their way, and of our own
 *
 * Within a family the kernel speaks for us: it forwards what leaves the TUN
 * device and answers what does not fit, to the media address that sent it; so
 * that its answer comes here like that of any router.  Only what grows by
 * changing its family is found too big here.
 */
#include "packet/family.h"
#include "packet/worker_priv.h"

enum { GROWTH = PKT_IP6_OCTETS - PKT_IP4_OCTETS };

static const struct virtio_net_hdr plain;

/* From leg `leg` to the client of the other one. */
static enum pkt_drop pass_on(struct pkt_worker *w, uint32_t rdv,
			     unsigned int leg, const struct pkt_icmp *m)
{
	const struct worker_rdv *r = &w->rdvs[rdv];
	const struct pkt_entry *in = worker_entry(w, rdv, leg);
	struct pkt_mtus mtus = { in->mtu, worker_entry(w, rdv, 1 - leg)->mtu };
	uint8_t buf[PKT_ICMP_MAX];
	size_t n = pkt_icmp_forward(w->frame.at, m, in, &mtus, buf);
	bool has_left;

	if (!n)
		return PKT_DROP_ICMP;
	has_left = worker_send(w, r->realm[1 - leg], &plain, buf, n);
	if (worker_is_tapped(w, rdv))
		worker_tap_packet(w, rdv, 1 - leg, PKT_TAP_TOLD, 0,
				  has_left ? PKT_DROP_NONE : PKT_DROP_TX, buf,
				  n);
	return PKT_DROP_NONE;
}

enum pkt_drop worker_icmp(struct pkt_worker *w, unsigned int realm)
{
	const struct pkt_slots *slots = &w->cfg.realm[realm].slots;
	struct pkt_rdv view;
	struct pkt_icmp m;
	enum pkt_drop drop = pkt_icmp_parse(w->frame.at, w->frame.n, &m);
	unsigned int leg;
	uint32_t slot, rdv;

	if (drop != PKT_DROP_NONE)
		return drop;
	slot = pkt_slots_find(slots, &m.quote.src, m.quote.sport);
	if (!worker_find(w, slot, &rdv, &leg))
		return PKT_DROP_ICMP;
	worker_fast_catch_up(w, rdv);
	view = worker_view(w, rdv);
	drop = pkt_rdv_icmp(&view, leg, &m);
	if (worker_is_tapped(w, rdv))
		worker_tap_packet(w, rdv, leg, PKT_TAP_ICMP, 0, drop,
				  w->frame.at, w->frame.n);
	if (drop == PKT_DROP_NONE)
		return pass_on(w, rdv, leg, &m);
	worker_why(w, rdv, leg, drop);
	return drop;
}

/* In the sender's terms.  A packet of at most 1280 octets, which IPv6 may
 * always send, leaves without DF and is taken apart on the way. */
bool worker_tells_too_big(struct pkt_worker *w, unsigned int realm,
			  const struct pkt_seg *seg, uint16_t mtu)
{
	const struct pkt_frame *f = &w->frame;
	size_t octets = pkt_cross_octets(seg, 0), n;
	bool is_v4 = seg->family == AF_INET;
	uint8_t buf[PKT_ICMP_MAX];
	uint32_t fits = mtu;

	if (seg->is_gso || !mtu || octets <= mtu ||
	    (!is_v4 && octets <= PKT_NO_DF_MAX))
		return false;
	fits = is_v4 ? fits - GROWTH : fits + GROWTH;
	if (!is_v4 && fits < PKT_MTU_MIN6)
		fits = PKT_MTU_MIN6;
	n = (size_t)seg->payload_off + seg->payload_octets;
	n = pkt_icmp_too_big(f->at, n, seg, (uint16_t)fits, buf);
	worker_send(w, realm, &plain, buf, n);
	return true;
}
