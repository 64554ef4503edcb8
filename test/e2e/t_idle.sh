#!/usr/bin/env bash
# An open session says nothing for 40 s, and goes on (N7, its 600 s shortened).
# Proves: N7
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# In proportion: firewalls forget after 60 s here, and T_idle is 60 s too.
SIZE=1
lab_prepare() {
	local node
	for node in na nb; do
		lab_in $node sysctl -qw \
			net.netfilter.nf_conntrack_tcp_timeout_established=60
	done
}
quiet_client() {		# quiet_client NODE: half, a pause, the rest
	local address=addr_$1 port=port_$1
	{
		head -c 500000 "$DIR/from_$1"
		sleep "${IDLE:-40}"
		tail -c +500001 "$DIR/from_$1"
	} | ip netns exec "$LAB-$1" nc -N "${!address}" "${!port}" \
		>"$DIR/at_$1" 2>>"$DIR/nc-$1.log" &
	STARTED=$!
	LAB_PIDS+=("$STARTED")
	eval "CLIENT_$1=$STARTED"
}
# shellcheck disable=SC2034
LAB_RENDEZVOUS='tidle-s="60"'
session_begin --timeout 150 --set patience=90000
quiet_client a
quiet_client b
session_end
