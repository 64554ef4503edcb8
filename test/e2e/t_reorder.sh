#!/usr/bin/env bash
# One packet in ten of client A comes late, both ways; 5 MB each way arrive.
# Proves: L9
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$LAB_ROOT/test/e2e/bad_way.sh"

SIZE=5
lab_prepare() {
	bad_way
}
session_begin --timeout 150 --set patience=90000
session_client a
session_client b
session_end
bad_way_end 500 0
# Nobody was reset before both had ended; later, a late ACK may find the
# socket of a client gone.
for side in access core; do
	tcpdump -nr "$DIR/$side.pcap" 'tcp[13] & 5 != 0' 2>/dev/null |
		awk '/Flags \[[^]]*F/ { ended[$3] = 1 }
			/Flags \[R/ && length(ended) < 2' >"$DIR/resets"
	[ ! -s "$DIR/resets" ] || die "a reset at $side"
done
