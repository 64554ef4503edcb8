#!/usr/bin/env bash
# Two virtual gateways: one loses service and controller, the other goes on.
# Proves: T33
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Gateway west has the clients a and b of the laboratory, gateway east c and d:
#   c 10.3.0.2 -- 10.3.0.1 gateway 10.4.0.1 -- 10.4.0.2 d
#   media addresses: 198.51.100.16/29 (access), 198.51.100.24/29 (core)
# West's controller is 10.0.0.1:2944 over UDP, east's 10.0.0.3:2946 over TCP.
LAB_NODES="$LAB_NODES c d"

lab_config() {
	cat <<-XML
	<bgfd name="laboratory">
	  <gateway name="west">
	    <h248 listen="10.0.0.2:2944">
	      <controller address="10.0.0.1:2944"/>
	      <timers mwd-ms="100"/>
	    </h248>
	    <realm name="access.example" interface="access" tun="bgf-aw"
	           table="101">
	      <media interface="eth1"/>
	      <pool prefix="198.51.100.0/29"/>
	    </realm>
	    <realm name="core.example" interface="core" tun="bgf-cw" table="102">
	      <media interface="eth2"/>
	      <pool prefix="198.51.100.8/29"/>
	    </realm>
	  </gateway>
	  <gateway name="east">
	    <h248 listen="10.0.0.2:2945" transport="tcp">
	      <controller address="10.0.0.3:2946"/>
	      <timers mwd-ms="100"/>
	      <association drain-s="600"/>
	    </h248>
	    <realm name="access.east" interface="access" tun="bgf-ae" table="103">
	      <media interface="eth3"/>
	      <pool prefix="198.51.100.16/29"/>
	    </realm>
	    <realm name="core.east" interface="core" tun="bgf-ce" table="104">
	      <media interface="eth4"/>
	      <pool prefix="198.51.100.24/29"/>
	    </realm>
	  </gateway>
	  <control socket="$DIR/control"/>
	</bgfd>
	XML
}

east_net() {
	link c eth0 gw eth3
	link d eth0 gw eth4
	address c eth0 10.3.0.2/24
	address gw eth3 10.3.0.1/24
	address d eth0 10.4.0.2/24
	address gw eth4 10.4.0.1/24
	ip -n "$LAB-c" route add default via 10.3.0.1
	ip -n "$LAB-d" route add default via 10.4.0.1
	ip -n "$LAB-gw" route add 10.3.0.0/24 dev eth3 table 103
	ip -n "$LAB-gw" route add 10.4.0.0/24 dev eth4 table 104
	address mgc eth0 10.0.0.3/24
}

start_east() {			# its controller
	mkdir "$DIR/east"
	lab_start mgcsim-east mgc "$LAB_BIN/mgcsim" --listen 10.0.0.3:2946 \
		--transport tcp --timeout 200 --log "$DIR/h248-east.log" \
		--scenario "$LAB_ROOT/test/scenarios/outlives.xml" \
		--set dir="$DIR/east" --set domain=east --set patience=100000 \
		--set sam_a=10.3.0.2 --set remote_a=10.3.0.2 \
		--set sam_b=10.4.0.2 --set remote_b=10.4.0.2
	EAST=$STARTED
}

east_file() {			# that its scenario prints
	wait_for 30 test -e "$DIR/east/$1" ||
		die "east: no $1: $(tail -2 "$DIR/mgcsim-east.log")"
}

staged() {			# staged NAME ADDRESS PORT
	lab_start "staged-$1" "$1" "$LAB_ROOT/test/e2e/staged.py" \
		"$DIR" "$1" "$2" "$3" 3
	eval "CLIENT_$1=$STARTED"
}

has_octets() {			# has_octets FILE N
	[ "$(stat -c %s "$DIR/$1" 2>/dev/null)" = "$2" ]
}

# received NAME FROM STAGES: all that FROM has sent so far
received() {
	local n=$(($(stat -c %s "$DIR/from_$2") * $3))
	wait_for 30 has_octets "at_$1" $n ||
		die "$1 has not received stage $3 of $2"
}

# gateway_is NAME STATE SERVICE CONTEXTS
gateway_is() {
	ctl -f json gateways | python3 -c '
import json, sys
g = {g["name"]: g for g in json.load(sys.stdin)["gateways"]}[sys.argv[1]]
sys.exit([g["state"], g["service"], str(g["contexts"])] != sys.argv[2:])
' "$@"
}
expect_gateway() {
	wait_for 20 gateway_is "$@" || die "not $*: $(ctl -f json gateways)"
}

