#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A week of a host that takes its VF away and gives it back 900 times an hour,
# in virtual time, under native control: what is in use at its end beside what
# was in use after 2,000 cycles. The machine's own account of interfaces that
# there were is left out, and the trace is not kept (tests/unit/test_storm.c).
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
over=0
cycles=$((900 * 24 * 7))
storm=${B:-build}/unit/test_storm
"$(command -v gmake || command -v make)" -s "$storm" || exit 3
line=$("$storm" "$cycles") || exit 3
number() { # what stands in front of it
	echo "$line" | sed -n "s/.*$1 \([0-9][0-9]*\).*/\1/p"
}
early=$(number 'at the end:')
late=$(echo "$line" | sed -n 's/.* and \([0-9]*\) bytes.*/\1/p')
carried=$(echo "$line" | sed -n 's/.*cycles, \([0-9]*\) carried.*/\1/p')
report "a week of the storm: cycles in which the VF did not carry" \
    $((cycles - carried)) '' 0
if [ "${early:-0}" -gt 0 ]; then
	report "	bytes in use at its end" "$late" '' $((early + 4096))
	report "	in % of those after 2,000 cycles" \
	    $((late * 100 / early)) % 101
fi
exit $over
