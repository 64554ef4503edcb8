#!/usr/bin/env bash
# bgfctl beside a running session: contexts, context, dump; three formats.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ctl() {
	lab_in gw "$LAB_BIN/bgfctl" --socket "$DIR/control" "$@"
}
# says WHAT COMMAND...: the text is in the answer
says() {
	local what=$1
	shift
	ctl "$@" >"$DIR/said" || die "bgfctl $* ended with $?"
	grep -qF -- "$what" "$DIR/said" ||
		die "bgfctl $* does not say $what: $(head -20 "$DIR/said")"
}

SIZE=2
session_begin
# shellcheck disable=SC2154
for format in text json xml; do
	says "$term_a" context "$ctx" --format $format
	says "$port_a" dump "$ctx" --format $format
	says "$addr_b" dump --format $format
	says "$ctx" contexts --format $format
done
ctl dump --format json | python3 -m json.tool >/dev/null ||
	die "the JSON cannot be read"
ctl dump --format xml | xmllint --noout - || die "the XML cannot be read"
! ctl context 4000000 >/dev/null 2>&1 || die "there is no context 4000000"
session_client a
expect_latched() {
	ctl contexts | grep -q '203\.0\.113\.10:[0-9]* ->'
}
wait_for 10 expect_latched || die "the latched address is not in the list"
session_client b
session_end
says "" contexts
! grep -qF "$term_a" "$DIR/said" || die "the context is still listed"
says "draining" drain 60
says "in service" resume
! ctl resume >/dev/null 2>&1 || die "nothing is to be resumed"
