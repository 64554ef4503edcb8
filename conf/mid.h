/*
 * conf/mid.h - the identity a gateway gives itself (H.248.1 B.2 "mId")
 *
 * Inside conf/ only: the codec of libh248 reads MIDs of messages.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* domainAddress, domainName or deviceName, the first two with a port. */
bool conf_mid_is_valid(const char *mid);
/* "[192.0.2.1]:2944" of an address and port. */
void conf_mid_of(const struct sockaddr_storage *ss, char *out, size_t cap);
/* Whether two valid MIDs name the same gateway: a port that is left out is
 * 2944, names know no case, addresses have several spellings. */
bool conf_mid_is_same(const char *a, const char *b);
