#!/usr/bin/env bash
# D32: 1 % loss, 10 % reordering and 100 ms delay, both ways; 5 MB each way.
# Proves: L8 L9
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$LAB_ROOT/test/e2e/bad_way.sh"

SIZE=5
CLIENT_S=200
lab_prepare() {
	bad_way --loss 1 --delay 100
}
session_begin --timeout 220 --set patience=200000
session_client a
session_client b
session_end
bad_way_end 300 30
