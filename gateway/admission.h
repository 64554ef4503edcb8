/*
 * gateway/admission.h - how much a gateway and each of its realms may hold
 *
 * Contexts (412) and bandwidth (526).  The last part of a limit can be a
 * reserve: only contexts that go first may take from it, that is those in an
 * emergency, with IEPS, or of a Priority from reserve-priority on.
 *
 * Bandwidth is counted in octets/s, each way alike, once for each stream of a
 * termination: a rendezvous counts on both of its sides.  It is decided when
 * an Add or Modify is checked, counted when it is committed in the same turn,
 * and given back when the stream goes.  Thread: control.
 */
#pragma once

#include "gateway/plan.h"
#include "gateway/policy.h"

/*
 * Whether an action may make a context; its own properties count already.
 * Returns: 0, or -EPROTO with 412.
 */
int gw_admission_context(const struct gw *gw, const struct h248_action *action,
			 struct h248_err *err);
/* Whether a context goes first, or an action by the properties it sets. */
bool gw_admission_is_first(const struct gw_context *ctx);
bool gw_admission_is_first_action(const struct gw *gw,
				  const struct h248_action *action);

/* Of a stream: tman/sdr, else tman/pdr, else what Local or Remote say (b=AS,
 * else b=TIAS; the larger one), else what is configured.  octets/s. */
uint64_t gw_admission_rate(const struct gw *gw, const struct gw_stream *s,
			   const struct gw_sdp *sdp);
/* What the plan adds.  0, or -EPROTO: 412 contexts of a realm, 526. */
int gw_admission_check(const struct gw_plan *p, struct h248_err *err);
/* Before the plan is committed: counts what changes.  Cannot fail. */
void gw_admission_commit(const struct gw_plan *p);
/* A termination goes. */
void gw_admission_release(const struct gw_term *term);

/* For operators; 0: no limit. */
struct gw_limit {
	const char *name;
	uint32_t contexts, max_contexts, reserve_contexts;
	uint64_t kbps, max_kbps, reserve_kbps;
};
/* realm -1: of the gateway. */
void gw_admission_limit(const struct gw *gw, int realm, struct gw_limit *out);
