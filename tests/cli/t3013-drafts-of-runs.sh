#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every simulated run can be made a scenario again, which is green: whatever
# happens in it, records that are no records, lines that need quotes, VFs of
# other NICs, nothing at all.
set -u

export SWITCHBACK_DB="$TMP/runs.db"
failed=0
fail() {
	echo "t3013: $*" >&2
	failed=1
}

"$SB" test --db "$TMP/runs.db" scenarios/linux scenarios/user scenarios/bringup \
    scenarios/migration/other-unit-prefix.scn \
    scenarios/fault/malformed-records.scn >/dev/null || fail "test"
"$SB" replay --db "$TMP/runs.db" 'fixtures/recordings/freebsd-hn.rec#b_unplug_1' \
    >/dev/null || fail "replay"
n=0
for run in $("$SB" query 'SELECT id FROM run'); do
	"$SB" export --scenario --run "$run" -o "$TMP/x.scn" 2>"$TMP/err" ||
	    fail "run $run: $(cat "$TMP/err")"
	"$SB" test "$TMP/x.scn" >"$TMP/out" 2>&1 ||
	    fail "run $run is not green: $(cat "$TMP/out")"
	"$SB" fmt --check "$TMP/x.scn" || fail "run $run: not canonical"
	n=$((n + 1))
done
[ "$n" -gt 30 ] || fail "only $n runs"

# What is said in the language comes out of it again.
run=$("$SB" query "SELECT min(id) FROM run WHERE title = 'malformed records'")
"$SB" export --scenario --run "$run" -o "$TMP/x.scn" || fail "malformed"
for what in 'subsystem=hn0\x0atype=VF_UP' 'subsystem=\"a \\\"quoted\\\" one\"' \
    "subsystem=';reboot;' type=IFATTACH\" times 1"; do
	grep -qF -e "$what" "$TMP/x.scn" || grep -qF -e \
	    "$(printf '%s' "$what" | sed 's/\\x0a/\\n/')" "$TMP/x.scn" ||
	    fail "no $what in: $(cat "$TMP/x.scn")"
done

exit $failed
