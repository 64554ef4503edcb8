#!/usr/bin/env bash
# mgcsim against a small scripted gateway: passes, and fails where it must.
set -euo pipefail

# In a network of its own: who listens where outside, and whether there is IPv6,
# is nothing to us.
if [ "${1-}" != inside ]; then
	exec unshare --net "$0" inside
fi
cd "$(dirname "$0")"
. ./lib.sh
ip link set lo up

out=$(mktemp)
trap 'rm -f "$out" "$out.junit"' EXIT
PORT=20000

# try FAULT STATUS PATTERN [mgcsim option]...: what mgcsim says and returns
try() {
	local fault=$1 status=$2 pattern=$3 rc=0 peer ended=0
	shift 3
	PORT=$((PORT + 1))
	./fakegw.py $PORT "$fault" &
	peer=$!
	"$LAB_BIN/mgcsim" --listen 127.0.0.1:$PORT --scenario fakegw.xml \
		--schema "$LAB_ROOT/test/scenarios/scenario.rng" \
		--timeout 60 "$@" >"$out" 2>&1 || rc=$?
	# It may still wait for more: the controller has seen enough.
	kill $peer 2>/dev/null || true
	wait $peer || ended=$?
	[ $ended -eq 0 ] || [ $ended -eq 143 ] ||
		die "the scripted gateway is not content"
	[ $rc -eq "$status" ] || die "$fault: status $rc: $(tail -1 "$out")"
	grep -qE "$pattern" "$out" || die "$fault: $(tail -1 "$out")"
}

try none 0 '^PASS fakegw: [0-9]+ steps'
try together 0 '^PASS fakegw: [0-9]+ steps'
try error 1 '^FAIL fakegw: step 5, .* <expect>: count.* is "1", expected 0; .*510'
try order 1 '^FAIL fakegw: step 6, .*expected next .*tcprv/syn.*tcprv/est'
try silent 1 '^FAIL fakegw: step 5, .*no reply within 1500 ms' --set reply_ms=1500
try none 1 '^FAIL fakegw: step 9, .*nt/os.* is "5", expected 6' --set octets=6
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
for option in "--users 5x" "--version 257" "--timeout -1" "--seed +7" \
	"--calls 1.5" "--rate 5/s"; do
	# shellcheck disable=SC2086 # an option and its value
	"$LAB_BIN/mgcsim" $option >"$out" 2>&1 || true
	grep -qxF "mgcsim: bad value \"${option#* }\"" "$out" ||
		die "$option: $(head -1 "$out")"
done
printf '<scenario name="x"><sned>C=1</sned></scenario>' >"$out.xml"
"$LAB_BIN/mgcsim" --listen 127.0.0.1:1 --scenario "$out.xml" --schema \
	"$LAB_ROOT/test/scenarios/scenario.rng" >"$out" 2>&1 || rc=$?
rm -f "$out.xml"
equal "status of a bad scenario" 2 $rc
grep -q ':1: .*sned' "$out" || die "a bad scenario: $(cat "$out")"

# The same as a capture, which tshark reads: what was said, by which step.
# dissect PROTOCOL FIELD...: a line for each packet
dissect() {
	local protocol=$1 field options=()
	shift
	for field; do options+=(-e "$field"); done
	tshark -r "$out.pcapng" -d "$protocol.port==$PORT,megaco" -T fields \
		-E separator='|' "${options[@]}" 2>/dev/null
}
trap 'rm -f "$out" "$out.junit" "$out.pcapng" "$out".*xml "$out.gw"' EXIT
echo 'of yesterday' >"$out.pcapng"
try none 0 '^PASS fakegw' --pcapng "$out.pcapng"
[ ! -e "$out.pcapng" ] || die "a capture of what has passed"
try error 1 '^FAIL fakegw' --pcapng "$out.pcapng"
dissect udp frame.comment megaco.transid _ws.malformed \
	udp.checksum.status >"$out"
grep -qE '^no step: T=1 .*service-change ROOT.*\|1\|' "$out" ||
	die "no registration: $(cat "$out")"
grep -qE '^fakegw.xml:7 <send>: T=.*add .*\|1[0-9]+\|' "$out" ||
	die "no request: $(cat "$out")"
grep -qE '^fakegw.xml:12 <expect>: P=.*FAIL: step 5, .*510.*\|1[0-9]+\|' \
	"$out" || die "no failure: $(cat "$out")"
equal "packets" 4 "$(wc -l <"$out")"
equal "malformed packets" 0 "$(awk -F'|' '$3' "$out" | wc -l)"

# Over TCP, over IPv6, and more octets than a segment has.
PORT=$((PORT + 1))
cat >"$out.xml" <<XML
<scenario name="long"><register/>
<send>C=-{AV=ROOT{AT{M}}}</send>
<expect type="reply"><assert path="count(//error)" equals="7"/></expect>
</scenario>
XML
cat >"$out.gw.xml" <<XML
<scenario name="gw"><answer match="//audit-value">C=-{AV=ROOT{M{TS{
root/x="$(head -c 61000 /dev/zero | tr '\0' x)"}}}}</answer>
<register/><pause ms="100"/></scenario>
XML
"$LAB_BIN/mgcsim" --listen "[::1]:$PORT" --transport tcp --scenario "$out.xml" \
	--schema "$LAB_ROOT/test/scenarios/scenario.rng" --timeout 60 \
	--pcapng "$out.pcapng" >"$out" 2>&1 &
controller=$!
wait_for 10 eval "ss -Hltn | grep -q '::1\]:$PORT '"
"$LAB_BIN/mgcsim" --role gateway --controller "[::1]:$PORT" \
	--listen "[::1]:$((PORT + 1))" --transport tcp --timeout 60 \
	--scenario "$out.gw.xml" \
	--schema "$LAB_ROOT/test/scenarios/scenario.rng" >"$out.gw" 2>&1 ||
	die "the gateway: $(tail -1 "$out.gw")"
! wait $controller || die "seven errors are none: $(cat "$out")"
dissect tcp tcp.len ipv6.src megaco.transid _ws.malformed tcp.checksum.status \
	frame.comment >"$out"
equal "segments" 5 "$(wc -l <"$out")"
tail -2 "$out" | head -1 | grep -q '^60000|::1|' || die "$(cut -c1-80 "$out")"
tail -1 "$out" | grep -qE '^1[0-9]+\|::1\|1[0-9]+\|.*<expect>: P=.*FAIL: step 3' ||
	die "no long message: $(cut -c1-80 "$out")"
equal "malformed segments" 0 "$(awk -F'|' '$4' "$out" | wc -l)"
