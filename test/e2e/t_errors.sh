#!/usr/bin/env bash
# Bad requests, cut messages and garbage while a session passes data.
# Proves: C51
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# A client that sends a little all the time, and ends when the errors are over.
dribble() {
	local address=addr_$1 port=port_$1
	{
		head -c 1000000 "$DIR/from_$1"
		local i=0
		until [ -e "$DIR/errors-done" ] || [ $i -ge 900 ]; do
			i=$((i + 1))
			dd if="$DIR/from_$1" bs=1000 skip=$((999 + i)) count=1 \
				status=none
			sleep 0.05
		done
		tail -c +$((1000001 + i * 1000)) "$DIR/from_$1"
	} | ip netns exec "$LAB-$1" nc -N "${!address}" "${!port}" \
		>"$DIR/at_$1" 2>>"$DIR/nc-$1.log" &
	STARTED=$!
	LAB_PIDS+=("$STARTED")
	eval "CLIENT_$1=$STARTED"
}

garbage() {
	local i
	for i in 1 2 3 20 200 1400 9000; do
		head -c "$i" /dev/urandom >"$DIR/garbage"
		lab_in mgc bash -c 'cat >/dev/udp/10.0.0.2/2944' <"$DIR/garbage" ||
			true
	done
	lab_in mgc bash -c 'printf "!/3 [10.0.0.1]:2944 T=1{C=" \
		>/dev/udp/10.0.0.2/2944'
}

SIZE=2 SCENARIO=errors
session_begin --timeout 100 --set patience=60000 \
	--set filling="$(head -c 60000 /dev/zero | tr '\0' x)"
dribble a
dribble b
wait_for 20 test -s "$DIR/at_b" || die "no data before the errors"
garbage
before=$(stat -c %s "$DIR/at_b")
: >"$DIR/halfway"
expect_file errors-done 30
garbage
[ "$(stat -c %s "$DIR/at_b")" -gt "$before" ] ||
	die "no data while the errors were answered"
session_end
