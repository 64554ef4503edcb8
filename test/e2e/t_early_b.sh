#!/usr/bin/env bash
# Client B comes first, by four seconds.
# Proves: P6 P7 N1
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=2
session_begin --timeout 100 --set patience=60000
session_client b
sleep 4
session_client a
session_end
