#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Every fuzz target in turns: always the one that has had the least processor
# time, on JOBS cores, for FUZZ_TIME seconds in all. What each has had is kept
# in build/fuzz/ledger, so a campaign goes on where the last one ended, and a
# row is taken out by whoever changed what the target tries.
#
#	make fuzz			FUZZ_TIME=3600 FUZZ_SECONDS=60 JOBS=2
#	tests/fuzz.sh --table		only what has been done so far
#
# Exit status: 0 no finding, 1 findings (each in build/crashes), 2 usage.
set -u
export LC_ALL=C

: "${B:=build/clang-fuzz}" "${JOBS:=2}" "${FUZZ_TIME:=3600}" "${FUZZ_SLICE:=60}"
DIR=build/fuzz
LEDGER=$DIR/ledger		# target, CPU seconds, executions, edges, end
TIMEFORMAT='%U %S'

names() {
	local f
	for f in tests/fuzz/fuzz_*.c; do
		f=${f##*/fuzz_}
		echo "${f%.c}"
	done
}

# Each target once, with the sum of its rows: CPU s, executions, edges, findings
sums() {
	{ names; cat "$LEDGER"; } | awk '
	{ cpu[$1] += $2; runs[$1] += $3; if ($4 > edges[$1]) edges[$1] = $4 }
	NF > 4 && $5 != "held" { found[$1]++ }
	END { for (n in cpu)
		printf "%s %.1f %d %d %d\n", n, cpu[n], runs[n], edges[n], found[n] }
	' | sort -k2,2n -k1,1
}

table() {
	sums | sort | awk '
	BEGIN { printf "%-16s %9s %12s %7s %s\n",
	    "target", "CPU min", "executions", "edges", "findings" }
	{ printf "%-16s %9.1f %12d %7d %8d\n", $1, $2 / 60, $3, $4, $5
	  cpu += $2; runs += $3; found += $5 }
	END { printf "%-16s %9.1f %12d %7s %8d\n", "all", cpu / 60, runs, "", found
	  exit found > 0 }'
}

# take: the target with the least time that nobody runs, into $name.
take() {
	local lock
	name=
	exec {lock}>"$DIR/lock"
	flock "$lock"
	for n in $(sums | cut -d' ' -f1); do
		if mkdir "$DIR/busy/$n" 2>/dev/null; then
			name=$n
			break
		fi
	done
	exec {lock}>&-
	[ -n "$name" ]
}

# One slice of $name. Time out is by the clock and this may run beside others,
# so it is long: what never ends is still found.
slice() {
	local log=$DIR/$name.log dict=() rc runs edges cpu
	[ ! -f "tests/fuzz/$name.dict" ] || dict=("-dict=tests/fuzz/$name.dict")
	mkdir -p "build/corpus/$name"
	{ time "$B/fuzz/$name" -max_total_time="$FUZZ_SLICE" -timeout=60 \
	    -artifact_prefix="build/crashes/$name-" "${dict[@]}" \
	    -print_final_stats=1 "build/corpus/$name" "fixtures/corpus/$name" \
	    >"$log" 2>&1; rc=$?; } 2>"$DIR/$name.time"
	cpu=$(awk '{ print $1 + $2 }' "$DIR/$name.time")
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
	edges=$(grep -oE ' cov: [0-9]+' "$log" | awk '{ print $2 }' | sort -n |
	    tail -n 1)
	if [ $rc -ne 0 ]; then
		cp "$log" "build/crashes/$name.log"
		echo "fuzz: $name: status $rc: build/crashes/$name.log" >&2
	fi
	echo "$name $cpu ${runs:-0} ${edges:-0} $([ $rc -eq 0 ] && echo held ||
	    echo "status-$rc")" >>"$LEDGER"
	rmdir "$DIR/busy/$name"
}

worker() {
	while [ $SECONDS -lt "$FUZZ_TIME" ] && take; do
		slice
	done
}

mkdir -p "$DIR" build/crashes
touch "$LEDGER"
case ${1-} in
--table) table && exit 0 || exit 1 ;;
'') ;;
*) echo "usage: tests/fuzz.sh [--table]" >&2 && exit 2 ;;
esac
rm -rf "$DIR/busy" && mkdir "$DIR/busy"
for ((i = 0; i < JOBS; i++)); do
	worker &
done
wait
table
