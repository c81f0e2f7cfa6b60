#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What became of a suite is its exit status: 0 passed, 1 an expectation failed,
# 2 a mistake in what was given, 3 a result could not be written, 4 nothing ran.
# Whatever is wrong with one scenario, the others are run and told.
set -u
status=0

bad() {
	echo "t2800: $*" >&2
	status=1
}

expect() { # status what command...
	want=$1 what=$2
	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err"
	got=$?
	[ $got -eq "$want" ] ||
		bad "$what: status $got, not $want: $(cat "$TMP/err")"
}
says() { # file text
	grep -qF -- "$2" "$1" || bad "$what: no \"$2\" in: $(cat "$1")"
}

mkdir "$TMP/empty" "$TMP/mixed"
good=scenarios/migration/unplug-active.scn
cp $good "$TMP/mixed/a-good.scn"
sed 's/^expect p1 lost .*/expect p1 lost >= 100000/' $good \
    >"$TMP/mixed/z-failing.scn"
cmp -s "$TMP/mixed/a-good.scn" "$TMP/mixed/z-failing.scn" &&
	bad "$good has changed: this test needs another expectation to turn"

expect 0 "a good one" "$SB" test "$TMP/mixed/a-good.scn"
says "$TMP/out" "2 passed, 0 failed, 0 skipped"
[ -s "$TMP/err" ] && bad "a good one wrote: $(cat "$TMP/err")"
expect 1 "one of two fails" "$SB" test "$TMP/mixed"
says "$TMP/out" "2 passed, 2 failed, 0 skipped"

# A mistake is told once, not once for each policy and seed.
printf 'scenario "x"\nexpct lagg0 up\n' >"$TMP/mixed/m-mistake.scn"
expect 2 "one with a mistake" "$SB" test --seed 1..3 "$TMP/mixed"
says "$TMP/out" "ok   $TMP/mixed/a-good.scn [native] seed 3 "
says "$TMP/out" "FAIL $TMP/mixed/z-failing.scn [native] seed 3 "
says "$TMP/out" "FAIL $TMP/mixed/m-mistake.scn [native] seed 3: bad input"
says "$TMP/err" "m-mistake.scn:2:1: error: "
says "$TMP/err" "did you mean"
[ "$(grep -c 'mistake.scn:2:1: ' "$TMP/err")" -eq 1 ] ||
	bad "told more than once: $(cat "$TMP/err")"
rm "$TMP/mixed/m-mistake.scn"

# What the machine cannot do is a mistake as well.
sed 's/^machine .*/machine no-such-machine/' $good >"$TMP/machine.scn"
expect 2 "an unknown machine" "$SB" test "$TMP/machine.scn" $good
says "$TMP/err" "no-such-machine"
says "$TMP/out" "ok   $good [native]"

expect 2 "a path that is not there" "$SB" test "$TMP/none.scn"
says "$TMP/err" "none.scn: "
for args in "--policy mine" "--policy stock,stock" "--policy" "--seed 0" \
    "--seed 5..4" "--seed 1..9999999" "--seed x" "-j 0" "-j 65" "-j" \
    "--nonsense" "--seed 1..1000000 scenarios scenarios scenarios"; do
	# shellcheck disable=SC2086
	expect 2 "test $args" "$SB" test $args
	[ -s "$TMP/err" ] || bad "test $args: no text"
	[ -s "$TMP/out" ] && bad "test $args: ran"
done
expect 0 "the greatest seed" "$SB" test --seed 9223372036854775807 \
    --policy native "$good"
printf 'scenrio "x"\n' >"$TMP/unread.scn"
expect 2 "one that cannot be read" "$SB" test "$TMP/unread.scn"
grep -q 'repeat: .*--seed' "$TMP/out" &&
	bad "a command that is refused: $(cat "$TMP/out")"
expect 0 "--help" "$SB" test --help
says "$TMP/out" "usage: switchback test "

