#!/usr/bin/env bash
# bgfctl reload: all or nothing, while a session is open and loses nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# edit FROM TO: the configuration file, from what it was at first
edit() {
	sed "s|$1|$2|" "$DIR/first.xml" >"$DIR/bgfd.xml"
}

SIZE=$(case $LAB_BIN in *release*) echo 100 ;; *) echo 20 ;; esac)
export LAB_RENDEZVOUS='twait-s="75"'
session_begin
cp "$DIR/bgfd.xml" "$DIR/first.xml"
session_client a
session_client b

edit 'twait-s="75"' 'twait-s="33"'
in_all twait-s reload --dry-run
for format in json xml text; do
	in_format $format twait-s reload
	ctl reload >"$DIR/said"
	! grep -q twait "$DIR/said" || die "the dry run or the reload did not count"
	edit 'twait-s="75"' "twait-s=\"$((33 + ${#format}))\""
done
ctl reload --format text | grep -q done || die "not reloaded"
edit 'twait-s="75"' 'twait-s="33"'
ctl reload >/dev/null || die "not reloaded"

# Wrong, and right but for a restart: both refused, with exit status 1.
edit 'twait-s="75"' 'twait-s="3333"'
for format in json xml text; do
	! ctl reload --format $format >"$DIR/said" || die "a wrong file is taken"
	grep -q 'bgfd.xml:2[0-9]: ' "$DIR/said" || die "no line: $(cat "$DIR/said")"
	is_form $format "$DIR/said" || die "$format of a refused reload"
done
edit 'table="102"' 'table="103"'
! ctl reload >"$DIR/said" || die "another routing table is taken"
grep -q 'table .* 102 *103 *yes' "$DIR/said" || die "$(cat "$DIR/said")"
grep -q 'nothing was changed' "$DIR/said" || die "$(cat "$DIR/said")"

# The signal does the same, and says so in the log.
edit 'twait-s="75"' 'twait-s="34"'
kill -HUP "$BGFD"
logged() {
	grep -q 'twait-s: "33" -> "34"' "$DIR/bgfd.log"
}
wait_for 10 logged || die "the signal does not reload"

# Again and again, until the session has ended; it has lost nothing.
for n in $(seq 40); do
	edit 'twait-s="75"' "twait-s=\"$((n % 2 + 40))\""
	ctl reload >/dev/null || die "reload $n"
done
session_end
