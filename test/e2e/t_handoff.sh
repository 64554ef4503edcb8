#!/usr/bin/env bash
# Handed to another controller with its session; a stop that waits for it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lab_up
sed -i 's|<controller|<association drain-s="30"/>\
    <service-change event="stop" method="forced" reason="904"/>\n&|' \
	"$DIR/bgfd.xml"
lab_start second mgc "$LAB_BIN/mgcsim" --listen 10.0.0.1:2946 \
	--scenario "$LAB_ROOT/test/scenarios/handed.xml" \
	--log "$DIR/second-h248.log" --set dir="$DIR"
SECOND=$STARTED
start_bgfd
start_mgcsim handoff --set next='[10.0.0.1]:2946'
lab_passed
expect_file registered 20
grep -q 'MT=HO,RE="903 ' "$DIR/second-h248.log" || die "no HandOff 903"
stop_bgfd
wait "$SECOND" || die "$(grep '^FAIL' "$DIR/second.log")"
