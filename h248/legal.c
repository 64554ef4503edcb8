/* h248/legal.c - see legal.h */
#include "h248/legal.h"

#define BIT(kind) (1u << H248_DESC_##kind)
#define AMM                                                               \
	(BIT(MEDIA) | BIT(MODEM) | BIT(MUX) | BIT(EVENTS) |               \
	 BIT(EVENT_BUFFER) | BIT(SIGNALS) | BIT(DIGIT_MAP) | BIT(AUDIT) | \
	 BIT(STATISTICS))
#define AUDITABLE                                                             \
	(BIT(MEDIA) | BIT(MODEM) | BIT(MUX) | BIT(EVENTS) |                   \
	 BIT(EVENT_BUFFER) | BIT(SIGNALS) | BIT(STATISTICS) | BIT(OBSERVED) | \
	 BIT(DIGIT_MAP) | BIT(PACKAGES))

static const struct {
	unsigned int legal;  /* in the request */
	unsigned int needed; /* one of these */
	unsigned int audit;  /* as item of its Audit descriptor */
} rules[H248_CMD__COUNT] = {
	[H248_CMD_ADD] = { AMM, 0, AUDITABLE },
	[H248_CMD_MOVE] = { AMM, 0, AUDITABLE },
	[H248_CMD_MODIFY] = { AMM, 0, AUDITABLE },
	[H248_CMD_SUBTRACT] = { BIT(AUDIT), 0, AUDITABLE },
	[H248_CMD_AUDIT_VALUE] = { BIT(AUDIT), 0, AUDITABLE },
	/* 7.2.6: what the gateway holds is no capability of it */
	[H248_CMD_AUDIT_CAP] = { BIT(AUDIT), 0,
				 AUDITABLE &
					 ~(BIT(DIGIT_MAP) | BIT(PACKAGES)) },
	[H248_CMD_NOTIFY] = { BIT(OBSERVED) | BIT(ERROR),
			      BIT(OBSERVED) | BIT(ERROR), 0 },
	[H248_CMD_SERVICE_CHANGE] = { BIT(SERVICES), BIT(SERVICES), AUDITABLE },
};

uint16_t h248_legal_desc(enum h248_cmd_kind cmd, enum h248_desc_kind kind,
			 unsigned int seen)
{
	if (!(rules[cmd].legal & 1u << kind))
		return 447;
	return seen & 1u << kind ? 448 : 0;
}

uint16_t h248_legal_audit_item(enum h248_cmd_kind cmd, enum h248_desc_kind kind)
{
	return rules[cmd].audit & 1u << kind ? 0 : 447;
}

unsigned int h248_legal_needed(enum h248_cmd_kind cmd)
{
	return rules[cmd].needed;
}
