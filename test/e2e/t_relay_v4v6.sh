#!/usr/bin/env bash
# A client on IPv4 behind NAT A calls a server on IPv6.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SCENARIO=relay
export LAB_IP6=yes

lab_prepare() {			# the server can be reached
	lab_in nb nft flush ruleset
}

session_begin --set ip_b=IP6 --set sam_b=2001:db8:b1::2 \
	--set remote_b=2001:db8:b1::2
lab_start server b sh -c \
	"nc -6 -N -l 2001:db8:b1::2 7000 <'$DIR/from_b' >'$DIR/at_b'"
SERVER=$STARTED
wait_for 10 sh -c "ip netns exec $LAB-b ss -ltn | grep -q :7000" ||
	die "no server"
relayed_session
