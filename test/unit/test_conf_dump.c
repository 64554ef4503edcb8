/* test/unit/test_conf_dump.c - the effective configuration loads again */
#include "conf/conf.h"
#include "test/support/suite.h"

#include <stdlib.h>
#include <string.h>

static char *dump(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(conf_dump(c, f), 0);
	fclose(f);
	return text;
}

/* Where a value stood is no part of what it is. */
static void forget_lines(struct conf *c)
{
	memset(c->origin, 0, sizeof(c->origin));
	memset(c->path, 0, sizeof(c->path));
	c->n_origins = 0;
	for (unsigned int i = 0; i < CONF_MAX_GATEWAYS; i++) {
		c->gateway[i].line = 0;
		for (unsigned int k = 0; k < CONF_MAX_REALMS; k++)
			c->gateway[i].realm[k].line = 0;
	}
}

static void check(const char *path)
{
	static struct conf a, b;
	char err[2048];
	char *text;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	CU_ASSERT_EQUAL_FATAL(conf_load(path, &a, err, sizeof(err)), 0);
	text = dump(&a);
	if (conf_load_memory(text, strlen(text), "dump", &b, err, sizeof(err)))
		CU_FAIL_FATAL(err);
	free(text);
	forget_lines(&a);
	forget_lines(&b);
	CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
}

static void loads_again(void)
{
	check(SOURCE_DIR "/conf/bgfd.xml");
	check(TEST_DATA "/conf/everything.xml");
	check(TEST_DATA "/conf/ipv6.xml");
	check(TEST_DATA "/conf/gateways.xml");
}

static void authentication(const struct conf_auth *a)
{
	CU_ASSERT_EQUAL(a->mode, CONF_AUTH_ACCEPT);
	CU_ASSERT(a->is_sending && a->is_octets);
	CU_ASSERT_EQUAL(a->window, 33);
	CU_ASSERT_EQUAL(a->n_keys, 2);
	CU_ASSERT_EQUAL(a->key[0].spi, 0x101);
	CU_ASSERT_EQUAL(a->key[0].alg, CONF_AUTH_SHA1);
	CU_ASSERT_EQUAL(a->key[1].spi, 258);
	CU_ASSERT_EQUAL(a->key[1].alg, CONF_AUTH_MD5_96);
	CU_ASSERT_STRING_EQUAL(a->key[1].file, "/k/102.hex");
}

static void interop(const struct conf_interop *c)
{
	CU_ASSERT(c->is_mirrored && c->offers_in_header && c->only_subtract);
	CU_ASSERT(c->refuses_priority && c->refuses_emergency);
	CU_ASSERT(!c->refuses_ieps);
	CU_ASSERT_EQUAL(c->unsupported, CONF_UNSUPPORTED_501);
	CU_ASSERT(c->omits_braces && c->supervises);
	CU_ASSERT_EQUAL(c->sdp_eol, CONF_EOL_CRLF);
}

static void log_of(const struct conf *c)
{
	CU_ASSERT_EQUAL(c->log_level, 7);
	CU_ASSERT_EQUAL(c->log_format, CONF_LOG_JSON);
	CU_ASSERT_EQUAL(c->log_messages, CONF_MESSAGES_BODY);
	CU_ASSERT_EQUAL(c->log_part[0], 7);
	CU_ASSERT_EQUAL(c->log_part[1], 1);
	CU_ASSERT_EQUAL(c->log_part[2], 4);
	CU_ASSERT_EQUAL(c->log_rate, 51);
}

static void h248_of(const struct conf_h248 *h)
{
	CU_ASSERT_STRING_EQUAL(h->mid, "<bgf.example>:2944");
	CU_ASSERT_EQUAL(h->version, 2);
	CU_ASSERT_EQUAL(h->transport, CONF_TRANSPORT_TLS);
	CU_ASSERT_STRING_EQUAL(h->tls_certificate, "/c.pem");
	CU_ASSERT_STRING_EQUAL(h->tls_key, "/k.pem");
	CU_ASSERT_STRING_EQUAL(h->tls_ca, "/ca.pem");
	CU_ASSERT_STRING_EQUAL(h->tls_crl, "/crl.pem");
	CU_ASSERT_STRING_EQUAL(h->tls_name, "mgc.example");
	CU_ASSERT_EQUAL(h->encoding, CONF_ENC_LONG);
	CU_ASSERT_STRING_EQUAL(h->group, "g_2");
}

