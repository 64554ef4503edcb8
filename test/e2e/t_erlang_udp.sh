#!/usr/bin/env bash
# Erlang's megaco as controller, UDP: v1 to v3, short and long, a bad way too.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/erlang_lib.sh"

# Through lossy.py.  Copies are known for copies: what was executed is counted.
noisy() {			# noisy VERSION FORM SEED SESSION
	lab_start lossy mgc "$LAB_ROOT/test/e2e/lossy.py" --seed "$3" \
		10.0.0.1:2944 127.0.0.1:2945
	local lossy=$STARTED
	erlang_start udp "$1" "$2" "$4" 2945
	[ "$4" = no ] || erlang_session
	erlang_end
	lab_stop "$lossy"
	grep -q '^up ' "$DIR/lossy.log" || die "lossy.py: $(cat "$DIR/lossy.log")"
	! grep 'unbalanced' "$DIR/lossy.log" || die "$(cat "$DIR/lossy.log")"
	grep -q '"duplicates": [1-9]' "$DIR/run/statistics.json" ||
		die "no copy of a request came"
}

lab_up
erlang_build
random_file "$DIR/from_a" 1
random_file "$DIR/from_b" 1
for version in 1 2 3; do
	erlang_run udp $version short
	erlang_run udp $version long
done
noisy 1 long 1 no
noisy 2 short 2 yes
noisy 3 long 3 no
cat "$DIR/lossy.log"
