#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What it costs to write down what the engine is told and answers: a record
# through the daemon with and without its flight recorder, a simulated
# migration with and without --decisions, and running it again. Exit status 1
# when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
SBD=${SBD:-${SB}d}
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

printf 'notify 0 { match "type" "NEVER"; action "true"; };\n' >"$dir/conf"
daemon() { # records size
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			print "!system=IFNET subsystem=em0 type=LINK_UP n=" i
	}' >"$dir/records"
	instructions_of "$SBD" -d -q -f "$dir/conf" --source "$dir/records" \
	    --flight-size "$2" </dev/null
}
without=$((($(daemon 12000 0) - $(daemon 2000 0)) / 10000))
with=$((($(daemon 12000 1M) - $(daemon 2000 1M)) / 10000))
report "a record through the daemon, no flight recorder" $without ins 8000
report "the flight recorder, a record" $((with - without)) ins 8000

case=scenarios/migration/full-migration.scn
"$SB" test --policy native --decisions --db "$dir/one.db" $case >/dev/null ||
    exit 3
plain=$(instructions_of "$SB" test --policy native --trace "$dir/a" $case)
told=$(instructions_of "$SB" test --policy native --trace "$dir/b" \
    --decisions $case)
report "a run with --decisions, in % of one without" \
    $((told * 100 / plain)) % 200
inputs=$("$SB" query --db "$dir/one.db" \
    "SELECT count(*) FROM decision WHERE way = 'in'")
verified=$(instructions_of "$SB" replay --verify --db "$dir/one.db")
report "replay --verify, an input" $((verified / inputs)) ins 300000
exit $over
