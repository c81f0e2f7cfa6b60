#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A folder's file "sometimes" names places of the model that its runs must come
# through; it counts only when the whole folder is run.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

mkdir -p "$TMP/all/migration"
cp scenarios/migration/eject-mlx5.scn "$TMP/all/migration/"
printf '# places\nN1	# a VF comes\n\nN3\nX7 # transparent mode\n' \
    >"$TMP/all/sometimes"

"$SB" test -v "$TMP/all" >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 1 ] || bad "X7: exit status $rc"
grep -q 'never reached: X7' "$TMP/out" || bad "X7: $(cat "$TMP/out")"
grep -q 'pass: sometimes N1: [1-9][0-9]* times in 2 runs' "$TMP/out" ||
	bad "N1 is not counted: $(cat "$TMP/out")"
grep -q "^  $TMP/all/sometimes:5: expect sometimes X7" "$TMP/out" ||
	bad "X7 has no place: $(cat "$TMP/out")"
"$SB" test --tap "$TMP/all" | grep -q '^not ok .*sometimes' ||
	bad "not in TAP"
"$SB" test --junit "$TMP/all" | grep -q 'never reached: X7' ||
	bad "not in JUnit"

# A part of the runs says nothing.
for part in "--policy native" "--seed 5" "--seed 1..2"; do
	# shellcheck disable=SC2086
	"$SB" test $part "$TMP/all" >"$TMP/out" 2>&1 ||
		bad "$part: $(cat "$TMP/out")"
	grep -q sometimes "$TMP/out" && bad "$part: judged all the same"
done
"$SB" test "$TMP/all/migration" >"$TMP/out" 2>&1 ||
	bad "a folder below: $(cat "$TMP/out")"
"$SB" test "$TMP/all/migration/eject-mlx5.scn" >"$TMP/out" 2>&1 ||
	bad "a file: $(cat "$TMP/out")"

printf 'N1\nN3\n' >"$TMP/all/sometimes"
"$SB" test "$TMP/all/" >"$TMP/out" 2>&1 || bad "all reached: $(cat "$TMP/out")"
grep -q '^ok .*sometimes' "$TMP/out" || bad "no line: $(cat "$TMP/out")"

printf 'N1\n\nN33\n' >"$TMP/all/sometimes"
"$SB" test "$TMP/all" >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 2 ] || bad "N33: exit status $rc"
grep -q "^$TMP/all/sometimes:3:1: error: .*N33.*did you mean N" "$TMP/err" ||
	bad "N33: $(cat "$TMP/err")"
refused() { # what the file holds, where the mistake is, and what it is
	printf "$1" >"$TMP/all/sometimes"
	"$SB" test "$TMP/all" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "$1: exit status $rc"
	grep -q "^$TMP/all/sometimes:$2: error: $3" "$TMP/err" ||
		bad "$1: $(cat "$TMP/err")"
}
refused 'N1\n  N33 # far\n' 2:3 'no place.*N33'
refused 'N1 N3\n' 1:4 'one place a line'
refused 'N1, N3\n' 1:1 'no place.*N1,'
refused 'N3\nN1 # one\nN3\n' 3:1 'N3 is in line 1 already'
refused 'N1\000N99\n' 1:1 'a NUL byte'
refused 'N1\n#\000\nN99\n' 3:1 'no place.*N99'
rm "$TMP/all/sometimes"

# --trace makes its folder.
"$SB" test --trace "$TMP/traces" "$TMP/all" >"$TMP/out" 2>&1 ||
	bad "--trace: $(cat "$TMP/out")"
[ "$(ls "$TMP/traces" | wc -l)" -eq 2 ] || bad "--trace: no traces"
"$SB" test --trace "$TMP/no/traces" "$TMP/all" >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 3 ] || bad "--trace in no folder: exit status $rc"

# And the scenarios of this tree leave nothing out.
[ -s scenarios/sometimes ] || bad "scenarios/sometimes is missing"
exit $status
