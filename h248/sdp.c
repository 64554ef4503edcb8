/* h248/sdp.c - bodies through libosip2, verified; see sdp.h */
#include "h248/sdp.h"

#include <osipparser2/osip_port.h>
#include <osipparser2/sdp_message.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "h248/error.h"
#include "h248/sdp_lines.h"
#include "h248/sdp_memo.h"
#include "h248/sdp_memory.h"
#include "h248/span.h"

enum { MAX_WORDS = 64 }; /* of an m= line */

static int refuse(struct h248_err *err, uint16_t code, const char *what)
{
	return h248_err_set(err, code, (struct h248_place) { 0 }, "%s", what);
}

/* ---- what an alternative is made of ---- */

/* Lines that exist only once in a description may stand anywhere; the others
 * belong to the session before m=, to the media after it. */
#define T(type) H248_SDP_SET(type)
enum {
	SESSION_ONLY = T('v') | T('o') | T('s') | T('u') | T('e') | T('p') |
		       T('t') | T('r') | T('z'),
	OF_WORDS = T('c') | T('m') | T('t') | T('o'),
	ADDED = T('v') | T('o') | T('s') | T('t'), /* when they are missing */
};
#undef T
#define MEDIA_TYPES "icbka"

/* Lines [from, to), m= among them, and how many of each type belong to the
 * session and to the media. */
struct part {
	unsigned int from, to, m;
	unsigned int session['z' - 'a' + 1], media['z' - 'a' + 1];
};

/* False: not exactly one m=. */
static bool take_apart(const struct h248_sdp_lines *lines,
		       const struct h248_sdp_alt *alt, struct part *part)
{
	bool is_behind = false;
	char type;

	*part = (struct part) { .from = alt->from, .to = alt->to };
	for (unsigned int i = alt->from; i < alt->to; i++) {
		type = lines->line[i].type;
		if (type == 'm' && is_behind)
			return false;
		if (type == 'm') {
			is_behind = true;
			part->m = i;
		} else if (is_behind && !h248_sdp_is_in(SESSION_ONLY, type)) {
			part->media[type - 'a']++;
		} else {
			part->session[type - 'a']++;
		}
	}
	return is_behind;
}

/* ---- writing a description as libosip2 can read it ---- */

struct text {
	char *p;
	size_t n; /* there is room for all: see text_new() */
};

static void put(struct text *t, struct h248_span s)
{
	if (s.n)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
}

/* One blank between words: libosip2 takes two for an empty word. */
static void put_words(struct text *t, struct h248_span rest)
{
	struct h248_span word = h248_sdp_word(&rest);

	while (word.n) {
		put(t, word);
		word = h248_sdp_word(&rest);
		if (word.n)
			put(t, H248_SPAN(" "));
	}
}

static void put_line(struct text *t, const struct h248_sdp_line *line)
{
	const char head[] = { line->type, '=' };

	put(t, (struct h248_span) { head, sizeof(head) });
	if (h248_sdp_is_in(OF_WORDS, line->type))
		put_words(t, line->value);
	else if (!line->value.n)
		put(t, H248_SPAN("-")); /* s= */
	else
		put(t, line->value);
	put(t, H248_SPAN("\r\n"));
}

/* All n lines of a type, which begin at line i. */
static void put_type(struct text *t, const struct h248_sdp_lines *lines,
		     unsigned int i, char type, unsigned int n)
{
	for (; n; i++) {
		if (lines->line[i].type != type)
			continue;
		put_line(t, &lines->line[i]);
		n--;
	}
}

/* The order of RFC 4566 clause 5, on which libosip2 insists; what H.248 leaves
 * out (H.248.1 clause 7.1.8) is added. */
