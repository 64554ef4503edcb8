/* packet/host_nft.c - see host_nft.h; the only file that knows libnftables */
#include "packet/host_nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adding before deleting makes the deletion succeed whether the table was
 * there or not; all of it is one transaction. */
#define FORGET "add table inet bgfd\ndelete table inet bgfd\n"

/* Priority -450 is in front of defragmentation (-400): a fragment is seen, and
 * dropped, as a fragment. */
static const char table_head[] =
	FORGET "table inet bgfd {\n"
	       " counter ttl { comment \"hop limit used up\"; }\n"
	       " counter fragment { comment \"fragments for media\"; }\n"
	       " counter options { comment \"IP options for media\"; }\n"
	       " counter spoofed { comment \"sources that are ours\"; }\n"
	       " counter foreign { comment \"not for this interface\"; }\n";

static const char table_tail[] =
	" chain early {\n"
	"  type filter hook prerouting priority -450; policy accept;\n"
	/* A call that passes twice comes out of a TUN device. */
	"  iifname @interfaces ip saddr @media4 counter name spoofed drop\n"
	"  iifname @interfaces ip6 saddr @media6 counter name spoofed drop\n"
	/* The kernel would complain to the sender of malformed ones. */
	"  ip daddr @media4 ip hdrlength > 5 counter name options drop\n"
	"  ip daddr @media4 ip ttl <= 1 counter name ttl drop\n"
	"  ip6 daddr @media6 ip6 hoplimit <= 1 counter name ttl drop\n"
	"  ip daddr @media4 ip frag-off & 0x3fff != 0"
	" counter name fragment drop\n"
	"  ip6 daddr @media6 exthdr frag exists counter name fragment drop\n"
	" }\n"
	/* Rules for routes come after that of local addresses: without this
	 * a client could speak to the control address, in any name. */
	" chain local {\n"
	"  type filter hook input priority -450; policy accept;\n"
	/* What a client sent in the name of this host goes no further. */
	"  iifname @tuns counter name foreign drop\n"
	"  iifname @interfaces fib daddr . iif type"
	" != { local, broadcast, multicast } counter name foreign drop\n"
	" }\n"
	" chain untracked {\n"
	"  type filter hook prerouting priority raw; policy accept;\n"
	"  ip daddr @media4 notrack\n"
	"  ip saddr @media4 notrack\n"
	"  ip6 daddr @media6 notrack\n"
	"  ip6 saddr @media6 notrack\n"
	" }\n"
	" chain untracked_out {\n"
	"  type filter hook output priority raw; policy accept;\n"
	"  ip daddr @media4 notrack\n"
	"  ip6 daddr @media6 notrack\n"
	" }\n"
	"}\n";

static bool is_v4(const struct pkt_prefix *p)
{
	return IN6_IS_ADDR_V4MAPPED(&p->addr);
}

static void element(FILE *f, const struct pkt_prefix *p, bool is_first)
{
	char text[INET6_ADDRSTRLEN];

	if (is_v4(p))
		inet_ntop(AF_INET, &p->addr.s6_addr[12], text, sizeof(text));
	else
		inet_ntop(AF_INET6, &p->addr, text, sizeof(text));
	fprintf(f, "%s %s/%u", is_first ? " elements = {" : ",", text,
		is_v4(p) ? p->len - 96u : p->len);
}

static void set(FILE *f, const struct pkt_engine_cfg *cfg, bool want_v4)
{
	bool is_first = true;

	fprintf(f, " set media%c { type ipv%c_addr; flags interval;",
		want_v4 ? '4' : '6', want_v4 ? '4' : '6');
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_prefixes; i++) {
			if (is_v4(&cfg->realm[r].prefix[i]) != want_v4)
				continue;
			element(f, &cfg->realm[r].prefix[i], is_first);
			is_first = false;
		}
	fprintf(f, "%s }\n", is_first ? "" : " }");
}

static void tuns(FILE *f, const struct pkt_engine_cfg *cfg)
{
	fputs(" set tuns { type ifname; elements = {", f);
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		fprintf(f, "%s \"%s\"", r ? "," : "", cfg->realm[r].tun);
	fputs(" } }\n", f);
}

static void interfaces(FILE *f, const struct pkt_engine_cfg *cfg)
{
	const char *before = " elements = {";

	fputs(" set interfaces { type ifname;", f);
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_ifaces; i++) {
			fprintf(f, "%s \"%s\"", before, cfg->realm[r].iface[i]);
			before = ",";
		}
	fprintf(f, "%s }\n", *before == ',' ? " }" : "");
}

/* Returns new. */
static char *ruleset(const struct pkt_engine_cfg *cfg)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	fputs(table_head, f);
	set(f, cfg, true);
	set(f, cfg, false);
	interfaces(f, cfg);
	tuns(f, cfg);
	fputs(table_tail, f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static int run(const char *commands, char *err, size_t cap)
{
	struct nft_ctx *ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	int rc = -EIO;

	if (!ctx) {
		snprintf(err, cap, "nftables: no context");
		return rc;
	}
	nft_ctx_buffer_error(ctx);
	if (!nft_run_cmd_from_buffer(ctx, commands))
		rc = 0;
	else
		snprintf(err, cap, "nftables: %.*s",
			 (int)strcspn(nft_ctx_get_error_buffer(ctx), "\n"),
			 nft_ctx_get_error_buffer(ctx));
	nft_ctx_free(ctx);
	return rc;
}

int pkt_host_nft_setup(const struct pkt_engine_cfg *cfg, char *err, size_t cap)
{
	char *text = ruleset(cfg);
	int rc;

	if (!text)
		return -ENOMEM;
	rc = run(text, err, cap);
	free(text);
	return rc;
}

void pkt_host_nft_cleanup(void)
{
	char err[128];

	(void)run(FORGET, err, sizeof(err)); /* nothing there: nothing to do */
}
