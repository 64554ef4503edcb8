/* gateway/interop.c - see interop.h */
#include "gateway/interop.h"

#include "h248/error.h"
#include "h248/names.h"

uint8_t gw_interop_octet(const struct conf_interop *c, uint8_t octet)
{
	uint8_t out = 0;

	if (!c->is_mirrored)
		return octet;
	for (unsigned int bit = 0; bit < 8; bit++)
		out |= (uint8_t)((octet >> bit & 1) << (7 - bit));
	return out;
}

uint16_t gw_interop_code(const struct conf_interop *c, enum h248_cmd_kind kind,
			 uint16_t code)
{
	if (kind != H248_CMD_ADD && kind != H248_CMD_MODIFY)
		return code;
	if (c->unsupported == CONF_UNSUPPORTED_445 && code == 501)
		return 445;
	if (c->unsupported == CONF_UNSUPPORTED_501 && code == 445)
		return 501;
	return code;
}

int gw_interop_check_cmd(const struct conf_interop *c,
			 const struct h248_cmd *cmd, struct h248_err *err)
{
	if (!cmd->is_wildcard_reply || !c->only_subtract ||
	    cmd->kind == H248_CMD_SUBTRACT)
		return 0;
	return h248_err_set(err, 501, cmd->at, "W-%s",
			    h248_cmd_name(cmd->kind));
}

int gw_interop_check_props(const struct conf_interop *c,
			   const struct h248_ctx_props *p, struct h248_place at,
			   struct h248_err *err)
{
	const char *what = NULL;

	if (!p)
		return 0;
	if (c->refuses_priority && p->has_priority)
		what = "Priority";
	else if (c->refuses_emergency && p->has_emergency)
		what = "Emergency";
	else if (c->refuses_ieps && p->has_ieps)
		what = "IEPSCall";
	return what ? h248_err_set(err, 445, at, "%s", what) : 0;
}

void gw_interop_style(const struct conf_h248 *c, struct h248_text_style *out)
{
	static const char *const eol[] = {
		[CONF_EOL_AS_IS] = NULL,
		[CONF_EOL_LF] = "\n",
		[CONF_EOL_CRLF] = "\r\n",
	};

	*out = (struct h248_text_style) {
		.is_long = c->encoding == CONF_ENC_LONG,
		.sdp_eol = eol[c->interop.sdp_eol],
		.omits_braces = c->interop.omits_braces,
	};
}
