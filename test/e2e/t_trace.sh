#!/usr/bin/env bash
# bgfctl trace of a session: tshark reads messages, segments and comments.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

trace() {			# trace NAME ARGUMENT...: in the background
	local name=$1
	shift
	lab_start "$name" gw "$LAB_BIN/bgfctl" --socket "$DIR/control" \
		trace "$@" --for 100s -o "$DIR/$name.pcapng"
	TRACE=$STARTED
	wait_for 20 test -s "$DIR/$name.pcapng" || die "nothing is written"
}

begin() {			# begin [lab_up's variables]
	lab_up
	random_file "$DIR/from_a" 1
	random_file "$DIR/from_b" 1
	start_bgfd
	capture_media
}

# Each packet of a capture as these fields, once: tshark starts slowly.
FIELDS="frame.number udp.length tcp.stream tcp.flags tcp.len frame.cap_len
	megaco.transid frame.interface_name ip.dst _ws.malformed
	_ws.expert.severity tcp.analysis.ack_lost_segment frame.comment"

dissect() {			# dissect NAME: into $DIR/packets
	local field options=()
	for field in $FIELDS; do
		options+=(-e "$field")
	done
	tshark -r "$DIR/$1.pcapng" -T fields "${options[@]}" \
		>"$DIR/packets" 2>"$DIR/tshark.err" ||
		die "tshark: $(tail -2 "$DIR/tshark.err")"
	! grep -i 'warning\|error\|cut short' "$DIR/tshark.err" ||
		die "tshark complains"
	equal "malformed packets of $1" 0 "$(count '$10 != ""')"
	# 8388608: an error, of which there is none.
	equal "faults of $1" 0 "$(count '$11 ~ /8388608/')"
	equal "packets of $1 without a comment" 0 "$(count '$13 == ""')"
}

count() {			# count CONDITION: of awk, on the fields
	awk -F'\t' "$1 { n++ } END { print n + 0 }" "$DIR/packets"
}

streams() {			# streams CONDITION: that have such a packet
	awk -F'\t' "$1 { print \$3 }" "$DIR/packets" | sort -u | grep -c . ||
		true
}

says() {			# says COMMENT: some packet
	cut -f13 "$DIR/packets" | sort -u >"$DIR/comments"
	grep -qF -- "$1" "$DIR/comments" ||
		die "no comment says $1: $(cut -c1-99 "$DIR/comments")"
}

ids() {				# one a line, each once
	tr ',' '\n' | grep . | sort -un
}

# Over UDP: the next context, its headers; ends with it.
by_next() {
	local id in_trace
	begin
	trace next next 1 --format json
	start_mgcsim session
	lab_ports
	! ctl trace 1 -o "$DIR/second.pcapng" 2>"$DIR/second.err" ||
		die "two traces at a time"
	grep -q 'one at a time' "$DIR/second.err" || die "it does not say why"
	session_client a
	session_latched 203.0.113.10
	session_client b
	session_end
	wait_for 30 lab_is_gone "$TRACE" || die "the trace goes on"
	wait "$TRACE" || die "the trace: $(tail -2 "$DIR/next.log")"
	"$LAB_ROOT/test/e2e/reply.py" "$LAB_ROOT/conf/bgfctl.schema.json" \
		<"$DIR/next.log" || die "the answer has another form"
	grep -q '"ended_by": "over"' "$DIR/next.log" || die "it did not end"
	grep -q '"left_out": 0' "$DIR/next.log" || die "records are missing"
	dissect next

	# Add, Notifies, Subtract, their replies: what tcpdump has seen, but for
	# the registration.
	in_trace=$(cut -f7 "$DIR/packets" | ids)
	"$LAB_ROOT/test/e2e/wire.py" "$DIR/control.pcap" >"$DIR/wire"
	for id in $in_trace; do
		grep -qE "^T $id\b" "$DIR/wire" || die "$id was not sent"
		grep -qE "^P $id\b" "$DIR/wire" || die "$id was not answered"
	done
	equal "transactions, with the registration" \
		"$(grep -oE '^T [0-9]+' "$DIR/wire" | cut -c3- | ids | wc -l)" \
		"$(($(wc -l <<<"$in_trace") + 1))"
	equal "messages that are dissected" "$(count '$2 != ""')" \
		"$(count '$7 != ""')"

	# Both legs, each with its handshake (a busy machine sends a SYN again),
	# headers only.
	equal "legs with a SYN" 2 "$(streams '$4 == "0x0002"')"
	equal "legs with a SYN-ACK" 2 "$(streams '$4 == "0x0012"')"
	equal "segments with payload" 0 "$(count '$5 > 0 && $6 > 176')"
	# Lost on the way there may be some; what is acknowledged was here.
	equal "segments left out" 0 "$(count '$12 != ""')"
	says 'from A: SYN: latched'
	says 'kept until B has come'
	says 'to A: SYN-ACK synthesised from the SYN of B'
	says 'from B: accepted, sent on to A'
	says 'to A: translated, from B'
	says 'both handshakes are complete'
	says 'the session is over: fin'
	says 'from the controller: T=1000 C=$ Add ip/1/access/$'
	equal "interfaces" "access.example core.example h248" \
		"$(cut -f8 "$DIR/packets" | sort -u | paste -sd ' ')"
	tshark -r "$DIR/next.pcapng" -q -z follow,tcp,raw,0 -z follow,tcp,raw,1 \
		>"$DIR/follow" 2>&1
	equal "streams that are followed" 2 "$(grep -c '^Node 1: ' "$DIR/follow")"
	# Programs on libpcap read it as well.
	"$LAB_BIN/h248tool" ladder --pcap "$DIR/next.pcapng" >"$DIR/ladder"
	equal "messages of h248tool" "$(count '$7 != ""')" \
		"$(wc -l <"$DIR/ladder")"
}

# Over TCP: what an address has, with payload, until it is interrupted.
by_address() {
	LAB_TRANSPORT=tcp
	begin
	start_mgcsim session
	lab_ports
	trace address address 203.0.113.10 --payload --format xml
	session_client a
	session_client b
	session_clients
	session_sums
	expect_file ended 20
	lab_stop "$TRACE" INT || die "interrupted, it ended with $?"
	xmllint --noout --relaxng "$LAB_ROOT/conf/bgfctl.rng" "$DIR/address.log" \
		2>"$DIR/why" || die "the answer has another form: $(cat "$DIR/why")"
	grep -q '<ended_by>reader<' "$DIR/address.log" ||
		die "it says: $(cat "$DIR/address.log")"
	session_release
	dissect address
	equal "messages over TCP" "$(count '$8 == "h248"')" \
		"$(count '$7 != ""')"
	[ "$(count '$7 != ""')" -ge 4 ] || die "messages are missing"
	says 'to B: translated, from A'
	# Whole segments, but for those that had no room.
	equal "cut segments" 0 "$(count '$8 != "h248" && $5 > 0 && $5 >= $6')"
}

in_parallel eval by_next by_address
