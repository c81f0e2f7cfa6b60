#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The forms of a report for people and viewers: HTML, Markdown and Perfetto,
# of one run and of several; by --format or by the file's name; what a hostile
# recording puts into them; and what is refused.
set -u
status=0

bad() {
	echo "t2850: $*" >&2
	status=1
}

SWITCHBACK_DB=$TMP/runs.db
export SWITCHBACK_DB
scn=scenarios/migration/recorded.scn
"$SB" replay --scenario $scn --db "$TMP/runs.db" --report "$TMP/both.html" \
    >/dev/null || bad "replay: status $?"

# By format, by name, and from the replay itself: the same page.
"$SB" report --run 1 --run 2 --format html >"$TMP/page" || bad "html: $?"
"$SB" report --run 1 --run 2 -o "$TMP/page.html" || bad "-o .html: $?"
cmp "$TMP/page" "$TMP/page.html" || bad "another page by its name"
cmp "$TMP/page" "$TMP/both.html" || bad "another page of the replay"
"$SB" report --run 1 --run 2 --format html | cmp - "$TMP/page" ||
	bad "not the same page again"
[ "$(head -n 1 "$TMP/page")" = "<!DOCTYPE html>" ] || bad "no HTML"
[ "$(wc -c <"$TMP/page")" -lt 1000000 ] || bad "the page is large"

# Its numbers are those of the store.
for run in 1 2; do
	missing=$("$SB" query --db "$TMP/runs.db" \
	    "SELECT sum(lost + send_errors) FROM probe WHERE run = $run")
	grep -q "<b>$missing</b> <small>of 35345</small>" "$TMP/page" ||
		bad "run $run: $missing missing packets are not told"
done
grep -q '202 fewer missing' "$TMP/page" || bad "no difference"
grep -q 'the VF is upped before it is a port' "$TMP/page" ||
	bad "a known fault without its reason"
[ "$(grep -c '<figure ' "$TMP/page")" -eq 4 ] || bad "not 4 pictures"

# One run alone; its numbers have no difference.
"$SB" report --run 2 --format html >"$TMP/one" || bad "one run: status $?"
grep -q 'difference' "$TMP/one" && bad "a difference of one run"

# Text, TAP, JUnit and JSON of two runs.
"$SB" report --run 1 --run 2 >"$TMP/text" || bad "text of two: status $?"
grep -q '^policy  *stock  *native$' "$TMP/text" || bad "text: no table of both"
[ "$(grep -c '^== time line of run' "$TMP/text")" -eq 2 ] || bad "text: lines"
"$SB" report --run 1 --run 2 -o "$TMP/r.tap" && grep -q '^1\.\.2$' \
    "$TMP/r.tap" || bad "TAP of two"
"$SB" report --run 1 --run 2 -o "$TMP/r.xml" && grep -q ' tests="2" ' \
    "$TMP/r.xml" || bad "JUnit of two"
"$SB" report --run 1 --run 2 -o "$TMP/r.json" &&
	[ "$(grep -c '"policy"' "$TMP/r.json")" -eq 2 ] || bad "JSON of two"

# Markdown: of stored runs, and of a suite beside another form.
"$SB" report --run 1 --run 2 -o "$TMP/r.md" || bad "markdown: status $?"
grep -q '^## Switchback: 2 passed, 0 failed, 0 skipped$' "$TMP/r.md" ||
	bad "markdown: no sum: $(cat "$TMP/r.md")"
grep -q '| passed, known fault | 5 of 7 | 546 | 334ms |' "$TMP/r.md" ||
	bad "markdown: no row: $(cat "$TMP/r.md")"
sed 's/^expect p1 lost .*/expect p1 lost >= 100000/' \
    scenarios/migration/unplug-active.scn >"$TMP/a|b_c.scn"
"$SB" test --policy native --markdown "$TMP/s.md" --junit -o "$TMP/s.xml" \
    "$TMP/a|b_c.scn" scenarios/migration/replug.scn
[ $? -eq 1 ] || bad "test --markdown: status"
grep -q '<testsuite ' "$TMP/s.xml" || bad "no JUnit beside the Markdown"
grep -q '^| .*a\\|b\\_c\.scn .* | \*\*FAILED\*\* | ' "$TMP/s.md" ||
	bad "markdown: cells: $(cat "$TMP/s.md")"
grep -q '^<summary>.*a|b_c.scn \[native\]</summary>$' "$TMP/s.md" ||
	bad "markdown: no details"
grep -q '^repeat: .* test --policy native --seed 1 ' "$TMP/s.md" ||
	bad "markdown: no command that repeats it"
"$SB" test --markdown "$TMP/no/where" scenarios/migration/replug.scn \
    >/dev/null 2>&1
[ $? -eq 3 ] || bad "markdown into no folder"

# Perfetto: its first packets describe the run (packet 0x0a; in it a sequence,
# field 10, and a track, field 60).
"$SB" report --run 1 -o "$TMP/r.pftrace" || bad "perfetto: status $?"
"$SB" report --run 1 --format perfetto | cmp - "$TMP/r.pftrace" ||
	bad "perfetto: by name and by format"
[ "$(od -An -tx1 -N 1 "$TMP/r.pftrace" | tr -d ' ')" = 0a ] || bad "perfetto: no packet"
LC_ALL=C grep -aq 'lagg0 active port' "$TMP/r.pftrace" || bad "perfetto: no track"

# A recording from somebody who means no good.
cat >"$TMP/evil.txt" <<'EOF'
1.000000000 !system=IFNET subsystem=<script>alert(1)</script> type="><img src=x>
2.000000000 +</script><script>alert(2)</script> at on pci1
3.000000000 !system=X subsystem=' onload='alert(3) type=&lt;b&gt;
EOF
"$SB" import --db "$TMP/evil.db" "$TMP/evil.txt" >/dev/null || bad "import: $?"
"$SB" report --db "$TMP/evil.db" --format html >"$TMP/evil.html" ||
	bad "a hostile recording: status $?"
[ "$(grep -o '<script' "$TMP/evil.html" | wc -l)" -eq 1 ] ||
	bad "a recording's script is in the page"
grep -q '<img' "$TMP/evil.html" && bad "a recording's picture is in the page"
grep -q '&lt;script&gt;alert(1)' "$TMP/evil.html" || bad "the record is gone"
for form in markdown perfetto; do
	"$SB" report --db "$TMP/evil.db" --format $form >/dev/null ||
		bad "$form of a recording: status $?"
done

# Old and odd stores.
for db in fixtures/db/*.db; do
	for form in html markdown perfetto; do
		"$SB" report --db "$db" --format $form >"$TMP/out" 2>"$TMP/err"
		rc=$?
		[ $rc -eq 0 ] || [ $rc -eq 2 ] || bad "$db as $form: status $rc"
	done
done

refused() { # what arguments...
	what=$1
	shift
	"$SB" report "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "$what: status $rc, not 2"
	[ -s "$TMP/err" ] || bad "$what: no text"
	[ -s "$TMP/out" ] && bad "$what: printed something"
}
refused "five runs" --run 1 --run 2 --run 1 --run 2 --run 1
refused "a run that is not there" --run 1 --run 99 --format html
refused "an unknown form" --format svg
exit $status
