#!/usr/bin/env bash
# Half-open timers of 120 s; clients 0, 5, 25 and 60 s apart.
# Proves: N1
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1
apart() {			# apart SECONDS: A begins
	session_begin --timeout 150 --set patience=90000
	session_client a
	session_latched 203.0.113.10
	sleep "$1"
	session_client b
	session_end
}
in_parallel apart 0 5 25 60
