/*
 * h248/msg.h - a message, as a tree (H.248.1 clause 8, Annex B.2)
 *
 * Message > transaction > action > command > descriptor (h248/desc.h).  A
 * fault found while decoding stays at the level it belongs to: everything
 * before it is in the tree and is executed first, everything after it in the
 * same transaction is not there (clause 8.2.2).
 */
#pragma once

#include "h248/arena.h"
#include "h248/desc.h"

/* "ip/1/access/$".  The flags are found while decoding. */
struct h248_term_id {
	struct h248_term_id *next;
	struct h248_span text;
	bool is_root;
	bool has_all;    /* contains * */
	bool has_choose; /* contains $ */
	struct h248_place at;
};

enum h248_cmd_kind {
	H248_CMD_ADD,
	H248_CMD_MOVE,
	H248_CMD_MODIFY,
	H248_CMD_SUBTRACT,
	H248_CMD_AUDIT_VALUE,
	H248_CMD_AUDIT_CAP,
	H248_CMD_NOTIFY,
	H248_CMD_SERVICE_CHANGE,
	H248_CMD__COUNT
};

/* A command request or a command reply: the same shape (B.2). */
struct h248_cmd {
	struct h248_cmd *next;
	enum h248_cmd_kind kind;
	bool is_optional;           /* O- */
	bool is_wildcard_reply;     /* W- */
	bool is_context_list;       /* reply AV=C{t1,t2}: terms lists them */
	struct h248_term_id *terms; /* one; several in v3 [a,b]; NULL only
				     * when fault says why */
	struct h248_desc *descs;
	/* 442, 447, 448 or the like.  Nothing follows it in its transaction,
	 * unless it is optional and could be read to its end (447, 448). */
	struct h248_err fault;
	struct h248_place at;
};

enum h248_ctx_kind {
	H248_CTX_NULL,
	H248_CTX_CHOOSE,
	H248_CTX_ALL,
	H248_CTX_ID
};

enum h248_topology_dir {
	H248_TOPO_BOTHWAY,
	H248_TOPO_ISOLATE,
	H248_TOPO_ONEWAY,
	H248_TOPO_ONEWAY_EXTERNAL,
	H248_TOPO_ONEWAY_BOTH
};

struct h248_topology {
	struct h248_topology *next;
	struct h248_span from, to;
	enum h248_topology_dir dir;
	/* A second direction beside it, ONEWAY_EXTERNAL or ONEWAY_BOTH: how
	 * some stacks write what version 3 added. */
	bool has_extension;
	enum h248_topology_dir extension;
	uint16_t stream; /* 0: none (v3) */
};

/* Properties of a context, in a request, a reply or a context audit.  In an
 * audit what is H248_NAMED is asked for, and what is H248_GIVEN selects
 * contexts (v3); asks_ then says that it was named, too: CA{PR,PR=10}. */
struct h248_ctx_props {
	enum h248_given has_priority;
	uint8_t priority; /* 0..15 */
	enum h248_given has_emergency;
	bool emergency;           /* EG true, EGO false */
	enum h248_given has_ieps; /* v3 */
	bool ieps;
	enum h248_given has_topology;
	struct h248_topology *topology;
	struct h248_prop *attrs;          /* v3 CT{...} */
	enum h248_given has_context_list; /* v3 CT{CLT={...}} */
	struct h248_value *context_list;
	bool asks_priority, asks_emergency, asks_ieps;
	struct h248_prop *asks_attrs;
	bool is_or;  /* v3 ORLgc in an audit selection */
	bool is_and; /* v3 ANDLgc */
};

/* An action request or reply. */
struct h248_action {
	struct h248_action *next;
	enum h248_ctx_kind ctx;
	uint32_t ctx_id;              /* for H248_CTX_ID */
	bool is_bare;                 /* reply "C=1" without body (v3) */
	struct h248_ctx_props *props; /* NULL: none */
	struct h248_ctx_props *audit; /* CA{...}; NULL: none */
	struct h248_cmd *cmds;
	struct h248_error_desc *error; /* reply; NULL: none */
	struct h248_err fault;         /* 422 or the like; last action */
	struct h248_place at;
};

enum h248_txn_kind {
	H248_TXN_REQUEST,
	H248_TXN_REPLY,
	H248_TXN_PENDING,
	H248_TXN_ACK,         /* TransactionResponseAck */
	H248_TXN_SEGMENT_ACK, /* v3 */
};

struct h248_tid_range {
	struct h248_tid_range *next;
	uint32_t first;
	uint32_t last; /* == first for a single id */
};

struct h248_txn {
	struct h248_txn *next;
	enum h248_txn_kind kind;
	bool has_id; /* false: the id could not be read */
	uint32_t id;
	bool wants_ack;       /* reply: IA */
	uint16_t segment;     /* reply, segment ack: /n; 0: none (v3) */
	bool is_last_segment; /* /END (v3) */
	struct h248_action *actions;
	struct h248_error_desc *error; /* reply; NULL: none */
	struct h248_tid_range *acks;
	struct h248_err fault; /* 403 or the like */
	struct h248_place at;
};

struct h248_auth {
	uint32_t spi;
	uint32_t seq;
	struct h248_span data; /* 24..64 hex digits */
};

struct h248_msg {
	struct h248_arena *arena; /* owns the tree */
	uint8_t version;          /* of the header, 1..99 */
	struct h248_mid mid;
	struct h248_auth *auth; /* NULL: none */
	struct h248_span body;  /* decoder: what follows the header, up to the
				* last octet that is no white space */
	struct h248_error_desc *error; /* message level; NULL: none */
	struct h248_txn *txns;
	struct h248_err fault; /* 400 or the like: rest unreadable */
};
