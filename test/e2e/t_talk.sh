#!/usr/bin/env bash
# Two clients that both call speak MSRP, then TLS, with each other.
# Proves: N10
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1
conversation() {		# conversation WHAT [CERTIFICATE]
	local side address port what=$1
	shift
	for side in a b; do
		address=addr_$side port=port_$side
		lab_start "talk-$side" $side "$LAB_ROOT/test/e2e/talk.py" \
			"$what" $side "${!address}" "${!port}" "$@"
		eval "CLIENT_$side=$STARTED"
	done
	for side in $CLIENT_a $CLIENT_b; do
		wait "$side" || die "$what: $(tail -n 1 "$DIR"/talk-?.log)"
	done
	session_release
}

(session_begin && conversation msrp)
(
	session_begin
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=bgf \
		-addext subjectAltName=DNS:bgf.example \
		-keyout "$DIR/key" -out "$DIR/cert" 2>/dev/null
	cat "$DIR/key" >>"$DIR/cert"
	conversation tls "$DIR/cert"
)
