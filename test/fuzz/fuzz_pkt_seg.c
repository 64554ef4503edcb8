/*
 * test/fuzz/fuzz_pkt_seg.c - any octets as a packet, and what becomes of it
 *
 * First octet: bit 0 partial checksum, bit 1 GSO.  A packet that parses is
 * given to a rendezvous that waits, with what it says as source and target,
 * and translated.  Nothing may be read outside of it, and the numbers of a
 * parsed segment must add up.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packet/rendezvous.h"
#include "packet/translate_pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void reserve(struct pkt_rdv *r, struct pkt_entry *entry,
		    const struct pkt_seg *seg)
{
	const struct pkt_rdv_cfg policy = { .commit = PKT_COMMIT_PARALLEL,
					    .release_rst = true,
					    .twait_s = 75,
					    .tidle_s = 100,
					    .thalf_s = 30,
					    .tfin_s = 10,
					    .trst_s = 10,
					    .tfresh_ms = 3000,
					    .tts_ms = 1000,
					    .tgrace_ms = 1500,
					    .syn_rate = 5 };
	struct pkt_leg_cfg cfg = { .local = seg->dst,
				   .local_port = seg->dport,
				   .family = seg->family,
				   .mode = PKT_MODE_RX | PKT_MODE_TX,
				   .role = PKT_ROLE_MERGE,
				   .is_armed = true,
				   .mtu = 1500,
				   .from = { .port_max = 65535 } };
	const struct pkt_local at[PKT_LEGS] = { { .port_be = 0 } };
	unsigned int leg;

	pkt_rdv_init(r, at);
	for (leg = 0; leg < PKT_LEGS; leg++) {
		cfg.local_port = (uint16_t)(seg->dport + leg);
		r->leg[leg] = &entry[leg];
		pkt_rdv_add_leg(r, leg, &cfg, &policy);
	}
}

/* What is built must fit and must parse again. */
static void send_all(const struct pkt_out *out)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	struct pkt_seg seg;
	unsigned int i;
	size_t n;

	for (i = 0; i < out->n_tx; i++) {
		n = pkt_tx_build(&out->tx[i].seg, buf);
		if (n > sizeof(buf))
			abort();
		(void)pkt_seg_parse(buf, n, false, false, &seg);
	}
}

static void drive(struct pkt_rdv *r, struct pkt_seg *seg, uint8_t *pkt)
{
	struct pkt_out out;
	uint64_t now = 1000000, due;
	unsigned int i;

	for (i = 0; i < 40 && r->setup; i++) {
		seg->sport = (uint16_t)(seg->sport + i % 3);
		seg->flags ^= (uint8_t)(i % 4 ? PKT_SYN | PKT_ACK : 0);
		pkt_rdv_segment(r, i % 2, seg, now, &out);
		send_all(&out);
		if (out.act == PKT_ACT_FORWARD)
			(void)pkt_translate(pkt, seg, r->leg[i % 2],
					    r->leg[1 - i % 2]);
		if (out.is_setup_done)
			r->setup = NULL;
		due = pkt_rdv_next(r, now);
		now = i % 5 || due == UINT64_MAX ? now + 1000 : due;
		pkt_rdv_tick(r, now, &out);
		send_all(&out);
		if (out.is_setup_done)
			r->setup = NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pkt_entry entry[PKT_LEGS] = { { .flags = 0 } };
	struct pkt_setup setup;
	struct pkt_rdv r = { .setup = &setup };
	struct pkt_seg seg;
	uint8_t *pkt;

	if (n < 1)
		return 0;
	n--;
	pkt = malloc(n ? n : 1);
	if (!pkt)
		return 0;
	memcpy(pkt, data + 1, n);
	if (pkt_seg_parse(pkt, n, data[0] & 1, data[0] & 2, &seg) ==
	    PKT_DROP_NONE) {
		if (seg.l4_off + 20u > seg.payload_off ||
		    seg.payload_off + (size_t)seg.payload_octets > n)
			abort();
		reserve(&r, entry, &seg);
		drive(&r, &seg, pkt);
	}
	free(pkt);
	return 0;
}
