#!/usr/bin/env bash
# Metrics, as Prometheus reads them, and pages, among hostile HTTP clients.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

URL=http://127.0.0.1:9464
export LAB_HTTP=127.0.0.1:9464

scrape() {
	lab_in gw "$LAB_ROOT/test/e2e/scrape.py" read $URL/metrics \
		>"$DIR/metrics" || die "scrape: $(tail -1 "$DIR/metrics")"
}

# is NAME{LABELS} VALUE: after a scrape
is() {
	grep -qxF "$1 $2" "$DIR/metrics" ||
		die "no $1 $2: $(grep -F "${1%%[{]*}{" "$DIR/metrics" | head -5)"
}

ready() {
	lab_in gw curl -s -o "$DIR/ready" -w '%{http_code}' $URL/readyz
}

is_ready() {
	[ "$(ready)" = 200 ]
}

gw='{gateway="laboratory"}'
SIZE=5
lab_up
random_file "$DIR/from_a" $SIZE
random_file "$DIR/from_b" $SIZE
start_bgfd
equal "readyz without a controller" 503 "$(ready)"
grep -q '^laboratory: ' "$DIR/ready" || die "readyz does not say why"
capture_media
start_mgcsim session
lab_ports
wait_for 10 is_ready || die "not ready: $(cat "$DIR/ready")"
scrape
is "bgf_association_up$gw" 1
is "bgf_contexts$gw" 1
is "bgf_terminations$gw" 2
is "bgf_sessions$gw" 0
is 'bgf_ports{gateway="laboratory",realm="core.example",state="used"}' 1
is 'bgf_realm_contexts{gateway="laboratory",realm="core.example"}' 1

# The status page, and that of the context, as a browser reads them.
page() {			# page WHAT PATH: well-formed, and says WHAT
	lab_in gw curl -s -o "$DIR/page" "$URL$2"
	xmllint --noout "$DIR/page" 2>"$DIR/why" ||
		die "$2 is not well-formed: $(head -3 "$DIR/why")"
	grep -qF -- "$1" "$DIR/page" || die "$2 does not say $1"
}
# shellcheck disable=SC2154
page "$term_a" /
page 'access.example' /
page 'Both clients may come, and none has' \
	"/context?gateway=laboratory&id=$ctx"

lab_start attack gw "$LAB_ROOT/test/e2e/scrape.py" attack 127.0.0.1 9464
ATTACK=$STARTED
wait_for 10 grep -q attacking "$DIR/attack.log" || die "no attack"
# The session is made, used and ended while all places are taken.
session_client a
session_client b
session_clients
session_sums
session_release
lab_stop "$ATTACK" || true
scrape
is "bgf_contexts$gw" 0
is "bgf_contexts_most$gw" 1
is "bgf_sessions$gw" 0
is "bgf_sessions_most$gw" 1
is 'bgf_session_setup_seconds_count{gateway="laboratory"}' 1
grep -q '^bgf_h248_transaction_seconds_count.* [1-9]' "$DIR/metrics" ||
	die "no time of a transaction"
is 'bgf_contexts_closed_total{gateway="laboratory",reason="controller"}' 1
is 'bgf_h248_commands_total{command="Add",gateway="laboratory"}' 2
is 'bgf_ports{gateway="laboratory",realm="core.example",state="quarantined"}' 1
page "the controller subtracted its last termination" /
page "both clients closed it" "/context?gateway=laboratory&id=$ctx"
equal healthz ok "$(lab_in gw curl -s $URL/healthz)"
