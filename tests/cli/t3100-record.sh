#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a source of records says is a run of the store, from a file, a pipe, a
# FIFO and devd's kind of socket; and every other command works on it.
set -u
. tests/cli/record-in-test.sh

lines() { # how many, first
	awk -v n="$1" -v i="$2" 'BEGIN { for (; n > 0; n--)
		print "!system=IFNET subsystem=mce" i++ " type=LINK_UP" }'
}

# A file ends the recording; its last line needs no newline. Bytes are kept.
printf '%s\n' '!system=IFNET subsystem=mce0 type=ATTACH' '' \
    '? at   on nexus0' >"$TMP/records"
printf '+mce0 at slot=2 \377\033[2J "a \\" on pci1' >>"$TMP/records"
"$SB" record --source "$TMP/records" --title 'from a file' >"$TMP/out" \
    2>"$TMP/err" || fail "a file: status $?"
grep -q '^run 1: from a file: 3 records, ' "$TMP/out" || fail "no result"
grep -q "recording run 1 of $SWITCHBACK_DB" "$TMP/err" || fail "not ready"
"$SB" export --run 1 | sed 's/^[0-9]*\.[0-9]\{9\} //' >"$TMP/back"
{
	sed '/^$/d' "$TMP/records"
	echo # which the last record lacked
} | cmp - "$TMP/back" || fail "the records came out changed"
"$SB" export --run 1 -o "$TMP/text" && "$SB" import "$TMP/text" >/dev/null ||
    fail "what was exported cannot be imported"
is 'from a file|recorded|1' "SELECT title || '|' || kind || '|' || complete
    FROM run WHERE id = 1"
"$SB" list | grep -q 'recorded .* from a file' || fail "list"
"$SB" report --run 1 >"$TMP/report" || fail "report: status $?"
grep -q 'IFNET mce0 ATTACH' "$TMP/report" || fail "report has no record"
tr -d '\12\40-\176' <"$TMP/report" | grep -q . && fail "report is not clean"

# Times are in order, on one clock with what the wall clock said.
is 0 "SELECT count(*) FROM record a JOIN record b ON b.run = a.run AND
    b.seq = a.seq + 1 WHERE b.emit_ns < a.emit_ns AND a.run = 1"
is 1 "SELECT count(*) FROM note WHERE run = 1 AND who = 'clock' AND
    text GLOB '0 is 2???-??-??T??:??:??.*Z: wall *, monotonic *'"

# A pipe, with a result for programs.
lines 300 0 | "$SB" record --source - --no-such-option >/dev/null 2>&1
[ $? -eq 2 ] || fail "takes any option"
lines 3000 0 | "$SB" record --source - --json --netlink no >"$TMP/out" \
    2>"$TMP/err" || fail "a pipe: status $?"
[ ! -s "$TMP/err" ] || fail "--json is not quiet"
grep -q '^{"run":3,.*"records":3000,.*"packets":0,"dropped":0,' "$TMP/out" ||
    fail "the JSON"
is '3000|mce2999' "SELECT count(*) || '|' || max(CASE seq WHEN 2999 THEN
    subsystem END) FROM record WHERE run = 3"

# A FIFO has no end: SIGINT, SIGTERM, a time, or a record end it.
mkfifo "$TMP/fifo"
for signal in INT TERM HUP; do
	start --source "$TMP/fifo" --title fifo --batch 10ms
	lines 5 0 >"$TMP/fifo"
	run=$(ask 'SELECT max(id) FROM run')
	stored() { [ "$(ask "SELECT count(*) FROM record
	    WHERE run = $run")" = "$1" ]; }
	wait_for stored 5
	is 0 "SELECT complete FROM run WHERE id = $run"
	lines 5 5 >"$TMP/fifo"
	wait_for stored 10
	kill -USR1 "$recorder"
	wait_for grep -q ' 10 records, ' "$TMP/err"
	finish 0 $signal
	is 1 "SELECT complete FROM run WHERE id = $run"
done
# Who has it ignored is not ended by SIGHUP.
: >"$TMP/err"
(
	trap '' HUP
	exec "$SB" record --source "$TMP/fifo" --title nohup \
	    >"$TMP/out" 2>"$TMP/err"
) &
recorder=$!
wait_for grep -q 'recording run' "$TMP/err"
kill -HUP "$recorder"
lines 1 0 >"$TMP/fifo"
run=$(ask 'SELECT max(id) FROM run')
wait_for stored 1
finish 0

start --source "$TMP/fifo" --for 50ms
finish 0 none
start --source "$TMP/fifo" --until-record 'type=DETACH'
{
	lines 2 0
	echo '!system=IFNET subsystem=mce0 type=DETACH'
	lines 3 2
} >"$TMP/fifo"
finish 0 none
is 3 'SELECT count(*) FROM record WHERE run = (SELECT max(id) FROM run)'

# What is wrong is said before anything is stored.
runs=$(ask 'SELECT count(*) FROM run')
refused() { # status, text, option...
	want=$1 text=$2
	shift 2
	"$SB" record "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	rc=$?
	[ $rc -eq "$want" ] || fail "$*: status $rc instead of $want"
	grep -qF -- "$text" "$TMP/err" || fail "$*: does not say: $text"
}
refused 2 "$TMP/none: No such file" --source "$TMP/none"
refused 2 'exclude each other' --source - --no-source
refused 2 '--for needs a time' --no-source --for 3
refused 2 '--for needs a time' --no-source --for 0s
refused 2 '--batch needs a time' --no-source --batch x
refused 2 '--until-record needs' --source - --until-record ''
refused 2 '--netlink is auto' --source - --netlink maybe
refused 2 '--snaplen needs' --source - --snaplen 0
refused 2 "what is 'x'?" --no-source x
refused 2 'pcap-filter(7)' --no-source --packets 'lo:udp prt 7'
refused 2 'names no interface' --no-source --packets ':udp'
refused 2 'named twice' --no-source --packets lo:udp --packets lo
[ "$(ask 'SELECT count(*) FROM run')" = "$runs" ] || fail "left a run"
end_test
