#!/usr/bin/env bash
# Erlang's megaco as controller, TCP: v1 to v3, short and long, two clients.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/erlang_lib.sh"

LAB_TRANSPORT=tcp
lab_up
erlang_build
random_file "$DIR/from_a" 1
random_file "$DIR/from_b" 1
for version in 1 2 3; do
	erlang_run tcp $version short
	erlang_run tcp $version long $([ $version != 3 ] || echo yes)
done
