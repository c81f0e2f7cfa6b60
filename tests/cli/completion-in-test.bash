#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What t5122-completion.sh runs: the functions are bash's.
set -u
bad=0
PATH=$(cd "${SB%/*}" && pwd):$PATH

complain() {
	echo "$*" >&2
	bad=1
}
# shellcheck source=/dev/null
source engine/cmd/completion/switchback.bash

# offers WORD...: what is offered for the last of them, one a line.
offers() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_switchback
	printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

want=$(switchback --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | sort)
[ "$(wc -l <<<"$want")" -ge 10 ] || complain "--help names few commands"
got=$(offers switchback '' | grep -v '^--')
[ "$got" = "$want" ] || complain "commands: $(diff <(echo "$want") <(echo "$got"))"
[ "$(offers switchback repl)" = replay ] || complain "repl is not replay"

# Whatever looks like an option in its usage is one that is offered.
check_options() { # word...
	local said option
	said=$("$@" --help | grep -E '^  -' | sed 's/   .*//' |
	    grep -oE -- '--?[A-Za-z][A-Za-z0-9-]*' | sort -u)
	[ -n "$said" ] || return 0
	for option in $said; do
		offers "$@" "$option" | grep -qx -- "$option" ||
		    complain "$*: $option is not offered"
	done
	for option in $(offers "$@" -); do
		[ "$option" = --help ] || grep -qx -- "$option" <<<"$said" ||
		    complain "$*: $option is offered, but is none"
	done
}
for command in $want; do
	check_options switchback "$command"
done
check_options switchbackd
offers switchback test -- | grep -qx -- --policy || complain "test: no --policy"
offers switchbackd --p | grep -qx -- --policy || complain "switchbackd: no --policy"

[ "$(offers switchback test --policy '' | paste -sd' ' -)" = "native stock" ] ||
    complain "test --policy: $(offers switchback test --policy '')"
[ "$(offers switchbackd --policy n)" = native ] ||
    complain "switchbackd --policy n: $(offers switchbackd --policy n)"
[ "$(offers switchback shrink --seed 7 rou)" = route ] ||
    complain "invariants are not offered: $(offers switchback shrink --seed 7 rou)"
[ "$(offers switchback shrink scenarios/demo)" = scenarios/demo.sh ] ||
    complain "shrink: files are not offered"
[ "$(offers switchback test scenarios/demo)" = scenarios/demo.sh ] ||
    complain "files are not offered: $(offers switchback test scenarios/demo)"

if command -v zsh >/dev/null; then
	zsh -n engine/cmd/completion/_switchback || bad=1
	# The lists are the same; what zsh shows of them is its own.
	got=$(zsh -fc 'compadd() { :; }; _describe() { :; }; _files() { :; }
	    words=(switchback ""); CURRENT=2
	    source engine/cmd/completion/_switchback >/dev/null
	    _switchback_commands switchback | sed "s/:.*//" | sort')
	[ "$got" = "$want" ] ||
	    complain "zsh: $(diff <(echo "$want") <(echo "$got"))"
fi
exit $bad
