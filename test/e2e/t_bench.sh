#!/usr/bin/env bash
# test/bench/run works, and has no figure for what lost packets.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
bench() {			# bench NAME OPTION...: small, but the real thing
	local name=$1
	shift
	timeout 200 "$LAB_ROOT/test/bench/run" --build "$LAB_ROOT/build/$PRESET" \
		--runs 1 --packets 5000 --sizes 1,200 --turns 100 \
		--megabytes 10 --congestion reno --ways drop,plain,nft,loop,tun,tun2 \
		--rows small,tun,workers,growth,bulk,latency,sessions "$@" \
		>"$DIR/$name" 2>&1
}

# A loss makes it fail, and on a busy machine there may be one.
tries=0
until bench good; do
	tries=$((tries + 1))
	[ $tries -lt 3 ] || { cat "$DIR/good"; die "the benchmark fails"; }
done
! grep "not measured" "$DIR/good" || die "a figure is missing"
for row in "small frame," "small frames through TUN," "through TUN, 200 sessions," "200 sessions," \
	"bulk TCP," "request and response,"; do
	grep -q "^| .*$row.* | [0-9 |.()to-]* |$" "$DIR/good" ||
		die "no figures: $row"
done
grep -q "800 sent, 800 arrived right, none lost" "$DIR/good" ||
	die "not every session was looked at"

# One packet in fifty is lost in the gateway; of those that open a session, which
# are repeated, one in forty.
! bench bad --lose --rows small,sessions || die "a loss is no failure"
grep -q "^| small frame,.* | not measured | not measured |  | not measured |" \
	"$DIR/bad" || die "a figure for what lost packets"
grep -q "sessions, tun: FAILED" "$DIR/bad" || die "a loss was not noticed"
! grep -q "none lost" "$DIR/bad" || die "a loss was not noticed"

# Whole sessions over H.248 beside plain ones; how fast is not asked here.
# Where half a second sees the end of no call, or the gateway is not there when it
# is called, more time is given.
seconds=0.5
load() {			# load NAME OPTION...
	local name=$1
	shift
	timeout 100 "$LAB_ROOT/test/bench/load" --any-priority --limit 0 \
		--build "$LAB_ROOT/build/$PRESET" --rounds 1 \
		--seconds $seconds --plain-seconds $seconds --window 32 \
		--pool 29 "$@" >"$DIR/$name" 2>&1
}

until load whole; do
	[ $seconds != 8 ] || { cat "$DIR/whole"; die "whole sessions fail"; }
	[ $seconds = 3 ] && seconds=8 || seconds=3
done
for way in plain bgfd; do
	grep -qE "^$way: [0-9]+ .* [1-9][0-9]* calls, all of them good" \
		"$DIR/whole" || die "no sessions, $way"
done
grep -q "^bgfd: .* [1-9][0-9]* Notifies" "$DIR/whole" || die "no events"
! load refused --contexts 8 || die "an Add that is refused is no failure"
grep -q "refused: .*ER=" "$DIR/refused" || die "it failed otherwise"
! grep -q "calls a second" "$DIR/refused" || die "a figure of failed sessions"
