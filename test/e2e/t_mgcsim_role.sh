#!/usr/bin/env bash
# mgcsim as a gateway: of Erlang's example controller, and of mgcsim itself.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# One node is enough: everything is on its loopback.
LAB_NODES=mgc
lab_nodes

# gateway NAME [option]...: plays scenarios/NAME.xml, in the foreground
gateway() {
	local scenario=$LAB_ROOT/test/scenarios/$1.xml
	shift
	lab_in mgc timeout 60 "$LAB_BIN/mgcsim" --role gateway \
		--scenario "$scenario" "$@" >"$DIR/gateway.log" 2>&1 ||
		die "$(cat "$DIR/gateway.log")"
}

# The controller knows a gateway by its MID and answers where it has it: each
# transport takes another one.
lab_start erlang mgc erl -noshell -noinput +S 1:1 -eval '
	true = code:add_path(filename:join([code:lib_dir(megaco), "examples",
					    "simple"])),
	ok = application:start(megaco),
	megaco_simple_mgc:start_batch()'
wait_for 30 grep -q 'megaco_udp' "$DIR/erlang.log" ||
	die "Erlang: $(cat "$DIR/erlang.log")"
gateway gateway/registers --controller 127.0.0.1:2944 \
	--listen 127.0.0.1:3944 --transport udp
gateway gateway/registers --controller 127.0.0.1:2944 \
	--listen 127.0.0.1:3945 --transport tcp
grep -qE '<- P=1000 C=-\{service-change ROOT' -i "$DIR/gateway.log" ||
	die "$(cat "$DIR/gateway.log")"

# Both roles at once: five users reserve, change and release.
lab_start controller mgc "$LAB_BIN/mgcsim" --listen 127.0.0.1:4944 \
	--scenario "$LAB_ROOT/test/scenarios/gateway/reserves.xml" \
	--users 5 --transport tcp --junit "$DIR/controller.xml"
controller=$STARTED
gateway gateway/serves --controller 127.0.0.1:4944 \
	--listen 127.0.0.1:4945 --transport tcp --set callers=5 \
	--media 198.51.100.1
wait "$controller" || die "$(cat "$DIR/controller.log")"
equal "users that passed" 5 "$(xmllint --xpath \
	'count(//testcase[not(failure)])' "$DIR/controller.xml")"

# The same as a load: a hundred calls, fifty of them begin in a second.
lab_start load mgc "$LAB_BIN/mgcsim" --listen 127.0.0.1:5944 \
	--scenario "$LAB_ROOT/test/scenarios/gateway/reserves.xml" \
	--rate 50 --calls 100 --ramp 1
controller=$STARTED
gateway gateway/serves --controller 127.0.0.1:5944 \
	--listen 127.0.0.1:5945 --set callers=100 --media 198.51.100.1
wait "$controller" || die "$(cat "$DIR/load.log")"
grep -q '^PASS reserves: 100 calls passed, 0 failed' "$DIR/load.log" ||
	die "$(cat "$DIR/load.log")"
for series in call add change; do
	grep -qE "^$series +100 " "$DIR/load.log" ||
		die "nothing of $series: $(cat "$DIR/load.log")"
done
