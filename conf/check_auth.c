/* conf/check_auth.c - <authentication>; see check.h and h248/auth.h */
#include "conf/check.h"

static bool is_ip4(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET;
}

/* The pseudo header holds IPv4 addresses, ours among them: never IPv6. */
static void check_address(const struct conf *c, const struct conf_h248 *h,
			  struct conf_report *r)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&h->local;
	int line = conf_line(c, &h->auth.mode);

	if (!is_ip4(&h->local))
		conf_report_add(r, line,
				"the authentication header is for IPv4 only;"
				" write mode=\"off\" and use TLS or IPsec");
	else if (!v4->sin_addr.s_addr)
		conf_report_add(r, line,
				"the authentication header needs our address;"
				" write the one of this host in listen");
}

static void check_keys(const struct conf *c, const struct conf_auth *a,
		       struct conf_report *r)
{
	for (unsigned int i = 0; i < a->n_keys; i++)
		for (unsigned int k = 0; k < i; k++)
			if (a->key[k].spi == a->key[i].spi)
				conf_report_add(r, conf_line(c, &a->key[i].spi),
						"spi=\"%u\" is also that of the"
						" key in line %d; write"
						" another one",
						a->key[i].spi,
						conf_line(c, &a->key[k].spi));
}

void conf_check_auth(const struct conf *c, const struct conf_h248 *h,
		     struct conf_report *r)
{
	const struct conf_auth *a = &h->auth;

	check_keys(c, a, r);
	if (a->mode == CONF_AUTH_OFF && a->is_sending)
		conf_report_add(
			r, conf_line(c, &a->is_sending),
			"send=\"yes\" with mode=\"off\" would refuse the"
			" headers of the controller; write"
			" mode=\"accept\" or \"require\"");
	if (a->mode == CONF_AUTH_OFF)
		return;
	check_address(c, h, r);
	if (a->mode != CONF_AUTH_NULL && !a->n_keys)
		conf_report_add(r, conf_line(c, &a->mode),
				"there is no key; write <key spi=\"0x101\""
				" algorithm=\"hmac-sha1-96\""
				" file=\"/etc/bgfd/h248-101.hex\"/>");
}
