#!/usr/bin/env bash
# Client A comes 30 seconds before client B.
# Proves: P6 P7 P9 N1
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=2
session_begin --timeout 150 --set patience=90000
session_client a
sleep 30
session_client b
session_end
