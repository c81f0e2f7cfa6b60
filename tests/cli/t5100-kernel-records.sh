#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# On Linux the kernel's messages are the source of records: rules written for
# devctl(4) fire for interfaces that come, get a carrier, lose it and go. What
# was there before, a new name and an address are no records.
set -u
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh

if [ "$(uname -s)" != Linux ]; then
	echo "needs Linux"
	exit 77
fi
in_netns

cat >"$TMP/conf" <<EOF
notify 1 {
	match "system" "(IFNET|ETHERNET)";
	match "subsystem" "[^l].*";
	action "echo \$system \$subsystem \$type >>$TMP/ran";
};
EOF
# The rows of one interface keep their order; two interfaces do not wait for
# each other.
ran() { # interface rows
	[ "$(sed -n "s/^\([A-Z]*\) $1 /\1 /p" "$TMP/ran" 2>/dev/null |
	    tr '\n' ';')" = "$2" ]
}

ip link add old0 type veth peer name old1
"$SBD" -d -f "$TMP/conf" --source kernel 2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'
logged 'records from kernel' || fail "the source is not said"

ip link add v0 type veth peer name v1
wait_for ran v0 'IFNET ATTACH;ETHERNET IFATTACH;'
ip addr add 10.9.9.1/24 dev v0
ip link set v0 up
ip link set v1 up
wait_for ran v0 'IFNET ATTACH;ETHERNET IFATTACH;IFNET LINK_UP;'
ip link set v1 down
up='IFNET ATTACH;ETHERNET IFATTACH;IFNET LINK_UP;IFNET LINK_DOWN;'
wait_for ran v0 "$up"
ip link set v0 down
ip link set v0 name w0
ip link del w0
wait_for ran w0 'IFNET DETACH;'
ran v0 "$up" || fail "more is told of v0: $(cat "$TMP/ran")"
# A name that says more than a name is not told.
ip link add 'x"y' type veth peer name z0
wait_for ran z0 'IFNET ATTACH;ETHERNET IFATTACH;'
ip link set old0 up
ip link set old1 up
wait_for ran old0 'IFNET LINK_UP;'
! grep 'x.*y' "$TMP/ran" || fail "a hostile name is told"

# The daemon stands still while the kernel has more to say than its buffer
# holds: that is told, and who came during it is found by looking.
i=0
while [ $i -lt 4000 ]; do
	echo "link set z0 mtu 1400"
	echo "link set z0 mtu 1500"
	i=$((i + 1))
done >"$TMP/storm"
kill -STOP "$daemon"
ip -batch "$TMP/storm"
ip link add new0 type veth peer name new1
ip link del old0
kill -CONT "$daemon"
wait_for logged 'routing messages were lost'
wait_for ran new0 'IFNET ATTACH;ETHERNET IFATTACH;'
wait_for ran old0 'IFNET LINK_UP;IFNET DETACH;'
finish 0
end_test
