#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What was committed stays, whatever ends the recorder: a full disk, kill -9,
# a source that fails. Nothing is half.
set -u
. tests/cli/record-in-test.sh

flood() { # how many
	awk -v n="$1" 'BEGIN { for (; i < n; i++)
		print "!system=IFNET subsystem=mce" i " type=LINK_UP" }'
}
records() { ask "SELECT count(*) FROM record WHERE run = $1"; }
several() { [ "$(records "$1")" -ge "$2" ]; }

# kill -9 in the midst of a flood: the run is marked as cut off, its records
# are the first ones, and a report can be had.
mkfifo "$TMP/fifo"
start --source "$TMP/fifo" --netlink no --batch 1ms --title killed
flood 2000000 >"$TMP/fifo" 2>/dev/null &
feeder=$!
wait_for several 1 20000
finish 137 KILL
kill "$feeder" 2>/dev/null
wait "$feeder"
is ok 'PRAGMA integrity_check'
n=$(records 1)
is "0|mce$((n - 1))" "SELECT complete || '|' || subsystem FROM run JOIN record
    ON record.run = run.id AND seq = $((n - 1))"
"$SB" list | grep -q 'killed' || fail "list"
"$SB" export | tail -n 1 | grep -q "mce$((n - 1)) " || fail "export"

# The same store goes on.
flood 10 >"$TMP/ten"
"$SB" record --source "$TMP/ten" --netlink no >"$TMP/out" 2>"$TMP/err" ||
    fail "a recording after it: status $?"
is 10 'SELECT count(*) FROM record WHERE run = 2'

# A full disk, here a limit on the size of a file.
blocks=$(($(wc -c <"$SWITCHBACK_DB") / 512 + 4000))
flood 300000 >"$TMP/many"
(
	ulimit -f $blocks || exit 77
	exec "$SB" record --source "$TMP/many" --netlink no --batch 1ms \
	    --title full >"$TMP/out" 2>"$TMP/err"
)
rc=$?
[ $rc -ne 77 ] || {
	echo "needs ulimit -f"
	exit 77
}
[ $rc -eq 3 ] || fail "a full disk: status $rc instead of 3"
grep -q "^switchback record: $SWITCHBACK_DB: " "$TMP/err" || fail "no text"
grep -q '^switchback record: run 3 has what was recorded until then' \
    "$TMP/err" || fail "does not say what is left"
is ok 'PRAGMA integrity_check'
n=$(records 3)
[ "$n" -gt 0 ] && [ "$n" -lt 300000 ] || fail "$n records were kept"
grep -q "^run 3: full: $n records" "$TMP/out" ||
    fail "does not say that $n records were kept"

# A source that cannot be read.
"$SB" record --source /proc/self/mem --netlink no >"$TMP/out" 2>"$TMP/err"
rc=$?
if [ -e /proc/self/mem ]; then
	[ $rc -eq 3 ] || fail "a source that fails: status $rc instead of 3"
	grep -q '/proc/self/mem: ' "$TMP/err" || fail "does not name the source"
	is 1 "SELECT complete FROM run WHERE id = 4"
fi

# A store that cannot be made.
"$SB" record --db "$TMP/none/x.db" --source "$TMP/ten" >"$TMP/out" \
    2>"$TMP/err"
[ $? -eq 2 ] || fail "no folder for the store: another status than 2"
grep -q "$TMP/none/x.db" "$TMP/err" || fail "does not name the store"
end_test
