#!/usr/bin/env bash
# A whole session: both ways at once, sums, order of events, statistics.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

case ${PRESET:-debug} in
debug | release) SIZE=${LARGE:-100} ;;
esac
session_begin
session_client a
session_client b
session_end
