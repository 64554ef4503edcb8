#!/usr/bin/env bash
# I8: the interface to B goes down while A waits: A hears no ICMP.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lab_prepare() {
	capture icmp gw eth1 icmp
}

SIZE=2
session_begin --set patience=40000
session_client a
session_latched 203.0.113.10
ip -n "$LAB-gw" link set eth2 down
sleep 4			# A sends its SYN again after 1 and 3 seconds
kill -0 "$CLIENT_a" || die "A gave up: $(cat "$DIR/nc-a.log")"
ip -n "$LAB-gw" link set eth2 up
ip -n "$LAB-gw" route add 192.0.2.0/24 dev eth2 table 102
session_client b
session_end
capture_end icmp
equal "ICMP messages to A" 0 \
	"$(tcpdump -nr "$DIR/icmp.pcap" 2>/dev/null | wc -l)"
