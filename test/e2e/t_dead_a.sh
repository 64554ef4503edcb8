#!/usr/bin/env bash
# The application of A died before B comes: B waits on, or is reset.
# Proves: N4 P8 C9
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1
begin() {			# begin MODE: A is dead, B comes
	# shellcheck disable=SC2034
	LAB_RENDEZVOUS="commit=\"$1\""
	session_begin --timeout 150 --set patience=90000
	session_client a
	session_latched 203.0.113.10
	kill -9 "$CLIENT_a"
	wait "$CLIENT_a" 2>/dev/null || true
	session_client b
}

waiting_first() {		# B hears nothing until there is another A
	# shellcheck disable=SC2034
	SCENARIO=again
	begin waiting
	sleep 5
	kill -0 "$CLIENT_b" 2>/dev/null || die "B has ended"
	session_client a
	session_end
	equal "resets to B" 0 "$(tcpdump -nr "$DIR/core.pcap" \
		'tcp[13] & 4 != 0' 2>/dev/null | wc -l)"
}

parallel() {			# B is connected, and reset at once
	begin parallel
	wait "$CLIENT_b" || true
	capture_end access core
	tcpdump -nr "$DIR/core.pcap" 'src net 198.51.100 and tcp[13] & 4 != 0' \
		>"$DIR/resets" 2>/dev/null
	[ -s "$DIR/resets" ] || die "no reset to B"
	kill "$MGCSIM" 2>/dev/null || true
}

(waiting_first)
(parallel)
