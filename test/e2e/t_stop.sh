#!/usr/bin/env bash
# SIGTERM: the controller is told, and the host is as it was before.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lab_up
lab_host >"$DIR/before"
start_bgfd
start_mgcsim goodbye
expect_file registered 10
lab_host >"$DIR/during"
! cmp -s "$DIR/before" "$DIR/during" || die "the gateway has set up nothing"
stop_bgfd
lab_passed
lab_host >"$DIR/after"
diff "$DIR/before" "$DIR/after" || die "the gateway left something behind"
