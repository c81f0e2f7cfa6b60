#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A full disk and a store that another process holds are the infrastructure's
# fault (status 3); what was stored before stays.
set -u

failed=0
fail() {
	echo "t3004: $*" >&2
	failed=1
}
rec=fixtures/recordings/freebsd-hn.rec
db=$TMP/runs.db

# ulimit counts in blocks of 512 bytes. Not under ASan's own shadow files: it
# has none.
sb() (
	ulimit -f "$1" || exit 77
	shift
	"$SB" "$@"
)

sb 40 import --db "$db" $rec >"$TMP/out" 2>"$TMP/err"
[ $? -eq 3 ] || fail "no room for a new store: $(cat "$TMP/err")"
grep -q "^switchback import: $db: .*: ..*" "$TMP/err" || fail "no text"
[ ! -s "$TMP/out" ] || fail "said that runs were stored"
[ -z "$(find "$TMP" -name 'runs*')" ] || fail "left $(ls "$TMP")"

"$SB" import --db "$db" $rec >/dev/null || fail "import"
before=$("$SB" list --db "$db" --json | cksum)
blocks=$(($(wc -c <"$db") / 512 + 100))
sb $blocks import --db "$db" $rec $rec $rec $rec $rec $rec $rec $rec \
    >"$TMP/out" 2>"$TMP/err"
[ $? -eq 3 ] || fail "no room for more runs: $(cat "$TMP/err")"
grep -q "what was stored before is unharmed" "$TMP/err" ||
    fail "said: $(cat "$TMP/err")"
[ ! -s "$TMP/out" ] || fail "said that runs were stored"
[ "$before" = "$("$SB" list --db "$db" --json | cksum)" ] ||
    fail "a failed import changed the runs"
[ "$("$SB" query --db "$db" 'PRAGMA integrity_check')" = ok ] ||
    fail "the store is damaged"
"$SB" import --db "$db" $rec >/dev/null || fail "import with room again"

# Four processes that make one store at the same moment all get their runs in.
# shellcheck disable=SC2034
for i in 1 2 3 4; do
	"$SB" import --db "$TMP/four.db" $rec >/dev/null 2>>"$TMP/four.err" &
done
wait
[ "$("$SB" query --db "$TMP/four.db" 'SELECT count(*) FROM run')" = 96 ] ||
    fail "four at once: $(cat "$TMP/four.err")"
[ "$(find "$TMP" -name 'four.db?*')" = "" ] || fail "left $(ls "$TMP")"

# Held by another process: a writer waits and gives up; a reader sees what
# was committed, which is in the log beside the file, and no more.
if ! command -v sqlite3 >/dev/null; then
	[ $failed -eq 0 ] || exit 1
	echo "the part about locks needs the program sqlite3"
	exit 77
fi
mkfifo "$TMP/hold" "$TMP/held"
(
	exec 3<"$TMP/hold"
	{
		echo "UPDATE run SET version = 'seen';" \
		    "BEGIN IMMEDIATE; UPDATE run SET version = 'unseen';" \
		    "SELECT 1;"
		cat <&3
	} | sqlite3 "$db" >"$TMP/held"
) &
exec 4>"$TMP/hold"
read -r _ <"$TMP/held"
"$SB" import --db "$db" $rec >/dev/null 2>"$TMP/err"
[ $? -eq 3 ] || fail "import into a store that is held"
grep -q "another process holds it: wait" "$TMP/err" ||
    fail "said: $(cat "$TMP/err")"
[ -s "$db-wal" ] || fail "the log is empty: this shows nothing"
before=$(cksum "$db" "$db-wal" "$db-shm")
[ "$("$SB" query --db "$db" 'SELECT DISTINCT version FROM run')" = seen ] ||
    fail "a store that is held cannot be read"
"$SB" export --db "$db" --run 48 >/dev/null || fail "nor exported"
[ "$before" = "$(cksum "$db" "$db-wal" "$db-shm")" ] ||
    fail "reading changed a store that is held"
exec 4>&-
wait
"$SB" import --db "$db" $rec >/dev/null || fail "import after the release"
exit $failed
