#!/usr/bin/env bash
# docs/tutorial.md: each command works, and prints what the page shows.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Names of namespaces and processes of its own: nothing stays behind.
if [ "${1-}" != inside ]; then
	exec unshare --mount --pid --fork --kill-child --mount-proc "$0" inside
fi
mkdir -p /run/netns
mount -t tmpfs netns /run/netns
cd "$LAB_ROOT"
PATH=$LAB_BIN:$PATH TMPDIR=$(mktemp -d)
export PATH TMPDIR
rc=0
test/e2e/tutorial.py docs/tutorial.md || rc=$?
cat "$TMPDIR"/*/bgfd.log | grep -E 'runtime error|Sanitizer' && rc=1
rm -rf "$TMPDIR"
exit $rc
