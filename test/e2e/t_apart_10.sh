#!/usr/bin/env bash
# Half-open timers of 10 s, random ports; clients 0, 5, 25 and 60 s apart.
# Proves: N3 R1 R2
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$LAB_ROOT/test/e2e/nat.sh"

SIZE=1
in_parallel nat_session 0 5 25 60
