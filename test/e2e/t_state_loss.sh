#!/usr/bin/env bash
# NAT A forgets an open session: it goes on or ends, and nobody loops.
# Proves: N8 A9
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=4
lab_prepare() {
	lab_in na sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
}
slow_client() {			# some 20 s long
	local address=addr_$1 port=port_$1
	{
		for i in $(seq 0 79); do
			dd if="$DIR/from_$1" bs=50000 skip="$i" count=1 status=none
			sleep 0.2
		done
	} | ip netns exec "$LAB-$1" timeout 200 nc -N "${!address}" "${!port}" \
		>"$DIR/at_$1" 2>>"$DIR/nc-$1.log" &
	STARTED=$!
	LAB_PIDS+=("$STARTED")
	eval "CLIENT_$1=$STARTED"
}
session_begin --timeout 300 --set patience=250000
slow_client a
slow_client b
sleep 4
"$LAB_ROOT/test/e2e/ctflush.py" "$LAB-na"
rc=0
wait "$CLIENT_a" || rc=$?
wait "$CLIENT_b" || rc=$?
[ $rc -ne 124 ] || die "a client hangs"
capture_end access core
for side in access core; do
	resets=$(tcpdump -nr "$DIR/$side.pcap" 'tcp[13] & 4 != 0' 2>/dev/null |
		wc -l)
	[ "$resets" -le 10 ] || die "$resets resets at $side"
done
if [ $rc -eq 0 ]; then
	session_sums
	echo "recovered"
else
	echo "ended cleanly"
fi
kill "$MGCSIM" 2>/dev/null || true
