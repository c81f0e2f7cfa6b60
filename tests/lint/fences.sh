#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Who may call what: fences.txt.
#	tests/lint/fences.sh [ROOT]
set -u
lint=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}" || exit 3

find engine sim db -name '*.[ch]' | sort | xargs awk \
    -v table="$lint/fences.txt" '
BEGIN {
	pure = "engine/event engine/rules engine/failover engine/core " \
	    "engine/packet"
	simulated = "sim/scenario sim/machine sim/judge sim/guest " \
	    "sim/packets sim/stage sim/search"
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || (k = split(line, f)) < 2)
			continue
		if (f[1] == "except") {
			excepted[f[2]] = 1
			continue
		}
		n++
		names[n] = "^(" f[1] ")$"
		kind[n] = f[2]
		if (f[2] != "only" && f[2] != "never") {
			print table ": error: neither only nor never: " line
			bad = 1
		}
		where[n] = ""
		for (i = 3; i <= k; i++)
			where[n] = where[n] " " (f[i] == "pure" ? pure : \
			    f[i] == "simulated" ? simulated : f[i])
	}
}
function is_in(path, list,    f, i, k) {
	k = split(list, f)
	for (i = 1; i <= k; i++)
		if (path == f[i] || index(path, f[i] "/") == 1)
			return 1
	return 0
}
FNR == 1 {
	comment = 0
	n_fences = 0
	# Which names this file may not call: worked out once a file.
	for (i = 1; i <= n; i++) {
		inside = is_in(FILENAME, where[i])
		if (FILENAME in excepted && kind[i] == "never")
			continue
		if ((kind[i] == "only" && !inside) ||
		    (kind[i] == "never" && inside))
			fence[++n_fences] = i
	}
}
{
	line = $0
	# Strings, characters and comments say nothing about calls.
	gsub(/\\./, "", line)
	gsub(/"[^"]*"/, "", line)
	gsub(/\047[^\047]*\047/, "", line)
	gsub(/\/\*[^*]*\*\//, " ", line)
	if (comment) {
		if (!match(line, /\*\//))
			next
		line = substr(line, RSTART + 2)
		comment = 0
	}
	if (match(line, /\/\*/)) {
		line = substr(line, 1, RSTART - 1)
		comment = 1
	}
	if (line ~ /^[ \t]*#/)
		next
	while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		name = substr(line, RSTART, RLENGTH)
		before = substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		sub(/[ \t]*\($/, "", name)
		# A field or a method is not the function of that name.
		if (before ~ /(->|\.)[ \t]*$/)
			continue
		for (i = 1; i <= n_fences; i++)
			if (name ~ names[fence[i]]) {
				print FILENAME ":" FNR ": error: " name \
				    "() must not be called here; " \
				    "tests/lint/fences.txt has the rule: " \
				    kind[fence[i]] where[fence[i]]
				bad = 1
				break
			}
	}
}
END { exit bad }'
