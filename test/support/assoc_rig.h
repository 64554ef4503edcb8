/*
 * test/support/assoc_rig.h - an association on the bench, controllers as text
 *
 * Controllers 192.0.2.1, 192.0.2.2, ... on a network that only remembers.
 */
#pragma once

#include "h248/assoc.h"
#include "test/support/fake_net.h"

#define HEAD1 "MEGACO/1 [192.0.2.1]:2944\n"
#define AUDIT "C=-{AV=ROOT{AT{}}}"

enum { MAX_STATES = 32 };

struct gate {                /* the gateway's side */
	struct fake_net net; /* first: the hooks take it */
	struct h248_assoc *a;
	unsigned int executed;
	enum h248_assoc_state seen[MAX_STATES];
	unsigned int n_seen;
	char why[128];
	unsigned int n_done;
	int err;
	bool is_holding;      /* keep a request instead of answering */
	struct h248_in *held; /* the latest */
};

/* AuditValue of ROOT: what is executed answers so, what we ask asks so. */
extern struct h248_action gate_action;

struct h248_assoc_params gate_params(unsigned int n_controllers,
				     uint32_t mwd_ms);
struct gate *gate_new(const struct h248_assoc_params *p);
void gate_free(struct gate *g);
/* Started, and the first ServiceChange is out. */
struct gate *gate_started(unsigned int n_controllers);
/* Registered with the first controller, version 2. */
struct gate *gate_active(unsigned int n_controllers);
/* A request of ours found nobody: registers again. */
void gate_lose(struct gate *g);

void gate_on_reply(void *arg, int err, const struct h248_txn *reply);
void gate_receive_from(struct gate *g, const char *ip, const char *text);
void gate_receive(struct gate *g, const char *text);
void gate_wait(struct gate *g, uint64_t ms);
/* The peer answers our latest request: "P=<its id>{...}". */
void gate_answer(struct gate *g, const char *body);
/* The same from this address, with it as MID. */
void gate_answer_from(struct gate *g, const char *ip, const char *body);
/* Whom the latest message went to. */
const char *gate_last_to(const struct gate *g);
