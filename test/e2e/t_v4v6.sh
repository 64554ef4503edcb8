#!/usr/bin/env bash
# V68 D39: client A on IPv4, client B on IPv6, one TCP session.
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
