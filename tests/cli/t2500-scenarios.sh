#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every scenario of the tree holds under both policies, and none of them is
# passed over. A scenario that fails makes the exit status 1.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

"$SB" test -j2 scenarios >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 0 ] || {
	bad "exit status $rc, not 0"
	grep -v '^ok ' "$TMP/out" >&2
	cat "$TMP/err" >&2
}
[ -s "$TMP/err" ] && bad "wrote to standard error: $(cat "$TMP/err")"

find scenarios -name '*.scn' | sort >"$TMP/files"
while read -r file; do
	for policy in stock native; do
		n=$(grep -cF "$file [$policy]" "$TMP/out")
		[ "$n" -eq 1 ] || bad "$file under $policy: ran $n times"
	done
done <"$TMP/files"
[ "$(wc -l <"$TMP/files")" -ge 19 ] ||
	bad "only $(wc -l <"$TMP/files") scenarios in the tree"

# Each opens with a comment that states the behaviour.
while read -r file; do
	head -n 1 "$file" | grep -q '^# [A-Za-z0-9]' ||
		bad "$file: does not open with a comment"
done <"$TMP/files"

# The opposite of one expectation must fail, and be told with its place.
sed 's/^expect p1 lost == 0 between back and end under native$/expect p1 lost == 1 between back and end under native/' \
    scenarios/migration/replug.scn >"$TMP/wrong.scn"
cmp -s scenarios/migration/replug.scn "$TMP/wrong.scn" &&
	bad "replug.scn has changed: this test needs a new expectation to turn"
"$SB" test "$TMP/wrong.scn" >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 1 ] || bad "a scenario that fails: exit status $rc, not 1"
line=$(grep -n 'lost == 1' "$TMP/wrong.scn" | cut -d: -f1)
grep -q "wrong.scn:$line" "$TMP/out" ||
	bad "a scenario that fails: its line is not told: $(cat "$TMP/out")"
exit $status
