#!/usr/bin/env bash
# A RST without ACK to a waiting client: it waits on, from another port.
# Proves: C12 R1
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$LAB_ROOT/test/e2e/nat.sh"

SIZE=1
lab_prepare() {
	nat_short_and_random
}
invalid() {
	echo 0
}
another_port() {
	[ "$(nat_syn_ports | wc -l)" -ge 2 ]
}
session_begin --timeout 100 --set patience=60000
session_client a
a_asks() {
	nat_syn_ports | grep -q .
}
wait_for 5 a_asks || die "A does not ask"
# shellcheck disable=SC2154
lab_in gw "$LAB_ROOT/test/e2e/inject.py" eth1 \
	"$(lab_in na cat /sys/class/net/out0/address)" \
	"$addr_a" "$port_a" 203.0.113.10 "$(nat_syn_ports | tail -1)" 4 0 0
wait_for 8 another_port || die "the mapping is still there"
kill -0 "$CLIENT_a" || die "A has given up"
session_client b
session_end
