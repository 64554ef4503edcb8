#!/usr/bin/env bash
# The standard report of a latched address, adr/rsac, beside that of tcprv.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SIZE=1 SCENARIO=adr
session_begin
session_client a
session_client b
session_end
