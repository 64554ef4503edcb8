/*
 * test/support/gw_rig.h - a gateway on the bench: text in, text out
 *
 * The gateway runs on engine_stub with stopped clocks; what it sends is kept.
 * A second one may stand beside it, on the same engine.
 */
#pragma once

#include "gateway/host.h"

enum { RIG_MAX_SENT = 64, RIG_OCTETS = 65536 };

struct rig {
	struct gw_host host; /* of the first, when there are two */
	struct gw gw;
	const char *controller; /* its address; who speaks */
	unsigned int n_sent;
	char *sent[RIG_MAX_SENT];   /* as on the wire, with NUL; the latest */
	struct sockaddr_storage to; /* where the last went */
	uint32_t tid;               /* of the next request */
	char state[RIG_OCTETS];
};

/* A registered gateway with realms "access.example" and "core.example" and
 * room for max_contexts.  Returns new; ends the program when that fails. */
struct rig *rig_new(unsigned int max_contexts);
/* The same before it has begun to register. */
struct rig *rig_boot(unsigned int max_contexts);
/* The same, and gateway "second" with a controller of its own and realms
 * "access.second" and "core.second" in *second, to be freed first. */
struct rig *rig_new_pair(unsigned int max_contexts, struct rig **second);
/* The same with a configuration that was changed; edit NULL: as it is. */
typedef void(rig_edit_h)(struct conf_gateway *c);
struct rig *rig_new_with(unsigned int max_contexts, rig_edit_h *edit);
/* The same before it has begun to register. */
struct rig *rig_boot_with(unsigned int max_contexts, rig_edit_h *edit);
void rig_free(struct rig *r);

/* A session, both sides in one Add each: "C=1{" RIG_LEG_A "}" */
#define RIG_LEG_A                                                         \
	"A=ip/1/access/${M{ST=1{O{MO=SR,ipdc/realm=\"access.example\","   \
	"gm/saf=ON,gm/sam=\"[203.0.113.7]\",tman/pol=ON,tman/sdr=125000," \
	"tman/mbs=32000,ds/dscp=28},"                                     \
	"L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n},"     \
	"R{\nv=0\nc=IN IP4 10.9.8.7\nm=message 9 TCP -\na=setup:active\n" \
	"}}},E=2001{tcprv/syn,tcprv/est,tcprv/rel,tcprv/fail,adr/rsac,"   \
	"g/cause},SG{ipnapt/latch{napt=LATCH}}}"
#define RIG_LEG_B                                                     \
	"A=ip/1/core/${M{ST=1{O{MO=SR,ipdc/realm=\"core.example\"},"  \
	"L{\nv=0\nc=IN IP6 $\nm=message $ TCP -\na=setup:passive\n}," \
	"R{\nv=0\nc=IN IP6 2001:db8:5::9\nm=message 9 TCP -\n"        \
	"a=setup:active\n}}},E=2002{tcprv/est,tcprv/rel},"            \
	"SG{ipnapt/latch{napt=LATCH}}}"
#define RIG_BOTH "C=${PR=6," RIG_LEG_A "," RIG_LEG_B "}"

/* A whole message of the controller. */
void rig_input(struct rig *r, const char *message);
/* A message of the controller: header and text. */
void rig_send(struct rig *r, const char *text);
/* T=n{...} with the next id, engine answers at once; what came back. */
const char *rig_ask(struct rig *r, const char *actions);
/* The last message the gateway sent, "" for none. */
const char *rig_last(const struct rig *r);
/* Everything that stays of what a controller asked, as text. */
const char *rig_state(struct rig *r);
/* The controller answers the latest request, a Notify of ip/1/access/1 in
 * context 1; false: there is none. */
bool rig_acknowledge(struct rig *r);
/* Let the gateway read the events of the stub. */
void rig_events(struct rig *r);
