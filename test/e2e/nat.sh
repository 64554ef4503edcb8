# test/e2e/nat.sh - firewalls other than the ordinary one, for t_nat_*.sh

# shellcheck shell=bash
# Half-open mappings live 10 s, and each has a port of its own.
nat_short_and_random() {
	local node
	for node in na nb; do
		lab_in $node sysctl -qw \
			net.netfilter.nf_conntrack_tcp_timeout_syn_sent=10
		lab_in $node nft -f - <<-'NFT'
		flush chain ip nat out
		add rule ip nat out oifname "out0" masquerade random
		NFT
	done
}

# nat_syn_ports: ports from which the SYNs of A came
nat_syn_ports() {
	tcpdump -nr "$DIR/access.pcap" 2>/dev/null \
		'src host 203.0.113.10 and tcp[13] == 2' |
		awk '{ split($3, p, "."); print p[5] }' | uniq
}

# nat_session SECONDS: A begins, B so much later.  Once its mapping is gone, A
# comes from another port; the SYN-ACK to the old one may count as invalid.
nat_session() {
	lab_prepare() {
		nat_short_and_random
	}
	invalid() {
		echo 0
	}
	session_begin --timeout 150 --set patience=90000
	session_client a
	session_latched 203.0.113.10
	sleep "$1"
	session_client b
	session_end
	[ "$1" -lt 12 ] || [ "$(nat_syn_ports | wc -l)" -ge 2 ] ||
		die "the mapping of A was not renewed: nothing is shown"
}
