#!/usr/bin/env bash
# bgfctl release: the clients are reset, the controller hears it, history too.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

is_open() {
	ctl contexts --state open | grep -q laboratory
}

SIZE=0
session_begin
mkfifo "$DIR/pipe_a" "$DIR/pipe_b"
exec 7<>"$DIR/pipe_a" 8<>"$DIR/pipe_b"
# Clients with nothing to say.
for side in a b; do
	address=addr_$side port=port_$side
	client $side "${!address}" "${!port}" "$DIR/pipe_$side" "$DIR/at_$side"
	eval "CLIENT_$side=$STARTED"
done
wait_for 20 is_open || die "the session does not open"
# shellcheck disable=SC2154
ctl release "$ctx" --format json >"$DIR/said"
"$LAB_ROOT/test/e2e/reply.py" "$LAB_ROOT/conf/bgfctl.schema.json" <"$DIR/said"
for pid in $CLIENT_a $CLIENT_b; do
	wait_for 20 lab_is_gone "$pid" || die "a client was not reset"
done
equal "contexts left" 1 "$(ctl contexts | wc -l)"
ctl history "$ctx" | grep -q ' operator ' || die "history: $(ctl history)"
! ctl release "$ctx" >/dev/null 2>&1 || die "released twice"
heard() {
	grep -q 'MT=FO\|Method = Forced' "$DIR/h248.log"
}
wait_for 20 heard || die "the controller was not told"
