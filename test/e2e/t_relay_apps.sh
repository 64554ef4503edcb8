#!/usr/bin/env bash
# curl over TLS, an SSH session and a git clone through a relay-mode gate.
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034
SCENARIO=relay
SIZE=5
HOST=192.0.2.20			# of the server, port 7000

lab_prepare() {			# the server can be reached
	lab_in nb nft flush chain inet firewall every
}

serve() {			# serve COMMAND...: at $HOST, listening
	lab_start server nb "$@"
	wait_for 20 sh -c \
		"ip netns exec $LAB-nb ss -ltn | grep -q $HOST:7000" ||
		die "no server: $(tail -3 "$DIR/server.log")"
}

call() {			# call COMMAND...: the caller, behind NAT A
	lab_in a timeout 60 "$@" >"$DIR/call.log" 2>&1 ||
		die "$1: $(tail -3 "$DIR/call.log")"
}

tls() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=bgf \
		-addext subjectAltName=DNS:bgf.example \
		-keyout "$DIR/key" -out "$DIR/cert" 2>/dev/null
	serve sh -c "cd '$DIR' && exec openssl s_server -quiet -WWW \
		-accept $HOST:7000 -cert cert -key key"
	# shellcheck disable=SC2154
	call curl --silent --show-error --cacert "$DIR/cert" \
		--resolve "bgf.example:$port_a:$addr_a" \
		--output "$DIR/at_a" "https://bgf.example:$port_a/from_b"
	equal "what curl got" "$(sum_of "$DIR/from_b")" "$(sum_of "$DIR/at_a")"
}

# The server believes one key, of a home that only it sees.
ssh_server() {
	mkdir -p "$DIR/home/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/id"
	cp "$DIR/id.pub" "$DIR/home/.ssh/authorized_keys"
	chmod -R go= "$DIR/home"
	echo "root:x:0:0:root:$DIR/home:/bin/sh" >"$DIR/passwd"
	dropbearkey -t ed25519 -f "$DIR/host" >/dev/null 2>&1
	serve sh -c "mount --bind '$DIR/passwd' /etc/passwd &&
		exec dropbear -F -E -s -r '$DIR/host' -p $HOST:7000 \
			-P '$DIR/dropbear.pid'"
}

ssh_session() {
	ssh_server
	call sh -c "ssh -F none -p $port_a -i '$DIR/id' -o BatchMode=yes \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile='$DIR/known' \
		root@$addr_a 'cat >$DIR/at_b && cat $DIR/from_b' \
		<'$DIR/from_a' >'$DIR/at_a'"
	session_sums
}

git_clone() {
	git init -q -b main "$DIR/srv/repository"
	cp "$DIR/from_b" "$DIR/srv/repository/file"
	git -C "$DIR/srv/repository" add file
	git -C "$DIR/srv/repository" -c user.name=b -c user.email=b@b.example \
		commit -qm file
	serve git daemon --export-all --reuseaddr --listen=$HOST --port=7000 \
		--base-path="$DIR/srv" "$DIR/srv"
	call git clone -q "git://$addr_a:$port_a/repository" "$DIR/clone"
	equal "the commit" "$(git -C "$DIR/srv/repository" rev-parse HEAD)" \
		"$(git -C "$DIR/clone" rev-parse HEAD)"
	equal "what git got" "$(sum_of "$DIR/from_b")" \
		"$(sum_of "$DIR/clone/file")"
}

application() {
	session_begin --timeout 120 --set patience=90000 \
		--set 'ends=(fin|rst)'
	"$1"
	session_release
}

in_parallel application tls ssh_session git_clone
