#!/usr/bin/env bash
# bgfctl beside a running session: each subcommand, three formats, schemas.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# says WHAT COMMAND...: the text is in the answer
says() {
	local what=$1
	shift
	ctl "$@" >"$DIR/said" || die "bgfctl $* ended with $?"
	grep -qF -- "$what" "$DIR/said" ||
		die "bgfctl $* does not say $what: $(head -20 "$DIR/said")"
}

# lines N COMMAND...: so many lines of text under the head
lines() {
	local n=$1
	shift
	equal "lines of bgfctl $*" "$n" "$(($(ctl "$@" | wc -l) - 1))"
}

# parts FORMAT FILE: each answer of a stream that was written so far, whole and
# in the form of its schema; how many there are is in $PARTS
parts() {
	local part
	rm -f "$DIR"/part.*
	"$LAB_ROOT/test/e2e/parts.py" "$1" "$DIR/part" <"$2"
	PARTS=0
	for part in "$DIR"/part.*; do
		[ -e "$part" ] || break
		is_form "$1" "$part" ||
			die "$1 of $2: $(tail -8 "$DIR/why")"
		PARTS=$((PARTS + 1))
	done
}

# follow NAME [OPTION]...: the events of the session, in the background
follow() {
	lab_start "$1" gw "$LAB_BIN/bgfctl" --socket "$DIR/control" \
		events "$ctx" --follow "${@:2}"
	FOLLOWS+=("$STARTED")
}

# Rounds of the live view, on a terminal and as a stream.
screens() {
	[ "$(tr '\033' '\n' <"$DIR/top-tty.log" | grep -c '^\[J')" -ge 2 ]
}
rounds() {			# rounds FORMAT
	parts "$1" "$DIR/top-$1.log"
	[ $PARTS -ge 2 ]
}
live() {
	local top="$LAB_BIN/bgfctl --socket $DIR/control top 1" format pids=() pid
	lab_start top-tty gw script -qfec "$top" /dev/null
	pids+=("$STARTED")
	for format in json xml; do
		# shellcheck disable=SC2086 # they are several words
		lab_start top-$format gw $top --format $format
		pids+=("$STARTED")
	done
	wait_for 20 screens || die "top shows: $(tail -3 "$DIR/top-tty.log")"
	grep -qF 192.0.2.20 "$DIR/top-tty.log" || die "top shows no client"
	for format in json xml; do
		wait_for 20 rounds $format || die "$format of top: $PARTS rounds"
	done
	for pid in "${pids[@]}"; do
		lab_stop "$pid" || true
	done
}

SIZE=2
# On a busy machine it takes a while until B comes, and until all is released.
export LAB_RENDEZVOUS='twait-s="120"'
session_begin --set patience=350000 --timeout 380
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

in_all time trace "$ctx" --for 1s -o "$DIR/trace.pcapng"

session_client a
expect_latched() {
	ctl contexts | grep -q '203\.0\.113\.10:[0-9]* ->'
}
wait_for 10 expect_latched || die "the latched address is not in the list"

# One context, two terminations, A has come.
lines 1 contexts --state wait
lines 0 contexts --state open
lines 1 contexts --address 203.0.113.10
lines 1 contexts --realm core.example
lines 0 contexts --realm nowhere.example
lines 1 contexts --port "$port_b"
lines 1 contexts --termination 'ip/1/core/*'
lines 0 contexts --termination ip/1/other/1
in_all "$port_a" dump --realm access.example --address "$addr_a" \
	--port "$port_a" --termination 'ip/1/access/*' --state wait
for filter in '--realm nowhere.example' '--address 203.0.113.11' '--port 1' \
	'--termination ip/1/other/1' '--state open'; do
	# shellcheck disable=SC2086 # they are two words
	ctl dump $filter >"$DIR/said" || die "bgfctl dump $filter ended with $?"
	! grep -qF "$port_a" "$DIR/said" || die "dump $filter: $(cat "$DIR/said")"
done
lines 1 terminations --address 203.0.113.10
lines 2 terminations --context "$ctx"
lines 1 terminations --termination 'ip/1/core/*'
lines 1 flows --realm access.example
lines 1 flows --port "$port_b"
lines 0 flows --address "$addr_a" --port "$port_b"
in_all 203.0.113.10 flows --state wait
in_all "A has come from 203.0.113.10:" explain "$ctx"
in_all "It waits for a SYN of B to $addr_b:$port_b, for " explain "$ctx"

# Followed until the end has come; B's connection makes it.
FOLLOWS=()
follow follow
follow follow-json --format json
follow follow-xml --format xml
# What was before is told at once, what comes now in another answer.
for name in follow follow-json follow-xml; do
	wait_for 20 grep -qF 'latched to 203.0.113.10 port' "$DIR/$name.log" ||
		die "what was before is not told: $(tail -3 "$DIR/$name.log")"
done
session_client b
session_clients
for name in follow follow-json follow-xml; do
	wait_for 20 grep -q 'ended: fin' "$DIR/$name.log" ||
		die "the end was not followed: $(tail -3 "$DIR/$name.log")"
done
for pid in "${FOLLOWS[@]}"; do
	lab_stop "$pid" || true
done
for format in json xml; do
	parts $format "$DIR/follow-$format.log"
	[ $PARTS -ge 2 ] || die "$format: all of it came at once"
done
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
live
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
# Ended by time, each in a second; of an address in XML, and of the next one in
# JSON, is in t_trace.
for format in json text; do
	in_format $format time trace address 203.0.113.99 --for 1s \
		-o "$DIR/trace.pcapng"
done
for format in xml text; do
	in_format $format time trace next 1 --for 1s -o "$DIR/trace.pcapng"
done
in_all debug log level debug
in_all info log level info
in_all debug log level session debug
