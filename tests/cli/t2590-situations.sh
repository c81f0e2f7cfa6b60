#!/bin/sh
# Each of the fact sheet's eighty situations is a scenario: the list names
# files that exist, and each says in its origin that it is this situation.
bad=0
fail() { echo "$1" >&2; bad=1; }

list=scenarios/situations
n=0
grep -v '^#' $list > "$TMP/list"
while read -r number name files; do
	n=$((n + 1))
	test "$number" = "$n" || fail "$list: $number where $n should be"
	test -n "$name" && test -n "$files" || fail "$list: $n has no file"
	for f in $files; do
		if ! test -f "scenarios/$f"; then
			fail "$list: $n: scenarios/$f does not exist"
			continue
		fi
		sed -n 's/^origin *"\(.*\)"$/\1/p' "scenarios/$f" |
		    grep -qE "I ([0-9]+(, | and ))*$n([^0-9]|\$)" ||
			fail "scenarios/$f: its origin does not name FACTS.md I $n"
	done
done < "$TMP/list"
test "$n" = 80 || fail "$list: $n situations, there are 80"
exit $bad
