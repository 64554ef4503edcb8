#!/usr/bin/env bash
# A client is killed while it waits, and started again.
# Proves: R4 N1
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=2
session_begin --timeout 100 --set patience=60000
session_client a
session_latched 203.0.113.10
sleep 2
kill -9 "$CLIENT_a"
wait "$CLIENT_a" 2>/dev/null || true
sleep 1
session_client a
sleep 1
session_client b
session_end
