# test/e2e/attack_lib.sh - what the tests with attackers share; after lib.sh

# shellcheck shell=bash

mac_of() {			# of an interface of the gateway
	lab_in gw cat "/sys/class/net/$1/address"
}

# attack NODE IFACE ATTACK ARGUMENT...: from the outside of that firewall to
# that interface of the gateway (attack.py)
attack() {
	local node=$1 iface=$2
	shift 2
	lab_in "$node" "$LAB_ROOT/test/e2e/attack.py" out0 \
		"$(mac_of "$iface")" "$@"
}

# latched N: ADDRESS:PORT of termination N (0 or 1) of the only context
latched() {
	ctl -f json contexts | python3 -c '
import json, sys
t = json.load(sys.stdin)["contexts"][0]["terminations"][int(sys.argv[1])]
a = t["streams"][0]["latched_address"]
print(a["address"] + ":" + str(a["port"])) if a else sys.exit(1)' "$1"
}

# dropped REASON...: each of them was counted
dropped() {
	local reason
	ctl statistics >"$DIR/counted"
	for reason in "$@"; do
		awk -v r="$reason" '$1 == r && $2 > 0 { n++ } END { exit !n }' \
			"$DIR/counted" || die "no drop counted as $reason"
	done
}

# refused REASON...: by the host, before the engine saw it
refused() {
	local reason
	for reason in "$@"; do
		lab_in gw nft list counter inet bgfd "$reason" >"$DIR/counted"
		grep -q 'packets [1-9]' "$DIR/counted" ||
			die "no packet refused as $reason"
	done
}

resident() {			# kilobytes of the gateway
	awk '/^VmRSS/ { print $2 }' "/proc/$BGFD/status"
}
# steady BEFORE: it has not grown by a megabyte since.  The thread sanitizer
# keeps a shadow of all that was ever looked at: nothing to learn from it.
steady() {
	local now
	now=$(resident)
	[ "$PRESET" = tsan ] || [ $((now - $1)) -lt 1024 ] ||
		die "the gateway grew from $1 to $now kB"
}
