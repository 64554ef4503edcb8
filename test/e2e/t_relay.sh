#!/usr/bin/env bash
# A client behind NAT A calls a server on side B: the SYN is relayed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# The server has an address on side B and no firewall.
lab_prepare() {
	lab_in nb nft flush ruleset
}

# Nothing listens there: the caller hears so at once.
SCENARIO=relay_refused
session_begin
session_client a
rc=0
wait "$CLIENT_a" || rc=$?
[ $rc -ne 0 ] || die "the caller did not hear of the refusal"
expect_file ended 10
: >"$DIR/release"
lab_passed
equal "invalid packets at NAT A" 0 "$(invalid na)"
stop_bgfd
lab_down

SCENARIO=relay
session_begin
lab_start server nb sh -c \
	"nc -N -l 192.0.2.20 7000 <'$DIR/from_b' >'$DIR/at_b'"
SERVER=$STARTED
wait_for 10 sh -c "ip netns exec $LAB-nb ss -ltn | grep -q 192.0.2.20:7000" ||
	die "no server"
relayed_session
# One SYN and one SYN-ACK on each side, with the numbers of the ends.
numbers() {
	tcpdump -S -nr "$DIR/$1.pcap" 'tcp[tcpflags] & tcp-syn != 0' \
		2>/dev/null | sed -n 's/.* seq \([0-9]*\).*/\1/p' | sort -u
}
equal "sequence numbers of SYNs" "$(numbers access)" "$(numbers core)"
equal "sequence numbers of SYNs" 2 "$(numbers core | wc -l)"
