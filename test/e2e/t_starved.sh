#!/usr/bin/env bash
# A daemon that may not load programs, and one that stands still for a while.
# Faults: P09 P11
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
		wait_for 20 test -S "$DIR/control" ||
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
without_programs
stop_bgfd
lab_down
unset -f start_bgfd
. "$(dirname "$0")/lib.sh"

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
standing_still() {
	local before
	SIZE=5
	session_begin
	fed a
	fed b
	exec 7>"$DIR/in_a" 8>"$DIR/in_b"
	head -c 1000 "$DIR/from_a" >&7
	head -c 1000 "$DIR/from_b" >&8
	wait_for 20 has_all 1000 || die "the session does not open"
	before=$(grep -c 'association: ' "$DIR/bgfd.log")
	kill -STOP "$BGFD"
	tail -c +1001 "$DIR/from_a" >&7
	tail -c +1001 "$DIR/from_b" >&8
	wait_for 20 has_all $((SIZE * 1000000)) ||
		die "nothing passes while bgfd stands still"
	sleep 5
	kill -CONT "$BGFD"
	exec 7>&- 8>&-
	session_end
	equal "changes of the association" "$before" \
		"$(grep -c 'association: ' "$DIR/bgfd.log")"
}
standing_still
