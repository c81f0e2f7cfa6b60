#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Who writes a dump of the flight recorder is let go when it has ended, without
# anybody else having to happen: no zombie is left, however many there were.
set -u
. tests/cli/daemon-in-test.sh
grep -q ^PPid: /proc/self/status 2>/dev/null || {
	echo "needs /proc"
	exit 77
}
written() { [ "$(grep -cF "$TMP/flight.db: written" "$TMP/log")" -ge "$1" ]; }
zombies() {
	for p in /proc/[0-9]*; do
		grep -qx "PPid:[[:space:]]*$daemon" "$p/status" 2>/dev/null &&
		    grep -x 'State:[[:space:]]*Z.*' "$p/status" 2>/dev/null
	done
}

echo 'notify 0 { action "true"; };' >"$TMP/conf"
start --flight-dump "$TMP/flight.db"
for i in 1 2 3 4 5; do
	kill -USR2 "$daemon"
	wait_for written $i
done
left=$(zombies)
[ -z "$left" ] || fail "after 5 dumps there is: $left"
"$SB" list --db "$TMP/flight.db" >/dev/null || fail "the dump is no store"
finish 0
end_test
