/* mgcsim/expect.c - <expect>: match what was received, bind, assert */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xpath.h>

#include "tools/mgcsim/step.h"

static const char *const KIND_NAME[] = {
	[SIM_REQUEST] = "request",
	[SIM_REPLY] = "reply",
	[SIM_OTHER] = "other",
};

static enum sim_kind kind_of(xmlNode *step)
{
	xmlChar *type = xmlGetProp(step, BAD_CAST "type");
	enum sim_kind kind = SIM_REQUEST;

	for (size_t i = 0; type && i < 3; i++)
		if (!strcmp((char *)type, KIND_NAME[i]))
			kind = (enum sim_kind)i;
	xmlFree(type);
	return kind;
}

/* The value of an XPath expression as text; NULL: no such node. */
static xmlChar *evaluate(xmlDoc *doc, const char *path, bool *is_true)
{
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	xmlXPathObject *value =
		ctx ? xmlXPathEvalExpression(BAD_CAST path, ctx) : NULL;
	xmlChar *text = NULL;

	*is_true = value && xmlXPathCastToBoolean(value);
	if (value && !(value->type == XPATH_NODESET &&
		       xmlXPathNodeSetIsEmpty(value->nodesetval)))
		text = xmlXPathCastToString(value);
	xmlXPathFreeObject(value);
	xmlXPathFreeContext(ctx);
	return text;
}

static bool is_true(xmlDoc *doc, const char *path)
{
	bool yes;

	xmlFree(evaluate(doc, path, &yes));
	return yes;
}

/* The message in one line, for a verdict: its first 700 octets. */
static char *show(xmlDoc *doc)
{
	xmlBuffer *buf = xmlBufferCreate();
	char *text = NULL;

	if (buf && doc &&
	    xmlNodeDump(buf, doc, xmlDocGetRootElement(doc), 0, 0) > 0)
		text = strndup((const char *)xmlBufferContent(buf), 700);
	if (buf)
		xmlBufferFree(buf);
	return text;
}

static enum run_verdict fail_with(struct run *run, xmlDoc *doc,
				  const char *what, const char *detail)
{
	char *text = show(doc);

	run_fail(run, "%s%s; received %s", what, detail, text ? text : "-");
	free(text);
	return RUN_FAIL;
}

static bool matches(const char *value, const char *pattern)
{
	regex_t re;
	bool yes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	yes = !regexec(&re, value, 0, NULL, 0);
	regfree(&re);
	return yes;
}

/* One <assert>; NULL attributes are not asked for. */
static enum run_verdict check_value(struct run *run, xmlDoc *doc,
				    const char *path, xmlNode *node)
{
	bool yes;
	xmlChar *got = evaluate(doc, path, &yes);
	const char *value = got ? (const char *)got : "";
	char *equals = run_attr(run, node, "equals");
	char *differs = run_attr(run, node, "differs");
	char *pattern = run_attr(run, node, "matches");
	char what[400];
	enum run_verdict v = RUN_PASS;

	snprintf(what, sizeof(what), "%s is \"%.100s\", expected ", path,
		 got ? value : "(absent)");
	if (run->verdict == RUN_FAIL)
		v = RUN_FAIL;
	else if (equals && strcmp(value, equals))
		v = fail_with(run, doc, what, equals);
	else if (differs && !strcmp(value, differs))
		v = fail_with(run, doc, what, "another value");
	else if (pattern && !matches(value, pattern))
		v = fail_with(run, doc, what, pattern);
	else if (!equals && !differs && !pattern && !yes)
		v = fail_with(run, doc, what, "that it holds");
	free(equals);
	free(differs);
	free(pattern);
	xmlFree(got);
	return v;
}

static enum run_verdict bind_var(struct run *run, xmlDoc *doc, const char *path,
				 xmlNode *node)
{
	bool yes;
	xmlChar *got = evaluate(doc, path, &yes);
	char *name = run_attr(run, node, "var");
	enum run_verdict v = RUN_PASS;

	if (!got)
		v = fail_with(run, doc, "nothing to bind at ", path);
	else if (!name || vars_set(run->vars, name, (const char *)got))
		v = run_fail(run, "variable %s cannot be set",
			     name ? name : "?");
	free(name);
	xmlFree(got);
	return v;
}

/* All <bind> and <assert> of the step, in the order they are written. */
static enum run_verdict examine(struct run *run, xmlNode *step, xmlDoc *doc)
{
	enum run_verdict v = RUN_PASS;

	for (xmlNode *n = step->children; n && v == RUN_PASS; n = n->next) {
		char *path;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		path = run_attr(run, n, "path");
		if (!path)
			return RUN_FAIL;
		v = !strcmp((const char *)n->name, "bind") ?
			    bind_var(run, doc, path, n) :
			    check_value(run, doc, path, n);
		free(path);
	}
	return v;
}

