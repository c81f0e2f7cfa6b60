#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A file that is no good store is refused by every command with what to do,
# and neither it nor its folder is changed.
set -u

failed=0 tried=0
fail() {
	echo "t3003: $*" >&2
	failed=1
}
printf '1.000000000 !a\n' >"$TMP/good.log"
mkdir "$TMP/d"
db=$TMP/d/runs.db

state() {
	cksum "$db"
	ls "$TMP/d"
}

# try COMMAND...: it must be refused, with a text that names the file.
try() {
	tried=$((tried + 1))
	before=$(state)
	timeout 60 "$SB" "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || fail "$what: $1: status $rc"
	grep -q "^switchback $1: $db: .*: ..*" "$TMP/err" ||
	    fail "$what: $1 said: $(cat "$TMP/err")"
	[ "$before" = "$(state)" ] || fail "$what: $1 changed it"
}

try_all() {
	try list --db "$db"
	try query --db "$db" 'SELECT raw FROM record'
	try export --db "$db" --run 1
	try import --db "$db" "$TMP/good.log"
}

for file in fixtures/bad/db/*; do
	what=$file
	case $file in
	*.md) continue ;;
	esac
	cp "$file" "$db" && chmod u+w "$db"
	try_all
done

good=fixtures/db/v1.db
size=$(wc -c <$good)
for cut in 1 99 100 512 4095 4096 40000 $((size - 1)); do
	what="cut to $cut bytes"
	head -c "$cut" $good >"$db"
	try_all
done
[ $tried -ge 40 ] || fail "only $tried commands were tried"

# A store that is not there is made by import and by nothing else.
rm "$db"
for command in list 'query SELECT' 'export --run 1'; do
	# shellcheck disable=SC2086
	"$SB" $command --db "$db" >/dev/null 2>"$TMP/err"
	[ $? -eq 2 ] && grep -q "$db: no such file" "$TMP/err" ||
	    fail "$command of no store"
	[ ! -e "$db" ] || fail "$command made a store"
done
"$SB" import --db "$TMP/none/runs.db" "$TMP/good.log" >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'cannot be made: No such file' "$TMP/err" ||
    fail "import into no folder"
"$SB" list --db "$TMP/d" >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'is a folder' "$TMP/err" || fail "list of a folder"
mkfifo "$db"
timeout 20 "$SB" list --db "$db" >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'not a regular file' "$TMP/err" || fail "list of a fifo"
exit $failed
