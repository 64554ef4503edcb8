#!/usr/bin/env bash
# A6 A7 A9 D20 D22 D26 D30: attackers on an open session change nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/attack_lib.sh"

# A client that sends a little, again and again, and the last of it when the
# attack is over.
slow_client() {			# slow_client a|b
	local address=addr_$1 port=port_$1
	# shellcheck disable=SC2016
	ip netns exec "$LAB-$1" bash -c '
		for i in $(seq 0 39); do
			dd if="$3" bs=25000 count=1 skip="$i" status=none
			sleep 0.2
			[ "$i" -lt 38 ] || until [ -e "$5" ]; do sleep 0.1; done
		done | timeout 300 nc -N "$1" "$2" >"$4"' slow "${!address}" \
		"${!port}" "$DIR/from_$1" "$DIR/at_$1" "$DIR/attacked" &
	LAB_PIDS+=("$!")
	eval "CLIENT_$1=$!"
}

SIZE=1
session_begin
slow_client a
slow_client b
expect_file open 20
a=$(latched 0)
b=$(latched 1)
before=$(resident)
# shellcheck disable=SC2154
attack na eth1 session "$a" "$addr_a:$port_a" 3 &
attacker=$!
# shellcheck disable=SC2154
attack nb eth2 session "$b" "$addr_b:$port_b" 3
wait $attacker
attack na eth1 flood any "$addr_a" "$port_a" 10000
attack na eth1 odd "$a" "$addr_a:$port_a"
attack nb eth2 icmp "$b" "$addr_b:$port_b"
attack nb eth2 strangers "$addr_b:$port_b"
steady "$before"
dropped source flags syn_late syn_ack rst_inexact window ack_unsent icmp
ctl contexts >"$DIR/contexts"
grep -q ' open ' "$DIR/contexts" || die "the session is not open any more"
: >"$DIR/attacked"
session_clients
session_sums
expect_file ended 20
: >"$DIR/release"
lab_passed
