#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Commands are run by a process beside the engine. They get no descriptor of
# either; when that process is killed, the daemon says so and ends; when the
# engine is killed, pid file and sockets go and the commands are ended.
set -u
. tests/cli/daemon-in-test.sh
[ -d /proc/self/fd ] || {
	echo "needs /proc"
	exit 77
}

cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "LIST";
	action "ls -l /proc/self/fd >$TMP/fds";
	action "echo \$\$PPID >$TMP/keeper";
};
notify 0 {
	match "type" "HANG";
	action "echo \$\$\$\$ >$TMP/pid; exec sleep 1000";
};
EOF
status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }

exec 7<"$TMP/conf"
start --control "$TMP/control" -p "$TMP/pidfile"
exec 7<&-
say '!type=LIST'
wait_for test -s "$TMP/keeper"
keeper=$(cat "$TMP/keeper")
[ "$(status_of "$keeper" PPid)" = "$daemon" ] || fail "who runs commands?"
# Its input, its two outputs, and the folder that is listed.
sed -n 's/.* -> //p' "$TMP/fds" >"$TMP/names"
[ "$(wc -l <"$TMP/names")" -eq 4 ] || fail "a command has: $(cat "$TMP/names")"
grep -vxE "/dev/null|pipe:.*|/proc/.*|$TMP/fds" "$TMP/names" &&
    fail "a command has: $(cat "$TMP/names")"
for fd in "/proc/$keeper/fd"/*; do
	readlink "$fd"
done | grep -F -e "$TMP/records" -e "$TMP/conf" && fail "what the keeper has"

# Its death.
kill -KILL "$keeper"
wait "$daemon"
rc=$?
daemon=
[ $rc -eq 3 ] || fail "status $rc without a keeper, expected 3"
logged 'the process that runs the commands is gone (it was killed by signal 9)' ||
    fail "its death is not told"

# The engine's.
rm -f "$TMP/pidfile" "$TMP/keeper"
start --control "$TMP/control" -p "$TMP/pidfile"
say '!type=LIST' '!subsystem=em1 type=HANG'
wait_for test -s "$TMP/pid"
wait_for test -s "$TMP/keeper"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
daemon=
wait_for test ! -e "$TMP/pidfile"
wait_for is_gone "$(cat "$TMP/pid")"
wait_for is_gone "$(cat "$TMP/keeper")"

# An orderly end waits for it.
start --control "$TMP/control" -p "$TMP/pidfile"
[ -S "$TMP/control" ] && [ -s "$TMP/pidfile" ] || fail "no pid file, no door"
finish 0
[ ! -e "$TMP/control" ] && [ ! -e "$TMP/pidfile" ] ||
    fail "left: $(ls "$TMP")"
end_test
