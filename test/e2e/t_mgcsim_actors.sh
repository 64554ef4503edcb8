#!/usr/bin/env bash
# One scenario file is a whole interop test: network, firewalls, clients, sums.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# mgcsim makes everything but the node it stands in.
LAB_NODES=mgc
lab_nodes
lab_config | sed -e 's/interface="eth1"/interface="na"/' \
	-e 's/interface="eth2"/interface="nb"/' >"$DIR/bgfd.xml"

cat >"$DIR/gateway" <<-SH
	#!/bin/sh
	echo \$\$ >"$DIR/pid"
	exec "$LAB_BIN/bgfd" -c "$DIR/bgfd.xml" >"$DIR/bgfd.log" 2>&1
SH
chmod +x "$DIR/gateway"
lab_in mgc timeout 100 "$LAB_BIN/mgcsim" --listen 0.0.0.0:2944 --mid '[10.0.0.1]:2944' \
	--scenario "$LAB_ROOT/test/scenarios/interop.xml" \
	--set gateway="$DIR/gateway" --set dir="$DIR" --log "$DIR/h248.log" \
	>"$DIR/mgcsim.log" 2>&1 || die "$(tail -30 "$DIR/mgcsim.log")"
wait_for 20 lab_is_gone "$(cat "$DIR/pid")" || die "the gateway is left"
grep -q 'latched to 203.0.113.11 port' "$DIR/bgfd.log" ||
	die "the other address of firewall A was not seen"

# A firewall that does not translate, and routes that are not the default one.
cat >"$DIR/plain.xml" <<-'XML'
	<scenario name="plain">
	  <node name="a"/><node name="f"/><node name="b"/>
	  <link from="a" to="f" from-address="10.1.0.2/24" to-address="10.1.0.1/24"/>
	  <link from="b" to="f" from-address="10.2.0.2/24" to-address="10.2.0.1/24"/>
	  <route node="a" to="10.2.0.0/24" via="10.1.0.1"/>
	  <route node="b" to="10.1.0.0/24" via="10.2.0.1"/>
	  <firewall node="f" outside="b" translates="no"/>
	  <listen actor="server" node="b" on="10.2.0.2:80"/>
	  <connect actor="client" node="a" to="10.2.0.2:80"/>
	  <await actor="client" state="connected"/>
	  <exec>nsenter --net=${net_b} ss -Htn | grep -q '10\.1\.0\.2:'</exec>
	  <exec>! nsenter --net=${net_a} ip route | grep -q default</exec>
	  <!-- A segment that no stack sends, of somebody behind firewall f; no
	       translation touches it. -->
	  <firewall node="f" outside="b"/>
	  <tap name="at_b" node="b" interface="f"/>
	  <inject node="f" from="10.2.0.77:5000" to="10.2.0.2:80" flags="SC"
	    seq="4294967297" window="0" options="mss=999 34=a1b2" octets="5"/>
	  <seen tap="at_b" match="/packet[@way='in' and @from='10.2.0.77']">
	    <assert path="/packet/@flags" equals="SC"/>
	    <assert path="/packet/@seq" equals="1"/>
	    <assert path="/packet/@mss" equals="999"/>
	    <assert path="/packet/@options" equals="2 34"/>
	    <assert path="/packet/@octets" equals="5"/>
	  </seen>
	  <transmit actor="client" octets="100"/>
	  <seen tap="at_b" match="/packet[@to='10.2.0.2' and @octets=100]"/>
	  <seen tap="at_b" match="/packet[@way='out' and @from='10.2.0.2']"/>
	  <count tap="at_b" match="/packet[@octets=100]" var="n"/>
	  <assert path="$n" equals="1"/>
	  <transmit actor="client" octets="101"/>
	  <seen tap="at_b" match="/packet[@octets=101]"/>
	  <seen tap="at_b" match="/packet[@octets=101]" within="1">
	    <timeout><end/></timeout>
	  </seen>
	  <fail>a packet is seen twice</fail>
	</scenario>
XML
lab_in mgc timeout 60 "$LAB_BIN/mgcsim" --listen 127.0.0.1:2944 \
	--scenario "$DIR/plain.xml" \
	--schema "$LAB_ROOT/test/scenarios/scenario.rng" >"$DIR/plain.log" 2>&1 ||
	die "$(tail -5 "$DIR/plain.log")"
