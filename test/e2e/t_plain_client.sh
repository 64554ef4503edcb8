#!/usr/bin/env bash
# Client A has no timestamps, no SACK, no window scaling.
# Proves: O1 O4 O5 N1
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=10
lab_prepare() {
	lab_in a sysctl -qw net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 \
		net.ipv4.tcp_window_scaling=0
}
session_begin
session_client a
session_client b
session_end
# What only one client offered is not told to the other.
! tshark -r "$DIR/core.pcap" -Y "tcp.flags.syn==1 && tcp.flags.ack==1 &&
	(tcp.options.timestamp.tsval || tcp.options.sack_perm ||
	tcp.options.wscale)" 2>/dev/null | grep . ||
	die "B was promised an option that A does not have"
