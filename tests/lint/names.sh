#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Names and words: file names that say nothing, words of unfinished work,
# places that exist on one machine only, licence lines, header guards, and a
# .c file's own header first.
#	tests/lint/names.sh [ROOT]
set -u
cd "${1:-.}" || exit 3
bad=0

# Reads findings; any line is one.
report() { # what
	while read -r line; do
		[ -n "$line" ] || continue
		echo "$line: error: $1"
	done
}
gather() {
	out=$("$@")
	[ -z "$out" ] && return
	echo "$out"
	bad=1
}

code() { find engine sim db tests -name '*.[ch]' | sort; }
all_files() {
	find Makefile README.md .ci .clang-format engine sim db tests \
	    scenarios fixtures -type f ! -name '*.db' 2>/dev/null | sort
}

empty_names() {
	find engine sim db tests scenarios fixtures 2>/dev/null |
	    grep -E '/[^/]*(util|misc|common|helper)[^/]*\.[a-z0-9]+$' |
	    report 'the name says nothing: name the noun'
}

# The brackets keep the patterns from finding themselves.
unfinished() {
	code | xargs grep -nEwi \
	    'TOD[O]|FIXM[E]|XX[X]|HAC[K]|not implemente[d]|unimplemente[d]|stu[b]|placeholde[r]|for no[w]' |
	    cut -c 1-100 | report 'finish it, or leave the thought out'
}
one_machine() {
	all_files | xargs grep -nIE \
	    '(^|[^A-Za-z0-9_.$/{}~-])/(wor[k]|far[m]|roo[t]|hom[e]|User[s])/' |
	    cut -c 1-100 | report 'a path that exists on one machine only'
	all_files | xargs grep -nIE \
	    'deb[.]debian[.]or[g]|pypi[.]or[g]|pythonhosted[.]or[g]|npmjs[.]or[g]|crates[.]i[o]' |
	    cut -c 1-100 | report 'no names of registry hosts in the tree'
}

licence() {
	code | while read -r f; do
		[ "$(head -n 1 "$f")" = \
		    '/* SPDX-License-Identifier: BSD-2-Clause */' ] ||
		    echo "$f:1"
	done | report 'the first line must be the SPDX line, BSD-2-Clause'
}

guards() {
	find engine sim db -name '*.h' | sort | while read -r f; do
		want=$(echo "$f" | sed 's|^engine/||' |
		    tr 'a-z/.-' 'A-Z___')
		got=$(awk '/^#ifndef / { print $2; exit }' "$f")
		def=$(awk '/^#define / { print $2; exit }' "$f")
		[ "$got" = "$want" ] && [ "$def" = "$want" ] ||
		    echo "$f:1: guard $want"
	done | sed 's/: guard \(.*\)/: needs the guard \1/' |
	    report 'a header is guarded by the name of its path'
}

own_header_first() {
	find engine sim db -name '*.c' | sort | while read -r f; do
		h=${f%.c}.h
		[ -f "$h" ] || continue
		first=$(sed -n 's/^#include "\(.*\)".*/\1/p;/^#include </q' \
		    "$f" | head -n 1)
		[ "$first" = "${h#engine/}" ] || echo "$f:1"
	done | report 'a .c file includes its own header first'
}

gather empty_names
gather unfinished
gather one_machine
gather licence
gather guards
gather own_header_first
exit $bad
