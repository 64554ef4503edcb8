#!/usr/bin/env bash
# A session under control over TCP; the controller restarts; tshark reads it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

LAB_TRANSPORT=tcp
SIZE=2
session_begin
session_client a
session_client b
session_end

dissect() {
	tshark -r "$DIR/control.pcap" "$@" 2>/dev/null
}
# Registration, Add, Subtract and up to four Notifies (one may tell of more
# than one event), each and each reply in a TPKT of its own.
packets=$(dissect -Y tpkt -T fields -e tpkt.version | tr ',' '\n' | wc -l)
[ "$packets" -ge 10 ] || die "$packets TPKT packets, expected 10 to 14"
equal "datagrams" 0 "$(dissect -Y udp | wc -l)"
transactions=$(dissect -Y megaco -T fields -e megaco.transid | tr ',' '\n' |
	grep . | sort -u | wc -l)
[ "$transactions" -ge 5 ] && [ "$transactions" -le 7 ] ||
	die "$transactions transactions dissected"
equal "malformed messages" "" "$(dissect -Y _ws.malformed)"

# mgcsim has ended with its scenario: the next one is found, and told that we
# are still the same.
start_mgcsim session
wait_for 20 grep -q 'MT=DC,RE="900 ' "$DIR/h248.log" ||
	die "no Disconnected 900: $(tail -3 "$DIR/bgfd.log")"
