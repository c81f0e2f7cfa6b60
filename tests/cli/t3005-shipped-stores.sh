#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A store of every version ever shipped opens: fixtures/db/vN.db. And the
# newest of them has the schema of today, so that nobody changes the one
# without the other.
set -u

failed=0
fail() {
	echo "t3005: $*" >&2
	failed=1
}
schema() {
	"$SB" query --db "$1" --json \
	    'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name'
}

rec='fixtures/recordings/freebsd-hn.rec#b_unplug_1'
"$SB" import --db "$TMP/new.db" "$rec" >/dev/null || fail "import"
version=$("$SB" query --db "$TMP/new.db" 'PRAGMA user_version')
"$SB" export --db "$TMP/new.db" >"$TMP/want"

n=1
while [ $n -le "$version" ]; do
	[ -f fixtures/db/v$n.db ] || fail "fixtures/db/v$n.db is not kept"
	cp fixtures/db/v$n.db "$TMP/old.db" && chmod u+w "$TMP/old.db"
	# As it is: whoever reads does not write.
	"$SB" export --db "$TMP/old.db" --run 2 | cmp - "$TMP/want" ||
	    fail "v$n.db: a run is not read as it is"
	"$SB" report --db "$TMP/old.db" --run 1 >"$TMP/out" ||
	    fail "v$n.db: no report"
	cmp fixtures/db/v$n.db "$TMP/old.db" || fail "v$n.db: reading wrote"
	"$SB" import --db "$TMP/old.db" "$rec" >"$TMP/out" ||
	    fail "v$n.db cannot be written"
	[ "$("$SB" query --db "$TMP/old.db" 'PRAGMA user_version')" = \
	    "$version" ] || fail "v$n.db was not brought up to date"
	"$SB" export --db "$TMP/old.db" --run 2 | cmp - "$TMP/want" ||
	    fail "v$n.db: its run came out changed"
	"$SB" query --db "$TMP/old.db" 'SELECT * FROM timeline' >"$TMP/out" ||
	    fail "v$n.db has no timeline"
	schema "$TMP/old.db" >"$TMP/old.schema"
	schema "$TMP/new.db" | cmp - "$TMP/old.schema" ||
	    fail "v$n.db ends with another schema than a new store"
	n=$((n + 1))
done
exit $failed