static void put_alt(struct text *t, const struct h248_sdp_lines *lines,
		    const struct part *part)
{
	static const struct {
		char type;
		const char *otherwise;
	} order[] = {
		{ 'v', "v=0\r\n" }, { 'o', "o=- 0 0 IN IP4 0.0.0.0\r\n" },
		{ 's', "s=-\r\n" }, { 'i', "" },
		{ 'u', "" },        { 'e', "" },
		{ 'p', "" },        { 'c', "" },
		{ 'b', "" },        { 't', "t=0 0\r\n" },
		{ 'r', "" },        { 'z', "" },
		{ 'k', "" },        { 'a', "" },
	};

	for (unsigned int i = 0; i < sizeof(order) / sizeof(*order); i++) {
		unsigned int n = part->session[order[i].type - 'a'];

		if (n)
			put_type(t, lines, part->from, order[i].type, n);
		else
			put(t, h248_span_of(order[i].otherwise));
	}
	put_line(t, &lines->line[part->m]);
	for (const char *type = MEDIA_TYPES; *type; type++)
		put_type(t, lines, part->m, *type, part->media[*type - 'a']);
}

/* Room for the lines, their ends, and what is added. */
static int text_new(struct text *t, const struct h248_sdp_lines *lines,
		    const struct part *part)
{
	size_t room = 128;

	for (unsigned int i = part->from; i < part->to; i++)
		room += lines->line[i].value.n + 8;
	t->n = 0;
	t->p = malloc(room);
	return t->p ? 0 : -ENOMEM;
}

/* ---- what libosip2 made of it ---- */

static int count_repeats(const osip_list_t *times)
{
	int n = 0;

	for (int i = 0; i < osip_list_size(times); i++) {
		sdp_time_descr_t *t = osip_list_get(times, i);

		n += osip_list_size(&t->r_repeats);
	}
	return n;
}

static int kept_in_session(const sdp_message_t *s, char type)
{
	switch (type) {
	case 'i':
		return s->i_info != NULL;
	case 'u':
		return s->u_uri != NULL;
	case 'e':
		return osip_list_size(&s->e_emails);
	case 'p':
		return osip_list_size(&s->p_phones);
	case 'c':
		return s->c_connection != NULL;
	case 'b':
		return osip_list_size(&s->b_bandwidths);
	case 't':
		return osip_list_size(&s->t_descrs);
	case 'r':
		return count_repeats(&s->t_descrs);
	case 'z':
		return s->z_adjustments != NULL;
	case 'k':
		return s->k_key != NULL;
	case 'a':
		return osip_list_size(&s->a_attributes);
	default:
		return 1; /* v=, o=, s=: there, or it does not parse */
	}
}

static int kept_in_media(const sdp_media_t *m, char type)
{
	switch (type) {
	case 'i':
		return m->i_info != NULL;
	case 'c':
		return osip_list_size(&m->c_connections);
	case 'b':
		return osip_list_size(&m->b_bandwidths);
	case 'k':
		return m->k_key != NULL;
	default:
		return osip_list_size(&m->a_attributes);
	}
}

/* Decision 25: as many lines of each type as were given. */
static bool all_kept(const sdp_message_t *s, const struct part *part)
{
	const sdp_media_t *media = osip_list_get(&s->m_medias, 0);
	int n;

	if (osip_list_size(&s->m_medias) != 1 || !media)
		return false;
	for (const char *type = "vosiuepcbtrzka"; *type; type++) {
		n = (int)part->session[*type - 'a'];
		if (n != kept_in_session(s, *type) &&
		    (n || !h248_sdp_is_in(ADDED, *type)))
			return false;
	}
	for (const char *type = MEDIA_TYPES; *type; type++)
		if ((int)part->media[*type - 'a'] !=
		    kept_in_media(media, *type))
			return false;
	return true;
}

/* The attributes, one by one, against the lines they came from. */
static bool same_attributes(const osip_list_t *list,
			    const struct h248_sdp_lines *lines,
			    unsigned int from, unsigned int to)
{
	osip_list_iterator_t it;
	sdp_attribute_t *a = osip_list_get_first(list, &it);

	for (unsigned int i = from; i < to; i++) {
		struct h248_span v = lines->line[i].value, name = v;
		const char *colon;

		if (lines->line[i].type != 'a')
			continue;
		colon = memchr(v.p, ':', v.n);
		name.n = colon ? (uint32_t)(colon - v.p) : v.n;
		if (!a || !osip_list_iterator_has_elem(it) || !a->a_att_field ||
		    !h248_span_is(name, a->a_att_field))
			return false;
		v = colon ? (struct h248_span) { colon + 1, v.n - name.n - 1 } :
			    (struct h248_span) { "", 0 };
		if (!h248_span_is(v, a->a_att_value ? a->a_att_value : ""))
			return false;
		a = osip_list_get_next(&it);
	}
	return true;
}

