# Completion of bgfctl for bash.  Commands and options are what it says itself;
# contexts and gateways are those of the gateway that runs.
# shellcheck shell=bash

# Its answer in columns; column NAME of it.
_bgfctl_column() {		# _bgfctl_column NAME COMMAND
	local name=$1 i option=()
	shift
	# The socket that was named on the line so far.
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket) option=(-s "${COMP_WORDS[i + 1]}") ;;
		esac
	done
	bgfctl "${option[@]}" "$@" 2>/dev/null </dev/null |
		awk -v name="$name" 'NR == 1 { for (i = 1; i <= NF; i++)
			if ($i == name) at = i; next }
			at && !seen[$at]++ { print $at }'
}

_bgfctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local help command='' i words='' valued

	help=$(bgfctl --help 2>/dev/null)
	# Options that are followed by a value, as " -x --long ".
	valued=" $(sed -nE 's/^  (-.), (--[a-z-]+) [A-Z]+( .*)?$/\1 \2/p' \
		<<<"$help" | paste -sd ' ') "
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) [[ $valued != *" ${COMP_WORDS[i]} "* ]] || ((i++)) ;;
		*) command=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $prev in
	-s | --socket | -o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-f | --format) words="text json xml svg mermaid" ;;
	-g | --gateway) words=$(_bgfctl_column GATEWAY gateways) ;;
	-c | --context) words=$(_bgfctl_column CONTEXT contexts) ;;
	-r | --realm) words=$(_bgfctl_column REALM ports) ;;
	*)
		if [[ $valued == *" $prev "* ]]; then
			:
		elif [[ $cur == -* ]]; then
			words=$(grep -oE -- '--[a-z][a-z-]+' <<<"$help")
		elif [ -z "$command" ]; then
			words=$(grep -oE '^  [a-z][a-z-]*' <<<"$help")
		elif grep -qE "^  $command +(\[ID\]|ID)[ |]" <<<"$help"; then
			words=$(_bgfctl_column CONTEXT contexts)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _bgfctl bgfctl
