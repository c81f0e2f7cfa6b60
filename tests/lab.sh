#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Scenarios on a real kernel in QEMU, several times over, and what is left
# behind by them.
#
#	tests/lab.sh TIMES PATH...
#
# Each round is printed as "switchback test" prints it, without the stock
# policy, whose scripts are FreeBSD's, and is a run of the store
# B/lab/lab.db. Ends with 77, and the reason, where the lab cannot run, and with
# 3 when nothing was wrong but that this machine was too busy for a verdict. B
# is the build folder.
set -u
B=${B:-build}
times=${1:?TIMES}
shift
db=$B/lab/lab.db
mkdir -p "$B/lab" && rm -f "$db" || exit 3

interfaces=$(find /sys/class/net -mindepth 1 2>/dev/null | sort)
wrong=0
busy=0
round=1
start=$(date +%s)
while [ "$round" -le "$times" ]; do
	[ "$times" -eq 1 ] || echo "round $round of $times"
	"$B/switchback" test --stage vm --policy native -j 2 --db "$db" \
	    -o "$B/lab/round" "$@"
	rc=$?
	cat "$B/lab/round"
	[ $rc -ne 4 ] || exit 77
	if [ $rc -eq 3 ] && ! grep '^FAIL' "$B/lab/round" |
	    grep -qv ': no verdict: '; then
		busy=$((busy + 1))
	elif [ $rc -ne 0 ]; then
		wrong=$((wrong + 1))
	fi
	round=$((round + 1))
done
left=$(pgrep -f "qemu-system.*$B/guest/" | tr '\n' ' ')
[ -z "$left" ] || {
	echo "left behind: QEMU $left"
	wrong=$((wrong + 1))
}
[ "$(find /sys/class/net -mindepth 1 2>/dev/null | sort)" = "$interfaces" ] || {
	echo "interfaces of this machine came or went"
	wrong=$((wrong + 1))
}
echo "lab: $times round(s) in $(($(date +%s) - start)) s, $wrong with" \
    "something wrong, $busy without a verdict; all runs are in $db"
[ "$wrong" -eq 0 ] || exit 1
[ "$busy" -eq 0 ] || exit 3
