#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The flight recorder: written by SIGUSR2, when a command is at its deadline,
# and at an end with an error; what reads a run reads it; the old dump stays
# until the new one is whole.
set -u
. tests/cli/daemon-in-test.sh

cat >"$TMP/conf" <<EOF
notify 0 { match "type" "GO"; action "echo said \$n; exit 3"; };
notify 0 { match "type" "HANG"; action "echo patience; exec sleep 1000"; };
EOF
verify() { # file: all of it is equal
	"$SB" replay --verify --db "$1" >"$TMP/out" 2>&1 ||
		fail "verify $1: $(cat "$TMP/out")"
	grep -q '^equal ' "$TMP/out" || fail "verify $1: $(cat "$TMP/out")"
}
run_of() { "$SB" query --db "$1" "SELECT note FROM run" 2>/dev/null; }
has_records() {
	[ "$("$SB" query --db "$1" "SELECT count(*) FROM record")" = "$2" ]
}
ended() { [ "$(grep -c "$1" "$TMP/log")" -ge "$2" ]; }

# By a signal, into a file; again, which replaces it.
start --flight-dump "$TMP/flight.db"
say '!subsystem=em0 type=GO n=one' '!type=NOTHING'
wait_for logged 'command failed (status 3)'
wait_for logged 'type=NOTHING'
kill -USR2 "$daemon"
wait_for logged "flight: $TMP/flight.db: written"
[ "$(run_of "$TMP/flight.db")" = SIGUSR2 ] || fail "no note"
"$SB" list --db "$TMP/flight.db" | grep -q 'flight .* flight recorder' ||
    fail "list: $("$SB" list --db "$TMP/flight.db")"
"$SB" report --db "$TMP/flight.db" >"$TMP/report" || fail "report"
for text in 'em0 GO' "> conf:1 command: echo said 'one'; exit 3" \
    "\\$ echo said 'one'; exit 3 (.*) exit 3" 'command 1 wrote: said one' \
    'engine: command failed' 'log: daemon: ready'; do
	grep -q -e "$text" "$TMP/report" || fail "report: no '$text'"
done
"$SB" export --db "$TMP/flight.db" | cut -d' ' -f2- >"$TMP/export"
printf '%s\n' '!subsystem=em0 type=GO n=one' '!type=NOTHING' |
    cmp - "$TMP/export" || fail "export"
verify "$TMP/flight.db"
[ -n "$(find "$TMP/flight.db" -perm 600)" ] || fail "others may read it"

# With other rules in between.
echo 'notify 0 { match "type" "NEW"; action "true"; };' >>"$TMP/conf"
kill -HUP "$daemon"
wait_for logged 'read again, 3 rules'
say '!type=NEW'
wait_for logged 'start: true'
kill -USR2 "$daemon"
wait_for has_records "$TMP/flight.db" 3
verify "$TMP/flight.db"
[ "$("$SB" query --db "$TMP/flight.db" \
    "SELECT count(*) FROM setup WHERE name LIKE 'rules _ %'")" = 2 ] ||
    fail "not both sets of rules"

# A dump that cannot be written leaves the old one as it was, and nothing else.
cp "$TMP/flight.db" "$TMP/before.db"
mkdir "$TMP/flight.db.new"
kill -USR2 "$daemon"
wait_for logged 'what was there before is as it was'
cmp "$TMP/flight.db" "$TMP/before.db" || fail "the old dump is another"
rmdir "$TMP/flight.db.new"
finish 0
[ "$(find "$TMP" -name 'flight.db?*')" = "" ] || fail "left $(ls "$TMP")"

# A command at its deadline, told with what it wrote; into a folder.
mkdir "$TMP/d"
start --deadline 100ms --flight-dump "$TMP/d"
say '!subsystem=em1 type=HANG'
wait_for logged "flight: $TMP/d/deadline.db: written"
[ "$(run_of "$TMP/d/deadline.db")" = 'a command was at its deadline' ] ||
    fail "deadline: $(run_of "$TMP/d/deadline.db")"
"$SB" report --db "$TMP/d/deadline.db" >"$TMP/report"
grep -q 'wrote: patience' "$TMP/report" ||
    fail "no output: $(cat "$TMP/report")"
grep -q 'exec sleep 1000 (.*) signal 15' "$TMP/report" || fail "no outcome"
verify "$TMP/d/deadline.db"
# The next one soon after is not worth another.
say '!subsystem=em1 type=HANG'
wait_for ended 'command failed (status 143)' 2
kill -USR2 "$daemon"
wait_for logged "flight: $TMP/d/signal.db: written"
finish 0
ended 'deadline.db: written' 2 && fail "too often"

# An end with an error: a folder cannot be read.
"$SBD" -d -f "$TMP/conf" --source "$TMP" --flight-dump "$TMP/d" 2>"$TMP/log"
[ $? -eq 3 ] || fail "a folder as the source"
run_of "$TMP/d/error.db" | grep -q directory ||
    fail "error: $(run_of "$TMP/d/error.db")"
verify "$TMP/d/error.db"
# Without --flight-dump nothing is written that nobody asked for.
rm "$TMP/d/error.db"
(cd "$TMP/d" && "$SBD" -d -f ../conf --source . 2>"$TMP/log")
[ -e "$TMP/d/error.db" ] && fail "a dump that nobody asked for"

start --flight-size 0
kill -USR2 "$daemon"
wait_for logged 'there is no flight recorder'
finish 0

n=0
while read -r option value text; do
	n=$((n + 1))
	"$SBD" -d -f "$TMP/conf" --source - "$option" "$value" </dev/null \
	    2>"$TMP/err"
	[ $? -eq 2 ] || fail "$option $value: taken"
	grep -q -e "$text" "$TMP/err" || fail "$option: $(cat "$TMP/err")"
done <<END
--flight-size 1K from 64K to 1024M
--flight-size 2000M from 64K to 1024M
--flight-size much from 64K to 1024M
--flight-time 0s above zero
--flight-time soon above zero
END
[ $n -eq 5 ] || fail "only $n options"
end_test
