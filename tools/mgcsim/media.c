/* mgcsim/media.c - see media.h */
#include "tools/mgcsim/media.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/build.h"
#include "h248/sdp.h"
#include "h248/span.h"

struct media_term {
	LIST_ENTRY(media_term) entry;
	uint64_t since_ms;
	char id[H248_MAX_TERM_ID + 16];
};

struct media_ctx {
	LIST_ENTRY(media_ctx) entry;
	uint32_t id;
	LIST_HEAD(, media_term) terms;
};

/* A request being executed. */
struct job {
	struct media *m;
	struct h248_arena *a;
	struct media_ctx *ctx; /* NULL: none yet, or the null context */
	uint64_t now_ms;
	bool is_over; /* an error: nothing behind it is executed */
};

void media_init(struct media *m, const struct sockaddr_storage *address)
{
	memset(m, 0, sizeof(*m));
	m->address = *address;
	m->next_port = MEDIA_FIRST_PORT;
}

static void free_term(struct media *m, struct media_term *t)
{
	LIST_REMOVE(t, entry);
	m->n_terms--;
	free(t);
}

static void free_ctx(struct media *m, struct media_ctx *c)
{
	while (!LIST_EMPTY(&c->terms))
		free_term(m, LIST_FIRST(&c->terms));
	LIST_REMOVE(c, entry);
	m->n_contexts--;
	free(c);
}

void media_fini(struct media *m)
{
	for (unsigned int i = 0; i < MEDIA_BUCKETS; i++)
		while (!LIST_EMPTY(&m->bucket[i]))
			free_ctx(m, LIST_FIRST(&m->bucket[i]));
}

static struct media_ctx *find_ctx(struct media *m, uint32_t id)
{
	struct media_ctx *c;

	LIST_FOREACH (c, &m->bucket[id % MEDIA_BUCKETS], entry)
		if (c->id == id)
			return c;
	return NULL;
}

static struct media_ctx *new_ctx(struct media *m)
{
	struct media_ctx *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->id = ++m->last_ctx;
	LIST_INIT(&c->terms);
	LIST_INSERT_HEAD(&m->bucket[c->id % MEDIA_BUCKETS], c, entry);
	m->n_contexts++;
	return c;
}

static struct media_term *find_term(const struct media_ctx *c,
				    struct h248_span id)
{
	struct media_term *t;

	LIST_FOREACH (t, &c->terms, entry)
		if (h248_span_is(id, t->id))
			return t;
	return NULL;
}

/* "ip/1/access/$" becomes "ip/1/access/7". */
static struct media_term *new_term(struct job *j, struct h248_span name)
{
	struct media_term *t = calloc(1, sizeof(*t));
	const char *choose = memchr(name.p, '$', name.n);

	if (!t)
		return NULL;
	t->since_ms = j->now_ms;
	if (choose)
		snprintf(t->id, sizeof(t->id), "%.*s%u", (int)(choose - name.p),
			 name.p, ++j->m->last_term);
	else
		snprintf(t->id, sizeof(t->id), "%.*s", (int)name.n, name.p);
	LIST_INSERT_HEAD(&j->ctx->terms, t, entry);
	j->m->n_terms++;
	return t;
}

static struct h248_cmd *refuse(struct job *j, struct h248_cmd *cmd,
			       uint16_t code)
{
	cmd->descs = h248_desc_error(j->a, code, NULL);
	j->is_over = true;
	return cmd;
}

static uint16_t next_port(struct media *m)
{
	uint16_t port = m->next_port;

	m->next_port = port == MEDIA_LAST_PORT ? MEDIA_FIRST_PORT :
						 (uint16_t)(port + 2);
	return port;
}

/* Local with our address and port; one that cannot be read as it came. */
static struct h248_body *local_of(struct job *j, const struct h248_body *asked)
{
	struct h248_body *body = H248_NEW(j->a, struct h248_body);
	struct sockaddr_storage at = j->m->address;
	char text[4096];
	size_t n;

