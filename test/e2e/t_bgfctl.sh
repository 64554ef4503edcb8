#!/usr/bin/env bash
# bgfctl beside a running session: each subcommand, three formats, schemas.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

CONF=$LAB_ROOT/conf

# says WHAT COMMAND...: the text is in the answer
says() {
	local what=$1
	shift
	ctl "$@" >"$DIR/said" || die "bgfctl $* ended with $?"
	grep -qF -- "$what" "$DIR/said" ||
		die "bgfctl $* does not say $what: $(head -20 "$DIR/said")"
}

# in_format FORMAT WHAT COMMAND...: of the form of its schema
in_format() {
	local format=$1
	shift
	says "$@" --format "$format"
	case $format in
	json) "$LAB_ROOT/test/e2e/reply.py" "$CONF/bgfctl.schema.json" \
		<"$DIR/said" 2>"$DIR/why" ;;
	xml) xmllint --noout --relaxng "$CONF/bgfctl.rng" "$DIR/said" \
		2>"$DIR/why" ;;
	esac || die "$format of ${*:2}: $(tail -8 "$DIR/why")"
}

in_all() {			# in_all WHAT COMMAND...: in three formats
	local format
	for format in json xml text; do
		in_format $format "$@"
	done
}

# lines N COMMAND...: so many lines of text under the head
lines() {
	local n=$1
	shift
	equal "lines of bgfctl $*" "$n" "$(($(ctl "$@" | wc -l) - 1))"
}

SIZE=2
session_begin --set patience=100000 --timeout 200
# shellcheck disable=SC2154
in_all "$term_a" context "$ctx"
in_all "$port_a" dump "$ctx"
in_all "$addr_b" dump
in_all "$ctx" contexts
in_all "$term_b" terminations
in_all "$port_b" flows
in_all core.example ports
in_all "Both clients may come, and none has" explain "$ctx"
in_all '[10.0.0.2]:2944' associations
in_all laboratory gateways
in_all access.example status
in_all AuditCapability statistics
in_all "bgfd" events
in_all info log level
equal "a context that is not there" 1 \
	"$(ctl context 4000000 >/dev/null 2>&1 || echo $?)"

session_client a
expect_latched() {
	ctl contexts | grep -q '203\.0\.113\.10:[0-9]* ->'
}
wait_for 10 expect_latched || die "the latched address is not in the list"

# One context, two terminations, A has come.
lines 1 contexts --state wait
lines 0 contexts --state open
lines 1 contexts --address 203.0.113.10
lines 1 terminations --address 203.0.113.10
lines 2 terminations --context "$ctx"
lines 1 terminations --termination 'ip/1/core/*'
lines 1 flows --realm access.example
lines 1 flows --port "$port_b"
lines 0 flows --address "$addr_a" --port "$port_b"
in_all 203.0.113.10 flows --state wait
in_all "A has come from 203.0.113.10:" explain "$ctx"
in_all "It waits for a SYN of B to $addr_b:$port_b, for " explain "$ctx"

# Followed until three more lines have come; B's connection makes them.
lab_start follow gw "$LAB_BIN/bgfctl" --socket "$DIR/control" \
	events "$ctx" --follow
FOLLOW=$STARTED
session_client b
session_clients
wait_for 20 grep -q 'ended: fin' "$DIR/follow.log" ||
	die "the end was not followed: $(tail -3 "$DIR/follow.log")"
lab_stop "$FOLLOW" || true
grep -q 'latched to 192\.0\.2\.20 port' "$DIR/follow.log" ||
	die "what came was not followed"
in_all "ended: fin" events "$ctx" --last 9
# What was sent again is counted as well.
octets=$(ctl flows --format json | sed -n 's/.*"octets": \([0-9]*\).*/\1/p' |
	sort -n | tail -1)
[ "$octets" -ge 2000000 ] || die "$octets octets in flows"
in_all "$octets" flows
in_all "$octets" top 1 --once
in_all '192.0.2.20' top 1 --once --realm core.example -n 1
in_all 'Both clients have closed' explain "$ctx"
for what in 'Add A, Add B' 'SYN, port ' 'after the first SYN' \
	'Notify B tcprv/' "$term_a 203.0.113.10:"; do
	in_all "$what" ladder "$ctx"
done
session_sums
session_release
says "" contexts
! grep -qF "$term_a" "$DIR/said" || die "the context is still listed"
in_all controller history
# Who is over has a ladder, in all its forms.
in_all 'Subtract' ladder "$ctx"
says 'over: the controller subtracted' ladder "$ctx"
says 'sequenceDiagram' ladder "$ctx" --format mermaid
says 'P0->>P2: T=' ladder "$ctx" --format mermaid
says '</svg>' ladder "$ctx" --format svg
xmllint --noout "$DIR/said" || die "the drawing is not well-formed"
! ctl ladder 77 >/dev/null 2>&1 || die "context 77 never was"
! ctl contexts --format svg >/dev/null 2>&1 || die "contexts is no drawing"
in_all controller history "$ctx" --last 1
lines 1 history
in_all "both clients closed it, the normal end" explain "$ctx"
! ctl explain 77 >/dev/null 2>&1 || die "context 77 never was"

for format in json xml text; do
	in_format $format "draining" drain 60
	in_format $format "in service" resume
	in_format $format "draining" drain --timeout 2m
	in_format $format "in service" drain --cancel
done
! ctl resume >/dev/null 2>&1 || die "nothing is to be resumed"
# Ended by time, in as many seconds as formats.
in_all time trace address 203.0.113.99 --for 1s -o "$DIR/trace.pcapng"
in_all debug log level debug
in_all info log level info
in_all debug log level session debug
