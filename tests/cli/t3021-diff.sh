#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What became better and what worse between two stores, and the exit status a
# CI job looks at.
set -u
failed=0
fail() {
	echo "t3021: $*" >&2
	failed=1
}
diffs() { # status argument...
	want=$1
	shift
	"$SB" diff "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || fail "diff $*: exit status $rc: $(cat "$TMP/err")"
}
has() { # text
	grep -qF -e "$1" "$TMP/out" || fail "no \"$1\" in: $(cat "$TMP/out")"
}
store() { # store policy seeds scenario
	"$SB" test --db "$1" --policy "$2" --seed "$3" "$4" >"$TMP/test" ||
		[ $? -eq 1 ] || fail "test $4: $(cat "$TMP/test")"
}

scn=scenarios/migration/replug.scn
store "$TMP/a.db" stock,native 1..2 $scn
store "$TMP/b.db" stock,native 1..2 $scn
diffs 0 "$TMP/a.db" "$TMP/b.db"
has '4 cases compared: 0 worse, 0 still failing, 0 better, 0 changed, 4 the same'
diffs 0 --json "$TMP/a.db" "$TMP/b.db"
has '"same": 4,'

# An expectation that fails, from elsewhere on the disk.
{ cat $scn; echo 'expect lagg0 absent under native'; } >"$TMP/replug.scn"
store "$TMP/fails.db" stock,native 1..2 "$TMP/replug.scn"
diffs 1 "$TMP/a.db" "$TMP/fails.db"
has '4 cases compared: 2 worse, 0 still failing, 0 better, 0 changed, 2 the same'
has 'worse: VF re-plugged, as measured [native, seed 1], run 2 -> run 2'
has '  new failure    replug.scn:24 lagg0 absent: not asked -> lagg0 exists'
cp "$TMP/fails.db" "$TMP/fails-too.db"
diffs 0 "$TMP/fails.db" "$TMP/fails-too.db"
has '2 still failing'
diffs 0 "$TMP/fails.db" "$TMP/a.db"
has '  not asked now  replug.scn:24 lagg0 absent: lagg0 exists'

# Two runs: with the other policy it is slower and loses more.
diffs 1 --db "$TMP/a.db" --run 2 --run 1
has '  more lost      p1: '
has '  slower         '
has '  other work     programs: 0 -> '
has '  other course   trace hash: '
has '                 first before  '

# What ran on one side only.
store "$TMP/one.db" native 1 $scn
diffs 0 "$TMP/a.db" "$TMP/one.db"
has '1 case compared: 0 worse, 0 still failing, 0 better, 0 changed, 1 the same; 3'
grep -q '^missing: .*\[stock, seed 1\], run 1$' "$TMP/out" ||
	fail "$(cat "$TMP/out")"
diffs 0 "$TMP/one.db" "$TMP/a.db"
grep -q '^new: .*\[stock, seed 1\], run 1$' "$TMP/out" ||
	fail "$(cat "$TMP/out")"

# By the number or the title; the same run twice is the same.
diffs 0 --db "$TMP/a.db" --run 1 --run 1
SWITCHBACK_DB=$TMP/a.db
export SWITCHBACK_DB
diffs 0 --run 4 --run 'VF re-plugged, as measured'
diffs 1 --run 1 --run 2 -o "$TMP/file"
[ ! -s "$TMP/out" ] || fail "-o: $(cat "$TMP/out")"
grep -q '^  faster  ' "$TMP/file" || fail "-o: $(cat "$TMP/file")"

# Measured runs: the rule is told, and can be another one.
printf '1.0 !a\n2.0 !b\n' >"$TMP/log"
"$SB" import --db "$TMP/m.db" "$TMP/log" >"$TMP/test" || fail "import"
diffs 0 --noise 20ms --factor 5 "$TMP/m.db" "$TMP/m.db"
has 'largest of 20ms or 2 packets'
has 'and 5 times'

diffs 1 --markdown "$TMP/a.db" "$TMP/fails.db"
has '| worse | VF re-plugged, as measured \[native, seed 1\] | new failure: '
grep '^|' "$TMP/out" | sed 's/\\|//g' | awk -F '|' 'NF != 5 { exit 1 }' ||
	fail "markdown: $(cat "$TMP/out")"

# An older schema is read as it is.
diffs 0 fixtures/db/v1.db fixtures/db/v1.db
has '3 cases compared: '

# Nothing to compare, and mistakes.
diffs 4 "$TMP/a.db" "$TMP/m.db"
grep -q 'no run of the one is like' "$TMP/err" || fail "$(cat "$TMP/err")"
diffs 2 "$TMP/a.db"
diffs 2 --run 1 "$TMP/a.db" "$TMP/b.db"
diffs 2 --run 1
diffs 2 --run 1 --run 2 --run 3
diffs 2 --db "$TMP/a.db" "$TMP/a.db" "$TMP/b.db"
diffs 2 --noise 5 "$TMP/a.db" "$TMP/b.db"
diffs 2 --factor x "$TMP/a.db" "$TMP/b.db"
diffs 2 --run 1 --run 99
grep -q 'has no run "99"' "$TMP/err" || fail "$(cat "$TMP/err")"
diffs 2 "$TMP/a.db" "$TMP/none.db"
grep -q 'none.db: no such file' "$TMP/err" || fail "$(cat "$TMP/err")"
diffs 3 -o "$TMP/no/where" "$TMP/a.db" "$TMP/b.db"
exit $failed
