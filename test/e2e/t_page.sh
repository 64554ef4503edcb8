#!/usr/bin/env bash
# The status page and the ladder of a context in a real browser.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Once: the browser is the slow part, and what it sees is the same.
[ "${PRESET:-debug}" = debug ] || exit 0

export LAB_HTTP=127.0.0.1:9464
SIZE=1
session_begin --timeout 380 --set patience=350000
session_client a
session_client b
session_clients
expect_file ended 20
# shellcheck disable=SC2154
HOME=$DIR lab_in gw timeout 300 "$LAB_ROOT/test/e2e/browser.py" \
	"http://$LAB_HTTP/" "$ctx" "$term_a" "$DIR" >"$DIR/browser.log" 2>&1 ||
	die "$(tail -3 "$DIR/browser.log")"
session_sums
session_release