	if (!body)
		return NULL;
	*h248_addr_port(&at) = htons(next_port(j->m));
	*body = *asked;
	if (!h248_sdp_complete(asked->sdp, 0, &at, text, sizeof(text), &n))
		body->sdp = h248_arena_dup(
			j->a, (struct h248_span) { text, (uint32_t)n });
	return body;
}

static struct h248_stream *stream_of(struct job *j,
				     const struct h248_stream *asked)
{
	struct h248_stream *s = H248_NEW(j->a, struct h248_stream);

	if (!s)
		return NULL;
	s->is_implicit = asked->is_implicit;
	s->id = asked->id;
	s->local = local_of(j, asked->local);
	return s;
}

/* The streams whose Local was asked for; NULL: none. */
static struct h248_desc *media_of(struct job *j, const struct h248_cmd *req)
{
	struct h248_desc *desc = h248_desc_new(j->a, H248_DESC_MEDIA);
	struct h248_media *media = H248_NEW(j->a, struct h248_media);
	struct h248_stream **tail = media ? &media->streams : NULL;

	if (!desc || !media)
		return NULL;
	desc->u.media = media;
	for (const struct h248_desc *d = req->descs; d; d = d->next) {
		const struct h248_stream *s =
			d->kind == H248_DESC_MEDIA && d->u.media ?
				d->u.media->streams :
				NULL;

		for (; s; s = s->next)
			if (s->local && s->local->sdp.n)
				H248_APPEND(tail, stream_of(j, s));
	}
	return media->streams ? desc : NULL;
}

static struct h248_span id_of(struct job *j, const struct media_term *t)
{
	return h248_arena_dup(j->a, h248_span_of(t->id));
}

static struct h248_cmd *add(struct job *j, const struct h248_cmd *req)
{
	struct h248_cmd *cmd =
		h248_cmd_new(j->a, H248_CMD_ADD, req->terms->text);
	struct media_term *t;

	if (!cmd || !j->ctx)
		return cmd ? refuse(j, cmd, 411) : NULL;
	if (find_term(j->ctx, req->terms->text))
		return refuse(j, cmd, 433);
	t = new_term(j, req->terms->text);
	if (!t)
		return refuse(j, cmd, 510);
	cmd->terms = h248_term_id_new(j->a, id_of(j, t));
	cmd->descs = media_of(j, req);
	return cmd;
}

static struct h248_desc *statistics_of(struct job *j,
				       const struct media_term *t)
{
	struct h248_desc *d = h248_desc_new(j->a, H248_DESC_STATISTICS);
	struct h248_prop **tail = d ? &d->u.stats : NULL;

	if (!d)
		return NULL;
	H248_APPEND(tail,
		    h248_prop_uint(j->a, "nt", "dur", j->now_ms - t->since_ms));
	H248_APPEND(tail, h248_prop_uint(j->a, "nt", "os", 0));
	H248_APPEND(tail, h248_prop_uint(j->a, "nt", "or", 0));
	return d;
}

/* One of a Subtract or Modify or audit, which is there. */
static struct h248_cmd *do_one(struct job *j, const struct h248_cmd *req,
			       struct media_term *t)
{
	struct h248_cmd *cmd = h248_cmd_new(j->a, req->kind, id_of(j, t));

	if (!cmd)
		return NULL;
	if (req->kind == H248_CMD_MODIFY)
		cmd->descs = media_of(j, req);
	if (req->kind == H248_CMD_SUBTRACT) {
		cmd->descs = statistics_of(j, t);
		free_term(j->m, t);
	}
	return cmd;
}

/* One termination, or with a wildcard all of the context. */
static struct h248_cmd *do_existing(struct job *j, const struct h248_cmd *req)
{
	struct h248_cmd *list = NULL, **tail = &list;
	struct media_term *t, *next;

