#!/usr/bin/env bash
# tshark reads the H.248 capture: number, transaction ids, no malformed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1
session_begin
session_client a
session_client b
session_end

dissect() {
	tshark -r "$DIR/control.pcap" "$@" 2>/dev/null
}
wire=$("$LAB_ROOT/test/e2e/wire.py" "$DIR/control.pcap")
# Registration, Add, up to four Notifies, Subtract: what happens while one
# Notify is on its way comes together in the next. A busy machine may repeat.
requests=$(grep '^T ' <<<"$wire" | sort -u | wc -l)
[ "$requests" -ge 5 ] && [ "$requests" -le 7 ] ||
	die "$requests requests on the wire"
equal "replies on the wire" "$requests" \
	"$(grep '^P ' <<<"$wire" | sort -u | wc -l)"
equal "requests with a reply of the same id" \
	"$(grep '^T ' <<<"$wire" | cut -c3- | sort -u)" \
	"$(grep '^P ' <<<"$wire" | cut -c3- | sort -u)"
equal "messages dissected" "$(dissect -Y udp | wc -l)" \
	"$(dissect -Y megaco | wc -l)"
equal "transaction ids dissected" \
	"$(grep -E '^(T|P) ' <<<"$wire" | cut -c3- | sort -un)" \
	"$(dissect -Y megaco -T fields -e megaco.transid | tr ',' '\n' |
		grep . | sort -un)"
equal "malformed messages" "" "$(dissect -Y _ws.malformed)"
