#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Closed replay of every recording of the fail-over gives a table under both
# policies; records in which nobody did anything are refused with the reason.
# (How true the machine is to them: t2810.)
set -u
status=0

bad() {
	echo "t2803: $*" >&2
	status=1
}

file=fixtures/recordings/freebsd-hn.rec
n=0
LC_ALL=C sed -n 's/^=== \([^ ]*\)\.log .*/\1/p' $file >"$TMP/names"
while read -r name; do
	"$SB" replay "$file#$name" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	n=$((n + 1))
	[ $rc -eq 0 ] || bad "$name: status $rc: $(cat "$TMP/err")"
	[ -s "$TMP/err" ] && bad "$name: $(cat "$TMP/err")"
	grep -q '^policy  *stock  *native$' "$TMP/out" || bad "$name: no table"
	grep -q '^probe ping echo  *[0-9]* lost of [0-9]*  *[0-9]* lost of' \
	    "$TMP/out" || bad "$name: no packets in the table"
	[ "$(grep -c '^== time line under' "$TMP/out")" -eq 2 ] ||
		bad "$name: not two time lines"
	awk 'length > 120 { print; bad = 1 } END { exit bad }' "$TMP/out" ||
		bad "$name: a line of more than 120 columns"
done <"$TMP/names"
cat >"$TMP/silent.log" <<'END'
12.5 !system=IFNET subsystem=lo7 type=LINK_UP
END
"$SB" replay "$TMP/silent.log" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] || bad "nobody did anything: status is not 2"
grep -q "^switchback replay: $TMP/silent.log: no VF comes" "$TMP/err" ||
	bad "nobody did anything: $(cat "$TMP/err")"
[ -s "$TMP/out" ] && bad "nobody did anything: printed something"
[ $n -ge 24 ] || bad "only $n recordings in $file"

# The migration: a verdict for each policy, and the same numbers each time.
scn=scenarios/migration/recorded.scn
"$SB" replay --scenario $scn --db "$TMP/m.db" --report "$TMP/report" \
    >"$TMP/out" || bad "the recorded migration: status $?"
grep -q '^verdict  *as expected, with . known faults  *PASSED$' "$TMP/out" ||
	bad "the recorded migration: $(grep '^verdict' "$TMP/out")"
grep -q '^vf eject vmx0  *hn0 after .* lost, gap .* hn0 after ' "$TMP/out" ||
	bad "no row for the departure"
grep -q "^database: $TMP/m.db$" "$TMP/out" || bad "the store is not named"
grep -q "^report:   $TMP/report$" "$TMP/out" || bad "the report is not named"
grep -q '^  *signs: >> outside world' "$TMP/report" || bad "the report's signs"
grep -q ' = lagg0 exists yes' "$TMP/report" ||
	bad "the report does not begin at the beginning"
[ "$("$SB" query --db "$TMP/m.db" 'SELECT DISTINCT kind FROM run')" = \
    replay-closed ] || bad "stored as another kind of run"
"$SB" replay --db "$TMP/k.db" $file#b_unplug_1 >/dev/null
[ "$("$SB" query --db "$TMP/k.db" 'SELECT DISTINCT kind FROM run')" = \
    replay-closed ] || bad "without a scenario it is another kind of run"
spec="$file#a_stock_bringup_1+b_unplug_1+c_stock_replug_1"
"$SB" replay --scenario $scn >"$TMP/one"
"$SB" replay --scenario $scn "$spec" >"$TMP/two"
cmp "$TMP/one" "$TMP/two" ||
	bad "a recording that is named is not taken instead of the scenario's"
"$SB" replay --policy native --scenario $scn >"$TMP/out"
grep -q 'stock' "$TMP/out" && bad "--policy native ran stock"

# An expectation that fails: status 1, all told, and a command that repeats.
sed -e 's/^expect lagg0 active hn0 .*/expect lagg0 active hn0 within 1us of gone.1/' \
    -e "s|\"../../fixtures|\"$PWD/fixtures|" $scn >"$TMP/f.scn"
"$SB" replay --scenario "$TMP/f.scn" --seed 5 --policy native >"$TMP/out"
[ $? -eq 1 ] || bad "an expectation that fails: status is not 1"
for text in '^verdict  *FAILED$' '^== what failed under native$' \
    '/f.scn:[0-9]*: expect lagg0 active hn0 within 1us of gone.1$' \
    '^  expected: ' '^  happened: ' '^  when:     ' '^  |  *[0-9.]*  >> vf '; do
	grep -q -- "$text" "$TMP/out" || bad "a failure without $text"
done
command=$(sed -n 's/^repeat: //p' "$TMP/out")
sh -c "$command" >"$TMP/again"
[ $? -eq 1 ] || bad "$command: status is not 1"
cmp "$TMP/out" "$TMP/again" || bad "$command: gives another result"

# What is given wrong, and what cannot be written.
refused() { # status what arguments...
	want=$1 what=$2
	shift 2
	"$SB" replay "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || bad "$what: status $rc, not $want"
	[ -s "$TMP/err" ] || bad "$what: no text"
}
refused 2 "nothing"
refused 2 "two recordings" "$spec" "$spec"
refused 2 "no such section" "$file#nothing"
refused 2 "no such file" "$TMP/none"
refused 2 "a scenario without recording" \
    --scenario scenarios/migration/replug.scn
grep -q 'has no "replay" statement; name a recording' "$TMP/err" ||
	bad "a scenario without recording: $(cat "$TMP/err")"
refused 2 "--seed 0" --seed 0 "$spec"
refused 2 "--policy x" --policy x "$spec"
refused 2 "--nonsense" --nonsense
refused 2 "--db that is no store" --db README.md "$spec"
refused 3 "--db in no folder" --db "$TMP/no/x.db" "$spec"
refused 3 "--report in no folder" --report "$TMP/no/x" "$spec"
grep -q '^policy ' "$TMP/out" || bad "--report in no folder: no result at all"
"$SB" replay --help | grep -q '^usage: switchback replay ' || bad "--help"

if ! command -v jq >/dev/null; then
	[ $status -eq 0 ] || exit $status
	echo "--json is not read: no jq here"
	exit 77
fi
"$SB" replay --json --scenario $scn >"$TMP/json" || bad "--json: status $?"
jq -e '.runs | length == 2 and .[0].policy == "stock" and
    .[1].policy == "native" and .[1].failed == 0 and
    .[0].probes[0].lost + .[0].probes[0].refused >
    .[1].probes[0].lost + .[1].probes[0].refused and
    (.[1].responses | map(.stimulus)) ==
    ["bring-up", "vf eject vmx0", "vf attach vmx0"]' "$TMP/json" >/dev/null ||
	bad "--json: $(head -c 300 "$TMP/json")"
exit $status
