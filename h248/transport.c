/* h248/transport.c - see transport.h: the transports as one */
#include "h248/transport.h"

#include "h248/transport_tcp.h"
#include "h248/transport_udp.h"

static int udp_send(void *impl, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	return h248_udp_send(impl, to, buf, n);
}

static const struct sockaddr_storage *udp_local(const void *impl)
{
	return h248_udp_local(impl);
}

static void udp_local_to(void *impl, const struct sockaddr_storage *peer,
			 struct sockaddr_storage *out)
{
	(void)peer;
	*out = *h248_udp_local(impl);
}

static void udp_close(void *impl)
{
	h248_udp_close(impl);
}

static int tcp_send(void *impl, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	return h248_tcp_send(impl, to, buf, n);
}

static const struct sockaddr_storage *tcp_local(const void *impl)
{
	return h248_tcp_local(impl);
}

static void tcp_local_to(void *impl, const struct sockaddr_storage *peer,
			 struct sockaddr_storage *out)
{
	h248_tcp_local_to(impl, peer, out);
}

static void tcp_close(void *impl)
{
	h248_tcp_close(impl);
}

static const struct h248_transport_ops UDP = { udp_send, udp_local,
					       udp_local_to, udp_close };
static const struct h248_transport_ops TCP = { tcp_send, tcp_local,
					       tcp_local_to, tcp_close };

int h248_transport_open(const struct h248_transport_params *params,
			struct event_base *base,
			const struct h248_transport_hooks *hooks, void *arg,
			struct h248_transport *out)
{
	struct h248_tcp_params p = {
		.local = params->local,
		.is_listening = params->kind == H248_TRANSPORT_TCP_LISTEN,
		.tls = params->tls,
	};
	struct h248_udp *udp;
	struct h248_tcp *tcp;
	int rc;

	if (params->kind == H248_TRANSPORT_UDP) {
		rc = h248_udp_open(base, &params->local, hooks->recv, arg,
				   &udp);
		if (!rc)
			*out = (struct h248_transport) { &UDP, udp };
		return rc;
	}
	rc = h248_tcp_open(base, &p, hooks, arg, &tcp);
	if (!rc)
		*out = (struct h248_transport) { &TCP, tcp };
	return rc;
}

void h248_transport_close(struct h248_transport *tp)
{
	if (!tp->ops)
		return;
	tp->ops->close(tp->impl);
	*tp = (struct h248_transport) { NULL, NULL };
}

int h248_transport_send(struct h248_transport *tp,
			const struct sockaddr_storage *to, const char *buf,
			size_t n)
{
	return tp->ops->send(tp->impl, to, buf, n);
}

const struct sockaddr_storage *
h248_transport_local(const struct h248_transport *tp)
{
	return tp->ops->local(tp->impl);
}

void h248_transport_local_to(struct h248_transport *tp,
			     const struct sockaddr_storage *peer,
			     struct sockaddr_storage *out)
{
	tp->ops->local_to(tp->impl, peer, out);
}
