#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# In the background: the starter returns when the queued records have been
# dealt with, the pid file is private, locked and goes, and relative paths
# still hold.
set -u
. tests/cli/daemon-in-test.sh

source=$TMP/records
mkfifo "$source" "$TMP/gate"
exec 3<>"$source"
mkdir "$TMP/dir" && cd "$TMP/dir" || exit 3
rule() {
	echo "options { pid-file \"$TMP/pid\"; };"
	echo "notify 0 { match \"type\" \"GO\"; action \"$1\"; };"
}
has() { grep -qx -- "$*" "$TMP/done"; }
trap 'cat "$TMP/pid" "$TMP/other" 2>/dev/null | xargs -n 1 kill -KILL \
    2>/dev/null' EXIT

rule "sleep 0.3; echo \$n >>$TMP/done" >conf
printf '!type=GO n=1\n!type=GO n=2\n' >&3
"$SBD" -f conf --source "$source" || fail "start: status $?"
[ "$(tr '\n' , <"$TMP/done")" = '1,2,' ] ||
    fail "the queued records were not dealt with before the start returned"
pid=$(cat "$TMP/pid")
kill -0 "$pid" || fail "process $pid of the pid file is not there"
[ "$(wc -c <"$TMP/pid")" -eq ${#pid} ] || fail "the pid file has a newline"
[ -n "$(find "$TMP/pid" -perm 0600)" ] || fail "the pid file's mode"

"$SBD" -f conf --source "$source" 2>"$TMP/err"
[ $? -eq 3 ] || fail "a second one starts"
grep -q "runs already, as process $pid\$" "$TMP/err" ||
    fail "second: $(cat "$TMP/err")"
[ "$(cat "$TMP/pid")" = "$pid" ] || fail "the second one took the pid file"

rule "echo new \$n >>$TMP/done" >conf
kill -HUP "$pid"
# Nothing tells from outside when the rules have been read, but them.
new_rule() {
	echo '!type=GO n=3' >&3
	has new 3
}
wait_for new_rule
kill -TERM "$pid"
wait_for test ! -e "$TMP/pid"

# -n: the starter does not wait. -p: another pid file.
rule "read x <$TMP/gate; echo \$n >>$TMP/done" >conf
printf '!type=GO n=4\n' >&3
"$SBD" -n -f conf -p "$TMP/other" --source "$source" || fail "-n: status $?"
has 4 && fail "-n waited"
echo go >"$TMP/gate"
wait_for has 4
[ ! -e "$TMP/pid" ] || fail "the pid file of the rules came, too"
kill -TERM "$(cat "$TMP/other")"
wait_for test ! -e "$TMP/other"
end_test
