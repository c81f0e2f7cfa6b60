#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Stored decisions that are damaged: each mistake is told with its place, and
# the status is 2; the other runs are verified all the same.
set -u
status=0

bad() {
	echo "t2871: $*" >&2
	status=1
}
command -v sqlite3 >/dev/null 2>&1 || {
	echo "changing a stored run needs the program sqlite3"
	exit 77
}
# Rows are bytes: edit(A, B) and new(TEXT) are short for what SQLite wants.
change() { # store sql
	printf '%s\n' "$2" | sed -e 's/edit(\([^)]*\))/CAST(replace(CAST(body AS TEXT), \1) AS BLOB)/' \
	    -e 's/new(\(.*\)) WHERE/CAST(\1 AS BLOB) WHERE/' \
	    -e 's/new(\(.*\))$/CAST(\1 AS BLOB)/' | sqlite3 "$1"
}

case=scenarios/migration/azure-servicing.scn
"$SB" test --decisions --db "$TMP/one.db" $case >/dev/null || bad "test"

n=0
while IFS=@ read -r sql text; do
	n=$((n + 1))
	cp "$TMP/one.db" "$TMP/new.db"
	change "$TMP/new.db" "$sql" || bad "sqlite3: $sql"
	"$SB" replay --verify --db "$TMP/new.db" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "$sql: status $rc"
	grep -q -e "^switchback replay: $TMP/new.db: run 1, $text" "$TMP/err" ||
		bad "$sql: $(cat "$TMP/err")"
	grep -q '^equal.* run 2 ' "$TMP/out" || bad "$sql: run 2 is left out"
done <<'END'
UPDATE decision SET kind = 'strat' WHERE run = 1 AND kind = 'start'@decision 1: nothing of kind "strat" goes in; did you mean start
UPDATE decision SET kind = 'fried' WHERE run = 1 AND kind = 'fired'@decision [0-9]*: nothing of kind "fried" goes out; did you mean fired
UPDATE decision SET way = 'out' WHERE run = 1 AND seq = 1@decision 1: nothing of kind "start" goes out
UPDATE decision SET body = new('cor=1') WHERE run = 1 AND seq = 1@decision 1: row 1, byte 1: cor: there is no such word
UPDATE decision SET body = new('core=99999999') WHERE run = 1 AND seq = 1@decision 1: more than 100000 cores
UPDATE decision SET body = new('raw="') WHERE run = 1 AND kind = 'record'@decision [0-9]*: row 1, byte 1: raw: its quote is not closed
UPDATE decision SET body = zeroblob(3) WHERE run = 1 AND seq = 1@decision 1: row 1, byte 1: a word
UPDATE decision SET body = edit(' up', ' upp') WHERE run = 1 AND kind = 'snapshot'@decision [0-9]*: row [0-9]*, byte [0-9]*: upp: there is no such word here; did you mean up
UPDATE decision SET at_ns = -1 WHERE run = 1 AND seq = 5@decision 5: its time
UPDATE decision SET at_ns = 9223372036854775807 WHERE run = 1 AND seq = 5@decision 5: its time
UPDATE decision SET kind = 'begin', way = 'in', body = new('') WHERE run = 1 AND seq = 3@decision 3: core 0 has begun before
UPDATE decision SET body = new('raw=' || hex(zeroblob(5000))) WHERE run = 1 AND kind = 'record'@decision [0-9]*: row 1, byte 1: raw: more than 8191 bytes
DELETE FROM setup WHERE run = 1@decision 0: the setup "core 0" is missing
DELETE FROM setup WHERE run = 1 AND name = 'rc 1'@decision 0: the setup "rc 1" is missing
DELETE FROM setup WHERE run = 1 AND name = 'rules 1 rules/hyperv.conf'@decision 0: the setup "rules 1 rules/hyperv.conf" is missing
UPDATE setup SET body = edit('notify', 'notfy') WHERE run = 1 AND name = 'rules 1 rules/hyperv.conf'@decision 0: setup "rules 1": rules/hyperv.conf:[0-9]*:[0-9]*: error
UPDATE setup SET body = new('file=x' || char(10) || 'in=rc.cnf name=a value=b') WHERE run = 1 AND name = 'rc 1'@decision 0: setup "rc 1": row 2, byte 1: in: there is no rc.cnf; did you mean rc.conf
UPDATE setup SET body = new('policy=nativ rules=1') WHERE run = 1 AND name = 'core 0'@decision 0: setup "core 0": row 1, byte 1: policy: there is no nativ; did you mean native
UPDATE setup SET body = new('policy=native rules=1') WHERE run = 1 AND name = 'core 0'@decision 0: setup "core 0": rc=N
UPDATE setup SET body = new('policy=native rules=1 rc=1 deadline=-4') WHERE run = 1 AND name = 'core 0'@decision 0: setup "core 0": deadline
UPDATE setup SET body = new('') WHERE run = 1 AND name = 'rules 1'@decision 0: setup "rules 1": no file=PATH
END
[ $n -eq 21 ] || bad "only $n mistakes"

# A row as long as one likes: bounded, and not printed whole.
cp "$TMP/one.db" "$TMP/new.db"
change "$TMP/new.db" "UPDATE decision SET body = new(replace(hex(zeroblob(4000000)), '00', 'ab ')) WHERE run = 1 AND seq = 4"
"$SB" replay --verify --db "$TMP/new.db" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] || bad "a row of 12 MB"
[ "$(wc -c <"$TMP/err")" -lt 1000 ] || bad "a row of 12 MB is printed"

# Nothing of it moves a cursor.
cp "$TMP/one.db" "$TMP/new.db"
change "$TMP/new.db" "UPDATE decision SET kind = char(27) || '[2J' || kind
    WHERE run = 1; UPDATE run SET title = char(27) || 'x' || char(10)"
"$SB" replay --verify --db "$TMP/new.db" >"$TMP/out" 2>&1
LC_ALL=C grep -q "$(printf '\033')" "$TMP/out" && bad "an escape gets through"
exit $status
