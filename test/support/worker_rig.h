/*
 * test/support/worker_rig.h - a worker without its thread, on a device that is not
 *
 * Gate i is at slot i and port PORT + i; by itself it is rendezvous i.  The
 * client of each is 203.0.113.1, port 40000 + i.
 */
#pragma once

#include "packet/seg.h"
#include "packet/worker.h"

enum { RDVS = 40, PORT = 30000 };

/* Places of gates 3 and 4 when they are one rendezvous. */
enum { GATE3 = 3 * PKT_LEGS, GATE4 };

extern struct pkt_worker *worker;
extern struct pkt_worker_cfg cfg;
extern int fd[2]; /* the device: that of the worker, and the host's end */
extern uint32_t places[RDVS];
extern uint32_t twait_s; /* of commands; start() makes it longer than a test */

struct in6_addr addr(const char *text);

void start(void);
/* With fast_stub.h in the place of the programs. */
void start_beside_kernel(void);
void stop(void);

/* Of gate i. */
struct pkt_entry *entry(uint32_t i);

/* A command for gate i; and into the ring. */
struct pkt_cmd command(uint8_t type, uint32_t i);
void push(uint8_t type, uint32_t i);

/* From the client of gate i. */
void syn(uint32_t i);
/* The first segment after its SYN, to the client of gate `peer`. */
struct pkt_tx first_of(uint32_t i, uint32_t peer);
/* The same with n octets. */
void segment(uint32_t i, uint32_t peer, const uint8_t *data, size_t n);

/* The clock of events. */
uint64_t rig_now_us(void);

/* Of the loop; waits for nothing. */
void turn(void);

void forget_events(void);
/* Gates 3 and 4 are one rendezvous; and it is open. */
void add_pair(void);
void open_session(void);
