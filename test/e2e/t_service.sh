#!/usr/bin/env bash
# The service manager hears of start, state, reload and end; what lacks is named.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

heard() {			# heard LINE: as the beginning of one
	grep -q "^$1" "$DIR/heard"
}
hears() {			# hears LINE [SECONDS]
	wait_for "${2:-10}" heard "$1" || die "not heard: $1"
}
is_fed() {			# three times more than before
	[ "$(grep -c '^WATCHDOG=1' "$DIR/heard")" -ge $((fed + 3)) ]
}
gone_within() {			# gone_within SECONDS
	wait_for "$1" lab_is_gone "$BGFD" || die "bgfd is still there"
}

lab_up
sed -i 's,<controller .*,&<association drain-s="600"/>,' "$DIR/bgfd.xml"
lab_start manager gw "$LAB_ROOT/test/e2e/manager.py" "$DIR/notify" "$DIR/heard"
wait_for 10 test -S "$DIR/notify" || die "no manager"
export NOTIFY_SOCKET=$DIR/notify WATCHDOG_USEC=1000000

start_bgfd
hears 'READY=1|STATUS=[a-z]*, 0 contexts'
start_mgcsim session --timeout 380 --set patience=350000
expect_file ports 30
hears 'STATUS=active, 1 contexts, 1 rendezvous$'
fed=$(grep -c '^WATCHDOG=1' "$DIR/heard" || true)
wait_for 20 is_fed || die "the watchdog is not fed"

kill -HUP "$BGFD"
hears 'RELOADING=1|MONOTONIC_USEC=[0-9]'
hears 'READY=1|STATUS=active, 1 contexts'

# A session is there: it is waited for, and the manager knows.
kill -TERM "$BGFD"
hears STOPPING=1
hears 'EXTEND_TIMEOUT_USEC=[0-9]'
hears 'STATUS=active, 1 contexts, 1 rendezvous, draining'
lab_is_gone "$BGFD" && die "the session is not waited for"
# The second one ends it at once, and no further one while it puts the host
# back in order.
is_told() {
	kill -TERM "$BGFD" 2>/dev/null || true
	lab_is_gone "$BGFD"
}
is_gone_told() {		# thousands of signals, between two looks at the clock
	local n
	for ((n = 0; n < 1000; n++)); do
		! is_told || return 0
	done
	return 1
}
wait_for 20 is_gone_told || die "bgfd is still there"
wait "$BGFD" || die "bgfd ended with $?"
BGFD=
kill "$MGCSIM" 2>/dev/null || true

unset NOTIFY_SOCKET WATCHDOG_USEC
said() {			# said TEXT: of the run that lacks something
	grep -qF -- "$1" "$DIR/lacks.log" ||
		die "not said: $1: $(tail -3 "$DIR/lacks.log")"
}
rc=0
lab_in gw setpriv --bounding-set -net_admin --inh-caps -net_admin \
	"$LAB_BIN/bgfd" -c "$DIR/bgfd.xml" >"$DIR/lacks.log" 2>&1 || rc=$?
equal "exit code without CAP_NET_ADMIN" 3 $rc
said 'CAP_NET_ADMIN is missing'

# With this the host is somebody else's business, and nothing is in order.
sed -i 's/setup="yes"/setup="no"/' "$DIR/bgfd.xml"
lab_in gw sysctl -qw net.ipv4.conf.eth1.rp_filter=2
(
	ulimit -n 90
	exec ip netns exec "$LAB-gw" "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml" --check
) >"$DIR/lacks.log" 2>&1 || die "--check ends with $?"
said 'warning: open files are limited to 90'
said 'warning: /proc/sys/net/ipv4/conf/eth1/rp_filter is 2 and must be 0'
(
	ulimit -n 90
	ulimit -c 0
	exec ip netns exec "$LAB-gw" "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml"
) >"$DIR/lacks.log" 2>&1 &
LAB_PIDS+=($!)
BGFD=$!
wait_for 20 grep -q 'is up' "$DIR/lacks.log" ||
	die "bgfd does not start: $(tail -3 "$DIR/lacks.log")"
said 'open files are limited to 90'
said 'LimitCORE='
said '/proc/sys/net/ipv4/conf/eth1/rp_filter is 2 and must be 0'
said '/proc/sys/net/ipv4/conf/eth2/forwarding is 0 and must be 1'