# octets_are CAPTURE ADDRESS RECEIVED SENT: as the capture shows
octets_are() {
	local to from
	# shellcheck disable=SC1090
	. <("$LAB_ROOT/test/e2e/payload.py" "$DIR/$1.pcap" "$2" | tr ' ' '\n')
	equal "octets accepted at $2" "$to" "$3"
	equal "octets handed out at $2" "$from" "$4"
}

# octets_of GATEWAY SIDE: received and sent, as bgfctl tells
octets_of() {
	ctl -f json -g "$1" contexts | python3 -c '
import json, sys
s = json.load(sys.stdin)["contexts"][0]["terminations"][int(sys.argv[1])]
print(s["streams"][0]["rx_octets"], s["streams"][0]["tx_octets"])
' "$2"
}

lab_up
east_net
for name in a b c d; do
	random_file "$DIR/from_$name" 1
done
lab_host >"$DIR/before"
start_bgfd
capture access gw eth1 -s 128 tcp
capture core gw eth2 -s 128 tcp
capture access_east gw eth3 -s 128 tcp
capture core_east gw eth4 -s 128 tcp
start_mgcsim forced --set patience=100000 --timeout 200
start_east
lab_ports
east_file ports
# shellcheck disable=SC1090
. <(tr ' ' '\n' <"$DIR/east/ports" |
	sed 's/_a=/_c=/; s/_b=/_d=/; s/^ctx=/ctx_east=/')
# shellcheck disable=SC2154
equal "context of west and of east" "$ctx" "$ctx_east"
! ctl -f json context "$ctx" >/dev/null 2>&1 || die "that id is of two contexts"
# shellcheck disable=SC2154
{
	staged a "$addr_a" "$port_a"
	staged b "$addr_b" "$port_b"
	staged c "$addr_c" "$port_c"
	staged d "$addr_d" "$port_d"
}
expect_file open 30
east_file open
expect_gateway west active in 1
expect_gateway east active in 1
grep -q "gw=west ctx=$ctx .* latched to 203.0.113.10 " "$DIR/bgfd.log" ||
	die "the log does not tell who has latched a"
grep -q "gw=east ctx=$ctx .* latched to 10.3.0.2 " "$DIR/bgfd.log" ||
	die "the log does not tell who has latched c"

# Both carry; west's octets are counted for west.
: >"$DIR/stage1"
for pair in "a b" "b a" "c d" "d c"; do
	# shellcheck disable=SC2086
	received $pair 1
done
capture_end access core
# shellcheck disable=SC2046
octets_are access "$addr_a" $(octets_of west 0)
# shellcheck disable=SC2046
octets_are core "$addr_b" $(octets_of west 1)

# West is taken out of service by force, and back; its controller dies.
: >"$DIR/force"
expect_file forced 20
expect_gateway west active out 0
for pid in $CLIENT_a $CLIENT_b; do
	wait_for 20 lab_is_gone "$pid" || die "a client of west hangs"
	rc=0
	wait "$pid" || rc=$?
	equal "end of a client of west, reset" 4 $rc
done
: >"$DIR/restart"
expect_file restarted 20
expect_gateway west active in 1
kill -9 "$MGCSIM"
wait "$MGCSIM" 2>/dev/null || true
expect_gateway east active in 1
: >"$DIR/stage2"
received d c 2
received c d 2

# All is told to stop: west leaves at once, with what is left of its sessions;
# east has one that lasts.
kill -TERM "$BGFD"
east_file draining
expect_gateway west idle in 0
expect_gateway east active draining 1
: >"$DIR/stage3"
received d c 3
received c d 3
for pid in $CLIENT_c $CLIENT_d; do
	wait_for 30 lab_is_gone "$pid" || die "a client of east hangs"
	wait "$pid" || die "a client of east ended with $?"
done
for pair in "c d" "d c"; do
	set -- $pair
	cat "$DIR/from_$1" "$DIR/from_$1" "$DIR/from_$1" |
		cmp - "$DIR/at_$2" || die "$2 received something else"
done
east_file ended
: >"$DIR/east/release"
east_file statistics
wait_for 20 lab_is_gone "$EAST" || die "east's controller waits"
wait "$EAST" || die "$(grep '^FAIL' "$DIR/mgcsim-east.log")"
wait_for 20 lab_is_gone "$BGFD" || die "bgfd does not end"
wait "$BGFD" || die "bgfd ended with $?"
BGFD=
capture_end access_east core_east
# shellcheck disable=SC1090
. <(tr ' ' '\n' <"$DIR/east/statistics")
# shellcheck disable=SC2154
octets_are access_east "$addr_c" "$or_a" "$os_a"
# shellcheck disable=SC2154
octets_are core_east "$addr_d" "$or_b" "$os_b"
lab_host >"$DIR/after"
diff "$DIR/before" "$DIR/after" || die "the gateway left something behind"
