#!/usr/bin/env bash
# Access cannot reach core or anything else through the gateway host.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# reach WHERE: whether a packet of the access network comes out there
reach() {
	lab_in na ping -c 1 -W 1 "$1" >/dev/null 2>&1
}

lab_up
lab_in gw sysctl -qw net.ipv4.ip_forward=1
ip -n "$LAB-mgc" route add default via 10.0.0.2
ip -n "$LAB-world" route add default via 100.64.0.2
for where in 192.0.2.20 10.0.0.1 100.64.0.1; do
	reach $where || die "the laboratory cannot route to $where"
done
start_bgfd
capture core gw eth2 icmp
for where in 192.0.2.20 10.0.0.1 100.64.0.1; do
	! reach $where || die "access reaches $where through the gateway"
done
# The other realm's media addresses are of no use either.
! reach 198.51.100.9 || die "access reaches a media address of core"
capture_end core
equal "packets that came out at core" 0 \
	"$(tcpdump -nr "$DIR/core.pcap" 2>/dev/null | wc -l)"
