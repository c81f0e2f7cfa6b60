#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a record costs on its way into a store, as a recorder takes it: kept in
# a trace, decoded, and written in batches. Beside it what SQLite alone takes
# for the same row, with the values at hand. Exit status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
rate=${B:-build}/bench/store_rate
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

instructions() { # how records batch
	rm -f "$dir"/runs.db*
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$rate" \
	    "$1" "$2" "$3" "$dir/runs.db" 2>"$dir/result" || {
		cat "$dir/result" >&2
		exit 3
	}
	sed -n 's/.*Collected : //p' "$dir/result"
	"$SB" query --db "$dir/runs.db" \
	    'SELECT count(*), sum(length(raw)), count(system), count(device)
	    FROM record' >"$dir/rows.$1"
}

# What one record costs, without what the program takes to begin.
each() { # how batch
	few=$(instructions "$1" 2000 "$2") || exit 3
	many=$(instructions "$1" 12000 "$2") || exit 3
	echo $(((many - few) / 10000))
}

for batch in 20 200; do
	bare=$(each bare $batch) || exit 3
	product=$(each product $batch) || exit 3
	cmp "$dir/rows.bare" "$dir/rows.product" || exit 3
	report "a record stored, $batch in a batch" "$product" ins 30000
	# 142: 0.7 of the rate.
	report "	in % of the bare insert of its row" \
	    $((product * 100 / bare)) % 142
done
exit $over
