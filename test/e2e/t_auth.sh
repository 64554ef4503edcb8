#!/usr/bin/env bash
# The authentication header: a whole session signed, over UDP and TCP; another
# implementation of the HMAC; a wrong key; a key replaced while we run.
# Proves: C17 T35
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

KEY=000102030405060708090a0b0c0d0e0f10111213
OTHER=ff0102030405060708090a0b0c0d0e0f10111213

put_key() {			# put_key HEX FILE
	(umask 077 && echo "$1" >"$2")
}

# authentication ALGORITHM PSEUDO-HEADER: in the configuration
authentication() {
	lab_config | sed "s|<timers|<authentication mode=\"require\" send=\"yes\"\
 pseudo-header=\"$2\"><key spi=\"0x101\" algorithm=\"$1\"\
 file=\"$DIR/key\"/></authentication>&|" >"$DIR/bgfd.xml"
}

# Another implementation, which demands and gets the same.
peer() {			# peer HEX DIGEST ICV-OCTETS PSEUDO-HEADER HOW
	lab_in mgc "$LAB_ROOT/test/e2e/auth.py" "$@" ||
		die "auth.py $*: $(tail -3 "$DIR/bgfd.log")"
}

counted() {			# counted NAME: messages by authentication
	ctl --format json statistics | python3 -c "import json, sys
print(json.load(sys.stdin)['statistics']['authentication']['$1'])"
}

said() {
	grep -q "$1" "$DIR/bgfd.log"
}

other_implementation() {
	put_key $KEY "$DIR/key"
	authentication hmac-sha1-96 digits
	start_bgfd
	peer $KEY sha1 12 digits register
	equal "absent" 1 "$(counted absent)"
	equal "wrong" 1 "$(counted wrong)"
	put_key $OTHER "$DIR/key"
	kill -HUP "$BGFD"
	wait_for 5 said 'authentication keys read again' ||
		die "SIGHUP is not heard"
	peer $OTHER sha1 12 digits again
	chmod 644 "$DIR/key"
	kill -HUP "$BGFD"
	wait_for 5 said 'authentication stays as it was: .*everybody' ||
		die "a key that everybody may read is taken"
	peer $OTHER sha1 12 digits again
	stop_bgfd
	put_key $KEY "$DIR/key"
	chmod 600 "$DIR/key"
	authentication hmac-md5 octets
	start_bgfd
	peer $KEY md5 16 octets register
	stop_bgfd
	! grep -iE '0a0b0c0d|5a5a5a5a' "$DIR"/bgfd.log ||
		die "a secret or an ICV is in the log"
}

wrong_key() {
	put_key $OTHER "$DIR/other"
	start_bgfd
	start_mgcsim auth --auth "0x101:hmac-md5:$DIR/other" --auth-octets
	wait_for 20 said 'message refused: authentication header wrong' ||
		die "a wrong key is taken"
	! said 'registering -> active' || die "registered with a wrong key"
	lab_stop "$MGCSIM" || true
	# The right one is found.
	start_mgcsim auth --auth "0x101:hmac-md5:$DIR/key" --auth-octets
	lab_passed
	stop_bgfd
}

whole_session() {		# whole_session TRANSPORT
	LAB_TRANSPORT=$1
	lab_up
	put_key $KEY "$DIR/key"
	authentication hmac-sha1-96 digits
	session_begin --auth "0x101:hmac-sha1-96:$DIR/key"
	session_client a
	session_client b
	session_end
	equal "refused" 0 $(($(counted absent) + $(counted wrong)))
	# Registration, Add, Subtract, and Notifies of one event or more.
	[ "$(counted ok)" -ge 5 ] || die "$(counted ok) messages were signed"
}

SIZE=1
(
	lab_up
	other_implementation
	: >"$DIR/bgfd.log"
	wrong_key
)
(whole_session udp)
(whole_session tcp)
