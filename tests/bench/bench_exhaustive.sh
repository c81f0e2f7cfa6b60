#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every history of one pair with six events and a fault: how many states there
# are, and the processor time they take. Exit status 1 when it is not complete,
# or over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

# The number in front of a word of the result.
count() {
	sed -n "s/^\(.*[^0-9]\)\{0,1\}\([0-9][0-9]*\) $1.*/\2/p" "$dir/result"
}

tell() { # what, arguments...
	what=$1
	shift
	ms=$(cpu_ms "$SB" explore --exhaustive "$@") || exit 3
	complete=$(grep -c '; complete' "$dir/result")
	printf '%s: %d states, %d at rest, %d met again, %d choices deep\n' \
	    "$what" "$(count states)" "$(count 'at rest')" \
	    "$(count 'led to a known')" "$(sed -n 's/.* depth \([0-9]*\);.*/\1/p' \
		"$dir/result")"
	report "  processor time" "$ms" ms "$most_ms"
	report "  not complete" $((1 - complete)) '' 0
}

# Ten minutes are wanted.
most_ms=120000
tell "six events and a fault, two under way" --depth 6 --faults 1
tell "all kinds but link and kill, one by one" --depth 6 --faults 1 \
    --overlap 1 --events vf,rescind,association,network,media,nic,restart
exit $over
