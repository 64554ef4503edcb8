#!/usr/bin/env bash
# Each option and command of --help is in the manual, and the pages are well made.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

MANUALS=$LAB_BIN/../packaging

words() {			# words PROGRAM: options and commands of its help
	"$LAB_BIN/$1" --help 2>&1 | grep -oE -- '--[a-z][a-z-]+' || true
	"$LAB_BIN/$1" --help 2>&1 | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p'
}

# pages PROGRAM SECTION
page() {
	local page=$MANUALS/$1.$2 text word said
	[ -s "$page" ] || die "no $page"
	said=$(MANWIDTH=100 man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)
	equal "warnings about $1.$2" "" "$said"
	# Lines as wide as it takes: no word is divided.
	text=$(MANWIDTH=2000 man -E ascii -l "$page" 2>/dev/null | col -bx)
	for word in NAME DESCRIPTION "SEE ALSO"; do
		grep -q "^$word" <<<"$text" || die "$1.$2 has no $word"
	done
	[ "$2" != 5 ] || return 0
	for word in $(words "$1" | sort -u); do
		grep -qE -- "(^|[^a-z-])$word([^a-z-]|$)" <<<"$text" ||
			die "$1.$2 does not mention $word"
	done
}

page bgfd 8
page bgfctl 1
page mgcsim 1
page h248tool 1
page bgfd.xml 5
# Whatever can be configured.
text=$(MANWIDTH=2000 man -E ascii -l "$MANUALS/bgfd.xml.5" 2>/dev/null | col -bx)
for word in $(grep -oE '<attribute name="[^"]*"' "$LAB_ROOT/conf/bgfd.rng" |
	cut -d'"' -f2 | sort -u); do
	grep -qE "(^|[^a-z-])$word([^a-z-]|$)" <<<"$text" ||
		die "bgfd.xml.5 does not mention $word"
done
