#!/usr/bin/env bash
# Both clients behind the same NAT: one address, two ports.
# Proves: N5 D37
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=5
lab_prepare() {			# B moves behind NAT A
	ip -n "$LAB-b" link del eth0
	link b eth0 na in1
	ip -n "$LAB-b" addr add 10.2.0.2/24 dev eth0
	ip -n "$LAB-b" route add default via 10.2.0.1
	address na in1 10.2.0.1/24
	lab_in na nft add rule inet firewall through \
		iifname "in1" oifname "out0" accept
}
# Both gates are in the access realm.
session_begin --set realm_b=access --set sam_b=203.0.113.10
session_client a
session_client b
session_clients
session_sums
expect_file ended 20
: >"$DIR/release"
expect_file statistics 10
lab_passed
capture_end access core control
equal "invalid packets at the NAT" 0 "$(invalid na)"
equal "addresses and ports of the clients" 2 "$(tcpdump -nr \
	"$DIR/access.pcap" 'tcp[13] == 2 and src host 203.0.113.10' \
	2>/dev/null | awk '{ print $3 }' | sort -u | wc -l)"
