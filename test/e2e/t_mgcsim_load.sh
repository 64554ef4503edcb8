#!/usr/bin/env bash
# A load of whole sessions through the gateway, each with clients and sums.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

CALLS=100
lab_up
for ((i = 1; i <= CALLS; i++)); do
	mkdir "$DIR/$i"		# where the reservation writes its ports
done
start_bgfd
start_mgcsim load --rate 25 --calls $CALLS --ramp 1 --timeout 60 \
	--set netns_a="$LAB-a" --set netns_b="$LAB-b"
lab_passed
grep -q "^PASS load: $CALLS calls passed, 0 failed" "$DIR/mgcsim.log" ||
	die "$(tail -20 "$DIR/mgcsim.log")"
grep -qE "^subtract +$CALLS " "$DIR/mgcsim.log" ||
	die "no times of the Subtract: $(tail -20 "$DIR/mgcsim.log")"
equal "contexts that are left" 0 "$(ctl -f json contexts | python3 -c \
	'import json, sys; print(len(json.load(sys.stdin)["contexts"]))')"

# Ctrl-C ends a load, and the report comes: of calls that none has ended.
echo '<scenario name="long"><pause ms="60000"/></scenario>' >"$DIR/long.xml"
lab_start long mgc "$LAB_BIN/mgcsim" --role gateway --listen 127.0.0.1:3944 \
	--controller 127.0.0.1:2944 --scenario "$DIR/long.xml" \
	--schema "$LAB_ROOT/test/scenarios/scenario.rng" --rate 20 --calls 1000
wait_for 20 grep -q '[1-9][0-9]* begun' "$DIR/long.log" || die "no call begins"
rc=0
lab_stop "$STARTED" INT || rc=$?
equal "exit status of an interrupted load" 1 $rc
begun=$(sed -n 's/^load: \([0-9]*\) calls begun in .*/\1/p' "$DIR/long.log")
[ "${begun:-1000}" -lt 1000 ] || die "no report: $(tail -5 "$DIR/long.log")"
grep -q "^FAIL long: 0 calls passed, $begun failed" "$DIR/long.log" ||
	die "no verdict: $(tail -5 "$DIR/long.log")"
