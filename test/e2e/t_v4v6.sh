#!/usr/bin/env bash
# V68 D39: client A on IPv4, client B on IPv6, one TCP session; by the kernel,
# where there is a fast path.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_IP6=yes
session_large
session_begin --set ip_b=IP6 --set sam_b=2001:db8:b1::2 \
	--set remote_b=2001:db8:b1::2
for node in a b; do
	lab_in $node ethtool -k eth0 |
		grep '^tcp-segmentation-offload: on' >/dev/null ||
		die "client $node makes no super-segments"
done
session_client a
session_client b
expect_file open 20
# Timestamps too, unless the first SYN was a second old by then (T_ts).
case $(sed -n 's/^opts=//p' "$DIR/open") in
ws,sack,ts | ws,sack) ;;
*) die "options of the session: $(cat "$DIR/open")" ;;
esac
session_end

for node in a b; do
	equal "wrong TCP checksums at $node" 0 "$(lab_in $node nstat -asz \
		TcpInCsumErrors | awk '/^Tcp/ { print $2 }')"
done
has_fast_path 'tc on' || exit 0
ctl -f json statistics >"$DIR/counted"
# shellcheck disable=SC2016
python3 - "$DIR/counted" "$SIZE" <<-'PY'
	import json, sys
	counted = json.load(open(sys.argv[1]))
	packets = counted["statistics"]["packets"]
	# What passed before the session was given to it, a slow worker had.
	want = 2 * int(sys.argv[2]) * 0.1 * (1 << 20)
	if packets["kernel_octets"] < want:
	    sys.exit(f"FAIL: the kernel carried {packets['kernel_octets']} octets")
	passed, = (k["packets"] for k in counted["statistics"]["kernel"]
	           if k["name"] == "passed")
	if packets["kernel_octets"] < 1500 * passed:
	    sys.exit(f"FAIL: in {passed} packets: not in super-segments")
PY
