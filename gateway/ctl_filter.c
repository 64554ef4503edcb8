/* gateway/ctl_filter.c - which contexts, terminations, streams are asked for */
#include <arpa/inet.h>
#include <string.h>

#include "gateway/ctl_int.h"

static const char *get_text(const json_t *req, const char *name, char *out,
			    size_t cap)
{
	const json_t *j = json_object_get(req, name);

	if (!j)
		return NULL;
	if (!json_is_string(j) || !json_string_length(j) ||
	    json_string_length(j) >= cap)
		return "what is filtered for is a short string";
	strcpy(out, json_string_value(j));
	return NULL;
}

static const char *get_address(const json_t *req, struct ctl_filter *f)
{
	char text[INET6_ADDRSTRLEN] = "";
	const char *wrong = get_text(req, "address", text, sizeof(text));
	struct in_addr v4;

	if (wrong || !text[0])
		return wrong;
	f->has_address = true;
	if (inet_pton(AF_INET6, text, &f->address) == 1)
		return NULL;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return "an address is one of IPv4 or IPv6, without a port";
	memset(&f->address, 0, sizeof(f->address));
	f->address.s6_addr[10] = f->address.s6_addr[11] = 0xff;
	memcpy(&f->address.s6_addr[12], &v4, sizeof(v4));
	return NULL;
}

static const char *get_port(const json_t *req, struct ctl_filter *f)
{
	const json_t *j = json_object_get(req, "port");
	json_int_t n = json_integer_value(j);

	if (j && (!json_is_integer(j) || n < 1 || n > UINT16_MAX))
		return "a port is a number from 1 to 65535";
	f->port = (uint16_t)n;
	return NULL;
}

static const char *get_state(const json_t *req, struct ctl_filter *f)
{
	char text[16] = "";
	const char *wrong = get_text(req, "state", text, sizeof(text));

	if (wrong || !text[0])
		return wrong;
	f->has_state = true;
	f->state = CTL_STATE_NONE;
	if (!strcmp(text, "none"))
		return NULL;
	for (f->state = 0; f->state < PKT_STATE__COUNT; f->state++)
		if (!strcmp(text, pkt_state_name(f->state)))
			return NULL;
	return "there is no such state; see docs/operations.md";
}

const char *ctl_filter_read(struct ctl_filter *f, const json_t *req)
{
	const char *wrong;

	*f = (struct ctl_filter) { 0 };
	wrong = get_text(req, "termination", f->term, sizeof(f->term));
	if (!wrong)
		wrong = get_text(req, "realm", f->realm, sizeof(f->realm));
	if (!wrong)
		wrong = get_address(req, f);
	if (!wrong)
		wrong = get_port(req, f);
	if (!wrong)
		wrong = get_state(req, f);
	f->is_set = f->term[0] || f->realm[0] || f->has_address || f->port ||
		    f->has_state;
	return wrong;
}

static bool is_end(const struct ctl_filter *f, const struct in6_addr *addr,
		   uint16_t port)
{
	return port && (!f->port || f->port == port) &&
	       (!f->has_address || IN6_ARE_ADDR_EQUAL(&f->address, addr));
}

static bool takes_state(const struct ctl_filter *f, const struct gw_stream *s)
{
	return !f->has_state ||
	       f->state == (s->gate.gen ? s->stat.state : CTL_STATE_NONE);
}

bool ctl_filter_stream(const struct ctl_filter *f, const struct gw_term *term,
		       const struct gw_stream *s)
{
	const struct gw *gw = term->ctx->gw;
	const char *realm = s->realm < gw->conf.n_realms ?
				    gw->conf.realm[s->realm].name :
				    "";

	if (!takes_state(f, s) || (f->realm[0] && strcmp(f->realm, realm)))
		return false;
	if (!f->has_address && !f->port)
		return true;
	return (s->gate.gen && is_end(f, &s->gate_cfg.leg.local,
				      s->gate_cfg.leg.local_port)) ||
	       is_end(f, &s->stat.remote, s->stat.remote_port);
}

/* The whole name, or its beginning and "*". */
static bool is_named(const char *pattern, const char *id)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return !strncmp(pattern, id, n - 1);
	return !strcmp(pattern, id);
}

bool ctl_filter_term(const struct ctl_filter *f, const struct gw_term *term)
{
	if (f->term[0] && !is_named(f->term, term->id))
		return false;
	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used &&
		    ctl_filter_stream(f, term, &term->stream[i]))
			return true;
	return !f->realm[0] && !f->has_address && !f->port && !f->has_state;
}

bool ctl_filter_context(const struct ctl_filter *f,
			const struct gw_context *ctx)
{
	if (!f->is_set)
		return true;
	for (unsigned int i = 0; i < ctx->n_terms; i++)
		if (ctl_filter_term(f, ctx->term[i]))
			return true;
	return false;
}
