#!/usr/bin/env bash
# A session under control over TLS; the certificates are replaced on the way.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# certificate DIRECTORY AUTHORITY SUBJECT-ALT-NAME
certificate() {
	mkdir -p "$1"
	openssl req -newkey rsa:2048 -nodes -keyout "$1/key.pem" \
		-subj /CN=laboratory -out "$1/request" 2>/dev/null
	openssl x509 -req -in "$1/request" -CA "$2/cert.pem" \
		-CAkey "$2/key.pem" -days 1 -out "$1/cert.pem" \
		-extfile <(echo "subjectAltName=$3") 2>/dev/null
	cp "$2/cert.pem" "$1/ca.pem"
}

authority() {			# authority DIRECTORY
	mkdir -p "$1"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/key.pem" \
		-subj /CN=authority -days 1 -out "$1/cert.pem" 2>/dev/null
}

lab_prepare() {
	authority "$DIR/ca"
	certificate "$DIR/gw" "$DIR/ca" IP:10.0.0.2
	certificate "$DIR/mgc" "$DIR/ca" IP:10.0.0.1
	sed -i "s|<controller|<tls certificate=\"$DIR/gw/cert.pem\"\
 key=\"$DIR/gw/key.pem\" ca=\"$DIR/gw/ca.pem\"/>\n&|" "$DIR/bgfd.xml"
}

LAB_TRANSPORT=tls
SIZE=2
lab_up
session_begin --tls "$DIR/mgc"
session_client a
session_client b
session_end
equal "messages in the clear" "" "$(tshark -r "$DIR/control.pcap" -Y megaco \
	2>/dev/null)"

# Another authority: a controller of the old one is refused, one of the new
# one is found.
said() {
	grep -q "$1" "$DIR/bgfd.log"
}
authority "$DIR/ca"
certificate "$DIR/gw" "$DIR/ca" IP:10.0.0.2
kill -HUP "$BGFD"
wait_for 5 said 'TLS files read again' || die "SIGHUP is not heard"
start_mgcsim session --tls "$DIR/mgc"
wait_for 20 said 'certificate refused' || die "the old authority counts"
lab_stop "$MGCSIM" || true
certificate "$DIR/mgc" "$DIR/ca" IP:10.0.0.1
start_mgcsim session --tls "$DIR/mgc"
wait_for 30 grep -q 'MT=DC,RE="900 ' "$DIR/h248.log" ||
	die "no Disconnected 900: $(tail -3 "$DIR/bgfd.log")"
