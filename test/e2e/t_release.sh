#!/usr/bin/env bash
# bgfctl release, drain, resume: clients are reset, the controller hears it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

spares() {			# the contexts beside the session, one a line
	# shellcheck disable=SC2154
	ctl contexts | awk -v is="$ctx" 'NR > 1 && $2 != is { print $2 }'
}

is_open() {
	ctl contexts --state open | grep -q laboratory
}

SIZE=0
session_begin --set spare=3
mkfifo "$DIR/pipe_a" "$DIR/pipe_b"
exec 7<>"$DIR/pipe_a" 8<>"$DIR/pipe_b"
# Clients with nothing to say.
for side in a b; do
	address=addr_$side port=port_$side
	client $side "${!address}" "${!port}" "$DIR/pipe_$side" "$DIR/at_$side"
	eval "CLIENT_$side=$STARTED"
done
wait_for 20 is_open || die "the session does not open"
in_format json "" release "$ctx"
for pid in $CLIENT_a $CLIENT_b; do
	wait_for 20 lab_is_gone "$pid" || die "a client was not reset"
done
equal "contexts left" 3 "$(spares | wc -l)"
ctl history "$ctx" | grep -q ' operator ' || die "history: $(ctl history)"
! ctl release "$ctx" >/dev/null 2>&1 || die "released twice"
heard() {
	grep -q 'MT=FO\|Method = Forced' "$DIR/h248.log"
}
wait_for 20 heard || die "the controller was not told"

for format in json xml text; do
	in_format $format "" release "$(spares | head -1)"
	in_format $format draining drain 600
	in_format $format "in service" resume
done
equal "contexts left" 0 "$(spares | wc -l)"
