/*
 * test/unit/test_gw_boot.c - a host that has just been switched on
 *
 * There is no entropy yet and no resolver: these functions of the C library
 * are replaced for the whole program, libraries included.
 */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/random.h>

#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define LATCH "SG{ipnapt/latch{napt=LATCH}}"
#define LEG(realm)                                        \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR}," LOCAL "}}," \
	"E=7{tcprv/syn,tcprv/est}," LATCH "}"

static unsigned int n_random, n_waiting, n_names;

ssize_t getrandom(void *buf, size_t n, unsigned int flags)
{
	(void)buf, (void)n;
	n_random++;
	n_waiting += !(flags & GRND_NONBLOCK);
	errno = EAGAIN;
	return -1;
}

int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **out)
{
	(void)node, (void)service, (void)hints, (void)out;
	n_names++;
	return EAI_AGAIN;
}

struct hostent *gethostbyname(const char *name)
{
	(void)name;
	n_names++;
	return NULL;
}

/* A gateway of addresses registers, and makes a session. */
static void no_entropy_no_resolver(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${" LEG("access") "}");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	CU_ASSERT(n_random > 0);
	CU_ASSERT_EQUAL(n_waiting, 0);
	CU_ASSERT_EQUAL(n_names, 0);
	rig_free(r);
}

/* Names are refused, not looked up. */
static void names_in_the_configuration(void)
{
	static const char text[] =
		"<bgfd><h248 listen=\"192.0.2.1\">"
		"<controller address=\"mgc.example:2944\"/></h248>"
		"<realm name=\"a\"><media interface=\"eth1\"/>"
		"<pool prefix=\"198.51.100.0/29\"/></realm></bgfd>";
	static struct conf conf;
	char err[1024] = "";

	CU_ASSERT_EQUAL(conf_load_memory(text, sizeof(text) - 1, "t.xml", &conf,
					 err, sizeof(err)),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "mgc.example"));
	CU_ASSERT_EQUAL(n_names, 0);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "P16 no entropy, no resolver", no_entropy_no_resolver },
		{ "P16 names in the configuration",
		  names_in_the_configuration },
		{ NULL, NULL },
	};

	return suite_run("gateway/boot", tests);
}
