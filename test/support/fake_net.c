/* test/support/fake_net.c - see fake_net.h */
#include "test/support/fake_net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static void squeeze(char *out, size_t cap, const char *buf, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k + 1 < cap; i++)
		if (!memchr(" \t\r\n", buf[i], 4))
			out[k++] = buf[i];
	out[k] = '\0';
}

void fake_net_send(void *arg, const struct sockaddr_storage *to,
		   const char *buf, size_t n)
{
	struct fake_net *net = arg;
	struct fake_msg *m = &net->kept[net->n_sent++ % FAKE_NET_KEPT];

	m->to = *to;
	m->at_ms = net->now_ms;
	m->n = n;
	squeeze(m->text, sizeof(m->text), buf, n);
}

uint32_t fake_net_random(void *arg)
{
	struct fake_net *net = arg;
	uint32_t r = net->random;

	net->random += net->random_step;
	return r;
}

const struct fake_msg *fake_net_msg(const struct fake_net *net, unsigned int i)
{
	static const struct fake_msg none;

	if (i >= net->n_sent || net->n_sent - i > FAKE_NET_KEPT)
		return &none;
	return &net->kept[i % FAKE_NET_KEPT];
}

const struct fake_msg *fake_net_last(const struct fake_net *net)
{
	return fake_net_msg(net, net->n_sent - 1);
}

bool fake_net_has(const struct fake_net *net, unsigned int i, const char *text)
{
	char want[256];

	squeeze(want, sizeof(want), text, strlen(text));
	return strstr(fake_net_msg(net, i)->text, want) != NULL;
}

bool fake_net_last_has(const struct fake_net *net, const char *text)
{
	return fake_net_has(net, net->n_sent - 1, text);
}

struct sockaddr_storage fake_addr(const char *ip4, uint16_t port)
{
	struct sockaddr_storage ss = { .ss_family = AF_INET };
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;

	inet_pton(AF_INET, ip4, &in->sin_addr);
	in->sin_port = htons(port);
	return ss;
}

const char *fake_addr_str(const struct sockaddr_storage *ss)
{
	static char text[INET_ADDRSTRLEN + 8];
	const struct sockaddr_in *in = (const void *)ss;
	char ip[INET_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &in->sin_addr, ip, sizeof(ip));
	snprintf(text, sizeof(text), "%s:%u", ip, ntohs(in->sin_port));
	return text;
}
