#!/usr/bin/env bash
# A repeated request is answered from the reply store, not executed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lab_up
start_bgfd
start_mgcsim duplicate
lab_passed
