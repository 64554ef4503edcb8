# test/e2e/lib.sh - the laboratory: two clients behind two firewalls, and us
#
#   client A -- NAT A -- gateway -- NAT B -- client B
#   10.1.0.2   .10 203.0.113.0/24 .1 | .1 192.0.2.0/24 .20   10.2.0.2
#                         mgc 10.0.0.1 -- 10.0.0.2
#   media addresses: 198.51.100.0/29 (access), 198.51.100.8/29 (core)
#
# With LAB_IP6=yes there is IPv6 beside it, without address translation:
#   A 2001:db8:a1::2, NAT A 2001:db8:a::10 (firewall only), B likewise with b
#   media addresses: 2001:db8:ff::/125 (access), 2001:db8:ff::8/125 (core)
#
# Each laboratory has namespaces, a directory and processes of its own, so
# several may stand side by side.  lab_up makes it, lab_down (also at EXIT)
# leaves nothing behind.  Source this file; it needs root.

# shellcheck shell=bash
LAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PRESET=${PRESET:-debug}
LAB_BIN=${LAB_BIN:-$LAB_ROOT/build/$PRESET/bin}
LAB_NODES="a na gw nb b mgc world"
LAB_PIDS=()
export PYTHONDONTWRITEBYTECODE=1 # leave nothing in the sources

die() {
	echo "FAIL: $*" >&2
	exit 1
}

# Run a command in the namespace of a node: lab_in gw ip route
lab_in() {
	local node=$1
	shift
	ip netns exec "$LAB-$node" "$@"
}

# lab_start NAME NODE COMMAND...: in the background, output to $DIR/NAME.log;
# its process id is in $STARTED.
lab_start() {
	local name=$1 node=$2
	shift 2
	ip netns exec "$LAB-$node" "$@" \
		>>"$DIR/$name.log" 2>&1 </dev/null &
	STARTED=$!
	LAB_PIDS+=("$STARTED")
}

lab_stop() {			# lab_stop PID [SIGNAL]: and wait for its end
	kill "-${2:-TERM}" "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null
}

ctl() {				# ctl ARGUMENT...: bgfctl, of our gateway
	lab_in gw "$LAB_BIN/bgfctl" --socket "$DIR/control" "$@"
}

# is_form FORMAT FILE: what bgfctl printed is as its schema says; why not, is in
# $DIR/why.  Text has none.
is_form() {
	case $1 in
	json) "$LAB_ROOT/test/e2e/reply.py" \
		"$LAB_ROOT/conf/bgfctl.schema.json" <"$2" ;;
	xml) xmllint --noout --relaxng "$LAB_ROOT/conf/bgfctl.rng" "$2" ;;
	text) grep -q . "$2" ;;
	esac >"$DIR/why" 2>&1
}

# in_format FORMAT WHAT COMMAND...: bgfctl says WHAT, in $DIR/said, in the form
# of its schema
in_format() {
	local format=$1 what=$2
	shift 2
	ctl "$@" --format "$format" >"$DIR/said" ||
		die "bgfctl $* ended with $?: $(head -20 "$DIR/said")"
	grep -qF -- "$what" "$DIR/said" ||
		die "$format of bgfctl $* does not say $what:" \
			"$(head -20 "$DIR/said")"
	is_form "$format" "$DIR/said" ||
		die "$format of bgfctl $*: $(tail -8 "$DIR/why")"
}

in_all() {			# in_all WHAT COMMAND...: in three formats
	local format
	for format in json xml text; do
		in_format $format "$@"
	done
}

# has_fast_path WHAT: the kernel carries sessions, as the log says it.  Not so
# only where it gives nobody like us a program, and whoever looks at the verdicts
# sees that.
has_fast_path() {
	local said
	said=$(sed -n 's/.*kernel fast path: //p' "$DIR/bgfd.log" | tail -1)
	case $said in
	"$1"*) ;;
	"off: "*"not permitted"* | "off: "*"not implemented"* | \
		"off: "*"built without it"*)
		echo "partly skipped: no kernel fast path: ${said#off: }"
		return 1
		;;
	*) die "the fast path is not '$1': '$said'" ;;
	esac
}

