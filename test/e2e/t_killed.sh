#!/usr/bin/env bash
# With bgfd killed nothing leaks; its next start cleans up and works.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# knock: SYNs for media addresses, from both realms and from the host itself
knock() {
	lab_in a nc -z -w 1 198.51.100.1 20000 || true
	lab_in b nc -z -w 1 198.51.100.9 20000 || true
	lab_in gw nc -z -w 1 198.51.100.9 20000 || true
}
# count_leaked: packets for media addresses that went where they must not go,
# in LEAKED
count_leaked() {
	capture_end wan control
	LEAKED=$(for f in wan control; do
		tcpdump -nr "$DIR/$f.pcap" 2>/dev/null
	done | wc -l)
}
watch() {
	capture wan gw wan0 net 198.51.100.0/28
	capture control gw eth0 net 198.51.100.0/28
}

# On one side the programs are those of XDP.
eval "$(declare -f lab_config | sed '1s/lab_config/plain_config/')"
lab_config() {
	plain_config | sed 's|<media interface="eth1"/>|<media interface="eth1" fastpath="xdp"/>|'
}
has_no_xdp() {
	! lab_in gw ip link show eth1 | grep -q xdp
}

SIZE=2
lab_up
lab_host >"$DIR/before"
lab_in gw sysctl -qw net.ipv4.ip_forward=1
watch
knock
count_leaked
[ "$LEAKED" -gt 0 ] || die "the laboratory has no way out to leak through"
lab_in gw sysctl -qw net.ipv4.ip_forward=0

start_bgfd
! has_fast_path 'tc on 4 devices, xdp on 1' || ! has_no_xdp ||
	die "no program of XDP where the log says one"
kill -9 "$BGFD"
wait "$BGFD" 2>/dev/null || true
BGFD=
wait_for 10 has_no_xdp || die "the program of XDP outlives the daemon"
watch
knock
count_leaked
equal "packets that leaked" 0 "$LEAKED"

# The next start finds all that, and brokers a session as if nothing had been.
session_begin
session_client a
session_client b
session_end
stop_bgfd
lab_host >"$DIR/after"
diff "$DIR/before" "$DIR/after" || die "the second run left something behind"
