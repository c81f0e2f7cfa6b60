#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The forms that other programs read: TAP, JUnit and JSON of a suite in which
# one run passed, one failed and one has a mistake.
set -u
status=0

bad() {
	echo "t2801: $*" >&2
	status=1
}

mkdir "$TMP/s"
good=scenarios/migration/unplug-active.scn
sed 's/^expect p1 lost .*/expect p1 lost >= 100000 under native/' $good \
    >"$TMP/s/half.scn"
echo 'scenario "<a> & \"b\" #1 ü"' >"$TMP/s/mistake <&> #1.scn"
echo 'nonsense' >>"$TMP/s/mistake <&> #1.scn"
for form in tap junit json; do
	"$SB" test --$form "$TMP/s" >"$TMP/$form" 2>/dev/null
	[ $? -eq 2 ] || bad "--$form: status"
done

[ "$(head -n 2 "$TMP/tap")" = "TAP version 14
1..4" ] || bad "TAP: $(head -n 2 "$TMP/tap")"
[ "$(grep -c '^ok [0-9]* - ' "$TMP/tap")" -eq 1 ] || bad "TAP: not one ok"
[ "$(grep -c '^not ok [0-9]* - ' "$TMP/tap")" -eq 3 ] || bad "TAP: not 3 not ok"
[ "$(sed -n 's/^\(not \)*ok \([0-9]*\) .*/\2/p' "$TMP/tap" | tr '\n' ' ')" = \
    "1 2 3 4 " ] || bad "TAP: numbers"
grep -q '^not ok [34] - .*/mistake <&> \\#1.scn \[stock\]$' "$TMP/tap" ||
	bad "TAP: # is not escaped: $(grep mistake "$TMP/tap")"
grep -q '^    - expect: "p1 lost >= 100000"$' "$TMP/tap" || bad "TAP: expect"
grep -q '^      happened: "lost ' "$TMP/tap" || bad "TAP: happened"
grep -q '^  repeat: ".* test --policy native --seed 1 .*half.scn"$' \
    "$TMP/tap" || bad "TAP: repeat"

grep -q '<testsuite name="switchback" tests="4" failures="1" errors="2" skipped="0">' \
    "$TMP/junit" || bad "JUnit: $(grep '<testsuite' "$TMP/junit")"
grep -q '<failure message="p1 lost &gt;= 100000" type="fail">' "$TMP/junit" ||
	bad "JUnit: failure"
grep -q '^repeat: .* test --policy native ' "$TMP/junit" || bad "JUnit: repeat"
grep -q '&gt;&gt; vf eject' "$TMP/junit" || bad "JUnit: no time line"

# Of several forms the last counts.
"$SB" test --json --junit --tap $good | head -n 1 | grep -q '^TAP' ||
	bad "the last form does not count"
"$SB" test --tap --json $good | head -n 1 | grep -q '^{' ||
	bad "the last form does not count"
[ $status -eq 0 ] || exit $status

missing=
if command -v xmllint >/dev/null; then
	xmllint --noout "$TMP/junit" || bad "JUnit is not well-formed"
else
	missing=xmllint
fi
if command -v jq >/dev/null; then
	[ "$(jq -c '[.passed, .failed, .skipped, (.cases | length)]' \
	    "$TMP/json")" = "[1,3,0,4]" ] || bad "JSON: sums"
	jq -e '.cases[1] | .result == "failed" and .policy == "native" and
	    .seed == "1" and (.repeat | test(" --policy native --seed 1 ")) and
	    ([.checks[] | select(.verdict == "fail")] | length) == 1 and
	    .probes[0].lost + .probes[0].refused > 0' "$TMP/json" >/dev/null ||
		bad "JSON: the failed case"
	jq -e '[.cases[] | select(.error != null)] | length == 2' \
	    "$TMP/json" >/dev/null || bad "JSON: errors"
else
	missing="$missing jq"
fi
[ $status -eq 0 ] || exit $status
[ -z "$missing" ] && exit 0
echo "not read by other programs: no $missing here"
exit 77