# wait_for SECONDS COMMAND...: until it succeeds.  SECONDS is what it may take with
# a processor; one that has many others to serve is given a minute at least.
wait_for() {
	local end=$((SECONDS + ($1 > 60 ? $1 : 60)))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

link() {			# link NODE IFACE NODE IFACE
	ip link add "$2" netns "$LAB-$1" type veth \
		peer name "$4" netns "$LAB-$3"
	ip -n "$LAB-$1" link set "$2" up
	ip -n "$LAB-$3" link set "$4" up
}

address() {			# address NODE IFACE ADDRESS/LENGTH
	# shellcheck disable=SC2086 # "nodad" may follow the address
	ip -n "$LAB-$1" addr add $3 dev "$2"
}

# A masquerading firewall that refuses what did not begin inside.
firewall() {
	lab_in "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.netfilter.nf_conntrack_tcp_loose=0
	lab_in "$1" nft -f - <<-'NFT'
	table ip nat {
		chain out {
			type nat hook postrouting priority 100;
			oifname "out0" masquerade
		}
	}
	table inet firewall {
		counter invalid { }
		counter syn_in { }
		chain forged {
			type filter hook output priority -300;
			meta mark 0x66 notrack
		}
		chain every {
			type filter hook prerouting priority -100;
			ct state invalid counter name invalid drop
			iifname "out0" tcp flags & (syn|ack) == syn counter name syn_in drop
		}
		chain through {
			type filter hook forward priority 0; policy drop;
			ct state established,related accept
			iifname "in0" oifname "out0" accept
		}
	}
	NFT
}

lab_gateway_net() {
	address gw eth0 10.0.0.2/24
	address gw eth1 203.0.113.1/24
	address gw eth2 192.0.2.1/24
	# Where each realm finds its clients, and nothing else.
	ip -n "$LAB-gw" route add 203.0.113.0/24 dev eth1 table 101
	ip -n "$LAB-gw" route add 192.0.2.0/24 dev eth2 table 102
	# A way out into the world: what must never be used for media.
	address gw wan0 100.64.0.2/24
	address world eth0 100.64.0.1/24
	ip -n "$LAB-gw" route add default via 100.64.0.1
}

# IPv6 for one side: lab_ip6_side a na eth1 101 10.  Firewall A takes the media
# addresses for neighbours, firewall B for routed.
lab_ip6_side() {
	local client=$1 fw=$2 iface=$3 table=$4 host=$5
	local inner=2001:db8:${1}1 outer=2001:db8:$1
	address "$client" eth0 "$inner::2/64 nodad"
	address "$fw" in0 "$inner::1/64 nodad"
	address "$fw" out0 "$outer::$host/64 nodad"
	address gw "$iface" "$outer::1/64 nodad"
	lab_in "$fw" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$LAB-$client" route add default via "$inner::1"
	ip -n "$LAB-gw" route add "$outer::/64" dev "$iface" table "$table"
	ip -n "$LAB-gw" route add "$inner::/64" via "$outer::$host" \
		dev "$iface" table "$table"
}

lab_ip6() {
	lab_ip6_side a na eth1 101 10
	lab_ip6_side b nb eth2 102 20
	ip -n "$LAB-na" route add 2001:db8:ff::/125 dev out0
	ip -n "$LAB-nb" route add default via 2001:db8:b::1
}

# The directory and the namespaces, none of them linked to another.
lab_nodes() {
	local node
	# Subshells may have laboratories side by side.
	LAB=bgf$BASHPID-$((++LAB_COUNT))
	DIR=$(mktemp -d "${TMPDIR:-/tmp}/bgf-lab.XXXXXX")
	trap lab_exit EXIT
	for node in $LAB_NODES; do
		ip netns add "$LAB-$node"
		ip -n "$LAB-$node" link set lo up
	done
}
LAB_COUNT=0

lab_up() {
	lab_nodes
	link a eth0 na in0
	link na out0 gw eth1
	link b eth0 nb in0
	link nb out0 gw eth2
	link mgc eth0 gw eth0
	link world eth0 gw wan0
	address a eth0 10.1.0.2/24
	address na in0 10.1.0.1/24
	address na out0 203.0.113.10/24
	address b eth0 10.2.0.2/24
	address nb in0 10.2.0.1/24
	address nb out0 192.0.2.20/24
	address mgc eth0 10.0.0.1/24
	ip -n "$LAB-a" route add default via 10.1.0.1
	ip -n "$LAB-b" route add default via 10.2.0.1
	ip -n "$LAB-na" route add default via 203.0.113.1
	ip -n "$LAB-nb" route add default via 192.0.2.1
	lab_gateway_net
	firewall na
	firewall nb
	[ -z "${LAB_IP6-}" ] || lab_ip6
	lab_config >"$DIR/bgfd.xml"
}

lab_exit() {
	local rc=$?
	set +e
	if [ $rc -eq 0 ]; then
		stop_bgfd || rc=1
		no_sanitizer_report || rc=1
	fi
	lab_down 2>/dev/null
	exit $rc
}

# A gateway that is asked to stop does so, and has nothing to regret.
stop_bgfd() {
	local rc=0 pid=${BGFD-}
	[ -n "$pid" ] || return 0
	BGFD=
	kill -TERM "$pid" 2>/dev/null || {
		echo "FAIL: bgfd is gone before its time"
		return 1
	}
	wait_for 20 lab_is_gone "$pid" || {
		echo "FAIL: bgfd does not stop on SIGTERM"
		return 1
	}
	wait "$pid" || rc=$?
	[ $rc -eq 0 ] || {
		echo "FAIL: bgfd ended with $rc: $(tail -3 "$DIR/bgfd.log")"
		return 1
	}
}

lab_is_gone() {			# also when only its exit status is left
	! grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null
}

no_sanitizer_report() {
	! grep -hE 'runtime error|(Address|Leak|Thread)Sanitizer' \
		"$DIR"/bgfd.log "$DIR"/mgcsim.log 2>/dev/null | head -5 | grep .
}

lab_down() {
	local node pid
	[ -n "${LAB-}" ] || return 0
	for pid in ${LAB_PIDS[@]+"${LAB_PIDS[@]}"}; do
		kill "$pid" 2>/dev/null || true
	done
	sleep 0.2
	for node in $LAB_NODES; do
		ip netns list | grep -q "^$LAB-$node\b" || continue
		for pid in $(ip netns pids "$LAB-$node" 2>/dev/null); do
			kill -9 "$pid" 2>/dev/null || true
		done
		ip netns del "$LAB-$node"
	done
	wait 2>/dev/null || true
	LAB_PIDS=()
	if [ -n "${KEEP-}" ]; then
		mkdir -p "$KEEP"
		cp -r "$DIR/." "$KEEP/"
	fi
	rm -rf "$DIR"
	LAB=
}

lab_pool6() {
	[ -z "${LAB_IP6-}" ] || echo "<pool prefix=\"$1\"/>"
}

lab_http() {
	[ -z "${LAB_HTTP-}" ] || echo "<http listen=\"$LAB_HTTP\"/>"
}

# The configuration of the gateway; LAB_RENDEZVOUS adds attributes, LAB_HTTP is
# where it listens for HTTP.
lab_config() {
	cat <<-XML
	<?xml version="1.0" encoding="UTF-8"?>
	<bgfd name="laboratory">
	  <h248 mid="[10.0.0.2]:2944" listen="10.0.0.2:2944" version="3"
	        transport="${LAB_TRANSPORT:-udp}"
	        profile="ETSI_BGF/2" encoding="short" group="1">
	    <controller address="10.0.0.1:2944"/>
	    <timers mwd-ms="${LAB_MWD_MS:-100}"/>
	  </h248>
	  <host setup="yes"/>
	  <realm name="access.example" interface="access" tun="bgf-access"
	         table="101" mtu="1500" default="yes">
	    <media interface="eth1"/>
	    <pool prefix="198.51.100.0/29"/>
	    $(lab_pool6 2001:db8:ff::/125)
	  </realm>
	  <realm name="core.example" interface="core" tun="bgf-core"
	         table="102" mtu="${LAB_MTU_CORE:-1500}">
	    <media interface="eth2"/>
	    <pool prefix="198.51.100.8/29"/>
	    $(lab_pool6 2001:db8:ff::8/125)
	  </realm>
	  <rendezvous ${LAB_RENDEZVOUS-}/>
	  <control socket="$DIR/control"/>
	  $(lab_http)
	  <log level="${LAB_LOG:-info}" messages="no"/>
	</bgfd>
	XML
}

start_bgfd() {
	lab_start bgfd gw "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml"
	BGFD=$STARTED
	bgfd_is_up || die "bgfd does not start: $(tail -5 "$DIR/bgfd.log")"
}

# Where others want the processors as well, the kernel looks at our programs for
# half a minute.  One that has ended is not waited for.
bgfd_is_up() {
	wait_for 90 eval '[ -S "$DIR/control" ] || lab_is_gone "$BGFD"'
	[ -S "$DIR/control" ] && ! lab_is_gone "$BGFD"
}

# start_mgcsim SCENARIO [mgcsim option]...  What it waits for comes at once, or when
# a busy machine has come to it.
start_mgcsim() {
	local scenario=$LAB_ROOT/test/scenarios/$1.xml
	shift
	lab_start mgcsim mgc "$LAB_BIN/mgcsim" --listen 10.0.0.1:2944 \
		--transport "${LAB_TRANSPORT:-udp}" \
		--scenario "$scenario" --log "$DIR/h248.log" \
		--timeout 200 --set patience=180000 --set dir="$DIR" "$@"
	MGCSIM=$STARTED
}

# expect_file NAME SECONDS: one that the scenario prints
expect_file() {
	wait_for "$2" test -e "$DIR/$1" && return
	kill -0 "$MGCSIM" 2>/dev/null || true
	die "no $1 within $2 s: $(grep -h '^FAIL' "$DIR/mgcsim.log" ||
		tail -2 "$DIR/mgcsim.log")"
}

