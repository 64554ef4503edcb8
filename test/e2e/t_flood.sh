#!/usr/bin/env bash
# C35: Adds at many times the capacity, releases and heartbeats served.
# Proves: C35 T32
set -euo pipefail
. "$(dirname "$0")/lib.sh"

QUEUE=100
status() {			# status EXPRESSION: of the answer s
	ctl -f json status |
		python3 -c "
import json, sys
r = json.load(sys.stdin)
s = r['status'] if 'status' in r else r['gateways'][0]['status']
print($1)"
}
is_empty() {
	[ "$(status "s['contexts']")" = 0 ] &&
		[ "$(status "s['overload']['level']")" = normal ]
}

lab_up
sed -i "s|<control |<overload queue=\"$QUEUE\"/>&|; s|level=\"info\"|level=\"notice\"|" "$DIR/bgfd.xml"
lab_start flood mgc timeout 200 "$LAB_ROOT/test/e2e/flood.py" 10.0.0.1 2000 60
flood=$STARTED
start_bgfd
wait "$flood" || die "flood.py: $(tail -1 "$DIR/flood.log")"
cat "$DIR/flood.log"
wait_for 20 is_empty || die "not empty: $(status s)"
[ "$(status "s['overload']['refused_adds']")" -ge 2000 ] ||
	die "not refused by the queue: $(status "s['overload']")"
# Of lines of one kind some are held back, which is said some seconds later.
is_logged() {
	grep -qE 'overload refuse-adds|held back like: overload' "$DIR/bgfd.log"
}
wait_for 20 is_logged || die "not logged: $(grep overload "$DIR/bgfd.log")"