/* ---- what it means ---- */

/* A host name is right in SDP, but never resolved here: 449 (C14). */
static int refuse_address(const char *text, struct h248_err *err)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	if (!text[strspn(text, name)] && text[strspn(text, "0123456789.")])
		return refuse(err, 449, "c= with a name, not an address");
	return refuse(err, 474, "c= without a proper address");
}

static int read_address(const sdp_connection_t *c, struct h248_sdp *out,
			struct h248_err *err)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;
	void *at = out->family == AF_INET ? (void *)&v4->sin_addr :
					    (void *)&v6->sin6_addr;

	if (!out->family || inet_pton(out->family, c->c_addr, at) != 1)
		return refuse_address(c->c_addr, err);
	out->address.ss_family = (sa_family_t)out->family;
	return 0;
}

static int read_connection(const sdp_connection_t *c, struct h248_sdp *out,
			   struct h248_err *err)
{
	if (!c->c_nettype || !c->c_addrtype || !c->c_addr)
		return refuse(err, 474, "c= is not complete");
	if (strcasecmp(c->c_nettype, "IN") && strcmp(c->c_nettype, "$"))
		return refuse(err, 449, "c= with a network that is not IN");
	if (!strcasecmp(c->c_addrtype, "IP4"))
		out->family = AF_INET;
	else if (!strcasecmp(c->c_addrtype, "IP6"))
		out->family = AF_INET6;
	else if (strcmp(c->c_addrtype, "$"))
		return refuse(err, 474, "c= with an unknown address type");
	if (c->c_addr_multicast_ttl || c->c_addr_multicast_int)
		return refuse(err, 449, "c= with a multicast address");
	out->has_address = true;
	out->is_address_choose = !strcmp(c->c_addr, "$");
	return out->is_address_choose ? 0 : read_address(c, out, err);
}

/* That of the media counts, but both are judged (C14: families mixed). */
static int read_connections(const sdp_connection_t *session,
			    const osip_list_t *media, struct h248_sdp *out,
			    struct h248_err *err)
{
	const sdp_connection_t *c = osip_list_get(media, 0);
	int rc = session ? read_connection(session, out, err) : 0;
	int family = out->family;

	if (rc || !c)
		return rc;
	if (osip_list_size(media) > 1)
		return refuse(err, 474, "more than one c=");
	memset(&out->address, 0, sizeof(out->address));
	out->family = 0;
	rc = read_connection(c, out, err);
	if (!rc && family && out->family && family != out->family)
		rc = refuse(err, 474, "c= of two address families");
	if (!out->family) /* left open here, but not there */
		out->family = family;
	return rc;
}

static int read_port(const sdp_media_t *m, struct h248_sdp *out,
		     struct h248_err *err)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;
	uint64_t port = 0;

	if (m->m_number_of_port)
		return refuse(err, 449, "m= with a number of ports");
	out->is_port_choose = !strcmp(m->m_port, "$");
	if (out->is_port_choose)
		return 0;
	if (h248_span_uint(h248_span_of(m->m_port), 65535, &port))
		return refuse(err, 474, "m= with a port that is none");
	if (!port)
		return refuse(err, 449, "m= with port 0");
	out->port = (uint16_t)port;
	if (out->address.ss_family == AF_INET)
		v4->sin_port = htons(out->port);
	else if (out->address.ss_family == AF_INET6)
		v6->sin6_port = htons(out->port);
	return 0;
}

