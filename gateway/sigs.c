/* gateway/sigs.c - see sigs.h */
#include "gateway/sigs.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static const int NUMBER[GW_SIGS] = { SIGTERM, SIGINT, SIGHUP };

int gw_sigs_open(struct event *sig[GW_SIGS], struct event_base *base,
		 event_callback_fn stop, event_callback_fn reload, void *arg)
{
	for (unsigned int i = 0; i < GW_SIGS; i++) {
		sig[i] = evsignal_new(base, NUMBER[i],
				      NUMBER[i] == SIGHUP ? reload : stop, arg);
		if (!sig[i] || event_add(sig[i], NULL))
			return -ENOMEM;
	}
	return 0;
}

void gw_sigs_close(struct event *sig[GW_SIGS])
{
	sigset_t set;

	sigemptyset(&set);
	for (unsigned int i = 0; i < GW_SIGS; i++)
		sigaddset(&set, NUMBER[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (unsigned int i = 0; i < GW_SIGS; i++) {
		if (sig[i])
			event_free(sig[i]);
		sig[i] = NULL;
	}
}