lab_passed() {			# the scenario has ended well
	local rc=0
	wait "$MGCSIM" || rc=$?
	[ $rc -eq 0 ] || die "$(grep '^FAIL' "$DIR/mgcsim.log" ||
		echo "mgcsim ended with $rc")"
}

# ports: addr_a, port_a, addr_b, port_b, ctx, term_a, term_b as variables
lab_ports() {
	expect_file ports 30
	# shellcheck disable=SC1090
	. <(tr ' ' '\n' <"$DIR/ports")
}

# client NODE ADDRESS PORT FILE OUT: an ordinary TCP client, both ways.  It
# sends its FIN at the end of FILE, or with CLOSE=last after the peer's: a
# listening nc stops sending when it has been sent a FIN.
client() {
	local half=-N
	[ "${CLOSE-}" != last ] || half=
	ip netns exec "$LAB-$1" nc $half "$2" "$3" <"$4" >"$5" \
		2>>"$DIR/nc-$1.log" &
	STARTED=$!
	LAB_PIDS+=("$STARTED")
}

# One session, as most tests need it.  Steps: session_begin, clients,
# session_end.  SIZE is in megabytes, each way.
SIZE=${SIZE:-20}

session_large() {		# 100 MB each way; sanitizers take less
	case ${PRESET:-debug} in
	debug | release) SIZE=${LARGE:-100} ;;
	esac
}

