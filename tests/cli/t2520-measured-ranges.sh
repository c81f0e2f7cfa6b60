#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What was measured on a real kernel holds for a hundred seeds: the ranges of
# lost probes are those of the recordings, and the scenarios say them so.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

says() { # file, expectation
	grep -qxF "expect $2" "scenarios/$1" ||
		bad "scenarios/$1 does not expect: $2"
}

says bringup/plain-boot.scn 'p1 lost 209..458 under stock'
says migration/replug.scn \
    'p1 lost 116..599 between back and end under stock'
says migration/replug.scn 'p1 lost == 0 between back and end under native'
says migration/unplug-active.scn 'p1 lost 0..32'
says flap/vf-link-flap.scn 'p1 lost 2990..3100 under stock'
says flap/vf-link-flap.scn 'p1 lost <= 48 between lost and back under native'
says migration/forced-window.scn \
    'p1 lost == 20 between back and end under native'
says migration/forced-window-rx-all.scn \
    'p1 lost == 0 between back and end under native'

set -- bringup/plain-boot migration/replug migration/unplug-active \
    flap/vf-link-flap migration/forced-window migration/forced-window-rx-all
files=
for name; do
	files="$files scenarios/$name.scn"
done
# shellcheck disable=SC2086
"$SB" test -j2 --seed 1..100 $files >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 0 ] || {
	bad "exit status $rc over seeds 1 to 100"
	grep -v '^ok ' "$TMP/out" | head -n 40 >&2
	cat "$TMP/err" >&2
}
n=$(grep -c '^ok ' "$TMP/out")
[ "$n" -eq $(($# * 200)) ] || bad "$n of $(($# * 200)) runs passed"

# The ranges are not so wide that any machine fits: the quickest and the
# slowest of the hundred lie well inside, yet apart.
grep -F 'replug.scn [stock]' "$TMP/out" |
	sed -n 's/.*longest gap \([0-9.]*\)ms.*/\1/p' | sort -n >"$TMP/gaps"
[ "$(wc -l <"$TMP/gaps")" -ge 90 ] ||
	bad "the longest gaps of replug are not told in ms"
awk 'NR == 1 { low = $1 } { high = $1 }
END { exit !(low >= 116 && high <= 610 && high > 1.5 * low) }' "$TMP/gaps" ||
	bad "re-plug gaps from $(head -n 1 "$TMP/gaps") to $(tail -n 1 \
	    "$TMP/gaps") ms: measured were 120 to 610"
exit $status
