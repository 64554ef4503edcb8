#!/usr/bin/env bash
# D29: 1500 octets on one side, 1280 on the other, and no ICMP at all.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_MTU_CORE=1280
lab_prepare() {
	ip -n "$LAB-nb" route replace 10.2.0.0/24 dev in0 mtu lock 1280
	lab_in nb nft -f - <<-'NFT'
	table ip deaf {
		chain output {
			type filter hook output priority 0;
			ip protocol icmp counter drop
		}
	}
	NFT
}

SIZE=5
session_begin
session_client a
session_client b
session_end
# It took no discovery: the MSS of the handshake kept to it.
rule=$(lab_in nb nft list table ip deaf)
grep -q 'counter packets 0 ' <<<"$rule" || die "NAT B wanted to say: $rule"
