#!/usr/bin/env bash
# V66: the same with B on IPv6: Packet Too Big becomes fragmentation needed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_IP6=yes
lab_prepare() {
	ip -n "$LAB-nb" route add 2001:db8:b1::2 dev in0 mtu lock 1300
	capture icmp gw eth1 icmp
}

session_begin --set ip_b=IP6 --set sam_b=2001:db8:b1::2 \
	--set remote_b=2001:db8:b1::2
session_client a
session_client b
session_end
path_mtu a "$addr_a" 1280
capture_end icmp
tcpdump -nr "$DIR/icmp.pcap" 2>/dev/null |
	grep "$addr_a > 203.0.113.10: .*need to frag (mtu 1280)" >/dev/null ||
	die "A was told nothing"
