/* h248/sdp_memo.c - see sdp_memo.h */
#include "h248/sdp_memo.h"

#include <string.h>

/* Controllers use one template, or one for each role and address family. */
enum { PLACES = 8, MAX_OCTETS = 248 };

struct memo {
	uint32_t n; /* octets; 0: not in use */
	char octets[MAX_OCTETS];
	struct h248_sdp sdp;
};

static _Thread_local struct memo memos[PLACES];
static _Thread_local unsigned int next_place; /* the oldest */

static bool is_template(const struct h248_sdp *sdp)
{
	return !sdp->refused && sdp->is_address_choose && sdp->is_port_choose;
}

bool h248_sdp_recall(struct h248_span body, struct h248_sdp *out)
{
	for (unsigned int i = 0; body.n && i < PLACES; i++) {
		if (memos[i].n != body.n ||
		    memcmp(memos[i].octets, body.p, body.n))
			continue;
		*out = memos[i].sdp;
		return true;
	}
	return false;
}

void h248_sdp_remember(struct h248_span body, const struct h248_sdp *sdp)
{
	struct memo *m = &memos[next_place];

	if (!is_template(sdp) || !body.n || body.n > MAX_OCTETS)
		return;
	next_place = (next_place + 1) % PLACES;
	m->n = body.n;
	memcpy(m->octets, body.p, body.n);
	m->sdp = *sdp;
}
