#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a record costs on its way from a pipe into the store, and what memory a
# recorder takes for ever so many. Exit status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

records() { # how many
	awk -v n="$1" 'BEGIN { for (; i < n; i++)
		print "!system=IFNET subsystem=mce" i % 100 " type=LINK_UP" }'
}

instructions() { # how many; time must not decide how many commits there are
	rm -f "$dir"/runs.db*
	records "$1" | instructions_of "$SB" record --db "$dir/runs.db" \
	    --source - --netlink no --batch 1h
	grep -q ": $1 records, " "$dir/result" || {
		cat "$dir/result" >&2
		exit 3
	}
}

few=$(instructions 4000) || exit 3
many=$(instructions 12000) || exit 3
report "a record, from a pipe into the store" \
    $(((many - few) / 8000)) ins 100000

# At its highest, in the midst of many.
mkfifo "$dir/fifo"
"$SB" record --db "$dir/runs.db" --source "$dir/fifo" --netlink no \
    >"$dir/result" 2>&1 &
recorder=$!
records 500000 >"$dir/fifo"
most=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$recorder/status" \
    2>/dev/null)
kill "$recorder"
wait "$recorder"
[ -z "$most" ] || report "memory of a recorder at its highest" "$most" KB 20480
exit $over
