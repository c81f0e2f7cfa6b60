#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A stored run is shown as it was when it ran: table and time line, or a form
# for other programs. The newest run is meant unless one is named.
set -u
status=0

bad() {
	echo "t2805: $*" >&2
	status=1
}

SWITCHBACK_DB=$TMP/runs.db
export SWITCHBACK_DB
scn=scenarios/migration/recorded.scn
"$SB" replay --scenario $scn --db "$TMP/runs.db" --report "$TMP/text" \
    >"$TMP/replay" || bad "replay: status $?"

"$SB" report >"$TMP/out" || bad "report: status $?"
[ "$(head -n 1 "$TMP/out")" = "run 2 of $TMP/runs.db" ] ||
	bad "not the newest run: $(head -n 1 "$TMP/out")"
grep -q '^policy  *native$' "$TMP/out" || bad "not the newest run's policy"
"$SB" report --db "$TMP/runs.db" --run 1 >"$TMP/one" || bad "--run 1"
grep -q '^policy  *stock$' "$TMP/one" || bad "--run 1 is another run"
"$SB" report --run 'recorded migration: bring-up, VF revoked, VF returned' |
    cmp - "$TMP/out" || bad "--run TITLE"

# Both are the time lines that the replay itself wrote.
for policy in stock native; do
	awk -v want="$policy" '
	/^== time line under / { on = $5 == want }
	on && /^ *[0-9]+\.[0-9]/' "$TMP/text" >"$TMP/want"
	[ -s "$TMP/want" ] || bad "$policy: no time line in the report"
	case $policy in
	stock) file=$TMP/one ;;
	native) file=$TMP/out ;;
	esac
	sed '1,/seconds  what happened/d' "$file" | grep '^ *[0-9]*\.[0-9]' |
	    cmp - "$TMP/want" || bad "$policy: another time line"
done

# A part of it, and all of it.
"$SB" report --from 27.6s --until 27.63s >"$TMP/part" || bad "--from --until"
awk '/^ *[0-9]+\.[0-9]+/ {
	n++
	if ($1 + 0 < 27.6 || $1 + 0 > 27.63)
		bad = 1
}
END { exit bad || n < 5 }' "$TMP/part" || bad "--from, --until: $(cat "$TMP/part")"
"$SB" report --all | grep -q ' = lagg0 ports hn0' || bad "--all shows no ports"
"$SB" report | grep -q ' = lagg0 ports' && bad "ports without --all"

# Forms. A failing run is still a run that can be shown.
sed 's/^expect p1 lost .*/expect p1 lost >= 100000/' \
    scenarios/migration/unplug-active.scn >"$TMP/f.scn"
"$SB" test --policy native --db "$TMP/runs.db" "$TMP/f.scn" >/dev/null
"$SB" report >"$TMP/out" || bad "a failed run: status $?"
grep -q '^verdict  *FAILED$' "$TMP/out" || bad "a failed run: no verdict"
"$SB" report --format tap | grep -q '^not ok 1 - ' || bad "--format tap"
"$SB" report --format junit | grep -q '<failure ' || bad "--format junit"
"$SB" report --format json | grep -q '"verdict": "fail"' || bad "--format json"
"$SB" report --format text -o "$TMP/file" || bad "-o"
cmp "$TMP/file" "$TMP/out" || bad "-o writes something else"

# An imported recording is a run too.
"$SB" import fixtures/recordings/freebsd-hn.rec#b_unplug_1 >/dev/null
"$SB" report >"$TMP/out" || bad "an imported recording: status $?"
grep -q 'IFNET vmx0 DETACH' "$TMP/out" || bad "an imported recording: no record"
grep -q '^verdict  *nothing was expected$' "$TMP/out" || bad "an imported verdict"
"$SB" report --db fixtures/db/v1.db --run 1 >"$TMP/out" || bad "a store of old"
LC_ALL=C grep -q '[^ -~]' "$TMP/out" && bad "odd bytes of a store are printed"

# What is given wrong, and what cannot be written.
refused() { # status what arguments...
	want=$1 what=$2
	shift 2
	"$SB" report "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || bad "$what: status $rc, not $want"
	[ -s "$TMP/err" ] || bad "$what: no text"
	[ -s "$TMP/out" ] && bad "$what: printed something"
}
refused 2 "no store" --db "$TMP/none.db"
refused 2 "not a store" --db README.md
refused 2 "no such run" --run 99
refused 2 "an unknown format" --format xml
refused 2 "--from" --from 12
refused 2 "--until" --until -1s
refused 2 "an argument" 1
refused 2 "--nonsense" --nonsense
refused 3 "-o into no folder" -o "$TMP/no/x"
: >"$TMP/empty"
refused 2 "an empty file" --db "$TMP/empty"
"$SB" report --help | grep -q '^usage: switchback report ' || bad "--help"
exit $status
