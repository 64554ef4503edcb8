#!/usr/bin/env bash
# Path MTU discovery through the gateway: a hop of 1400 octets behind NAT B.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lab_prepare() {
	ip -n "$LAB-nb" route replace 10.2.0.0/24 dev in0 mtu lock 1400
	capture icmp gw eth1 icmp
}

session_begin
session_client a
session_client b
session_end
path_mtu a "$addr_a" 1400
capture_end icmp
# What A was told quotes its own segments, to the address that it knows.
quotes=$(tcpdump -nvr "$DIR/icmp.pcap" 2>/dev/null |
	grep -A1 "unreachable - need to frag (mtu 1400)")
grep -q "$addr_a > 203.0.113.10: ICMP" <<<"$quotes" ||
	die "A was told nothing: $quotes"