/* The id of the request a reply must answer: to="name", else the latest. */
static bool wanted_tid(struct run *run, xmlNode *step, uint32_t *tid)
{
	xmlChar *to = xmlGetProp(step, BAD_CAST "to");
	bool is_found = false;

	for (unsigned int i = run->n_sent; i-- && !is_found;) {
		is_found = !to || !strcmp((char *)to, run->sent[i].name);
		*tid = run->sent[i].tid;
	}
	xmlFree(to);
	return is_found;
}

static bool is_wanted(struct run *run, xmlNode *step, const struct sim_msg *msg,
		      const char *match)
{
	uint32_t tid;

	if (msg->kind != kind_of(step))
		return false;
	if (msg->kind == SIM_REPLY)
		return wanted_tid(run, step, &tid) && tid == msg->tid;
	return !match || is_true(msg->doc, match);
}

bool step_is_aside(const struct sim_msg *msg)
{
	return is_true(msg->doc, "//service-change[@term != 'ROOT']");
}

/* A request that arrived before the one that matches and that no step asked
 * for: the order was not the expected one. */
static bool is_out_of_order(xmlNode *step, const struct sim_msg *msg)
{
	xmlChar *order = xmlGetProp(step, BAD_CAST "order");
	bool is_any = order && !strcmp((char *)order, "any");

	xmlFree(order);
	return !is_any && msg->kind == kind_of(step) &&
	       msg->kind == SIM_REQUEST && !step_is_aside(msg);
}

/* The events that a step has matched are done with. */
static void take_events(xmlDoc *doc, const char *match)
{
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	xmlXPathObject *found =
		ctx ? xmlXPathEvalExpression(BAD_CAST match, ctx) : NULL;
	xmlNodeSet *set = found ? found->nodesetval : NULL;

	for (int i = 0; set && i < set->nodeNr; i++) {
		xmlNode *node = set->nodeTab[i];

		if (strcmp((const char *)node->name, "event"))
			continue;
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		set->nodeTab[i] = NULL;
	}
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(ctx);
}

/* A gateway tells in one Notify what happened while it waited for the answer
 * to the one before; the steps expect each event by itself. */
static void keep_rest(struct run *run, struct sim_msg *msg, const char *match)
{
	xmlFreeDoc(run->rest);
	run->rest = NULL;
	if (msg->kind == SIM_REQUEST && match) {
		take_events(msg->doc, match);
		if (is_true(msg->doc, "//observed/event")) {
			run->rest = msg->doc;
			msg->doc = NULL;
		}
	}
	sim_forget(run->sim, msg);
}

/* Is it an event that came with the one before? */
static enum run_verdict take_rest(struct run *run, xmlNode *step,
				  const char *match)
{
	enum run_verdict v;

	if (!run->rest || !match || kind_of(step) != SIM_REQUEST ||
	    !is_true(run->rest, match))
		return RUN_GOING;
	v = examine(run, step, run->rest);
	take_events(run->rest, match);
	return v;
}

static enum run_verdict take(struct run *run, xmlNode *step,
			     struct sim_msg *msg, const char *match)
{
	enum run_verdict v;

	if (msg->err)
		return run_fail(run, "the request was not answered: %s",
				strerror(-msg->err));
	v = examine(run, step, msg->doc);
	/* A request that waits for its <reply> stays until it has it. */
	if (v == RUN_PASS && msg->in) {
		run->expected = msg;
		msg->kind = SIM_OTHER;
	} else if (v == RUN_PASS) {
		keep_rest(run, msg, match);
	}
	return v;
}

enum run_verdict step_expect(struct run *run, xmlNode *step)
{
	char *match = run_attr(run, step, "match");
	struct sim_msg *msg, *next;
	enum run_verdict v = run->verdict == RUN_FAIL ?
				     RUN_FAIL :
				     take_rest(run, step, match);

	for (msg = TAILQ_FIRST(&run->sim->inbox); msg && v == RUN_GOING;
	     msg = next) {
		next = TAILQ_NEXT(msg, entry);
		if (is_wanted(run, step, msg, match))
			v = take(run, step, msg, match);
		else if (is_out_of_order(step, msg))
			v = fail_with(run, msg->doc, "expected next ",
				      match ? match : "another request");
	}
	free(match);
	return v;
}

enum run_verdict step_expect_timeout(struct run *run, xmlNode *step)
{
	char *match = run_attr(run, step, "match");

	run_fail(run, "no %s%s%s within %ld ms", KIND_NAME[kind_of(step)],
		 match ? " with " : "", match ? match : "",
		 run_attr_ms(run, step, "within", 10000));
	free(match);
	return RUN_FAIL;
}
