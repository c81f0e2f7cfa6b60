#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A search comes through what hn(4) passes on to its VF in transparent mode (X8),
# and a VF that had an address of its own.
set -u

cd "$TMP" || exit 3
"$SB" explore --seeds 1..2000 >out || {
	cat out >&2
	exit 1
}
grep 'distinct ends' out | grep -Ew 'X8|vf-stripped' >&2 && exit 1
grep -q 'distinct ends; 4[0-9] of ' out || {
	cat out >&2
	exit 1
}
