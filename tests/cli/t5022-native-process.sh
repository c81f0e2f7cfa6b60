#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# With native fail-over the engine is confined as well: another process looks
# at interfaces, changes them and reads rc.conf. When that is killed, the
# daemon says so and ends.
set -u
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh
in_netns -nm
status_of() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$daemon/status"; }
children() {
	for p in /proc/[0-9]*; do
		grep -qx "PPid:[[:space:]]*$daemon" "$p/status" 2>/dev/null &&
		    echo "${p#/proc/}"
	done
}

ip link add syn0 type veth peer name peer0
ip link set peer0 up
ip link set syn0 up
: >"$TMP/conf"
echo 'ifconfig_syn0="inet 10.9.9.2/24"' >"$TMP/rc"
: >"$TMP/log" # an older one is ready in it
"$SBD" -d -f "$TMP/conf" --policy native --pair syn0 --rc-conf "$TMP/rc" \
    --source kernel 2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'
logged 'is declared a synthetic NIC' || fail "what it has to say is lost"
[ "$(status_of Seccomp)" = 2 ] || fail "no filter of system calls"
[ "$(status_of Uid | tr '\t' '\n' | grep -cx 0)" -eq 0 ] || fail "it is root"

echo 'ifconfig_syn0="inet 10.9.9.3/24"' >>"$TMP/rc"
kill -HUP "$daemon"
wait_for logged "failover: $TMP/rc: read again, 1 variables"
echo 'if true; then' >>"$TMP/rc"
kill -HUP "$daemon"
wait_for logged 'the old one stays in force'
logged "$TMP/rc:3:1: error: " || fail "the mistake's place is not logged"

[ "$(children | wc -l)" -eq 2 ] || fail "processes: $(children)"
for p in $(children); do
	for fd in "/proc/$p/fd"/*; do
		readlink "$fd"
	done | grep -F "$TMP/conf" && fail "$p has a file of ours open"
done
# It was forked last.
kill -KILL "$(children | sort -n | tail -n 1)"
wait "$daemon"
rc=$?
daemon=
[ $rc -eq 3 ] || fail "status $rc, expected 3"
logged 'the process that changes interfaces is gone (it was killed by' ||
    fail "its death is not told"
end_test