static void timers_and_limits_of(const struct conf_h248 *h)
{
	CU_ASSERT_EQUAL(h->retransmit_ms, 501);
	CU_ASSERT_EQUAL(h->retransmit_max_ms, 4001);
	CU_ASSERT_EQUAL(h->t_max_ms, 25001);
	CU_ASSERT_EQUAL(h->long_timer_ms, 30001);
	CU_ASSERT_EQUAL(h->provisional_ms, 2001);
	CU_ASSERT_EQUAL(h->mwd_ms, 3001);
	CU_ASSERT_EQUAL(h->max_txns_per_msg, 11);
	CU_ASSERT_EQUAL(h->max_actions, 101);
	CU_ASSERT_EQUAL(h->max_commands, 1001);
	CU_ASSERT_EQUAL(h->pending_limit, 12);
	CU_ASSERT_EQUAL(h->context_lifetime_s, 3601);
	CU_ASSERT_EQUAL(h->drain_s, 301);
}

static void association_of(const struct conf_h248 *h)
{
	CU_ASSERT_EQUAL(h->min_version, 2);
	CU_ASSERT_EQUAL(h->return_when, CONF_RETURN_IDLE);
	CU_ASSERT_EQUAL(h->return_s, 61);
	CU_ASSERT_EQUAL(h->inactivity_s, 121);
	CU_ASSERT(!h->emergency_when_out);
	CU_ASSERT_EQUAL(h->segment_ms, 4002);
	CU_ASSERT_EQUAL(h->segment_octets, 1400);
	CU_ASSERT_EQUAL(h->n_accept, 2);
	CU_ASSERT_STRING_EQUAL(h->accept[1].name, "other");
	CU_ASSERT_EQUAL(h->accept[0].version, 6);
	CU_ASSERT_EQUAL(h->n_changes, 2);
	CU_ASSERT_EQUAL(h->change[1].event, CONF_CHANGE_FAILOVER);
	CU_ASSERT_EQUAL(h->change[1].method, CONF_METHOD_RESTART);
	CU_ASSERT_EQUAL(h->change[1].reason, 902);
	CU_ASSERT_EQUAL(h->profile_kind, CONF_INTEROP_ETSI_BGF);
}

static void realm_of(const struct conf_realm *r)
{
	CU_ASSERT_EQUAL(r->n_ifaces, 2);
	CU_ASSERT_STRING_EQUAL(r->media[1].name, "eth2.5");
	CU_ASSERT_EQUAL(r->media[1].fastpath, CONF_FASTPATH_OFF);
	CU_ASSERT_EQUAL(r->table, 4294967295);
	CU_ASSERT_EQUAL(r->mtu, 1400);
	CU_ASSERT_EQUAL(r->port_min, 20000);
	CU_ASSERT_EQUAL(r->port_max, 20999);
	CU_ASSERT_EQUAL(r->quarantine_s, 121);
}

static void rendezvous_of(const struct conf_rendezvous *r)
{
	CU_ASSERT_EQUAL(r->commit, CONF_COMMIT_WAITING);
	CU_ASSERT_EQUAL(r->ts_policy, CONF_TS_NEVER);
	CU_ASSERT(r->fast_fail && !r->release_rst);
	CU_ASSERT_EQUAL(r->twait_s, 76);
	CU_ASSERT_EQUAL(r->thalf_s, 31);
	CU_ASSERT_EQUAL(r->tidle_s, 7441);
	CU_ASSERT_EQUAL(r->tfin_s, 122);
	CU_ASSERT_EQUAL(r->trst_s, 32);
	CU_ASSERT_EQUAL(r->tfresh_ms, 3002);
	CU_ASSERT_EQUAL(r->tts_ms, 1001);
	CU_ASSERT_EQUAL(r->tgrace_ms, 1501);
	CU_ASSERT_EQUAL(r->syn_rate, 6);
}