session_begin() {		# [mgcsim option]...
	[ -n "${LAB-}" ] || lab_up
	lab_prepare
	random_file "$DIR/from_a" "$SIZE"
	random_file "$DIR/from_b" "$SIZE"
	start_bgfd
	capture_media
	start_mgcsim "${SCENARIO:-session}" "$@"
	lab_ports
}

lab_prepare() {			# a test may have its own
	:
}

session_client() {		# a or b
	local address=addr_$1 port=port_$1
	client "$1" "${!address}" "${!port}" "$DIR/from_$1" "$DIR/at_$1"
	eval "CLIENT_$1=$STARTED"
}

session_latched() {		# session_latched ADDRESS: its SYN is held
	# The address alone stands in the descriptors before any SYN.
	wait_for 20 grep -q "latched to $1 port" "$DIR/bgfd.log" ||
		die "nobody is latched from $1"
}

# in_parallel FUNCTION ARGUMENT...: one laboratory per argument, at once
in_parallel() {
	local what=$1 arg pid pids=() rc=0
	shift
	for arg in "$@"; do
		("$what" "$arg") &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || rc=1
	done
	[ $rc -eq 0 ] || die "$what of: $*"
}

session_clients() {		# both have ended well
	local pid
	for pid in $CLIENT_a $CLIENT_b; do
		wait_for "${CLIENT_S:-100}" lab_is_gone "$pid" ||
			die "a client hangs"
		wait "$pid" || die "a client ended with $?"
	done
}

