#!/usr/bin/env bash
# A10 A11 A13 D02 D28: attackers while a client waits hear nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/attack_lib.sh"

# What the gateway sends, and what it must not send to anybody now.
watch_all() {
	capture out_a gw eth1 ip and ether src "$(mac_of eth1)"
	capture out_b gw eth2 ip and ether src "$(mac_of eth2)"
	capture out_wan gw wan0 ip
	capture out_control gw eth0 ip and ether src "$(mac_of eth0)" \
		and not udp port 2944
}
count_sent() {
	local name n=0
	capture_end out_a out_b out_wan out_control
	for name in out_a out_b out_wan out_control; do
		n=$((n + $(tcpdump -nr "$DIR/$name.pcap" 2>/dev/null | wc -l)))
	done
	SENT=$n
}

SIZE=2
# All of it happens while A waits.
export LAB_RENDEZVOUS='twait-s="120"'
session_begin
# shellcheck disable=SC2154
session_client a
wait_for 10 latched 0 || die "A is not latched"
from=$(latched 0)
watch_all
attack na eth1 flood any "$addr_a" "$port_a" 100
before=$(resident)
# shellcheck disable=SC2154
{
	attack na eth1 flood any "$addr_a" "$port_a" 10000
	attack na eth1 flood any "$addr_a" 0 10000
	attack nb eth2 flood any "$addr_b" "$port_b" 5000
	attack na eth1 odd "$from" "$addr_a:$port_a"
	attack nb eth2 odd 192.0.2.20:777 "$addr_b:$port_b"
	attack na eth1 icmp "$from" "$addr_a:$port_a"
	attack na eth1 strangers "$addr_a:$port_a"
	attack nb eth2 strangers "$addr_b:$port_b"
}
# The control address, in the name of the controller.
attack na eth1 control 10.0.0.1:2944 10.0.0.2:2944
sleep 0.5
count_sent
equal "packets that left the gateway" 0 "$SENT"
steady "$before"
dropped no_gate source martian flags short tcp_header tcp_checksum not_tcp \
	icmp early syn_ack
refused ttl fragment options spoofed foreign

session_client b
session_clients
session_sums
expect_file ended 20
: >"$DIR/release"
lab_passed
