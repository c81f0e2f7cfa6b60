#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Includes point down: layers.txt says which module is on which floor.
#	tests/lint/layers.sh [ROOT]
set -u
lint=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}" || exit 3

find engine sim db -name '*.[ch]' | sort | xargs awk -v table="$lint/layers.txt" '
function module_of(path,    p) {
	p = path
	while (p != "" && !(p in floor)) {
		if (!sub(/\/[^\/]*$/, "", p))
			p = ""
	}
	return p
}
function wrong(text) {
	print FILENAME ":" FNR ": error: " text
	bad = 1
}
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || split(line, f) != 2)
			continue
		floor[f[1]] = f[2]
	}
}
FNR == 1 && module_of(FILENAME) == "" {
	wrong("the folder is not in tests/lint/layers.txt: give it a floor")
}
/^[ \t]*#[ \t]*include[ \t]*"[^"]*\.h"/ {
	me = module_of(FILENAME)
	split($0, part, "\"")
	target = part[2]
	it = module_of("engine/" target)
	if (it == "")
		it = module_of(target)
	if (it == "")
		wrong("\"" target "\" is in no module; write module/name.h")
	else if (me != "" && it != me && floor[it] >= floor[me])
		wrong(me " (floor " floor[me] ") must not include " it \
		    " (floor " floor[it] "); includes point down")
}
END { exit bad }'
