#!/usr/bin/env bash
# One scenario file is a whole interop test: network, firewalls, clients, sums.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# mgcsim makes everything but the node it stands in.
LAB_NODES=mgc
lab_nodes
lab_config | sed -e 's/interface="eth1"/interface="na"/' \
	-e 's/interface="eth2"/interface="nb"/' >"$DIR/bgfd.xml"

cat >"$DIR/gateway" <<-SH
	#!/bin/sh
	echo \$\$ >"$DIR/pid"
	exec "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml" >"$DIR/bgfd.log" 2>&1
SH
chmod +x "$DIR/gateway"
lab_in mgc timeout 100 "$LAB_BIN/mgcsim" --listen 0.0.0.0:2944 --mid '[10.0.0.1]:2944' \
	--scenario "$LAB_ROOT/test/scenarios/interop.xml" \
	--set gateway="$DIR/gateway" --set dir="$DIR" --log "$DIR/h248.log" \
	>"$DIR/mgcsim.log" 2>&1 || die "$(tail -30 "$DIR/mgcsim.log")"
wait_for 20 lab_is_gone "$(cat "$DIR/pid")" || die "the gateway is left"
grep -q 'latched to 203.0.113.11 port' "$DIR/bgfd.log" ||
	die "the other address of firewall A was not seen"
