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
equal "contexts that are left" 0 "$(lab_in gw "$LAB_BIN/bgfctl" \
	-s "$DIR/control" -f json contexts | python3 -c \
	'import json, sys; print(len(json.load(sys.stdin)["contexts"]))')"
