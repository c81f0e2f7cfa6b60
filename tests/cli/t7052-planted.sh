#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The faults of tests/planted/planted.txt can all still be planted, and each
# invariant is named by one. The script finds what is planted: one fault of the
# rules, one of the controller; and it says when a fault is found by another
# invariant than its line names. All of them: make planted.
set -u

if [ "${V:-default}" != default ]; then
	echo "the same logic as in the plain build, which plants them"
	exit 77
fi
mkdir "$TMP/plant" "$TMP/find" "$TMP/lack" "$TMP/wrong"
TMP=$TMP/plant ONLY=plant tests/planted/run.sh >"$TMP/result" 2>&1 || {
	cat "$TMP/result" >&2
	exit 1
}
n=$(sed -n 's/^\([0-9]*\) planted, .*/\1/p' "$TMP/result")
[ "${n:-0}" -ge 45 ] || {
	echo "only ${n:-0} faults: $(tail -n 1 "$TMP/result")" >&2
	exit 1
}
TMP=$TMP/find tests/planted/run.sh rules-condition-ignored \
    native-forgets-default-route >"$TMP/result" 2>&1 || {
	cat "$TMP/result" >&2
	exit 1
}
tail -n 1 "$TMP/result"

# An invariant that no line names, and a name that is no invariant's.
list=tests/planted/planted.txt
other=$TMP/other.txt
sed 's/	aloof	/	alooof	/' $list >"$other"
TMP=$TMP/lack LIST=$other ONLY=plant tests/planted/run.sh \
    >"$TMP/result" 2>&1 && {
	echo "an invariant without a fault is not missed" >&2
	exit 1
}
for line in 'no fault for: aloof ' 'no invariants: alooof '; do
	grep -qx "$line" "$TMP/result" || {
		echo "not told: $line" >&2
		cat "$TMP/result" >&2
		exit 1
	}
done

# Found, but not by what is named.
sed 's/^\(native-forgets-default-route	explore	\)[a-z]*/\1panic/' $list \
    >"$other"
TMP=$TMP/wrong LIST=$other MOST=10 tests/planted/run.sh \
    native-forgets-default-route >"$TMP/result" 2>&1 && {
	echo "another invariant than the named one is good enough" >&2
	exit 1
}
grep -q 'NOT FOUND by panic, but by .*route' "$TMP/result" || {
	cat "$TMP/result" >&2
	exit 1
}
