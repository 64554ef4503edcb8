#!/usr/bin/env bash
# XDP and frames in several buffers: MTU 9000, or just over a page.
# IPv4, IPv6, and between them, where tc has what XDP leaves to it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_IP6=yes LAB_MTU_CORE=9000
eval "$(declare -f lab_config | sed '1s/lab_config/plain_config/')"
lab_config() {
	plain_config | sed -E 's|mtu="1500"|mtu="9000"|
		s|(<media interface="eth[12]")/>|\1 fastpath="xdp"/>|'
}

# What XDP needs of the other end of a veth: whole checksums, and a driver that
# takes frames of XDP.
lab_prepare() {
	local at
	for at in a:eth0 na:in0 na:out0 gw:eth1 gw:eth2 nb:out0 nb:in0 b:eth0; do
		ip -n "$LAB-${at%:*}" link set "${at#*:}" mtu "$MTU"
	done
	for at in a:eth0 na:out0 nb:out0 b:eth0; do
		lab_in "${at%:*}" ethtool -K "${at#*:}" tx off gro on >/dev/null
	done
}

capture_media() {		# what XDP sends is not seen there
	:
}

# Before 6.3 the kernel sends by another interface only what is in one buffer.
are_several_sent() {
	[ "$(printf '%s\n' 6.3 "$(uname -r)" | sort -V | head -1)" = 6.3 ]
}

# What carried a good part of it, while the session joins it is tc's: in frames that
# are mostly too large for the first buffer, which has 3520 octets on a veth.
carried_by() {
	ctl -f json statistics >"$DIR/counted"
	python3 - "$DIR/counted" "$SIZE" "$1" <<-'PY'
	import json, sys
	paths = json.load(open(sys.argv[1]))["statistics"]["paths"]
	path, = (p for p in paths if p["name"] == sys.argv[3])
	if path["octets"] < int(sys.argv[2]) * 0.1e6 or \
	   path["octets"] < 2500 * path["packets"]:
	    sys.exit(f"FAIL: not by {sys.argv[3]}: {paths}")
	PY
}

statistics_are_whole() {
	: >"$DIR/release"
	expect_file statistics 10
	lab_passed
	# shellcheck disable=SC1090,SC2154
	. <(tr ' ' '\n' <"$DIR/statistics")
	equal "nt/os of B" "$or_a" "$os_b"
	equal "nt/os of A" "$or_b" "$os_a"
	[ "$or_a" -ge "${SIZE}000000" ] && [ "$or_b" -ge "${SIZE}000000" ] ||
		die "octets are missing: $(cat "$DIR/statistics")"
}

jumbo() {			# jumbo PATH [mgcsim option]...
	local path=$1 node
	shift
	session_begin "$@"
	has_fast_path 'tc on 4 devices, xdp on 2' || path=
	session_client a
	session_client b
	session_clients
	session_sums
	for node in a b; do
		equal "wrong TCP checksums at $node" 0 "$(lab_in $node nstat \
			-asz TcpInCsumErrors | awk '/^Tcp/ { print $2 }')"
	done
	expect_file ended 20
	[ -z "$path" ] || carried_by "$path"
	statistics_are_whole
}

SIZE=20
a6="--set ip_a=IP6 --set sam_a=2001:db8:a1::2 --set remote_a=2001:db8:a1::2"
b6="--set ip_b=IP6 --set sam_b=2001:db8:b1::2 --set remote_b=2001:db8:b1::2"
xdp=xdp
are_several_sent || xdp=tc
variant() {
	# shellcheck disable=SC2086
	case $1 in
	4-4) MTU=9000 jumbo $xdp ;;
	6-6) MTU=4090 jumbo $xdp $a6 $b6 ;;
	4-6) MTU=9000 jumbo tc $b6 ;;
	esac
}
in_parallel variant 4-4 6-6 4-6
