# test/e2e/bad_way.sh - a bridge between client A and its firewall that
# reorders, loses and delays (reorder.py), for t_reorder.sh and t_bad_way.sh

# shellcheck shell=bash
LAB_NODES="$LAB_NODES wire"

plain() {			# plain NODE IFACE: packets as they are on a wire
	lab_in "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null
}

bad_way() {			# a -- wire -- na; bad_way [reorder.py option]...
	ip -n "$LAB-a" link del eth0
	link a eth0 wire left
	link wire right na in0
	address a eth0 10.1.0.2/24
	address na in0 10.1.0.1/24
	ip -n "$LAB-a" route add default via 10.1.0.1
	plain a eth0
	plain na in0
	plain wire left
	plain wire right
	lab_start reorder wire "$LAB_ROOT/test/e2e/reorder.py" left right "$@"
	REORDER=$STARTED
}

# bad_way_end LATE LOST: so many at least
bad_way_end() {
	local late lost
	lab_stop "$REORDER" || true
	read -r late lost <"$DIR/reorder.log"
	[ "${late:-0}" -ge "$1" ] || die "only $late packets came late"
	[ "${lost:-0}" -ge "$2" ] || die "only $lost packets were lost"
	ctl statistics --format xml >"$DIR/said"
	equal "segments judged beyond the window" 0 "$(xmllint --xpath \
		'string(//*[name="window"]/packets)' "$DIR/said")"
}
