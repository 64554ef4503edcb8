#!/usr/bin/env bash
# 1 % of the packets of both sides are lost; 10 MB each way arrive.
# Proves: L8
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=10
lab_prepare() {
	local node
	for node in na nb; do
		lab_in $node nft -f - <<-'NFT'
		add counter inet firewall lost
		insert rule inet firewall through numgen random mod 100 < 1 counter name lost drop
		NFT
	done
}
session_begin --timeout 150 --set patience=90000
session_client a
session_client b
session_end
for node in na nb; do
	lost=$(lab_in $node nft list counter inet firewall lost |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p')
	[ "$lost" -gt 0 ] || die "$node lost nothing"
done
