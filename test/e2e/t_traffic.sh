#!/usr/bin/env bash
# tman holds a rate, ds/dscp marks, adid and hangterm report.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SCENARIO=traffic
SIZE=12

now_ms() {
	date +%s%3N
}

# What was dropped is in the capture before the gateway, not in nt/or.
session_statistics() {
	local os_a or_a os_b or_b to from
	capture_end access core control
	# shellcheck disable=SC1090
	. <(tr ' ' '\n' <"$DIR/statistics")
	# shellcheck disable=SC1090,SC2154
	. <("$LAB_ROOT/test/e2e/payload.py" "$DIR/core.pcap" "$addr_b" |
		tr ' ' '\n')
	equal "nt/os of B" "$from" "$os_b"
	equal "nt/or of A, what B was sent" "$os_b" "$or_a"
	equal "nt/os of A, what B sent" "$or_b" "$os_a"
}

# dscp_is NODE-OF-CAPTURE ADDRESS OCTET: of all packets we sent from ADDRESS
dscp_is() {
	local other
	other=$(tcpdump -nr "$DIR/$1.pcap" \
		"src host $2 and ip[1] & 0xfc != $3" 2>/dev/null | wc -l)
	equal "packets from $2 that are not marked $3" 0 "$other"
}

# run_session PROPERTIES: milliseconds in TOOK, octets/s from A to B in RATE
run_session() {
	local began
	session_begin --set "props_a=$1" --set patience=60000
	head -c 100000 /dev/urandom >"$DIR/from_b"
	expect_file quiet 20
	equal "reports of silence" 1 "$(grep -c 'no traffic for' "$DIR/bgfd.log")"
	began=$(now_ms)
	session_client a
	session_client b
	session_clients
	TOOK=$(($(now_ms) - began))
	RATE=$((SIZE * 1000000 * 1000 / TOOK))
	session_sums
	session_release
}

# counted LIST NAME: packets, by bgfctl
counted() {
	ctl -f json statistics |
		python3 -c 'import json, sys
lists = json.load(sys.stdin)["statistics"]
print(*(e["packets"] for e in lists[sys.argv[1]] if e["name"] == sys.argv[2]))' \
			"$1" "$2"
}

run_session ""
free=$RATE
dscp_is access "$addr_a" 0
stop_bgfd
lab_down

# A thirtieth of what the way carries, and a quarter of a second at once.
sdr=$((free / 30))
mbs=$((sdr / 4))
run_session ",ds/dscp=b8,tman/pol=ON,tman/sdr=$sdr,tman/mbs=$mbs"
dscp_is access "$addr_a" 184
dscp_is core "$addr_b" 0
percent=$((RATE * 100 / sdr))
# What was dropped, the kernel dropped, where there is a fast path.
policed=$(counted drops policed)
[ "$policed" -gt 0 ] || die "nothing was policed"
! has_fast_path 'tc on' ||
	[ $((10 * $(counted kernel policed))) -ge "$policed" ] ||
	die "the worker dropped most of $policed packets"
echo "free $free, sdr $sdr, reached $RATE octets/s: $percent %"
# Never more than the buckets hold and one packet; not much less for long.
[ $((SIZE * 1000000)) -le $((sdr * TOOK / 1000 + mbs + 65536)) ] ||
	die "$RATE octets/s are more than tman/sdr=$sdr allows"
[ $percent -ge 30 ] || die "only $percent % of the sustained rate"
[ $((RATE * 10)) -lt "$free" ] || die "$RATE of $free octets/s: not policed"