	for (t = j->ctx ? LIST_FIRST(&j->ctx->terms) : NULL; t; t = next) {
		next = LIST_NEXT(t, entry);
		if (req->terms->has_all ||
		    h248_span_is(req->terms->text, t->id))
			H248_APPEND(tail, do_one(j, req, t));
	}
	if (list)
		return list;
	list = h248_cmd_new(j->a, req->kind, req->terms->text);
	return list ? refuse(j, list, 430) : NULL;
}

static struct h248_cmd *execute(struct job *j, const struct h248_cmd *req)
{
	struct h248_cmd *cmd;

	if (req->terms && req->kind == H248_CMD_ADD)
		return add(j, req);
	if (req->terms && !req->terms->is_root && j->ctx &&
	    (req->kind == H248_CMD_MODIFY || req->kind == H248_CMD_SUBTRACT ||
	     req->kind == H248_CMD_AUDIT_VALUE))
		return do_existing(j, req);
	cmd = h248_cmd_new(j->a, req->kind,
			   req->terms ? req->terms->text :
					h248_span_of("ROOT"));
	if (!cmd)
		return NULL;
	if (req->kind == H248_CMD_MOVE || req->kind == H248_CMD_NOTIFY)
		return refuse(j, cmd, 443);
	if (req->terms && !req->terms->is_root && !req->terms->has_all)
		return refuse(j, cmd, 430);
	return cmd; /* ROOT is there, and says nothing of itself */
}

static void execute_all(struct job *j, const struct h248_cmd *req,
			struct h248_cmd **tail)
{
	for (; req && !j->is_over; req = req->next) {
		*tail = execute(j, req);
		while (*tail)
			tail = &(*tail)->next;
	}
}

/* In every context there is: C=*. */
static void execute_everywhere(struct job *j, const struct h248_action *req,
			       struct h248_action **tail)
{
	struct media_ctx *c, *next;

	for (unsigned int i = 0; i < MEDIA_BUCKETS; i++)
		for (c = LIST_FIRST(&j->m->bucket[i]); c; c = next) {
			struct h248_action *act =
				h248_action_new(j->a, H248_CTX_ID, c->id);

			next = LIST_NEXT(c, entry);
			j->ctx = c;
			if (act)
				execute_all(j, req->cmds, &act->cmds);
			if (LIST_EMPTY(&c->terms))
				free_ctx(j->m, c);
			H248_APPEND(tail, act);
		}
}

static struct h248_action *one_action(struct job *j,
				      const struct h248_action *req)
{
	struct h248_action *act = h248_action_new(j->a, req->ctx, req->ctx_id);

	j->ctx = NULL;
	if (req->ctx == H248_CTX_ID)
		j->ctx = find_ctx(j->m, req->ctx_id);
	if (req->ctx == H248_CTX_CHOOSE)
		j->ctx = new_ctx(j->m);
	if (!act)
		return NULL;
	if (j->ctx) {
		act->ctx = H248_CTX_ID;
		act->ctx_id = j->ctx->id;
	}
	if (req->ctx == H248_CTX_ID && !j->ctx) {
		act->error = h248_error_desc_new(j->a, 411, NULL);
		j->is_over = true;
		return act;
	}
	execute_all(j, req->cmds, &act->cmds);
	if (j->ctx && LIST_EMPTY(&j->ctx->terms))
		free_ctx(j->m, j->ctx);
	return act;
}

struct h248_action *media_answer(struct media *m, struct h248_arena *a,
				 const struct h248_txn *req, uint64_t now_ms)
{
	struct job j = { .m = m, .a = a, .now_ms = now_ms };
	struct h248_action *list = NULL, **tail = &list;

	for (const struct h248_action *r = req->actions; r && !j.is_over;
	     r = r->next) {
		if (r->ctx == H248_CTX_ALL && m->n_contexts) {
			execute_everywhere(&j, r, tail);
			while (*tail)
				tail = &(*tail)->next;
		} else {
			H248_APPEND(tail, one_action(&j, r));
		}
	}
	return list;
}
