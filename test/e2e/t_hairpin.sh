#!/usr/bin/env bash
# A call that passes this gateway twice, through two contexts (decision 6).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034
SCENARIO=hairpin
SIZE=20
lab_prepare() {			# the server can be reached
	lab_in nb nft flush chain inet firewall every
}

session_begin
lab_start server nb sh -c \
	"nc -N -l 192.0.2.20 7000 <'$DIR/from_b' >'$DIR/at_b'"
SERVER=$STARTED
wait_for 10 sh -c "ip netns exec $LAB-nb ss -ltn | grep -q 192.0.2.20:7000" ||
	die "no server"
CLOSE=last session_client a
wait "$CLIENT_a" || die "the caller ended with $?"
wait "$SERVER" || die "the server ended with $?"
session_sums
expect_file ended 20
lab_passed
# What the first context took in at its far side, the second handed out there.
# shellcheck disable=SC1090
. <(tr ' ' '\n' <"$DIR/ended")
# shellcheck disable=SC2154
equal "octets between the contexts" "$far_os" "$near_or"
[ "$near_or" -ge "$((SIZE * 1000000))" ] ||	# and what it sent again
	die "octets of the server: $near_or of $((SIZE * 1000000))"