static int read_media(const sdp_media_t *m, struct h248_sdp *out,
		      struct h248_err *err)
{
	if (!m->m_media || !m->m_port || !m->m_proto ||
	    !osip_list_size(&m->m_payloads))
		return refuse(err, 474, "m= is not complete");
	if (h248_span_str(h248_span_of(m->m_proto), out->proto,
			  sizeof(out->proto)) ||
	    (strcasecmp(out->proto, "TCP") &&
	     strncasecmp(out->proto, "TCP/", 4)))
		return refuse(err, 515, "m= with a transport that is not TCP");
	out->is_tcp = true;
	if (h248_span_str(h248_span_of(m->m_media), out->media,
			  sizeof(out->media)))
		return refuse(err, 515, "m= with an unknown media type");
	return read_port(m, out, err);
}

/* RFC 4145 clause 4 and 5; media lines come last and count. */
static int read_attributes(const osip_list_t *list, struct h248_sdp *out,
			   struct h248_err *err)
{
	static const char *const setups[] = { "", "active", "passive",
					      "actpass", "holdconn" };
	osip_list_iterator_t it;
	sdp_attribute_t *a = osip_list_get_first(list, &it);
	unsigned int s;

	for (; osip_list_iterator_has_elem(it); a = osip_list_get_next(&it)) {
		const char *v = a->a_att_value ? a->a_att_value : "";

		if (!strcasecmp(a->a_att_field, "connection")) {
			out->is_existing = !strcasecmp(v, "existing");
			if (!out->is_existing && strcasecmp(v, "new"))
				return refuse(err, 474, "a=connection:?");
		}
		if (strcasecmp(a->a_att_field, "setup"))
			continue;
		for (s = H248_SETUP_ACTIVE; s <= H248_SETUP_HOLDCONN; s++)
			if (!strcasecmp(v, setups[s]))
				break;
		if (s > H248_SETUP_HOLDCONN)
			return refuse(err, 474, "a=setup:?");
		out->setup = (enum h248_setup)s;
	}
	return 0;
}

/* NULL: another modifier. */
static uint32_t *bandwidth_of(const char *type, struct h248_sdp *out)
{
	if (!strcasecmp(type, "AS"))
		return &out->bandwidth_as_kbps;
	return strcasecmp(type, "TIAS") ? NULL : &out->bandwidth_tias_bps;
}

static int read_bandwidths(const osip_list_t *list, struct h248_sdp *out,
			   struct h248_err *err)
{
	osip_list_iterator_t it;
	sdp_bandwidth_t *b = osip_list_get_first(list, &it);
	uint32_t *where;
	uint64_t n;

	for (; osip_list_iterator_has_elem(it); b = osip_list_get_next(&it)) {
		if (!b->b_bwtype || !b->b_bandwidth)
			return refuse(err, 474, "b= is not complete");
		where = bandwidth_of(b->b_bwtype, out);
		if (!where || !strcmp(b->b_bandwidth, "$"))
			continue;
		if (h248_span_uint(h248_span_of(b->b_bandwidth), UINT32_MAX,
				   &n))
			return refuse(err, 474, "b= with no number");
		*where = (uint32_t)n;
	}
	return 0;
}

static int read_all(const sdp_message_t *s, struct h248_sdp *out,
		    struct h248_err *err)
{
	const sdp_media_t *m = osip_list_get(&s->m_medias, 0);
	int rc = read_connections(s->c_connection, &m->c_connections, out, err);

	if (!rc)
		rc = read_media(m, out, err);
	if (!rc)
		rc = read_bandwidths(&s->b_bandwidths, out, err);
	if (!rc)
		rc = read_bandwidths(&m->b_bandwidths, out, err);
	if (!rc)
		rc = read_attributes(&s->a_attributes, out, err);
	if (!rc)
		rc = read_attributes(&m->a_attributes, out, err);
	return rc;
}

/* ---- one alternative ---- */

/* libosip2 takes time with the square of the formats of m=. */
static bool has_few_words(struct h248_span rest)
{
	unsigned int n = 0;

	while (n <= MAX_WORDS && h248_sdp_word(&rest).n)
		n++;
	return n <= MAX_WORDS;
}

