#!/usr/bin/env bash
# D16 Two workers: a call that passes this gateway twice, each context on one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034
SCENARIO=hairpin
SIZE=5
lab_prepare() {			# the server can be reached
	lab_in nb nft flush chain inet firewall every
	sed -i -e 's|<control |<limits workers="2"/>&|' \
		-e 's|<media |<media fastpath="off" |' "$DIR/bgfd.xml"
}

# workers COLUMN: of each worker, by bgfctl
workers() {
	ctl status |
		awk -v name="$1" '$1 == "WORKER" {
				for (i = 1; i <= NF; i++)
					if ($i == name)
						column = i
				next
			}
			column && !NF { exit }
			column { printf "%s ", $column }'
}

session_begin
grep -q "packet workers: 2, steered by local port" "$DIR/bgfd.log" ||
	die "one worker: $(grep 'packet workers' "$DIR/bgfd.log")"
lab_start server nb sh -c \
	"nc -N -l 192.0.2.20 7000 <'$DIR/from_b' >'$DIR/at_b'"
SERVER=$STARTED
wait_for 10 sh -c "ip netns exec $LAB-nb ss -ltn | grep -q 192.0.2.20:7000" ||
	die "no server"
equal "rendezvous of each worker" "1 1 " "$(workers RENDEZVOUS)"
CLOSE=last session_client a
wait "$CLIENT_a" || die "the caller ended with $?"
wait "$SERVER" || die "the server ended with $?"
session_sums
# All of it has passed each of them, and nothing came by a wrong queue.
for n in $(workers RX); do
	[ "$n" -gt 50 ] || die "a worker has read $n packets"
done
ctl statistics >"$DIR/said"
grep -q '^  stray *0 ' "$DIR/said" || die "packets on a wrong queue"
expect_file ended 20
lab_passed
