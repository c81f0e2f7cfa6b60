#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The records of a run in the lab are told by two observers, and are found to
# be the same ones in a time that grows with their number, not its square.
set -u
. tests/cli/growth-in-test.sh

few=$(instructions "${SB%/*}/lab/lab_records" 500)
many=$(instructions "${SB%/*}/lab/lab_records" 2000)
grep -qx '2000 records' "$TMP/result" || {
	echo "not the records that both have told: $(cat "$TMP/result")" >&2
	exit 1
}
echo "$few instructions for 500 records, $many for 2000"
[ "$many" -le $((5 * few)) ] || {
	echo "four times the records take more than five times as long" >&2
	exit 1
}
