/* packet/names.c - the names of counters, states and causes, in one place */
#include "packet/types.h"

struct name {
	const char *name;
	const char *help;
};

static const struct name drops[PKT_DROP__COUNT] = {
#define DROP(id, name, help, look) [PKT_DROP_##id] = { name, help },
#include "packet/drop.def"
#undef DROP
};

static const struct name fast[PKT_FAST__COUNT] = {
#define FAST(id, name, help) [PKT_FAST_##id] = { name, help },
#include "packet/fast.def"
#undef FAST
};

static const char *const paths[PKT_PATH__COUNT] = {
	[PKT_PATH_TUN] = "tun",
	[PKT_PATH_TC] = "tc",
	[PKT_PATH_XDP] = "xdp",
};

static const char *const states[PKT_STATE__COUNT] = {
	[PKT_STATE_ARMED] = "armed",     [PKT_STATE_WAIT] = "wait",
	[PKT_STATE_PROBE] = "probe",     [PKT_STATE_COMMIT] = "commit",
	[PKT_STATE_OPEN] = "open",       [PKT_STATE_HALF] = "half",
	[PKT_STATE_CLOSING] = "closing", [PKT_STATE_DEAD] = "dead",
	[PKT_STATE_SILENT] = "silent",
};

static const char *const leg_states[] = {
	[PKT_LEG_IDLE] = "idle", [PKT_LEG_SYN] = "syn",
	[PKT_LEG_SENT] = "sent", [PKT_LEG_ACKED] = "acked",
	[PKT_LEG_FIN] = "fin",   [PKT_LEG_CLOSED] = "closed",
};

static const char *const causes[PKT_CAUSE__COUNT] = {
	[PKT_CAUSE_NONE] = "none",       [PKT_CAUSE_TWAIT] = "twait",
	[PKT_CAUSE_TSA] = "tsa",         [PKT_CAUSE_RST] = "rst",
	[PKT_CAUSE_RESTART] = "restart", [PKT_CAUSE_POLICY] = "policy",
	[PKT_CAUSE_FIN] = "fin",         [PKT_CAUSE_IDLE] = "idle",
	[PKT_CAUSE_OPER] = "oper",
};

const char *pkt_drop_name(enum pkt_drop d)
{
	return d < PKT_DROP__COUNT ? drops[d].name : "none";
}

const char *pkt_drop_help(enum pkt_drop d)
{
	return d < PKT_DROP__COUNT ? drops[d].help : "";
}

const char *pkt_fast_name(enum pkt_fast_count c)
{
	return c < PKT_FAST__COUNT ? fast[c].name : "?";
}

const char *pkt_fast_help(enum pkt_fast_count c)
{
	return c < PKT_FAST__COUNT ? fast[c].help : "";
}

const char *pkt_path_name(enum pkt_path p)
{
	return p < PKT_PATH__COUNT ? paths[p] : "?";
}

const char *pkt_state_name(enum pkt_state s)
{
	return s < PKT_STATE__COUNT ? states[s] : "?";
}

const char *pkt_leg_state_name(enum pkt_leg_state s)
{
	return s <= PKT_LEG_CLOSED ? leg_states[s] : "?";
}

const char *pkt_cause_name(enum pkt_cause c)
{
	return c < PKT_CAUSE__COUNT ? causes[c] : "?";
}