static void limits_of(const struct conf_gateway *g)
{
	CU_ASSERT_EQUAL(g->max_contexts, 10001);
	CU_ASSERT_EQUAL(g->limits.reserve_contexts, 11);
	CU_ASSERT_EQUAL(g->limits.bandwidth_kbps, 4294967295);
	CU_ASSERT_EQUAL(g->limits.reserve_kbps, 12);
	CU_ASSERT_EQUAL(g->termination_kbps, 64);
	CU_ASSERT_EQUAL(g->reserve_priority, 14);
	CU_ASSERT_EQUAL(g->overload.queue, 1001);
	CU_ASSERT_EQUAL(g->overload.notify, 41);
	CU_ASSERT_EQUAL(g->overload.refuse_adds, 61);
	CU_ASSERT_EQUAL(g->overload.refuse_all, 81);
	CU_ASSERT_EQUAL(g->overload.hysteresis, 11);
	CU_ASSERT_EQUAL(g->overload.error, CONF_BUSY_511);
	CU_ASSERT_EQUAL(g->realm[0].max_contexts, 901);
	CU_ASSERT_EQUAL(g->realm[0].limits.reserve_contexts, 91);
	CU_ASSERT_EQUAL(g->realm[1].limits.bandwidth_kbps, 90002);
	CU_ASSERT_EQUAL(g->realm[1].limits.reserve_kbps, 9002);
}

/* Every attribute that is there was written: none is lost, none ignored. */
static void everything(void)
{
	static struct conf c;
	const struct conf_gateway *g = &c.gateway[0];
	char err[2048];
	char *text;

	CU_ASSERT_EQUAL_FATAL(conf_load(TEST_DATA "/conf/everything.xml", &c,
					err, sizeof(err)),
			      0);
	text = dump(&c);
	CU_ASSERT_PTR_NULL(strstr(text, "default:"));
	free(text);
	CU_ASSERT_STRING_EQUAL(c.name, "gw-7");
	h248_of(&g->h248);
	timers_and_limits_of(&g->h248);
	association_of(&g->h248);
	authentication(&g->h248.auth);
	interop(&g->h248.interop);
	CU_ASSERT(!c.owns_host);
	realm_of(&g->realm[0]);
	rendezvous_of(&g->rendezvous);
	limits_of(g);
	log_of(&c);
	CU_ASSERT_STRING_EQUAL(c.package_dir, "/opt/a <b> & \"c\"");
}

/* The lines are those of the attributes, also in a tag of many lines. */
static void lines(void)
{
	static const char text[] =
		"<bgfd>\n<h248 listen=\"192.0.2.1\"\n\n  group=\"7\"\n>\n"
		"<controller\n address=\"192.0.2.2\"/></h248>\n"
		"<realm\n\n name=\"a\"><pool prefix=\"192.0.2.8/30\"/></realm>"
		"</bgfd>";
	static const char *const wanted[] = {
		"<!-- default: name -->\n<bgfd name=\"bgfd\">",
		"<!-- line 2: listen; default: mid version profile interop transport"
		" encoding; line 4: group -->",
		"<!-- line 7: address -->",
		"<!-- line 10: name; default: interface tun table mtu default"
		" -->",
		"<!-- line 10: prefix -->",
	};
	static struct conf c;
	char err[2048];
	char *out;

	CU_ASSERT_EQUAL_FATAL(conf_load_memory(text, strlen(text), "t", &c, err,
					       sizeof(err)),
			      0);
	CU_ASSERT_EQUAL(c.gateway[0].realm[0].line, 8);
	out = dump(&c);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (!strstr(out, wanted[i]))
			printf("\nnot there: %s", wanted[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(out, wanted[i]));
	}
	free(out);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "a dump loads again to the same values", loads_again },
		{ "every attribute is read", everything },
		{ "the line of every value", lines },
		{ NULL, NULL },
	};

	return suite_run("conf/dump", tests);
}
