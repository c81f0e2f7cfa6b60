#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a random history costs, and how short the known faults of stock get.
# Exit status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0
mkdir "$dir/none" && cp scenarios/bringup/no-vf.scn "$dir/none/"

explore() { # arguments...
	"$SB" explore --regressions "$dir/none" --into "$dir/found" "$@"
}

instructions() { # last seed
	instructions_of "$SB" explore --regressions "$dir/none" \
	    --into "$dir/found" --stimuli 20 --seeds 1.."$1"
}

# 333 us, 3,000 a second, is wanted; reached where nobody else is at work.
ms=$(cpu_ms explore --stimuli 20 --seeds 1..3000) || exit 3
report "a history of 20 stimuli with faults, native" $((ms / 3)) us 700
few=$(instructions 50)
many=$(instructions 250)
report "the same in instructions" $(((many - few) / 200)) ins 2300000

explore --policy stock --seeds 1..1000 >"$dir/result"
files=0 longest=0
for f in "$dir/found"/stock-*.scn; do
	files=$((files + 1))
	lines=$(grep -c '^[^#]' "$f")
	[ "$lines" -le "$longest" ] || longest=$lines
done
report "known faults of stock that were not found, of 8" \
    $((files >= 8 ? 0 : 8 - files)) '' 0
report "lines of the longest of $files scenarios" "$longest" '' 10
# Each file is told with "in 0.1 s and 20 tries".
under=$(sed -n 's/.* in \([0-9.]*\) s and [0-9]* tries$/\1/p' \
    "$dir/result" | sort -n | tail -n 1 | awk '{ print int($1) + 1 }')
report "the slowest of them was shrunk in less than" "${under:-99}" s 10
exit $over
