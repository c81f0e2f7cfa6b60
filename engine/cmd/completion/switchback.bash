# SPDX-License-Identifier: BSD-2-Clause
# bash completion of switchback(1) and switchbackd(8). Commands and options are
# what the program itself says with --help, so that they are never others.

# The commands: the indented words of "switchback --help".
_switchback_commands() {
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\)  .*/\1/p'
}

# The options: what stands at the beginning of its indented lines.
_switchback_options() {
	"$@" --help 2>/dev/null | sed -n 's/^  \(-.*\)/\1/p' | sed 's/   .*//' |
	    grep -oE -- '(^|[ ,|])--?[A-Za-z][A-Za-z0-9-]*' | tr -d ' ,|'
	echo --help
}

# What shrink makes of a seed: the first word of each line.
_switchback_invariants() {
	"$1" explore --invariants 2>/dev/null | sed 's/ .*//'
}

_switchback() {
	local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]}

	COMPREPLY=()
	case ${program##*/}:$last in
	switchback:--policy | switchback:*,*)
		mapfile -t COMPREPLY < <(compgen -W "stock native" -- "$word")
		return
		;;
	switchback:--stage)
		mapfile -t COMPREPLY < <(compgen -W "sim vm sim,vm" -- "$word")
		return
		;;
	switchbackd:--policy)
		mapfile -t COMPREPLY < <(compgen -W "rules native" -- "$word")
		return
		;;
	esac
	if [[ ${program##*/} == switchback && $COMP_CWORD -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_switchback_commands "$program") --help --version" \
		    -- "$word")
	elif [[ $word == -* && ${program##*/} == switchback ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_switchback_options "$program" "${COMP_WORDS[1]}")" \
		    -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_switchback_options "$program")" -- "$word")
	elif [[ ${COMP_WORDS[1]} == shrink && $last != -* &&
	    " ${COMP_WORDS[*]} " == *" --seed "* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_switchback_invariants "$program")" -- "$word")
	else
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _switchback switchback switchbackd
