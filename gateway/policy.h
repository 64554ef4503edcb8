/*
 * gateway/policy.h - what a stream asks of the engine
 *
 * Reads LocalControl, Local, Remote and the latch signal of a stream and
 * writes the gate configuration.  Pure: touches neither engine nor context.
 *
 * Where our side is active the leg relays: the SYN of its peer is sent on to
 * Remote (docs/relay.md).  Two active sides are answered with 501.
 */
#pragma once

#include "gateway/context.h"
#include "h248/sdp.h"

/* Local and Remote of a stream, read. */
struct gw_sdp {
	bool has_local, has_remote;
	struct h248_sdp local, remote; /* the alternatives chosen */
	size_t which;                  /* alternative of Local, of n_local */
	size_t n_local;
};

/*
 * Of several alternatives the first usable one is taken: TCP, of a family that
 * the realm has (that of the gate when there is one), Remote of the family of
 * Local.  realm NULL: any family.
 * Returns: 0, or -EPROTO with the verdict of h248_sdp_parse().
 */
int gw_sdp_read(const struct gw_stream *s, const struct conf_realm *realm,
		struct gw_sdp *out, struct h248_err *err);
/* The realm of ipdc/realm, when it is there: *realm.  449: unknown. */
int gw_policy_realm(const struct conf_gateway *conf, const struct gw_stream *s,
		    uint8_t *realm, struct h248_err *err);
/*
 * Fill s->gate_cfg, all but leg.local and leg.local_port.
 *
 * In:      peer: the same stream of the other termination, or NULL
 * Returns: 0, or -EPROTO: 449 a value, 472 no address to filter by, 473
 *          conflicts, 501 a role that is not built, 517 a mode
 */
int gw_policy_make(const struct conf_gateway *conf, struct gw_stream *s,
		   const struct gw_sdp *sdp, const struct gw_stream *peer,
		   struct h248_err *err);
/* What the configuration says of every rendezvous. */
void gw_policy_defaults(const struct conf_rendezvous *c,
			struct pkt_rdv_cfg *out);
/* A sockaddr as the engine writes addresses (IPv4 mapped). */
struct in6_addr gw_in6_of(const struct sockaddr_storage *ss);
