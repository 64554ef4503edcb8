/* mgcsim/fault.c - see fault.h */
#include "tools/mgcsim/fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "h248/text.h"
#include "tools/mgcsim/number.h"
#include "tools/mgcsim/tree.h"

static const char *const NAME[FAULT__COUNT] = {
	[FAULT_NONE] = "none",       [FAULT_LOSE] = "lose",
	[FAULT_REPEAT] = "repeat",   [FAULT_DELAY] = "delay",
	[FAULT_REORDER] = "reorder", [FAULT_TRUNCATE] = "truncate",
	[FAULT_CORRUPT] = "corrupt",
};

const char *fault_name(enum fault_action action)
{
	return NAME[action];
}

/* splitmix64: small, and the same everywhere. */
uint64_t faults_random(struct faults *f)
{
	uint64_t z = f->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void faults_init(struct faults *f, uint64_t seed)
{
	memset(f, 0, sizeof(*f));
	f->seed = seed;
	f->random = seed;
}

int fault_rule_init(struct fault_rule *r, const char *action)
{
	unsigned int i = FAULT_LOSE;

	while (i < FAULT__COUNT && strcmp(NAME[i], action))
		i++;
	if (i == FAULT__COUNT)
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	r->action = (enum fault_action)i;
	r->is_in = r->is_out = true;
	r->nth = 1;
	r->percent = 100;
	r->ms = FAULT_MS;
	return 0;
}

static int set_direction(struct fault_rule *r, const char *value)
{
	r->is_in = !strcmp(value, "in") || !strcmp(value, "both");
	r->is_out = !strcmp(value, "out") || !strcmp(value, "both");
	return r->is_in || r->is_out ? 0 : -EINVAL;
}

static bool is_kind(const char *value)
{
	for (unsigned int i = 0; i <= H248_TXN_SEGMENT_ACK; i++)
		if (!strcmp(tree_txn_name((enum h248_txn_kind)i), value))
			return true;
	for (unsigned int i = 0; i < H248_CMD__COUNT; i++)
		if (!strcmp(tree_cmd_name((enum h248_cmd_kind)i), value))
			return true;
	return false;
}

static int set_kind(struct fault_rule *r, const char *value)
{
	if (!is_kind(value))
		return -EINVAL;
	snprintf(r->kind, sizeof(r->kind), "%s", value);
	return 0;
}

int fault_rule_set(struct fault_rule *r, const char *key, const char *value)
{
	const struct {
		const char *key;
		unsigned int *to, min, max;
	} NUMBER[] = {
		{ "nth", &r->nth, 1, 1000000000 },
		{ "times", &r->times, 1, 1000000000 },
		{ "percent", &r->percent, 0, 100 },
		{ "ms", &r->ms, 0, 3600000 },
		{ "octets", &r->octets, 1, 65535 },
	};
	unsigned long n;

	if (!strcmp(key, "direction"))
		return set_direction(r, value);
	if (!strcmp(key, "kind"))
		return set_kind(r, value);
	for (size_t i = 0; i < sizeof(NUMBER) / sizeof(NUMBER[0]); i++) {
		if (strcmp(key, NUMBER[i].key))
			continue;
		if (number_parse(value, NUMBER[i].min, NUMBER[i].max, &n))
			return -EINVAL;
		*NUMBER[i].to = (unsigned int)n;
		/* The n-th is one, unless more are asked for. */
		if (NUMBER[i].to == &r->nth && !r->times)
			r->times = 1;
		return 0;
	}
	return -EINVAL;
}

int fault_rule_parse(struct fault_rule *r, const char *text)
{
	char copy[256], *rest = copy, *part, *value;
	int rc;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	snprintf(copy, sizeof(copy), "%s", text);
	rc = fault_rule_init(r, strsep(&rest, ","));
	while (!rc && (part = strsep(&rest, ","))) {
		value = strchr(part, '=');
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		rc = fault_rule_set(r, part, value);
	}
	return rc;
}

int faults_add(struct faults *f, const struct fault_rule *r)
{
	if (f->n_rules == FAULT_MAX_RULES)
		return -ENOSPC;
	f->rule[f->n_rules++] = *r;
	return 0;
}

static bool has_command(const struct h248_txn *txn, const char *kind)
{
	for (const struct h248_action *a = txn->actions; a; a = a->next)
		for (const struct h248_cmd *c = a->cmds; c; c = c->next)
			if (!strcmp(tree_cmd_name(c->kind), kind))
				return true;
	return false;
}

/* A command's name means requests of it, not their replies. */
static bool is_of_kind(const struct h248_msg *msg, const char *kind)
{
	if (!kind[0])
		return true;
	for (const struct h248_txn *t = msg->txns; t; t = t->next)
		if (!strcmp(tree_txn_name(t->kind), kind) ||
		    (t->kind == H248_TXN_REQUEST && has_command(t, kind)))
			return true;
	return false;
}

static bool is_hit(struct faults *f, struct fault_rule *r)
{
	r->n_seen++;
	if (r->n_seen < r->nth || (r->times && r->n_seen >= r->nth + r->times))
		return false;
	return r->percent == 100 || faults_random(f) % 100 < r->percent;
}

const struct fault_rule *faults_hit(struct faults *f, bool is_out,
				    const char *buf, size_t n)
{
	struct h248_arena *a = f->n_rules ? h248_arena_new(0) : NULL;
	struct h248_msg msg = { 0 };
	struct fault_rule *first = NULL;

	if (a)
		h248_text_dec(a, buf, n, &msg);
	for (unsigned int i = 0; a && i < f->n_rules; i++) {
		struct fault_rule *r = &f->rule[i];

		if ((is_out ? r->is_out : r->is_in) &&
		    is_of_kind(&msg, r->kind) && is_hit(f, r) && !first)
			first = r;
	}
	if (first)
		f->n_hit[first->action]++;
	h248_arena_free(a);
	return first;
}

size_t faults_damage(struct faults *f, const struct fault_rule *r, char *buf,
		     size_t n)
{
	size_t octets = r->octets ? r->octets : 1;

	if (r->action == FAULT_TRUNCATE) {
		octets = r->octets ? r->octets : n / 2;
		return octets < n ? octets : n;
	}
	for (size_t i = 0; r->action == FAULT_CORRUPT && n && i < octets; i++)
		buf[faults_random(f) % n] ^= (char)(1 + faults_random(f) % 255);
	return n;
}
