#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A million records through the daemon: it takes hardly more memory than after
# the first ten thousand, and what is left in the ring is verified from where
# that can begin.
set -u
. tests/cli/daemon-in-test.sh
grep -q VmHWM /proc/self/status 2>/dev/null || {
	echo "needs /proc: how much memory a process has taken at most"
	exit 77
}

# $n is the record's.
# shellcheck disable=SC2016
printf 'notify 0 { match "type" "END"; action "echo end $n >>%s"; };\n' \
    "$TMP/said" >"$TMP/conf"
: >"$TMP/said"
mkfifo "$TMP/records"
records() { # count: and one that tells that they were read
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			print "!system=IFNET subsystem=em0 type=LINK_UP n=" i
		print "!type=END n=" n
	}' >"$TMP/records"
}
most_kb() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$daemon/status"; }

# Not in the log, where a million lines would be.
"$SBD" -d -q -f "$TMP/conf" --source "$TMP/records" --flight-size 1M \
    --flight-dump "$TMP/flight.db" 2>"$TMP/log" </dev/null &
daemon=$!
said() { grep -q "^end $1\$" "$TMP/said"; }
records 10000
wait_for said 10000
before=$(most_kb)
records 1000000
wait_for said 1000000
after=$(most_kb)
[ "$after" -gt 0 ] || fail "no number"
# A sanitizer keeps what was freed.
[ "${V:-}" = asan ] || [ $((after - before)) -lt 4096 ] ||
    fail "$before KiB became $after KiB"

kill -USR2 "$daemon"
wait_for test -s "$TMP/flight.db"
finish 0
"$SB" replay --verify --db "$TMP/flight.db" >"$TMP/out" ||
    fail "verify: $(cat "$TMP/out")"
grep -q '^equal .* [0-9]\{4,\} inputs' "$TMP/out" ||
    fail "hardly anything is left: $(cat "$TMP/out")"
grep -q "their core's beginning was not kept" "$TMP/out" ||
    fail "it does not say that the ring has lost rows"
"$SB" query --db "$TMP/flight.db" "SELECT note FROM run" |
    grep -q 'no longer held the first [0-9]* rows' || fail "nor does the run"
end_test
