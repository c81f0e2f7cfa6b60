#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What becomes of real interfaces is in the store: states, hints, routes; with
# netlink and by looking. In a network namespace of its own.
set -u
. tests/cli/record-in-test.sh
. tests/cli/netns-in-test.sh
in_netns

# The values that a field took, in order, with blanks between.
took() { # object field
	ask "SELECT coalesce(group_concat(value, ','), '') FROM (SELECT value
	    FROM state WHERE run = $run AND object = '$1' AND field = '$2'
	    ORDER BY seq)"
}
took_is() { # value object field
	got=$(took "$2" "$3")
	[ "$got" = "$1" ] || fail "$2 $3 took '$got' instead of '$1'"
}
stored() { # value object field: is the newest one
	[ "$(ask "SELECT value FROM state WHERE run = $run AND
	    object = '$2' AND field = '$3' ORDER BY seq DESC LIMIT 1")" = "$1" ]
}
# Waits for each step, so that none is too quick to be seen by looking.
see() { wait_for stored "$@"; }

ip link set lo up
ip link add vf0 address 02:00:00:00:00:01 type veth \
    peer name peer0 address 02:00:00:00:00:02
for how in yes no; do
	start --no-source --netlink $how --batch 10ms --title $how
	run=$(ask 'SELECT max(id) FROM run')
	see yes peer0 exists
	ip link set vf0 up
	ip link set peer0 up
	see up vf0 link
	ip addr add 10.9.0.1/24 dev vf0
	see vf0 route 10.9.0.0/24
	ip route add default via 10.9.0.2
	see '10.9.0.2 via vf0' route default
	ip link set vf0 mtu 1400
	see 1400 vf0 mtu
	ip link set peer0 down
	see no vf0 running
	ip link set peer0 up
	see yes vf0 running
	ip link set vf0 down
	see none route default
	ip link set vf0 name vf1
	see no vf0 exists
	see yes vf1 exists
	ip link set vf1 name vf0
	see yes vf0 exists
	ip addr del 10.9.0.1/24 dev vf0
	ip link set vf0 mtu 1500
	see 1500 vf0 mtu
	ip link set peer0 down
	see no peer0 up
	# Looking finds masters in sysfs only.
	if { [ $how = yes ] || [ -d /sys/class/net/vf0 ]; } &&
	    ip link add br0 type bridge 2>/dev/null; then
		ip link set vf0 master br0
		see br0 vf0 member-of
		ip link del br0
		see none vf0 member-of
	fi
	finish 0
	took_is 'yes,no,yes' vf0 exists
	took_is 'yes,no' vf1 exists
	took_is 02:00:00:00:00:01 vf0 mac
	took_is '1500,1400,1500' vf0 mtu
	took_is 'none,10.9.0.2 via vf0,none' route default
	took_is 'vf0,none' route 10.9.0.0/24
	took vf0 inet | grep -q ',10\.9\.0\.1/24' || fail "vf0 inet"
	is 1 "SELECT count(*) > 0 FROM run WHERE id = $run AND complete"
	# Nothing is told twice.
	is 0 "SELECT count(*) FROM state a JOIN state b ON b.run = a.run AND
	    b.object = a.object AND b.field = a.field AND b.seq > a.seq AND
	    b.value = a.value AND NOT EXISTS (SELECT 1 FROM state c WHERE
	    c.run = a.run AND c.object = a.object AND c.field = a.field AND
	    c.seq > a.seq AND c.seq < b.seq) WHERE a.run = $run"
done

is 0 'SELECT count(*) FROM hint WHERE run = 2'
hinted() { # text that must come after the ones before
	seq=$(ask "SELECT coalesce(min(seq), '') FROM hint WHERE run = 1 AND
	    text = '$1' AND seq > ${seq:--1}")
	[ -n "$seq" ] || fail "no hint '$1' in its place"
}
seq=
hinted 'IFINFO vf0 up link-up'
hinted 'NEWADDR vf0 10.9.0.1/24'
hinted 'ADD 10.9.0.0/24 vf0'
hinted 'ADD default vf0'
hinted 'IFINFO vf0 up link-down'
hinted 'IFINFO vf0 down link-down'
hinted 'ANNOUNCE vf0 departure'
hinted 'ANNOUNCE vf1 arrival'
hinted 'DELADDR vf0 10.9.0.1/24'

# Devices tell that they come, go, and have other names.
is 'move net vf1,move net vf0' "SELECT group_concat(text) FROM (SELECT text
    FROM note WHERE run = 1 AND who = 'uevent' AND text LIKE 'move %'
    ORDER BY seq)"

# A storm beyond what the kernel keeps for us: the recorder stands still
# meanwhile, and finds what there is afterwards.
start --no-source --netlink yes --batch 10ms --title storm
run=$(ask 'SELECT max(id) FROM run')
see 1500 vf0 mtu
kill -STOP "$recorder"
{
	i=0
	while [ $i -lt 3000 ]; do
		echo "link set vf0 mtu 1300"
		echo "link set vf0 mtu 1301"
		i=$((i + 1))
	done
	echo "link set peer0 mtu 1234"
} >"$TMP/storm"
ip -batch "$TMP/storm"
kill -CONT "$recorder"
see 1234 peer0 mtu
see 1301 vf0 mtu
finish 0
# It looked because of the loss, not because half a minute was over.
is 1 "SELECT min(state.at_ns) - min(note.at_ns) < 20000000000 FROM note, state
    WHERE note.run = $run AND note.text LIKE 'routing messages were lost%' AND
    state.run = $run AND state.object = 'peer0' AND state.value = '1234'"

"$SB" report --run 1 >"$TMP/report" || fail "report"
grep -q '= route default 10.9.0.2 via vf0' "$TMP/report" ||
    fail "the report does not tell of the route"
end_test
