#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every malformed scenario is refused with exit status 2, and each mistake in
# it is told with its line and column.
set -u
dir=fixtures/bad/scenarios
status=0
count=0

bad() {
	echo "$*" >&2
	status=1
}

for file in "$dir"/*.scn; do
	name=$(basename "$file" .scn)
	count=$((count + 1))
	"$SB" fmt --check "$file" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "$name: exit status $rc, not 2"
	[ -s "$TMP/out" ] && bad "$name: wrote to standard output"
	awk -v name="$name" -v file="$file" '
	index($0, ": error: ") {
		i = index($0, ": error: ")
		place = substr($0, length(file) + 2, i - length(file) - 2)
		if (index($0, file ":") != 1)
			place = "no file in: " $0
		if (places == "")
			text = substr($0, i + 9)
		places = places (places == "" ? "" : ",") place
	}
	END { print name "\t" places "\t" text }' "$TMP/err" >"$TMP/got"
	awk -F '\t' -v name="$name" '$1 == name' "$dir/expected.txt" \
	    >"$TMP/want"
	cmp -s "$TMP/want" "$TMP/got" || {
		bad "$name: not told as expected.txt says"
		diff "$TMP/want" "$TMP/got" >&2
	}
done
[ $count -ge 200 ] || bad "only $count scenarios in $dir"
[ "$(wc -l <"$dir/expected.txt")" -eq $count ] ||
	bad "expected.txt has lines for scenarios that are gone"

# Too large to keep in the tree.
{
	echo 'scenario "large"'
	awk 'BEGIN { for (i = 0; i < 1100; i++) printf "#%01000d\n", 0 }'
} >"$TMP/large.scn"
"$SB" fmt "$TMP/large.scn" >/dev/null 2>"$TMP/err"
rc=$?
[ $rc -eq 2 ] || bad "large: exit status $rc, not 2"
grep -q 'large.scn: error: longer than 1 MiB' "$TMP/err" ||
	bad "large: $(cat "$TMP/err")"

# Mistakes without end are cut off at some point.
{
	echo 'scenario "wrong"'
	awk 'BEGIN { for (i = 0; i < 5000; i++) print "sede 1" }'
} >"$TMP/wrong.scn"
"$SB" fmt "$TMP/wrong.scn" >/dev/null 2>"$TMP/err"
[ "$(wc -l <"$TMP/err")" -eq 101 ] ||
	bad "wrong: $(wc -l <"$TMP/err") lines, not 100 errors and a note"

# Good and bad files in one go: each is told, the worst counts.
echo 'scenario "good"' >"$TMP/good.scn"
"$SB" fmt --check "$TMP/good.scn" "$dir/nul.scn" "$dir/empty.scn" \
    2>"$TMP/err"
[ $? -eq 2 ] || bad "several files: exit status is not 2"
grep -q nul.scn "$TMP/err" && grep -q empty.scn "$TMP/err" ||
	bad "several files: not every one is told"
exit $status
