#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What switchbackd tells the one who has started it (sd_notify(3)), in the
# foreground and in the background, with a socket of ours; and that its
# commands do not see whom to tell.
# shellcheck source=tests/cli/daemon-in-test.sh
. tests/cli/daemon-in-test.sh

command -v python3 >/dev/null || {
	echo "python3 is not installed: there is no one to listen"
	exit 77
}
# A line for each datagram, newlines in it as "|"; it ends with its input.
cat >"$TMP/listen.py" <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
out = open(sys.argv[2], "a")
while True:
    out.write(s.recv(4096).decode().replace("\n", "|") + "\n")
    out.flush()
END
python3 "$TMP/listen.py" "$TMP/notify" "$TMP/heard" &
listener=$!
# shellcheck disable=SC2317,SC2329
gone() { kill $listener 2>/dev/null; }
trap gone EXIT
wait_for test -S "$TMP/notify"
heard() { grep -q -- "^$1" "$TMP/heard"; }
count() { grep -c -- "^$1" "$TMP/heard"; }
more_than() { [ "$(count "$2")" -gt "$1" ]; }

printf 'notify 10 {\n\tmatch "type" "GO";\n\taction "env >%s; echo >>%s";\n};\n' \
    "$TMP/env" "$TMP/env" >"$TMP/conf"
export NOTIFY_SOCKET="$TMP/notify" WATCHDOG_USEC=200000
start
wait_for heard "READY=1|STATUS=ready: 1 rules, records from "
say '!system=X subsystem=y type=GO'
wait_for test -s "$TMP/env"
grep -qE 'NOTIFY_SOCKET|WATCHDOG' "$TMP/env" && fail "a command sees it"
# The loop lives on without any event.
n=$(count WATCHDOG=1)
wait_for more_than "$((n + 2))" WATCHDOG=1

echo 'nonsense' >"$TMP/conf"
kill -HUP "$daemon"
wait_for heard 'RELOADING=1|MONOTONIC_USEC=[1-9]'
wait_for heard "READY=1|STATUS=ready: .*; 1 reloads refused"
finish 0
wait_for heard 'STOPPING=1|STATUS=ending: '
awk '/READY=1/ { last = NR } /^STOPPING/ { stop = NR }
	END { exit !(stop > last) }' "$TMP/heard" || fail "ready after its end"

# In the background the starter says who is meant, once, before it returns.
: >"$TMP/heard"
echo 'notify 1 { match "type" "GO"; action "true"; };' >"$TMP/conf"
"$SBD" -n -p "$TMP/pid" -f "$TMP/conf" --source "$TMP/records" \
    --control no || fail "no start"
wait_for heard "MAINPID=$(cat "$TMP/pid")|READY=1"
wait_for more_than 2 WATCHDOG=1
[ "$(grep -c READY=1 "$TMP/heard")" -eq 1 ] || fail "two are ready"
head -n 1 "$TMP/heard" | grep -q '^MAINPID=' || fail "heard before it is known"
kill "$(cat "$TMP/pid")"
wait_for heard STOPPING=1

# One that cannot be told is no reason not to run.
for name in relative @ "$TMP/none"; do
	NOTIFY_SOCKET=$name "$SBD" -d -f "$TMP/conf" --source /dev/null \
	    2>"$TMP/log" || fail "NOTIFY_SOCKET=$name: no start"
done
NOTIFY_SOCKET=relative "$SBD" -d -f "$TMP/conf" --source /dev/null \
    2>"$TMP/log" && logged 'NOTIFY_SOCKET=relative: is neither' ||
	fail "a wrong name is not told"
end_test
