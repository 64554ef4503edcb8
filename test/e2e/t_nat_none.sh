#!/usr/bin/env bash
# No NAT: the clients are routed, with addresses of their own.
# Proves: N6 P5
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=5
lab_prepare() {
	lab_in na nft delete table ip nat
	lab_in nb nft delete table ip nat
	ip -n "$LAB-gw" route add 10.1.0.0/24 via 203.0.113.10 dev eth1 table 101
	ip -n "$LAB-gw" route add 10.2.0.0/24 via 192.0.2.20 dev eth2 table 102
}
session_begin --set sam_a=10.1.0.2 --set sam_b=10.2.0.2
session_client a
session_client b
session_end
tcpdump -nr "$DIR/access.pcap" 'src host 10.1.0.2' >"$DIR/own" 2>/dev/null
[ -s "$DIR/own" ] || die "A did not come with its own address"
