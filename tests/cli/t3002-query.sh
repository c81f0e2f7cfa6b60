#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# list and query print tables and JSON, and can do nothing but read.
set -u

failed=0
fail() {
	echo "t3002: $*" >&2
	failed=1
}
ask() { # SQL, wanted output as a printf format
	# shellcheck disable=SC2059
	printf "$2" >"$TMP/want"
	"$SB" query --db fixtures/db/v1.db "$1" >"$TMP/got" 2>"$TMP/err" ||
	    fail "$1: $(cat "$TMP/err")"
	cmp "$TMP/want" "$TMP/got" || fail "$1 gave: $(cat "$TMP/got")"
}

before=$(cksum fixtures/db/v1.db)
ask 'SELECT id, title FROM run WHERE id > 1' '2\tb_unplug_1\n3\tl_devd_seq\n'
ask 'SELECT passes, fails, known_faults FROM verdicts WHERE run = 1' '1\t1\t1\n'
ask 'SELECT "from", "to", at FROM failovers' \
    'none\tmce0\t0\nmce0\tnone\t0.002\nnone\thn0\t0.003\n'
ask 'SELECT ms, why FROM outages' '4\tlagg0 has no active port\n'
ask 'SELECT line, firings FROM rule_counts' '0\t1\n12\t1\n'
ask "SELECT text FROM timeline WHERE run = 1 AND what = 'stimulus'" \
    'vf eject mce0\n'
ask "SELECT char(9, 10, 92, 1), NULL, x'6100'" '\\t\\n\\\\\\x01\t\ta\\x00\n'
ask 'SELECT 1 WHERE 0' ''
"$SB" query --db fixtures/db/v1.db --header 'SELECT 1 AS a, 2 AS b' \
    >"$TMP/got"
printf 'a\tb\n1\t2\n' | cmp - "$TMP/got" || fail "--header"
"$SB" query --db fixtures/db/v1.db --json \
    "SELECT 1 AS a, 'x\"y' AS b, NULL AS c, x'ff00' AS d, 0.1 AS e" >"$TMP/got"
echo '{"a":1,"b":"x\"y","c":null,"d":{"hex":"ff00"},"e":0.1}' |
    cmp - "$TMP/got" || fail "--json gave $(cat "$TMP/got")"

for sql in 'DELETE FROM run' 'DROP TABLE run' 'SELEKT' 'SELECT 1; SELECT 2' \
    "ATTACH '$TMP/x.db' AS x" "VACUUM INTO '$TMP/x.db'" '' \
    'PRAGMA journal_mode = DELETE' "SELECT load_extension('x')" \
    'SELECT * FROM nothing'; do
	"$SB" query --db fixtures/db/v1.db "$sql" >"$TMP/got" 2>"$TMP/err"
	[ $? -eq 2 ] || fail "not refused: $sql"
	grep -q '^switchback query: SQL: ' "$TMP/err" || fail "$sql: no text"
	[ ! -s "$TMP/got" ] || fail "$sql printed something"
done
[ ! -e "$TMP/x.db" ] || fail "a query made a file"

"$SB" list --db fixtures/db/v1.db >"$TMP/got" || fail "list"
[ "$(wc -l <"$TMP/got")" -eq 4 ] || fail "list printed: $(cat "$TMP/got")"
grep -q '^  2  import  *-  *0.014  *7 .* b_unplug_1$' "$TMP/got" ||
    fail "list printed: $(cat "$TMP/got")"
"$SB" list --db fixtures/db/v1.db --json >"$TMP/got" || fail "list --json"
grep -q '"title":"b_unplug_1".*"records":7,' "$TMP/got" || fail "list --json"
grep -q '"seed":"18446744073709551615"' "$TMP/got" || fail "a seed lost bits"

for command in list query export import; do
	"$SB" $command --help >"$TMP/got" || fail "$command --help"
	grep -q "^usage: switchback $command" "$TMP/got" ||
	    fail "$command --help"
	"$SB" $command --nonsense >/dev/null 2>&1
	[ $? -eq 2 ] || fail "$command --nonsense"
done
"$SB" export --db fixtures/db/v1.db >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'holds 3 runs: name one' "$TMP/err" ||
    fail "export chose a run by itself"
for run in 0 4 -1 nothing ''; do
	"$SB" export --db fixtures/db/v1.db --run "$run" >/dev/null 2>&1
	[ $? -eq 2 ] || fail "export of run \"$run\""
done
"$SB" export --db fixtures/db/v1.db --run 2 -o "$TMP/no/such/file" 2>/dev/null
[ $? -eq 2 ] || fail "export into no folder"
if [ -w /dev/full ]; then
	"$SB" export --db fixtures/db/v1.db --run 2 -o /dev/full 2>/dev/null
	[ $? -eq 3 ] || fail "export to a full disk"
fi
[ "$before" = "$(cksum fixtures/db/v1.db)" ] || fail "reading changed the store"
[ ! -e fixtures/db/v1.db-wal ] && [ ! -e fixtures/db/v1.db-shm ] ||
    fail "reading left a file"
exit $failed
