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
# Registration, Add, four Notifies, Subtract: seven requests, seven replies
# (repetitions apart, which a busy machine may add).
equal "requests on the wire" 7 "$(grep '^T ' <<<"$wire" | sort -u | wc -l)"
equal "replies on the wire" 7 "$(grep '^P ' <<<"$wire" | sort -u | wc -l)"
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
