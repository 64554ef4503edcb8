#!/usr/bin/env bash
# A whole session: both ways at once, sums, order of events, statistics.
# Proves: N1 P2 P4 P5 C1 K4 S1 X5 X6
set -euo pipefail
. "$(dirname "$0")/lib.sh"

session_large
session_begin
session_client a
session_client b
session_end
# What leaves carries the numbers that came in; no checksum was wrong.
# shellcheck disable=SC2154
numbers() {
	"$LAB_ROOT/test/e2e/numbers.py" "$DIR/$1.pcap" "$DIR/$2.pcap" "$3" "$4" ||
		die "renumbered from $1 to $2"
}
numbers access core "$addr_a" "$addr_b"
numbers core access "$addr_b" "$addr_a"
for node in a b; do
	equal "checksum errors at $node" 0 "$(lab_in $node nstat -asz \
		TcpInCsumErrors | awk '/InCsum/ { print $2 }')"
done
has_fast_path 'tc on' || exit 0
