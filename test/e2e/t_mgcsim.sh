#!/usr/bin/env bash
# mgcsim against a small scripted gateway: passes, and fails where it must.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh

out=$(mktemp)
trap 'rm -f "$out" "$out.junit"' EXIT
PORT=$((20000 + $$ % 20000))

# try FAULT STATUS PATTERN [mgcsim option]...: what mgcsim says and returns
try() {
	local fault=$1 status=$2 pattern=$3 rc=0 peer
	shift 3
	PORT=$((PORT + 1))
	./fakegw.py $PORT "$fault" &
	peer=$!
	"$LAB_BIN/mgcsim" --listen 127.0.0.1:$PORT --scenario fakegw.xml \
		--schema "$LAB_ROOT/test/scenarios/scenario.rng" \
		--timeout 20 "$@" >"$out" 2>&1 || rc=$?
	wait $peer || die "the scripted gateway is not content"
	[ $rc -eq "$status" ] || die "$fault: status $rc: $(tail -1 "$out")"
	grep -qE "$pattern" "$out" || die "$fault: $(tail -1 "$out")"
}

try none 0 '^PASS fakegw: [0-9]+ steps'
try together 0 '^PASS fakegw: [0-9]+ steps'
try error 1 '^FAIL fakegw: step 4, .* <expect>: count.* is "1", expected 0; .*510'
try order 1 '^FAIL fakegw: step 5, .*expected next .*tcprv/syn.*tcprv/est'
try silent 1 '^FAIL fakegw: step 4, .*no reply within 1500 ms'
try none 1 '^FAIL fakegw: step 8, .*nt/os.* is "5", expected 6' --set octets=6
# A message of each direction has its line.
grep -qE '<- T=1 C=-\{service-change ROOT' "$out" || die "no line for T=1"
grep -qE -- '-> T=1[0-9]+ C=\$\{add ' "$out" || die "no line for the Add"

# A scenario that fails says how it came to that, and a CI system may read it.
try error 1 '^FAIL fakegw' --junit "$out.junit"
grep -qE '^ +[0-9.]+ +\|<-+\| P=1[0-9]+ C=7\{add .* error 510' "$out" ||
	die "no ladder: $(cat "$out")"
equal "failures in the JUnit file" 1 "$(xmllint --xpath \
	'string(/testsuites/testsuite[@tests=1]/@failures)' "$out.junit")"
xmllint --xpath '//testcase[@name="fakegw"]/failure' "$out.junit" |
	grep -q 'expected 0' || die "$(cat "$out.junit")"

rc=0
"$LAB_BIN/mgcsim" --listen 127.0.0.1:1 >"$out" 2>&1 || rc=$?
equal "status without a scenario" 2 $rc
printf '<scenario name="x"><sned>C=1</sned></scenario>' >"$out.xml"
"$LAB_BIN/mgcsim" --listen 127.0.0.1:1 --scenario "$out.xml" --schema \
	"$LAB_ROOT/test/scenarios/scenario.rng" >"$out" 2>&1 || rc=$?
rm -f "$out.xml"
equal "status of a bad scenario" 2 $rc
grep -q ':1: .*sned' "$out" || die "a bad scenario: $(cat "$out")"
