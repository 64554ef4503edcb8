/* test/fuzz/fuzz_h248_sdp.c - bodies of Local and Remote
 *
 * A body that is read can be completed, and what was completed is read again
 * to the same alternative with an address and a port.  One that is marked as
 * refused is never completed.
 */
#include "h248/sdp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void complete(struct h248_span body, size_t which,
		     const struct h248_sdp *before)
{
	static char text[2 * H248_SDP_MAX_OCTETS];
	struct sockaddr_storage local = { .ss_family = AF_INET };
	struct h248_sdp after;
	struct h248_err err;
	size_t len = 0, n = 0;

	if (before->family == AF_INET6)
		local.ss_family = AF_INET6;
	((struct sockaddr_in *)&local)->sin_port = htons(7);
	check(!h248_sdp_complete(body, which, &local, text, sizeof(text),
				 &len));
	if (len > H248_SDP_MAX_OCTETS)
		return;
	check(!h248_sdp_parse((struct h248_span) { text, (uint32_t)len },
			      &after, 1, &n, &err));
	check(n == 1 && after.has_address && !after.is_address_choose);
	check(after.port && after.setup == before->setup);
	check(!strcmp(after.proto, before->proto));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct h248_span body = { (const char *)data, (uint32_t)n };
	struct h248_sdp out[H248_SDP_MAX_ALTERNATIVES], again;
	struct h248_err err = { 0 };
	size_t found = 0;
	int rc = h248_sdp_parse(body, out, H248_SDP_MAX_ALTERNATIVES, &found,
				&err);

	check(!rc || err.code == 474 || err.code == 449 || err.code == 515);
	if (!rc && found == 1)
		check(!h248_sdp_parse(body, &again, 1, &found, &err) &&
		      !memcmp(out, &again, sizeof(again)));
	for (size_t i = 0; !rc && i < found; i++)
		if (!out[i].refused)
			complete(body, i, &out[i]);
	return 0;
}
