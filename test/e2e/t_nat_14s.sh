#!/usr/bin/env bash
# Half-open timer 10 s, random ports, the second client after 14 s.
# Proves: N2 R1 R2
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$LAB_ROOT/test/e2e/nat.sh"

SIZE=1
nat_session 14