session_sums() {		# each has all that the other sent
	equal "what B received" "$(sum_of "$DIR/from_a")" "$(sum_of "$DIR/at_b")"
	equal "what A received" "$(sum_of "$DIR/from_b")" "$(sum_of "$DIR/at_a")"
}

session_end() {
	session_clients
	session_sums
	session_release
}

session_release() {
	expect_file ended 20
	: >"$DIR/release"
	expect_file statistics 10
	lab_passed
	session_statistics
	equal "invalid packets at NAT A" 0 "$(invalid na)"
	equal "invalid packets at NAT B" 0 "$(invalid nb)"
}

# nt/os and nt/or are what the captures on the media interfaces show.
session_statistics() {
	local os_a or_a os_b or_b to from
	capture_end access core control
	# shellcheck disable=SC1090
	. <(tr ' ' '\n' <"$DIR/statistics")
	# shellcheck disable=SC1090,SC2154
	. <("$LAB_ROOT/test/e2e/payload.py" "$DIR/access.pcap" "$addr_a" |
		tr ' ' '\n')
	equal "nt/or of A" "$to" "$or_a"
	equal "nt/os of A" "$from" "$os_a"
	# shellcheck disable=SC1090,SC2154
	. <("$LAB_ROOT/test/e2e/payload.py" "$DIR/core.pcap" "$addr_b" |
		tr ' ' '\n')
	equal "nt/or of B" "$to" "$or_b"
	equal "nt/os of B" "$from" "$os_b"
}

random_file() {			# random_file PATH MEGABYTES
	head -c "$(($2 * 1000000))" /dev/urandom >"$1"
}

sum_of() {
	sha256sum "$1" | cut -d' ' -f1
}

capture() {			# capture NAME NODE IFACE [tcpdump option]...
	local name=$1 node=$2 iface=$3
	shift 3
	: >"$DIR/capture-$name.log"
	lab_start "capture-$name" "$node" tcpdump -i "$iface" -n -U \
		--immediate-mode -B 65536 \
		-w "$DIR/$name.pcap" "$@"
	eval "CAPTURE_$name=$STARTED"
	wait_for 10 grep -q 'listening on' "$DIR/capture-$name.log" ||
		die "tcpdump: $(tail -1 "$DIR/capture-$name.log")"
}

capture_media() {
	capture access gw eth1 -s 128 tcp
	capture core gw eth2 -s 128 tcp
	capture control gw eth0 port 2944
}

# capture_end NAME...: all packets are in the file, none was lost
capture_end() {
	local name pid
	sleep 0.5
	for name in "$@"; do
		pid=CAPTURE_$name
		lab_stop "${!pid}" INT || true
		grep -q '^0 packets dropped by kernel' \
			"$DIR/capture-$name.log" ||
			die "the capture $name lost packets"
	done
}

# invalid NODE: what its firewall called invalid
invalid() {
	lab_in "$1" nft list counter inet firewall invalid |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# path_mtu NODE ADDRESS MTU: what its kernel has learned
path_mtu() {
	local route
	route=$(lab_in "$1" ip route get "$2")
	grep -q " mtu $3\b" <<<"$route" ||
		die "$1 has not learned an MTU of $3 to $2: $route"
}

# syns_in NODE: SYNs from outside that its firewall dropped
syns_in() {
	lab_in "$1" nft list counter inet firewall syn_in |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# What bgfd may change on its host, as text.
lab_host() {
	lab_in gw ip -br link | awk '{ print $1 }' | sort
	lab_in gw ip rule
	lab_in gw ip route show table all type unicast
	lab_in gw ip route show table all type blackhole
	lab_in gw ip route show table all type unreachable
	lab_in gw ip neigh show proxy
	lab_in gw nft list ruleset
	lab_in gw sysctl net.ipv4.ip_forward
}

# equal WHAT EXPECTED GOT
equal() {
	[ "$2" = "$3" ] || die "$1: expected $2, got $3"
}

# relayed_session: the caller and the server started, until the statistics.
# The caller closes last: see client().
relayed_session() {
	CLOSE=last session_client a
	wait "$CLIENT_a" || die "the caller ended with $?"
	wait "$SERVER" || die "the server ended with $?"
	session_sums
	expect_file ended 20
	: >"$DIR/release"
	expect_file statistics 10
	lab_passed
	session_statistics
	equal "invalid packets at NAT A" 0 "$(invalid na)"
}
