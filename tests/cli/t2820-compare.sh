#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Scenarios under both policies in one table: its numbers are those of the
# single runs, and its exit status that of a test.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

"$SB" compare scenarios/migration/replug.scn >"$TMP/out" 2>"$TMP/err" ||
	bad "compare: exit status $?: $(cat "$TMP/err")"
[ "$(awk '{ if (length($0) > 120) print }' "$TMP/out" | wc -l)" -eq 0 ] ||
	bad "wider than 120 columns"
"$SB" test scenarios/migration/replug.scn >"$TMP/test" ||
	bad "test: exit status $?"
for policy in stock native; do
	sed -n "s/.*\[$policy\].* lost \([0-9]*\),.*/\1/p" "$TMP/test"
done | tr '\n' ' ' >"$TMP/want"
echo >>"$TMP/want"
awk '$1 == "migration/replug" { print $2, $6, "" }' "$TMP/out" >"$TMP/got"
cmp -s "$TMP/want" "$TMP/got" || {
	bad "not the numbers of the runs"
	diff "$TMP/want" "$TMP/got" >&2
}

# The columns are the policies in the order asked for.
"$SB" compare --policy native,stock scenarios/migration/replug.scn \
    >"$TMP/turned" || bad "turned: exit status $?"
awk '$1 == "migration/replug" { print $6, $2, "" }' "$TMP/turned" >"$TMP/a"
cmp -s "$TMP/got" "$TMP/a" || bad "turned: $(cat "$TMP/turned")"
"$SB" compare --policy native scenarios/migration/replug.scn >"$TMP/one" ||
	bad "one policy: exit status $?"
grep -q stock "$TMP/one" && bad "one policy: $(cat "$TMP/one")"

# A failure is 1, a mistake 2, nothing 4; all are lines of the table.
{
	cat scenarios/migration/replug.scn
	echo 'expect lagg0 absent under native'
} >"$TMP/fails.scn"
"$SB" compare "$TMP/fails.scn" >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 1 ] || bad "failure: exit status $rc"
grep -q ' FAIL$' "$TMP/out" || bad "failure: $(cat "$TMP/out")"
echo 'scenrio "x"' >"$TMP/bad.scn"
"$SB" compare "$TMP/bad.scn" "$TMP/fails.scn" >"$TMP/out" 2>/dev/null
rc=$?
[ $rc -eq 2 ] || bad "mistake: exit status $rc"
grep -q ' BAD$' "$TMP/out" || bad "mistake: $(cat "$TMP/out")"
mkdir "$TMP/empty"
"$SB" compare "$TMP/empty" >/dev/null 2>&1
rc=$?
[ $rc -eq 4 ] || bad "nothing: exit status $rc"

"$SB" compare --markdown scenarios/migration/replug.scn >"$TMP/md" ||
	bad "markdown: exit status $?"
[ "$(awk -F '|' '{ print NF }' "$TMP/md" | sort -u | wc -l)" -eq 1 ] ||
	bad "markdown: lines of different length: $(cat "$TMP/md")"
cp scenarios/migration/replug.scn "$TMP/a|b.scn"
"$SB" compare --markdown "$TMP/a|b.scn" >"$TMP/md" ||
	bad "a bar in a name: exit status $?"
[ "$(sed 's/\\|//g' "$TMP/md" | awk -F '|' '{ print NF }' | sort -u |
    wc -l)" -eq 1 ] || bad "a bar in a name: $(cat "$TMP/md")"
cp scenarios/migration/replug.scn "$TMP/a<img>.scn"
"$SB" compare --markdown "$TMP/a<img>.scn" | grep -q '<img>' &&
	bad "a file's name is an element of HTML"
"$SB" compare --json -o "$TMP/j" scenarios/migration/replug.scn ||
	bad "json: exit status $?"
grep -q '"as_expected": *1' "$TMP/j" || bad "json: $(cat "$TMP/j")"
"$SB" compare -o "$TMP/no/where" scenarios/migration/replug.scn 2>/dev/null
rc=$?
[ $rc -eq 3 ] || bad "no folder: exit status $rc"
exit $status
