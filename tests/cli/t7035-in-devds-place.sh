#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# In devd's place: the rules are devd's, and so is the pid file that they name,
# which we have locked. That is no devd beside us, which would have the rules
# refused. (On FreeBSD the lock of one descriptor is seen by another. Here a
# process that holds another kind of lock stands for it.)
set -u
. tests/cli/daemon-in-test.sh
for tool in unshare python3; do
	command -v $tool >/dev/null 2>&1 || {
		echo "needs $tool"
		exit 77
	}
done
if [ -z "${IN_MOUNTNS:-}" ]; then
	unshare -m mount -t tmpfs none /mnt >/dev/null 2>&1 || {
		echo "needs mount namespaces"
		exit 77
	}
	IN_MOUNTNS=1 exec unshare -m sh "$0"
fi
# An /etc and a /var/run of our own.
cp -a /etc "$TMP/etc" 2>/dev/null
mkdir -p "$TMP/etc/devd" "$TMP/run" && mount --bind "$TMP/etc" /etc &&
    mount --bind "$TMP/run" "$(readlink -f /var/run)" || {
	echo "needs to mount folders"
	exit 77
}
cp engine/rules/conf/hyperv.conf /etc/devd/hyperv.conf
cp engine/rules/conf/hyperv.conf "$TMP/conf"

start -p /var/run/devd.pid
[ "$(cat /var/run/devd.pid)" = "$daemon" ] || fail "the pid file is not ours"
python3 -c 'import fcntl, time
f = open("/var/run/devd.pid", "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
open("/var/run/locked", "w")
time.sleep(1000)' &
locker=$!
wait_for test -e /var/run/locked

kill -HUP "$daemon"
wait_for logged 'read again, 6 rules'
# Somebody else's number in it is a devd.
printf '%s' "$locker" >/var/run/devd.pid
kill -HUP "$daemon"
wait_for logged 'which does the same: remove this rule'
kill "$locker"
wait "$locker" 2>/dev/null
finish 0
end_test
