#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# An expectation that fails tells what was expected, what happened and when,
# shows the time line around it, and gives a command which fails the same way.
set -u
status=0

bad() {
	echo "t2802: $*" >&2
	status=1
}
says() {
	grep -q -- "$1" "$TMP/out" || bad "no \"$1\" in: $(cat "$TMP/out")"
}

# A folder that a shell would take apart.
dir="$TMP/it's a \$(folder)"
mkdir "$dir"
{
	sed 's/^expect p1 lost .*/expect p1 lost >= 100000/' \
	    scenarios/migration/unplug-active.scn
	echo 'expect lagg0 active none never from gone'
} >"$dir/f.scn"
grep -q 'mark gone$' "$dir/f.scn" ||
	bad "unplug-active.scn has changed: it has no mark gone"
line=$(grep -n 'lost >= 100000' "$dir/f.scn" | cut -d: -f1)
"$SB" test --policy native --seed 3 "$dir/f.scn" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 1 ] || bad "status is not 1: $(cat "$TMP/err")"
says "^  .*/f.scn:$line: expect p1 lost >= 100000"
says '^    expected: p1 lost >= 100000'
says '^    happened: lost [0-9]*, '
says '^    when:     [0-9]*\.[0-9]* s$'
says '^    |     seconds  what happened  *hn0 '
says '^    |  *signs: >> outside world,'
says '^    |  *[0-9.]*  >> vf eject '
says "^    |  *[0-9.]*!*  *^^ line $line speaks of this moment"
says '^    |  *[0-9.]*! !! p1 stops: '
says '^    |  *!  *[0-9.]*[mu]*s after .*; record '
says 'expect lagg0 active none never from gone'
says '^0 passed, 1 failed, 0 skipped$'
[ "$(grep -c 'signs: >>' "$TMP/out")" -eq 1 ] || bad "the signs are told twice"
awk '/^    \|/ && length > 120 { print; bad = 1 } END { exit bad }' \
    "$TMP/out" || bad "a line is longer than 120 columns"
LC_ALL=C grep -q "$(printf '\033')" "$TMP/out" && bad "colour in a file"

command=$(sed -n 's/^  repeat: //p' "$TMP/out")
sh -c "$command" >"$TMP/again" 2>&1
[ $? -eq 1 ] || bad "$command: $(cat "$TMP/again")"
cmp "$TMP/out" "$TMP/again" || bad "$command: gives another result"

# A known fault that holds is a failure, and says what to do.
{
	cat scenarios/migration/unplug-active.scn
	echo 'expect hn0 up known-fault native: "just so"'
} >"$TMP/k.scn"
"$SB" test --policy native "$TMP/k.scn" >"$TMP/out"
[ $? -eq 1 ] || bad "a known fault that holds: status is not 1"
says 'but it held: take the known-fault off'
# -v tells those that fail as they should, with the reason.
"$SB" test -v scenarios/bringup/hot-add.scn >"$TMP/out" || bad "hot-add fails"
says '^  known-fault: default route via lagg0: .*; known, because the default'
says '^  pass: '

# Colour on a terminal, and only there.
if ! command -v script >/dev/null ||
    ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	[ $status -eq 0 ] || exit $status
	echo "no script(1) that can run a command on a terminal"
	exit 77
fi
script -qec "'$SB' test scenarios/bringup/hot-add.scn" /dev/null \
    </dev/null >"$TMP/out" 2>&1
says "$(printf '\033')\\[32mok  $(printf '\033')\\[0m scenarios/"
script -qec "'$SB' test -o '$TMP/o' scenarios/bringup/hot-add.scn" /dev/null \
    </dev/null >"$TMP/out" 2>&1
grep -q "$(printf '\033')" "$TMP/o" && bad "colour in the file of -o"
exit $status
