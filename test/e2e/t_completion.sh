#!/usr/bin/env bash
# The shells complete what bgfctl knows, and what the gateway has.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

PATH=$LAB_BIN:$PATH

in_bash() {			# in_bash WORD...: what the last may become
	# shellcheck disable=SC2016
	lab_in gw bash -c '
		. "$1"
		shift
		COMP_WORDS=(bgfctl "$@")
		COMP_CWORD=$#
		_bgfctl
		printf "%s\n" "${COMPREPLY[@]}"' - \
		"$LAB_ROOT/packaging/bgfctl.bash" "$@" | sort
}

in_zsh() {			# the same
	lab_in gw zsh -f "$LAB_ROOT/test/e2e/complete.zsh" \
		"$LAB_ROOT/packaging" "$@" 2>&1 | sort
}

among() {			# among WORD: one of them, on standard input
	grep -qE -- "(^|[[:space:]])$1([[:space:]]|$)" <<<"$2" ||
		die "$3: no $1 among: $(tr '\n' ' ' <<<"$2")"
}

try() {				# try EXPECTED LINE...: in both shells
	local word=$1
	shift
	among "$word" "$(in_bash "$@")" bash
	among "$word" "$(in_zsh "$@")" zsh
}

lab_up
start_bgfd
start_mgcsim session --timeout 380 --set patience=350000
lab_ports
socket=(-s "$DIR/control")

try contexts con
try statistics ''
try json -f ''
try mermaid -f ''

try json "${socket[@]}" -f j
try --gateway --gat
try laboratory "${socket[@]}" -g ''
# shellcheck disable=SC2154
try "$ctx" "${socket[@]}" context ''
try "$ctx" "${socket[@]}" trace ''
try "$ctx" -g laboratory "${socket[@]}" dump ''
try contexts "${socket[@]}" -S open con
try access.example "${socket[@]}" --realm acc
try "$ctx" "${socket[@]}" flows --context ''
for shell in bash zsh; do
	equal "$shell, of another beginning" "context contexts" \
		"$("in_$shell" con | paste -sd ' ')"
	equal "$shell, a value that nobody knows" "" \
		"$("in_$shell" --port '')"
	equal "$shell, after a command that takes nothing" "" \
		"$("in_$shell" "${socket[@]}" status '')"
done
kill "$MGCSIM" || true