# Nothing to run. A file that is named is one, whatever it is called.
expect 4 "an empty folder" "$SB" test "$TMP/empty"
says "$TMP/err" "no scenario found"
: >"$TMP/empty/README"
expect 4 "a folder with other files" "$SB" test "$TMP/empty"
(cd "$TMP/empty" && "$SB" test) 2>/dev/null
[ $? -eq 2 ] || bad "no folder scenarios: status is not 2"

# Where results cannot go: found out before anything runs.
expect 3 "-o into no folder" "$SB" test -o "$TMP/no/such" $good
says "$TMP/err" "switchback test: $TMP/no/such: "
[ -s "$TMP/out" ] && bad "-o into no folder: ran all the same"
expect 3 "--db in no folder" "$SB" test --db "$TMP/no/such.db" $good
says "$TMP/err" "switchback test: $TMP/no/such.db: "
[ -s "$TMP/out" ] && bad "--db in no folder: ran all the same"
expect 2 "--db that is no store" "$SB" test --db README.md $good
says "$TMP/err" "README.md: is not a store"
expect 3 "--trace into no folder" "$SB" test --trace "$TMP/no/such" $good
says "$TMP/err" "switchback test: $TMP/no/such: "
[ "$(wc -l <"$TMP/err")" -eq 1 ] || bad "--trace: said it more than once"
[ -s "$TMP/out" ] && bad "--trace into no folder: ran all the same"
if [ -w /dev/full ]; then
	expect 3 "-o to a full disk" "$SB" test -o /dev/full $good
	says "$TMP/err" "switchback test: /dev/full: "
	expect 3 "much to a full disk" "$SB" test -v --seed 1..200 \
	    -o /dev/full $good
	says "$TMP/err" "switchback test: /dev/full: "
	"$SB" test $good >/dev/full 2>"$TMP/err"
	[ $? -eq 3 ] || bad "standard output on a full disk"
fi

# A store that fills up while the suite runs: no run of it is kept.
(
	ulimit -f 300 2>/dev/null || exit 3
	trap '' XFSZ
	"$SB" test --seed 1..20 --db "$TMP/full.db" $good >"$TMP/out" 2>"$TMP/err"
)
[ $? -eq 3 ] || bad "a full store: $(cat "$TMP/err")"
grep -q "^40 passed" "$TMP/out" || bad "a full store: no result"

# What was asked for is there.
mkdir "$TMP/traces"
expect 0 "all outputs" "$SB" test --db "$TMP/runs.db" --trace "$TMP/traces" \
    -o "$TMP/result" -v $good
[ -s "$TMP/out" ] && bad "-o: wrote to standard output too"
says "$TMP/result" "2 passed, 0 failed, 0 skipped"
[ "$("$SB" query --db "$TMP/runs.db" 'SELECT policy FROM run ORDER BY id')" = \
    "stock
native" ] || bad "--db: not the two runs in order"
[ "$(find "$TMP/traces" -name 'scenarios_*.1.trace' | wc -l)" -eq 2 ] ||
	bad "--trace: $(ls "$TMP/traces")"

# -j changes nothing that can be seen.
expect 0 "one at a time" "$SB" test --seed 1..10 -v $good
mv "$TMP/out" "$TMP/one"
expect 0 "four at a time" "$SB" test --seed 1..10 -v -j 4 $good
cmp "$TMP/one" "$TMP/out" || bad "-j 4 gives another result"
expect 0 "many at a time" "$SB" test --seed 1..40 -j 8 --db "$TMP/many.db" \
    --policy native scenarios/migration/full-migration.scn $good
"$SB" query --db "$TMP/many.db" 'SELECT seed FROM run ORDER BY id' >"$TMP/got"
awk 'BEGIN { for (i = 0; i < 80; i++) print i % 40 + 1 }' |
    cmp - "$TMP/got" || bad "-j 8: stored in another order"
exit $status
