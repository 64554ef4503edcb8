#!/usr/bin/env bash
# A daemon that may not load programs, that stands still, that others starve.
# Faults: P09 P11 P15
set -euo pipefail
. "$(dirname "$0")/lib.sh"

fastpath() {			# fastpath: what the log says, each time
	sed -n 's/.*kernel fast path: //p' "$DIR/bgfd.log"
}

# P09: without the right to it everything goes through TUN; one line says so.
without_programs() {
	start_bgfd() {
		lab_start bgfd gw setpriv --bounding-set \
			-bpf,-perfmon,-sys_admin "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml"
		BGFD=$STARTED
		bgfd_is_up ||
			die "bgfd does not start: $(tail -5 "$DIR/bgfd.log")"
	}
	SIZE=2
	session_begin
	session_client a
	session_client b
	session_end
	fastpath
	equal "lines about the fast path" 1 "$(fastpath | wc -l)"
	fastpath | grep -q "^off: .*not permitted" || die "it says: $(fastpath)"
}
# P11: while it stands still what is open goes on in the kernel; then it goes on
# where it was, and has not lost its controller.
has_all() {			# has_all: each has what the other has sent so far
	[ "$(stat -c %s "$DIR/at_b")" -eq "$1" ] &&
		[ "$(stat -c %s "$DIR/at_a")" -eq "$1" ]
}
fed() {				# fed SIDE: its client, who is fed through a pipe
	local address=addr_$1 port=port_$1
	mkfifo "$DIR/in_$1"
	client "$1" "${!address}" "${!port}" "$DIR/in_$1" "$DIR/at_$1"
	eval "CLIENT_$1=$STARTED"
}
in_kernel() {			# in_kernel: its programs have passed a packet
	[ "$(ctl -f json statistics | jq '[.statistics.kernel[] |
		select(.name == "passed").packets] | add // 0')" -gt 0 ]
}
piece() {			# piece N: 1000 octets of each client
	dd if="$DIR/from_a" bs=1000 skip="$1" count=1 status=none >&7
	dd if="$DIR/from_b" bs=1000 skip="$1" count=1 status=none >&8
}
standing_still() {
	local before n=1
	SIZE=5
	session_begin
	fed a
	fed b
	exec 7>"$DIR/in_a" 8>"$DIR/in_b"
	piece 0
	wait_for 20 has_all 1000 || die "the session does not open"
	until in_kernel; do
		[ $n -lt 200 ] || die "the kernel passes nothing"
		piece $n
		n=$((n + 1))
		wait_for 20 has_all $((n * 1000)) || die "piece $n is missing"
	done
	before=$(grep -c 'association: ' "$DIR/bgfd.log")
	kill -STOP "$BGFD"
	tail -c +$((n * 1000 + 1)) "$DIR/from_a" >&7
	tail -c +$((n * 1000 + 1)) "$DIR/from_b" >&8
	wait_for 20 has_all $((SIZE * 1000000)) ||
		die "nothing passes while bgfd stands still"
	sleep 5
	kill -CONT "$BGFD"
	exec 7>&- 8>&-
	session_end
	equal "changes of the association" "$before" \
		"$(grep -c 'association: ' "$DIR/bgfd.log")"
}

# P15: others run on all processors, as many again as there are, with the same
# priority: what is open goes on, and requests are answered.
others() {
	local i
	for ((i = 0; i < 2 * $(nproc); i++)); do
		lab_start "other-$i" world sh -c 'while :; do :; done'
		OTHERS+=("$STARTED")
	done
}
no_processor() {
	local pid n began most=0
	OTHERS=()
	SIZE=2
	session_begin
	others
	session_client a
	session_client b
	for ((n = 0; n < 10; n++)); do
		began=$(date +%s%3N)
		timeout 30 ip netns exec "$LAB-gw" "$LAB_BIN/bgfctl" \
			--socket "$DIR/control" status >/dev/null ||
			die "request $n is not answered"
		began=$(($(date +%s%3N) - began))
		[ $began -le $most ] || most=$began
	done
	session_clients
	session_sums
	# Not longer than is needed: other tests run beside this one.
	for pid in "${OTHERS[@]}"; do
		kill -0 "$pid" || die "who takes the processor has ended"
		lab_stop "$pid" KILL || true
	done
	session_release
	echo "of 10 requests beside ${#OTHERS[@]} others the slowest took $most ms"
}

# Each in a shell of its own, with a laboratory of its own.
(without_programs)
(standing_still)
(no_processor)
