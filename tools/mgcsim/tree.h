/*
 * mgcsim/tree.h - a decoded message as an XML tree, so that scenarios can
 * address its parts by XPath (docs/mgcsim.md lists the elements)
 */
#pragma once

#include <libxml/tree.h>

#include "h248/msg.h"

/* One transaction.  Returns new (xmlFreeDoc), or NULL (memory). */
xmlDoc *tree_of_txn(const struct h248_txn *txn);
/* The same for a message without transaction: <message><error/></message>. */
xmlDoc *tree_of_error(const struct h248_msg *msg);

/* At which other port of ours it came: the attribute "port" of the root. */
void tree_note_port(xmlDoc *doc, uint16_t port);

/* Element name of a command, e.g. "audit-value". */
const char *tree_cmd_name(enum h248_cmd_kind kind);
/* Of a transaction, e.g. "segment-ack". */
const char *tree_txn_name(enum h248_txn_kind kind);
