#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The stores of several machines become one: every run with all its rows, each
# once, or nothing at all.
set -u
failed=0
fail() {
	echo "t3020: $*" >&2
	failed=1
}

# Everything but the number of the run and what hangs on it.
runs() { # file
	"$SB" query --db "$1" "SELECT trace_hash, title, policy, seed, source,
	    version, (SELECT count(*) FROM verbatim WHERE run = id)
	    FROM run ORDER BY id"
}
sound() { # file
	[ "$("$SB" query --db "$1" 'PRAGMA integrity_check')" = ok ] ||
		fail "$1 is not sound"
	[ -z "$("$SB" query --db "$1" 'PRAGMA foreign_key_check')" ] ||
		fail "$1 has rows that point nowhere"
}

# What a suite would do on two machines; the seeds 2 and 3 ran on both.
scn=scenarios/migration/replug.scn
"$SB" test --seed 1..3 --db "$TMP/1.db" $scn >"$TMP/out" || fail "test 1"
"$SB" test --seed 2..4 --db "$TMP/2.db" $scn >"$TMP/out" || fail "test 2"
"$SB" test --seed 1..4 --db "$TMP/whole.db" $scn >"$TMP/out" || fail "test"
"$SB" import --db "$TMP/3.db" --note "with remarks" \
    fixtures/recordings/freebsd-hn.rec >"$TMP/out" || fail "import"
chmod a-w "$TMP/1.db" "$TMP/2.db" "$TMP/3.db"
for n in 1 2 3; do cp "$TMP/$n.db" "$TMP/$n.before"; done

"$SB" merge "$TMP/all.db" "$TMP/1.db" "$TMP/2.db" >"$TMP/out" || fail "merge"
grep -q '/1.db: 6 runs added, as 1 to 6$' "$TMP/out" || fail "$(cat "$TMP/out")"
grep -q '/2.db: 2 runs added, as 7 to 8; 4 left out$' "$TMP/out" ||
	fail "$(cat "$TMP/out")"
grep -q 'run 1, "VF re-plugged.* (stock, seed 2), is there as run 3: left' \
    "$TMP/out" || fail "$(cat "$TMP/out")"
runs "$TMP/whole.db" >"$TMP/want"
runs "$TMP/all.db" | cmp - "$TMP/want" || fail "not the runs of one machine"
sound "$TMP/all.db"

# Into a store that is there, with the lines that are no records; and an older
# schema is read, not written.
"$SB" merge "$TMP/all.db" "$TMP/3.db" fixtures/db/v1.db >"$TMP/out" ||
	fail "merge 2"
tail -n 2 "$TMP/out" | sed 's/.*: //' >"$TMP/tail"
printf '24 runs added, as 9 to 32\n3 runs added, as 33 to 35\n' |
    cmp - "$TMP/tail" || fail "$(cat "$TMP/out")"
sound "$TMP/all.db"
n=1
while [ $n -le 24 ]; do
	"$SB" export --db "$TMP/3.db" --run $n >"$TMP/a"
	"$SB" export --db "$TMP/all.db" --run $((n + 8)) | cmp - "$TMP/a" ||
		fail "recording $n came out changed"
	n=$((n + 1))
done
for n in 1 2 3; do
	cmp "$TMP/$n.db" "$TMP/$n.before" || fail "an input was written to"
done
for suffix in -wal -shm; do
	[ ! -e "$TMP/1.db$suffix" ] || fail "something is left beside an input"
done

# Twice the same.
"$SB" merge "$TMP/all.db" "$TMP/1.db" >"$TMP/out" || fail "again"
grep -q '0 runs added; 6 left out' "$TMP/out" || fail "$(cat "$TMP/out")"
"$SB" merge --all --json "$TMP/all.db" "$TMP/1.db" >"$TMP/out" || fail "--all"
[ "$(grep -c '"known":false' "$TMP/out")" -eq 6 ] || fail "$(cat "$TMP/out")"
grep -q '"run":36,.*"was":1,' "$TMP/out" || fail "$(cat "$TMP/out")"

# Refused, with the name of what is to blame; and the output is as it was.
cp "$TMP/all.db" "$TMP/before"
refused() { # status message argument...
	want=$1 message=$2
	shift 2
	"$SB" merge "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || fail "merge $*: exit status $rc"
	grep -q "$message" "$TMP/err" || fail "merge $*: $(cat "$TMP/err")"
	[ ! -s "$TMP/out" ] || fail "merge $*: $(cat "$TMP/out")"
	cmp "$TMP/before" "$TMP/all.db" || fail "merge $*: the output changed"
}
head -c 60000 "$TMP/1.db" >"$TMP/cut.db"
refused 2 'cut.db: was cut' "$TMP/all.db" "$TMP/2.db" "$TMP/cut.db"
refused 2 'cut.db: was cut' "$TMP/new.db" "$TMP/2.db" "$TMP/cut.db"
# One letter of one row.
sed 's/type=LINK_DOWN/type=LINK_DAWN/' "$TMP/3.db" >"$TMP/letter.db"
cmp -s "$TMP/3.db" "$TMP/letter.db" && fail "nothing was changed"
refused 2 'letter.db: run [0-9]* is damaged' "$TMP/all.db" "$TMP/2.db" \
    "$TMP/letter.db"
refused 2 'letter.db: run [0-9]* is damaged' "$TMP/new.db" "$TMP/letter.db"
refused 2 'all.db: is the output and an input' "$TMP/all.db" "$TMP/1.db" \
    "$TMP/all.db"
ln -s all.db "$TMP/other-name.db"
refused 2 'other-name.db: is the output and an input' "$TMP/all.db" \
    "$TMP/other-name.db"
refused 2 'nothing.db: no such file' "$TMP/all.db" "$TMP/nothing.db"
refused 2 '/dir/x.db: cannot be made' "$TMP/dir/x.db" "$TMP/1.db"
refused 2 'is not a store' "$TMP/all.db" "$0"
refused 2 'usage: switchback merge' "$TMP/all.db"
refused 2 'usage: switchback merge' --some "$TMP/all.db" "$TMP/1.db"
[ ! -e "$TMP/new.db" ] || fail "a failed merge made its output"
for f in "$TMP"/*.merge-*; do
	[ ! -e "$f" ] || fail "$f is left"
done

# Of several stores, some may be empty; but not all of them.
cp "$TMP/1.db" "$TMP/empty.db"
chmod u+w "$TMP/empty.db"
if command -v sqlite3 >/dev/null; then
	sqlite3 "$TMP/empty.db" 'PRAGMA foreign_keys = ON; DELETE FROM run'
	refused 4 'there is no run' "$TMP/new.db" "$TMP/empty.db"
	"$SB" merge "$TMP/new.db" "$TMP/empty.db" "$TMP/1.db" >"$TMP/out" ||
		fail "an empty store among others"
	grep -q 'empty.db: 0 runs added$' "$TMP/out" || fail "$(cat "$TMP/out")"
fi
exit $failed
