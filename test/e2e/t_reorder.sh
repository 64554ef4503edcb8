#!/usr/bin/env bash
# One packet in ten of client A comes late, both ways; 5 MB each way arrive.
# Proves: L9
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=5
LAB_NODES="$LAB_NODES wire"
plain() {			# plain NODE IFACE: packets as they are on a wire
	lab_in "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null
}
lab_prepare() {			# a -- wire -- na
	ip -n "$LAB-a" link del eth0
	link a eth0 wire left
	link wire right na in0
	address a eth0 10.1.0.2/24
	address na in0 10.1.0.1/24
	ip -n "$LAB-a" route add default via 10.1.0.1
	plain a eth0
	plain na in0
	plain wire left
	plain wire right
	lab_start reorder wire "$LAB_ROOT/test/e2e/reorder.py" left right
	REORDER=$STARTED
}
session_begin --timeout 150 --set patience=90000
session_client a
session_client b
session_end
lab_stop "$REORDER" || true
late=$(cat "$DIR/reorder.log")
[ "${late:-0}" -gt 500 ] || die "only $late packets came late"
lab_in gw "$LAB_BIN/bgfctl" --socket "$DIR/control" statistics \
	--format xml >"$DIR/said"
equal "segments judged beyond the window" 0 "$(xmllint --xpath \
	'string(//*[name="window"]/packets)' "$DIR/said")"
# Nobody was reset before both had ended; later, a late ACK may find the
# socket of a client gone.
for side in access core; do
	tcpdump -nr "$DIR/$side.pcap" 'tcp[13] & 5 != 0' 2>/dev/null |
		awk '/Flags \[[^]]*F/ { ended[$3] = 1 }
			/Flags \[R/ && length(ended) < 2' >"$DIR/resets"
	[ ! -s "$DIR/resets" ] || die "a reset at $side"
done
