#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A source that is faster than anything in a kernel loses nothing, and what
# waits for the disk is bounded; and recorders can share a store.
set -u
. tests/cli/record-in-test.sh

flood() { # how many
	awk -v n="$1" 'BEGIN { for (; i < n; i++)
		print "!system=IFNET subsystem=mce" i " type=LINK_UP data=" \
		    "0123456789012345678901234567890123456789012345678901234" }'
}
stored() { [ "$(ask 'SELECT count(*) FROM record')" = "$1" ]; }
grown() { # of kilobytes at its highest
	awk '/^VmHWM:/ { print $2 }' "/proc/$recorder/status" 2>/dev/null
}

mkfifo "$TMP/fifo"
start --source "$TMP/fifo" --netlink no --batch 20ms
flood 20000 >"$TMP/fifo"
wait_for stored 20000
before=$(grown)
flood 180000 >"$TMP/fifo"
wait_for stored 200000
after=$(grown)
finish 0
is '200000|mce179999' "SELECT count(*) || '|' ||
    max(CASE seq WHEN 199999 THEN subsystem END) FROM record"
is 0 'SELECT count(*) FROM record a JOIN record b ON b.run = a.run AND
    b.seq = a.seq + 1 WHERE b.emit_ns < a.emit_ns'
case $V in
asan) ;; # what was freed stays in quarantine
*)
	[ $((${after:-0} - ${before:-0})) -le 16000 ] ||
	    fail "grew from ${before} KB to ${after} KB"
	;;
esac

# Three at a time, each with commits in the others' way.
flood 30000 >"$TMP/file"
for i in 1 2 3; do
	"$SB" record --source "$TMP/file" --netlink no --batch 1ms \
	    --title shared >"$TMP/out.$i" 2>&1 &
done
wait
is '3|90000' "SELECT count(DISTINCT run.id) || '|' || count(*) FROM run
    JOIN record ON record.run = run.id WHERE title = 'shared' AND complete"
end_test
