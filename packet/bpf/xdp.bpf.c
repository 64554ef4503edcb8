/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/xdp.bpf.c - the fast path in front of the host's stack
 *
 * `xdp`, in the driver of a media interface: a segment of an open session is
 * translated and leaves by the interface it came on, or another one of ours
 * that takes frames of XDP.  All else goes on into the stack, and so to tc and
 * the worker: what is not plain, what must be judged or answered, another
 * family, a neighbour that is not known, a checksum that may be partial (a veth
 * or virtio peer leaves it to the device; the mark of it does not come here).
 *
 * Decide, then modify: what goes on into the stack is as it came.  A frame may
 * be in several buffers; its headers are in the first, and the rest is not
 * looked at.
 */
#include "packet/bpf/hop.h"
#include "packet/bpf/note.h"
#include "packet/bpf/way.h"

/* The interfaces that take frames from here: those where we are attached.  By
 * interface index; the kernel takes out what disappears. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, FAST_PORTS);
	__type(key, uint32_t);
	__type(value, uint32_t);
} ports SEC(".maps");

/* Those of them that send what lies in several buffers; by others it is lost. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, FAST_PORTS);
	__type(key, uint32_t);
	__type(value, uint32_t);
} several SEC(".maps");

const volatile struct fast_port port;

enum { FRAME_MAX = 0xffff }; /* for the verifier */

#define DATA(ctx) ((void *)(long)(ctx)->data)
#define END(ctx) ((void *)(long)(ctx)->data_end)

/* A promiscuous interface shows what is for others, too. */
static __always_inline bool is_to_us(const struct ethhdr *eth)
{
	const uint16_t *to = (const uint16_t *)eth->h_dest;

	return to[0] == port.mac[0] && to[1] == port.mac[1] &&
	       to[2] == port.mac[2];
}

static __always_inline bool is_partial(const struct segment *s)
{
	return pkt_looks_partial(s->src, s->dst,
				 bpf_htons(s->octets - segment_l4(s)), s->csum);
}

/* Of so many octets: do they go on behind the first buffer? */
static __always_inline bool is_several(const struct xdp_md *ctx, uint32_t n)
{
	return n > FRAME_MAX || DATA(ctx) + n > END(ctx);
}

/* Does that interface still take this frame?  The one it came on does. */
static __always_inline bool is_taken(const struct xdp_md *ctx, uint32_t n,
				     uint32_t ifindex)
{
	if (ifindex == ctx->ingress_ifindex)
		return true;
	return bpf_map_lookup_elem(&ports, &ifindex) &&
	       (!is_several(ctx, n) || bpf_map_lookup_elem(&several, &ifindex));
}

/* It is told: may it be taken?  A neighbour that only XDP sends to would never
 * be verified. */
static __always_inline bool keep_way(struct fast_way *way, const struct gate *g,
				     uint32_t tun,
				     const struct bpf_fib_lookup *told)
{
	uint32_t ifindex = told->ifindex, now = g->now_ms;

	if (!bpf_map_lookup_elem(&ports, &ifindex))
		return false;
	if (!way->seen_ms)
		way->seen_ms = now;
	if (now - way->seen_ms > FAST_NEIGH_MS) {
		way->seen_ms = now;
		return false;
	}
	way_remember(way, (const uint32_t *)&g->in->out_src,
		     (const uint32_t *)&g->in->out_dst, tun, told, now);
	__builtin_memcpy(&way->mac[0], told->dmac, ETH_ALEN);
	__builtin_memcpy(&way->mac[3], told->smac, ETH_ALEN);
	return true;
}