static int parse_text(const struct text *t, const struct h248_sdp_lines *lines,
		      const struct part *part, struct h248_sdp *out,
		      struct h248_err *err)
{
	sdp_message_t *s = NULL;
	const sdp_media_t *media;
	int rc;

	if (sdp_message_init(&s))
		return refuse(err, 510, "no memory for SDP");
	if (sdp_message_parse(s, t->p) || !all_kept(s, part)) {
		rc = refuse(err, 474, "SDP that cannot be read as a whole");
		goto out;
	}
	media = osip_list_get(&s->m_medias, 0);
	if (!same_attributes(&s->a_attributes, lines, part->from, part->m) ||
	    !same_attributes(&media->a_attributes, lines, part->m, part->to))
		rc = refuse(err, 474, "an attribute that cannot be read");
	else
		rc = read_all(s, out, err);
out:
	sdp_message_free(s);
	return rc;
}

static int parse_alt(const struct h248_sdp_lines *lines,
		     const struct h248_sdp_alt *alt, struct h248_sdp *out,
		     struct h248_err *err)
{
	struct part part;
	struct text t;
	int rc;

	if (!take_apart(lines, alt, &part))
		return refuse(err, 474, "SDP needs exactly one m= line");
	if (!has_few_words(lines->line[part.m].value))
		return refuse(err, 474, "m= with too many formats");
	if (text_new(&t, lines, &part))
		return refuse(err, 510, "no memory for SDP");
	put_alt(&t, lines, &part);
	t.p[t.n] = '\0';
	memset(out, 0, sizeof(*out));
	rc = parse_text(&t, lines, &part, out, err);
	free(t.p);
	return rc;
}

/* The first refusal stays in *err; 474 is one of the whole body. */
static int judge_alt(const struct h248_sdp_lines *lines,
		     const struct h248_sdp_alt *alt, struct h248_sdp *out,
		     struct h248_err *err)
{
	struct h248_err mine = { 0 };
	int rc = parse_alt(lines, alt, out, &mine);

	if (!rc)
		return 0;
	if (!err->code || mine.code == 474)
		*err = mine;
	if (mine.code == 474 || !mine.code)
		return rc;
	out->refused = mine.code;
	return 0;
}

static int find_usable(const struct h248_sdp *list, size_t n,
		       struct h248_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!list[i].refused) {
			*err = (struct h248_err) { 0 };
			return 0;
		}
	return -EPROTO;
}

static int parse(struct h248_span body, struct h248_sdp *out, size_t max,
		 size_t *n, struct h248_err *err)
{
	struct h248_sdp_lines *lines = h248_sdp_lines_new(body);
	struct h248_sdp_alt alt = { 0, 0 };
	unsigned int bad = 0;
	size_t k = 0;
	int rc = 0;

	if (!lines)
		return refuse(err, 510, "no memory for SDP");
	h248_sdp_memory_init();
	if (body.n > H248_SDP_MAX_OCTETS || h248_sdp_scan(body, lines, &bad))
		rc = h248_err_set(err, 474, (struct h248_place) { 0 },
				  "SDP line %u", bad);
	else if (!lines->n)
		rc = refuse(err, 474, "SDP without a line");
	while (!rc && h248_sdp_next(lines, &alt)) {
		if (k == max)
			rc = refuse(err, 474, "too many alternatives");
		else
			rc = judge_alt(lines, &alt, &out[k++], err);
	}
	if (!rc)
		rc = find_usable(out, k, err);
	if (!rc)
		*n = k;
	free(lines);
	return rc;
}

int h248_sdp_parse(struct h248_span body, struct h248_sdp *out, size_t max,
		   size_t *n, struct h248_err *err)
{
	int rc;

	*err = (struct h248_err) { 0 };
	if (max && h248_sdp_recall(body, out)) {
		*n = 1;
		return 0;
	}
	rc = parse(body, out, max, n, err);
	if (!rc && *n == 1)
		h248_sdp_remember(body, out);
	return rc;
}
