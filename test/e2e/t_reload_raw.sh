#!/usr/bin/env bash
# Reloads, some of them of wrong files, lose no segment of an open session.
# Faults: P12
#
# Raw segments with numbers, no TCP that would send again; once through the
# programs of the kernel, once through the TUN devices.  RELOADS says how often.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_RENDEZVOUS='twait-s="75"'

raw() {				# raw SIDE NODE IFACE SOURCE
	local address=addr_$1 port=port_$1 mac
	mac=$(lab_in gw cat "/sys/class/net/$3/address")
	lab_start "raw-$1" "$2" "$LAB_ROOT/test/e2e/raw.py" out0 "$mac" "$4" \
		"${!address}:${!port}" "$DIR" "$1"
	eval "RAW_$1=$STARTED"
}

json() {			# json COMMAND FILTER: of what bgfctl says
	ctl -f json "$1" | jq "$2"
}

reloads() {			# reloads FASTPATH
	local side pid passed
	lab_up
	sed -i "s|<media interface=\"[^\"]*\"|& fastpath=\"$1\"|" "$DIR/bgfd.xml"
	start_bgfd
	start_mgcsim session
	lab_ports
	raw a na eth1 203.0.113.10:5001
	raw b nb eth2 192.0.2.20:5002
	expect_file open 30
	"$LAB_ROOT/test/e2e/reloads.py" "$DIR/control" "$DIR/bgfd.xml" \
		"${RELOADS:-50}" >"$DIR/reloads" || die "$(cat "$DIR/reloads")"
	: >"$DIR/finish"
	for side in a b; do
		pid=RAW_$side
		wait "${!pid}" || die "$1, $side: $(tail -n 1 "$DIR/raw-$side.log")"
	done
	passed=$(json statistics '[.statistics.kernel[] |
		select(.name == "passed").packets] | add // 0')
	equal "drops of the session" 0 "$(json contexts \
		'[.contexts[].terminations[].streams[].drops] | add')"
	echo "$1: $(cat "$DIR/reloads"); A $(cat "$DIR/raw-a.log"), B" \
		"$(cat "$DIR/raw-b.log"); by the kernel $passed"
	case $1 in
	off) equal "packets passed by the kernel" 0 "$passed" ;;
	*) [ "$passed" -gt 0 ] || die "the kernel passes nothing" ;;
	esac
}

in_parallel reloads tc off