/* Of a frame of n octets. */
static __always_inline enum pkt_fast_count
find_way(struct xdp_md *ctx, uint32_t n, const struct segment *s,
	 const struct gate *g, struct fast_way **found)
{
	const uint32_t *src = (const uint32_t *)&g->in->out_src;
	const uint32_t *dst = (const uint32_t *)&g->in->out_dst;
	uint32_t tun = tun_of(g->in->peer_slot);
	struct fast_way *way = way_slot(src, dst, tun);
	struct bpf_fib_lookup q;
	long told;

	*found = way;
	if (!way)
		return PKT_FAST_ROUTE;
	if (way_is_told(way, src, dst, tun, s->octets, g->now_ms))
		return is_taken(ctx, n, way->ifindex) ? PKT_FAST_PASSED :
							PKT_FAST_NEIGHBOUR;
	way_ask(&q, s->is_v6, tun, src, dst, s->octets);
	told = bpf_fib_lookup(ctx, &q, sizeof(q), 0);
	if (told == BPF_FIB_LKUP_RET_NO_NEIGH)
		return PKT_FAST_NEIGHBOUR;
	if (told != BPF_FIB_LKUP_RET_SUCCESS)
		return PKT_FAST_ROUTE;
	return keep_way(way, g, tun, &q) && is_taken(ctx, n, q.ifindex) ?
		       PKT_FAST_PASSED :
		       PKT_FAST_NEIGHBOUR;
}

static __always_inline void translate(struct ethhdr *eth, void *tcp,
				      const struct segment *s,
				      const struct gate *g,
				      const struct fast_way *way)
{
	pkt_rewrite_tcp(tcp, false, g->in);
	hop_rewrite_ip((uint8_t *)(eth + 1), s->is_v6, g->in, g->out);
	__builtin_memcpy(eth->h_dest, &way->mac[0], ETH_ALEN);
	__builtin_memcpy(eth->h_source, &way->mac[3], ETH_ALEN);
}

static __always_inline int send(const struct xdp_md *ctx,
				const struct fast_way *way)
{
	if (way->ifindex == ctx->ingress_ifindex)
		return XDP_TX;
	return bpf_redirect_map(&ports, way->ifindex, XDP_DROP);
}

/* PKT_FAST_PASSED, PKT_FAST_POLICED: *verdict is what the program returns. */
static __always_inline enum pkt_fast_count
dispatch(struct xdp_md *ctx, uint32_t n, const struct segment *s,
	 const struct spot *at, int *verdict)
{
	struct ethhdr *eth = DATA(ctx);
	void *tcp = DATA(ctx) + ETH_HLEN + segment_l4(s);
	struct gate g;
	struct fast_way *way;
	enum pkt_fast_count what = gate_find(&g, s, at, s->octets);

	if (what == PKT_FAST_POLICED)
		*verdict = XDP_DROP;
	if (what != PKT_FAST_PASSED)
		return what;
	if (g.is_cross || g.is_joining)
		return PKT_FAST_STEERED;
	if (tcp + sizeof(struct tcphdr) > END(ctx) || is_partial(s))
		return PKT_FAST_PARTIAL;
	what = find_way(ctx, n, s, &g, &way);
	if (what != PKT_FAST_PASSED)
		return what;
	translate(eth, tcp, s, &g, way);
	note(&g, s, g.place);
	*verdict = send(ctx, way);
	return PKT_FAST_PASSED;
}

SEC("xdp.frags")
int xdp(struct xdp_md *ctx)
{
	struct ethhdr *eth = DATA(ctx);
	uint32_t n = (uint32_t)bpf_xdp_get_buff_len(ctx);
	enum pkt_fast_count what;
	int verdict = XDP_PASS;
	struct segment s;
	struct spot at;

	if ((void *)(eth + 1) > END(ctx) || !is_to_us(eth) || n < ETH_HLEN)
		return XDP_PASS;
	if (!segment_read(eth + 1, END(ctx), eth->h_proto, n - ETH_HLEN, &s) ||
	    s.ttl <= 1 || !spot_of(&s, &at)) {
		count(FAST_BY_XDP, PKT_FAST_FOREIGN, 0);
		return XDP_PASS;
	}
	what = dispatch(ctx, n, &s, &at, &verdict);
	count(FAST_BY_XDP, what, what == PKT_FAST_PASSED ? s.octets : 0);
	return verdict;
}

char _license[] SEC("license") = "Dual BSD/GPL";
