#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sizes: functions, files and headers have limits, in lines. ratchet.txt lists
# what was longer when it was allowed to be, with its size on that day; such a
# thing may shrink, never grow, and its line goes when it fits.
#	tests/lint/sizes.sh [ROOT]
set -u
cd "${1:-.}" || exit 3

find engine sim db tests -name '*.[ch]' | sort | xargs awk \
    -v table=tests/lint/ratchet.txt '
function judge(what, size, limit,    allowed) {
	allowed = (what in ratchet) ? ratchet[what] : limit
	if (what in ratchet)
		seen[what] = 1
	if (size > allowed) {
		print place ": error: " what " has " size " lines; " \
		    allowed " are allowed"
		bad = 1
	} else if (what in ratchet && size <= limit) {
		print place ": error: " what " has " size " lines and " \
		    "fits: take its line out of " table
		bad = 1
	} else if (what in ratchet && size < allowed) {
		print place ": error: " what " shrank to " size " lines: " \
		    "say so in " table
		bad = 1
	}
}
function judge_file() {
	if (last == "")
		return
	place = last
	if (last ~ /\.h$/)
		judge(last, lines, 150)
	else
		judge(last, lines, 900)
}
BEGIN {
	while ((getline line < table) > 0)
		if (line !~ /^#/ && split(line, f) == 2)
			ratchet[f[1]] = f[2]
}
FNR == 1 { judge_file(); last = FILENAME; start = 0; name = "" }
{ lines = FNR }

# style(9): a function opens and closes its braces in the first column, and
# its name stands at the start of a line.
/^$/ || /;[ \t]*$/ || /\*\/$/ || /^#/ { if (!inside) start = 0 }
/^[A-Za-z_]/ && !inside {
	if (!start)
		start = FNR
	if (match($0, /^[A-Za-z_][A-Za-z0-9_]*\(/))
		name = substr($0, 1, RLENGTH - 1)
}
/^\{/ { inside = 1; if (!start) start = FNR }
/^\}/ {
	if (inside) {
		place = FILENAME ":" start
		judge(FILENAME ":" name, FNR - start + 1, 80)
	}
	inside = 0
	start = 0
}
END {
	judge_file()
	for (what in ratchet)
		if (!(what in seen)) {
			print table ": error: " what " is not there any " \
			    "more: take its line out"
			bad = 1
		}
	exit bad
}'
