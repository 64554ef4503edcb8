# test/e2e/erlang_lib.sh - the controller of test/e2e/erlang in the laboratory
#
# Source it after lib.sh.  Each run starts a gateway and a controller of its own.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what session files define

erlang_build() {
	local v pids=()
	for v in 1 2 3; do
		mkdir -p "$DIR/erlang/$v"
		erlc -DVERSION=$v -o "$DIR/erlang/$v" \
			"$LAB_ROOT"/test/e2e/erlang/*.erl &
		pids+=($!)
	done
	for v in "${pids[@]}"; do
		wait "$v" || die "the Erlang controller cannot be compiled"
	done
}

# The gateway as the run needs it: encoding, and a trace of what is said.
erlang_config() {
	lab_config | sed -e "s/encoding=\"[a-z]*\"/encoding=\"$1\"/" \
		-e 's/messages="no"/messages="body"/' \
		-e 's/<timers /&retransmit-ms="250" /' >"$DIR/bgfd.xml"
}

# erlang_start TRANSPORT VERSION FORM SESSION [PORT]
erlang_start() {
	rm -rf "$DIR/run"
	mkdir "$DIR/run"
	: >"$DIR/bgfd.log"
	erlang_config "$3"
	lab_start erlang mgc erl -noshell -noinput +S 1:1 -pa "$DIR/erlang/$2" \
		-s play main -extra "$1" "${5:-2944}" "$3" "$DIR/run" "$4"
	ERLANG=$STARTED
	erlang_file listening
	start_bgfd
}

erlang_file() {			# one that the controller writes
	local n=0
	until [ -e "$DIR/run/$1" ]; do
		lab_is_gone "$ERLANG" &&
			die "Erlang: $(grep -A12 '^FAIL' "$DIR/erlang.log" ||
				tail -5 "$DIR/erlang.log")"
		[ $((n++)) -lt 1200 ] || die "no $1 from the controller"
		sleep 0.05
	done
}

# Everything was asked: nothing was executed twice, or not at all.
erlang_end() {
	local rc=0
	erlang_file done
	erlang_executed
	stop_bgfd || die "bgfd did not end well"
	: >"$DIR/run/stopped"
	wait "$ERLANG" || rc=$?
	[ $rc -eq 0 ] || die "the controller ended with $rc: $(tail -5 \
		"$DIR/erlang.log")"
}

erlang_executed() {
	ctl -f json statistics >"$DIR/run/statistics.json"
	equal "commands executed" "$(cat "$DIR/run/commands")" "$(python3 - \
		"$DIR/run/statistics.json" <<-'PY'
		import json, sys
		commands = json.load(open(sys.argv[1]))["statistics"]["commands"]
		for c in commands:
		    if c["name"] in ("Add", "Modify", "Subtract"):
		        print(c["name"], c["received"])
		PY
	)"
}

# Both sides keep to the form and, but for the registration and what says that it
# takes its time, to the version.
erlang_form() {
	local token='!' way
	[ "$1" = short ] || token=MEGACO
	for way in in out; do
		grep -q "dir=$way .* body=\"$token/$2 " "$DIR/bgfd.log" ||
			die "nothing of version $2 goes $way in $1 form"
	done
	! grep -F ' body="' "$DIR/bgfd.log" | grep -vE \
		"\"$token/$2 |\"$token/1 .*(SC=|ServiceChange|406|PN=|Pending)" ||
		die "another form or version than $1, $2"
}

# Two clients through what the controller has reserved.
erlang_session() {
	capture_media
	erlang_file ports
	# shellcheck disable=SC1091
	. "$DIR/run/ports"
	session_client a
	session_client b
	session_clients
	session_sums
	erlang_file ended
	: >"$DIR/run/release"
	erlang_file statistics
	cp "$DIR/run/statistics" "$DIR/statistics"
	session_statistics
}

# erlang_run TRANSPORT VERSION FORM [yes: with two clients]
erlang_run() {
	erlang_start "$1" "$2" "$3" "${4:-no}"
	[ "${4:-no}" = no ] || erlang_session
	erlang_end
	erlang_form "$3" "$2"
}
