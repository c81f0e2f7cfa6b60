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

# The shell's own account of its children.
cpu_ms() (
	explore --stimuli 20 --seeds 1..3000 >"$dir/result" || exit 3
	times >"$dir/times" # not in a pipe: that is another shell
	awk 'NR == 2 {
		for (i = 1; i <= 2; i++) {
			split($i, t, /[ms]/)
			sum += t[1] * 60 + t[2]
		}
		printf "%d", sum * 1000
	}' "$dir/times"
)

instructions() { # last seed
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$SB" \
	    explore --regressions "$dir/none" --into "$dir/found" \
	    --stimuli 20 --seeds 1.."$1" 2>&1 >"$dir/result" |
		sed -n 's/.*Collected : //p'
}

# 333 us, 3,000 a second, is wanted and not reached.
ms=$(cpu_ms) || exit 3
report "a history of 20 stimuli with faults, native" $((ms / 3)) us 700
few=$(instructions 50)
many=$(instructions 250)
report "the same in instructions" $(((many - few) / 200)) ins 2700000

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
exit $over
