#!/usr/bin/env bash
# The library of scenarios passes; sanitizers play a few of it.
# mostly sleeps
set -euo pipefail
. "$(dirname "$0")/lib.sh"

few=()
case ${PRESET:-debug} in
asan | tsan) few=(T20_copies T24_tpkt T33_root) ;;
esac
"$LAB_ROOT/test/scenarios/run" --preset "${PRESET:-debug}" ${few[@]+"${few[@]}"}
"$LAB_ROOT/test/scenarios/report" --check
