#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A run whose end has not come is shown as what it is.
set -u
failed=0
fail() {
	echo "t3022: $*" >&2
	failed=1
}

# Run 5 was written piece by piece, and cut off (fixtures/db/README.md).
db=fixtures/db/v2.db
"$SB" list --db $db >"$TMP/out" || fail "list"
grep -q "^  5  recorded .*DROP TABLE run (not finished)$" "$TMP/out" ||
	fail "list: $(cat "$TMP/out")"
[ "$(grep -c 'not finished' "$TMP/out")" -eq 1 ] || fail "$(cat "$TMP/out")"
"$SB" list --db $db --json >"$TMP/out" || fail "list --json"
sed -n 5p "$TMP/out" | grep -q '"complete":false,"trace_hash":null' ||
	fail "list --json: $(cat "$TMP/out")"
sed -n 1p "$TMP/out" | grep -q '"complete":true,"trace_hash":"[0-9a-f]\{16\}"' ||
	fail "list --json: $(cat "$TMP/out")"

"$SB" report --db $db --run 5 >"$TMP/out" || fail "report"
grep -q '^not finished: it is being recorded, or was cut off' "$TMP/out" ||
	fail "report: $(cat "$TMP/out")"
"$SB" report --db $db --run 1 >"$TMP/out" || fail "report"
grep -q 'not finished: it is' "$TMP/out" && fail "report: $(cat "$TMP/out")"
"$SB" report --db $db --run 5 --format json >"$TMP/out" || fail "report json"
grep -q '"complete": false' "$TMP/out" || fail "report json: $(cat "$TMP/out")"
exit $failed
