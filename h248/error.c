/* h248/error.c - see error.h */
#include "h248/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* H.248.8, the codes a gateway of this kind may meet; sorted by code. */
static const struct {
	uint16_t code;
	const char *text;
} texts[] = {
	{ 400, "Syntax error in message" },
	{ 401, "Protocol error" },
	{ 402, "Unauthorized" },
	{ 403, "Syntax error in transaction request" },
	{ 406, "Version not supported" },
	{ 410, "Incorrect identifier" },
	{ 411, "Unknown ContextID" },
	{ 412, "No ContextIDs available" },
	{ 413, "Too many transactions in message" },
	{ 421, "Unknown action or illegal combination of actions" },
	{ 422, "Syntax error in action" },
	{ 430, "Unknown TerminationID" },
	{ 431, "No TerminationID matched a wildcard" },
	{ 432, "Out of TerminationIDs" },
	{ 433, "TerminationID is already in a context" },
	{ 434, "Too many terminations in context" },
	{ 435, "TerminationID is not in the specified context" },
	{ 440, "Unsupported or unknown package" },
	{ 441, "Missing Remote or Local descriptor" },
	{ 442, "Syntax error in command" },
	{ 443, "Unsupported or unknown command" },
	{ 444, "Unsupported or unknown descriptor" },
	{ 445, "Unsupported or unknown property" },
	{ 446, "Unsupported or unknown parameter" },
	{ 447, "Descriptor not legal in this command" },
	{ 448, "Descriptor appears twice in a command" },
	{ 449, "Unsupported parameter or property value" },
	{ 450, "No such property in this package" },
	{ 451, "No such event in this package" },
	{ 452, "No such signal in this package" },
	{ 453, "No such statistic in this package" },
	{ 454, "No such parameter value in this package" },
	{ 455, "Property illegal in this descriptor" },
	{ 456, "Property appears twice in this descriptor" },
	{ 457, "Missing parameter in signal or event" },
	{ 458, "Unexpected event or RequestID" },
	{ 459, "Segments not received" },
	{ 460, "Unable to set statistic on stream" },
	{ 461, "Unsupported or unknown profile" },
	{ 471, "Implied Add for multiplex failure" },
	{ 472, "Required information missing" },
	{ 473, "Conflicting property values" },
	{ 474, "Invalid SDP syntax" },
	{ 478, "Behaviour contradicts resource rule" },
	{ 500, "Internal software failure in the MG" },
	{ 501, "Not implemented" },
	{ 502, "Not ready" },
	{ 503, "Service unavailable" },
	{ 504, "Command received from unauthorized entity" },
	{ 505, "Transaction request received before a ServiceChange reply" },
	{ 506, "Number of TransactionPendings exceeded" },
	{ 510, "Insufficient resources" },
	{ 511, "Temporarily busy" },
	{ 512, "MG unequipped to detect requested event" },
	{ 513, "MG unequipped to generate requested signals" },
	{ 514, "MG cannot send the specified announcement" },
	{ 515, "Unsupported media type" },
	{ 517, "Unsupported or invalid mode" },
	{ 518, "Event buffer full" },
	{ 519, "Out of space to store digit map" },
	{ 520, "Digit map undefined in the MG" },
	{ 521, "Termination is service changing" },
	{ 522, "Topology functionality not supported" },
	{ 526, "Insufficient bandwidth" },
	{ 529, "Internal hardware failure" },
	{ 530, "Temporary network failure" },
	{ 531, "Permanent network failure" },
	{ 532, "Audited item does not exist" },
	{ 533, "Response exceeds maximum transport PDU size" },
	{ 534, "Illegal write of read-only property" },
	{ 540, "Unexpected initial hook state" },
	{ 541, "Unexpected spare bit state" },
	{ 542, "Command is not allowed on this termination" },
	{ 543, "Event timestamp not supported" },
	{ 581, "Does not exist" },
};

const char *h248_error_text(uint16_t code)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "Unknown error";
}

const char *h248_clause_text(enum h248_clause c)
{
	static const char *const numbers[H248_CLAUSE__COUNT] = {
		[H248_CLAUSE_NONE] = "",
#define CLAUSE(id, number) [H248_CLAUSE_##id] = (number),
#include "h248/clause.def"
#undef CLAUSE
	};

	return c < H248_CLAUSE__COUNT ? numbers[c] : "";
}

int h248_err_set(struct h248_err *e, uint16_t code, struct h248_place at,
		 const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -EPROTO;
	e->code = code;
	e->clause = H248_CLAUSE_NONE;
	e->at = at;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	/* The text goes into a quoted string, which has no escape. */
	for (char *p = e->text; *p; p++)
		if (*p < ' ' || *p > '~' || *p == '"')
			*p = '?';
	return -EPROTO;
}
