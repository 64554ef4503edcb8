/* conf/mid.c - see mid.h */
#include "conf/mid.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAME = 64, DEFAULT_PORT = 2944 };

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool is_port(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (!text[0])
		return true; /* none */
	if (text[0] != ':')
		return false;
	n = strspn(++text, "0123456789");
	return n && n <= 5 && !text[n] && atoi(text) > 0 && atoi(text) <= 65535;
}

static bool is_address(const char *mid)
{
	const char *end = strchr(mid, ']');
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	size_t n = end ? (size_t)(end - mid - 1) : 0;

	if (!end || n >= sizeof(text) || !is_port(end + 1))
		return false;
	memcpy(text, mid + 1, n);
	text[n] = '\0';
	return inet_pton(AF_INET, text, &addr) == 1 ||
	       inet_pton(AF_INET6, text, &addr) == 1;
}

static bool is_domain(const char *mid)
{
	const char *end = strchr(mid, '>');
	size_t n = end ? (size_t)(end - mid - 1) : 0;

	if (!n || n > MAX_NAME || !is_alnum(mid[1]) || !is_port(end + 1))
		return false;
	for (size_t i = 1; i <= n; i++)
		if (!is_alnum(mid[i]) && mid[i] != '-' && mid[i] != '.')
			return false;
	return true;
}

/* pathNAME without wildcards. */
static bool is_device(const char *mid)
{
	size_t n = strlen(mid);

	if (!n || n > MAX_NAME || !is_alnum(mid[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(mid[i]) && !strchr("/_-.@", mid[i]))
			return false;
	return true;
}

bool conf_mid_is_valid(const char *mid)
{
	if (mid[0] == '[')
		return is_address(mid);
	return mid[0] == '<' ? is_domain(mid) : is_device(mid);
}

void conf_mid_of(const struct sockaddr_storage *ss, char *out, size_t cap)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;
	char addr[INET6_ADDRSTRLEN] = "";
	unsigned int port = ntohs(v4->sin_port);

	if (ss->ss_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, addr, sizeof(addr));
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, addr, sizeof(addr));
	if (ss->ss_family == AF_INET6)
		port = ntohs(v6->sin6_port);
	snprintf(out, cap, "[%s]:%u", addr, port);
}

/* What stands between the brackets as octets of an address; false: it is no
 * address. */
static bool address_of(const char *mid, struct in6_addr *out)
{
	size_t n = strcspn(mid, "]");
	char text[INET6_ADDRSTRLEN];

	if (mid[0] != '[' || n > sizeof(text))
		return false;
	memcpy(text, mid + 1, n - 1);
	text[n - 1] = '\0';
	memset(out, 0, sizeof(*out));
	return inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, out) ==
	       1;
}

static int port_of(const char *mid)
{
	const char *end = strpbrk(mid, "]>");

	return end && end[1] == ':' ? atoi(end + 2) : DEFAULT_PORT;
}

bool conf_mid_is_same(const char *a, const char *b)
{
	struct in6_addr x, y;

	if (address_of(a, &x) && address_of(b, &y))
		return !memcmp(&x, &y, sizeof(x)) && port_of(a) == port_of(b);
	if (a[0] == '<' && b[0] == '<')
		return strcspn(a, ">") == strcspn(b, ">") &&
		       !strncasecmp(a, b, strcspn(a, ">")) &&
		       port_of(a) == port_of(b);
	return !strcasecmp(a, b);
}
