#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Where a devd(8) runs that has the rules for Hyper-V, rules that do the same
# are refused, at the start and at a reload; others are carried out beside it.
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
devd=
lock() {
	python3 -c 'import fcntl, time
f = open("/var/run/devd.pid", "w")
fcntl.lockf(f, fcntl.LOCK_EX)
open("/var/run/locked", "w")
time.sleep(1000)' &
	devd=$!
	wait_for test -e /var/run/locked
}
unlock() {
	kill "$devd"
	wait "$devd" 2>/dev/null
	rm -f /var/run/locked
}

cp engine/rules/conf/hyperv.conf /etc/devd/hyperv.conf
cp engine/rules/conf/hyperv.conf "$TMP/clash"
cp engine/rules/conf/devd-net.conf "$TMP/apart"

# Its rules alone are no devd, nor is devd without them.
cp "$TMP/clash" "$TMP/conf"
start
finish 0
lock
mv /etc/devd/hyperv.conf "$TMP/away"
start
finish 0
mv "$TMP/away" /etc/devd/hyperv.conf

"$SBD" -d -f "$TMP/conf" --source /dev/null >"$TMP/log" 2>&1 </dev/null
rc=$?
[ $rc -eq 2 ] || fail "status $rc beside a devd that does the same"
line=$(grep -n 'hyperv_vfattach \$' "$TMP/conf" | cut -d: -f1)
at=$(sed -n "s|^$TMP/conf:\([0-9]*\):1: error: devd(8) runs.*|\1|p" "$TMP/log")
[ -n "$at" ] && [ "$at" -lt "$line" ] && [ $((line - at)) -le 4 ] ||
    fail "it does not say which rule"

cp "$TMP/apart" "$TMP/conf"
start
logged 'rules: devd(8) runs, and carries out /etc/devd/hyperv.conf itself' ||
    fail "it does not say that devd has rules of its own"
cp "$TMP/clash" "$TMP/conf"
kill -HUP "$daemon"
wait_for logged 'the old rules stay in force'
logged 'which does the same: remove this rule' || fail "a reload does not say why"
unlock
kill -HUP "$daemon"
wait_for logged 'read again, 6 rules'
finish 0
end_test
