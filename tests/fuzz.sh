#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every fuzz target in turns: always the one that has had the least processor
# time, on JOBS cores, for FUZZ_TIME seconds in all. What each has had is kept
# in build/fuzz/ledger, so a campaign goes on where the last one ended; on
# another machine, too, when it was added to tests/fuzz/ledger. Whoever changes
# what a target tries takes its rows out.
#
#	make fuzz			FUZZ_TIME=3600 FUZZ_SECONDS=60 JOBS=2
#	make fuzz FUZZ_ONLY='rules store'	these alone
#	tests/fuzz.sh --table		only what has been done so far
#	tests/fuzz.sh --keep		add it to tests/fuzz/ledger
#
# Exit status: 0 no finding, 1 findings (each in build/crashes), 2 usage.
set -u
export LC_ALL=C

B=${B:-build/clang-fuzz}
JOBS=${JOBS:-2}
FUZZ_SLICE=${FUZZ_SLICE:-60}
FUZZ_ONLY=${FUZZ_ONLY:-}
DIR=build/fuzz
LEDGER=$DIR/ledger # target, CPU seconds, executions, edges, how it ended
KEPT=tests/fuzz/ledger
end=$(($(date +%s) + ${FUZZ_TIME:-3600}))

names() {
	for f in tests/fuzz/fuzz_*.c; do
		f=${f##*/fuzz_}
		echo "${f%.c}"
	done
}

# Each target with the sum of its rows: CPU s, executions, edges, findings. The
# one that has had the least comes first.
sums() {
	{ names && grep -v '^#' "$KEPT"; cat "$LEDGER"; } | awk '
	{ cpu[$1] += $2; runs[$1] += $3; if ($4 > edges[$1]) edges[$1] = $4 }
	NF > 4 && $5 != "held" { found[$1]++ }
	END {
		for (n in cpu)
			printf "%s %.1f %.0f %d %d\n", n, cpu[n], runs[n],
			    edges[n], found[n]
	}' | sort -k2,2n -k1,1
}

table() {
	sums | sort | awk '
	BEGIN {
		printf "%-16s %9s %12s %7s %8s\n", "target", "CPU min",
		    "executions", "edges", "findings"
	}
	{
		printf "%-16s %9.1f %12.0f %7d %8d\n", $1, $2 / 60, $3, $4, $5
		cpu += $2; runs += $3; found += $5
	}
	END {
		printf "%-16s %9.1f %12.0f %7s %8d\n", "all", cpu / 60, runs,
		    "", found
		exit found > 0
	}'
}

# One row for each target. A finding is mended first.
keep() {
	if grep -v ' held$' "$LEDGER"; then
		echo "fuzz: a finding is not kept, nor anything beside it" >&2
		exit 1
	fi
	{ grep '^#' "$KEPT"; sums | sort | while read -r name cpu runs edges _; do
		echo "$name $cpu $runs $edges held"
	done; } >"$DIR/kept" && mv "$DIR/kept" "$KEPT" && : >"$LEDGER"
}

# Whether $name is wanted.
wanted() {
	case " ${FUZZ_ONLY:-$name} " in
	*" $name "*) ;;
	*) return 1 ;;
	esac
}

# The wanted target with the least time that nobody runs, into $name.
take() {
	for name in $(sums | cut -d' ' -f1); do
		wanted && mkdir "$DIR/busy/$name" 2>/dev/null && return
	done
	return 1
}

# What its children had, of times: "0m1.23s 0m0.45s" in the second line.
cpu_seconds() {
	awk 'NR == 2 {
		gsub(/[ms]/, " ")
		print $1 * 60 + $2 + $3 * 60 + $4
	}' "$1"
}

# One slice of $name. The limit of one run is by the clock, and others may keep
# the machine busy: it is long, as what never ends is found all the same.
slice() {
	log=$DIR/$name.log
	set -- "build/corpus/$name" "fixtures/corpus/$name"
	[ ! -f "tests/fuzz/$name.dict" ] ||
	    set -- "-dict=tests/fuzz/$name.dict" "$@"
	mkdir -p "build/corpus/$name"
	(
		"$B/fuzz/$name" -max_total_time="$FUZZ_SLICE" -timeout=60 \
		    -artifact_prefix="build/crashes/$name-" \
		    -print_final_stats=1 "$@" >"$log" 2>&1
		rc=$?
		times >"$DIR/$name.times"
		exit $rc
	)
	rc=$?
	held=held
	if [ $rc -ne 0 ]; then
		held=status-$rc
		cp "$log" "build/crashes/$name.log"
		echo "fuzz: $name: status $rc: build/crashes/$name.log" >&2
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | sort -n |
	    tail -n 1)
	echo "$name $(cpu_seconds "$DIR/$name.times") ${runs:-0}" \
	    "${edges:-0} $held" >>"$LEDGER"
	rmdir "$DIR/busy/$name"
}

worker() {
	while [ "$(date +%s)" -lt "$end" ] && take; do
		slice
	done
}

mkdir -p "$DIR" build/crashes
touch "$LEDGER"
case ${1-} in
'') ;;
--table)
	table
	exit
	;;
--keep)
	keep
	exit
	;;
*)
	echo "usage: tests/fuzz.sh [--table | --keep]" >&2
	exit 2
	;;
esac
for name in $FUZZ_ONLY; do
	[ -f "tests/fuzz/fuzz_$name.c" ] || {
		echo "fuzz: no target $name; there are:" \
		    "$(names | tr '\n' ' ')" >&2
		exit 2
	}
done
rm -rf "$DIR/busy"
mkdir "$DIR/busy"
i=0
while [ "$i" -lt "$JOBS" ]; do
	worker &
	i=$((i + 1))
done
wait
table
