#!/usr/bin/env bash
# The laboratory sees wrong timestamps: a SYN-ACK is spoilt before A gets it.
# Proves: S7 S8
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1
spoil() {			# spoil WHAT VALUE: in every SYN-ACK to A
	lab_in na nft add rule inet firewall every iifname "out0" \
		tcp flags \& \(syn\|ack\) == \(syn\|ack\) \
		tcp option timestamp "$1" set "$2"
}
counted() {			# counted NAME: by the stack of A
	lab_in a nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}
has_counted() {			# has_counted NAME
	[ "$(counted "$1")" -gt 0 ]
}

# A's idea of B's clock is far ahead: all that follows looks old to it.
clock_ahead() {
	lab_prepare() {
		lab_in b sysctl -qw net.ipv4.tcp_timestamps=2
		spoil tsval $(($(cut -d. -f1 /proc/uptime) * 1000 + 1000000000))
	}
	session_begin --timeout 100 --set patience=60000
	session_client a
	session_client b
	wait_for 30 has_counted TcpExtPAWSEstab || die "A sees nothing old"
	equal "octets that A took" 0 "$(stat -c %s "$DIR/at_a")"
	kill "$MGCSIM" 2>/dev/null || true
}

# The echo is older than the connection: A resets and goes on asking.
old_echo() {
	lab_prepare() {
		spoil tsecr 1
	}
	session_begin --timeout 100 --set patience=60000
	session_client a
	session_client b
	wait_for 30 has_counted TcpExtPAWSActive || die "A believed the echo"
	lab_in a ss -Htn state syn-sent | grep -q . || die "A gave up"
	capture_end access
	tcpdump -nr "$DIR/access.pcap" 'src 203.0.113.10 and tcp[13] & 4 != 0' \
		>"$DIR/resets" 2>/dev/null
	[ -s "$DIR/resets" ] || die "no reset from A"
	kill "$MGCSIM" "$CLIENT_a" 2>/dev/null || true
}

(clock_ahead)
(old_echo)
