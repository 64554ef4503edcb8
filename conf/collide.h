/*
 * conf/collide.h - what realms and gateways must not share (inside conf/)
 */
#pragma once

#include "conf/conf.h"
#include "conf/report.h"

/* Names, devices, pools, tables, MIDs and listen addresses of all gateways
 * against each other; reported. */
void conf_check_collisions(const struct conf *c, struct conf_report *r);

bool conf_same_endpoint(const struct sockaddr_storage *a,
			const struct sockaddr_storage *b);
/* 0.0.0.0 and ::. */
bool conf_is_wildcard(const struct sockaddr_storage *ss);
