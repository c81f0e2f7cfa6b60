#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd on a real kernel, when things are not as they should be.
#
#	tests/guest/bond-trouble.sh [-k] [-v]
#
# A bond0 of another kind is there first, the VF is up, its MTU is small; its
# link goes and comes back; it goes while nobody looks; somebody sets it down,
# takes an address away, renames it. Options, and what it needs:
# guest-in-test.sh.
# shellcheck disable=SC2016,SC2154
set -u
. "$(dirname "$0")/guest-in-test.sh"

both='ports eth0 eth1 primary eth1'
guest ': >/tmp/log; tail -f /tmp/log &'

# Its name is taken, its VF is up, and its NIC has an MTU of its own.
guest 'echo +bond0 >/sys/class/net/bonding_masters; ip link set eth1 up'
guest 'ip link set eth0 mtu 1400'
guest "$native" '>/tmp/out 2>>/tmp/log & daemon=$!'
wait_bond "bond100 active eth1 $both"
wait_line "$D/console" 1 10 \
    '^failover: warning: bond0 is not ours; eth0 uses bond100'
wait_line "$D/console" 1 10 '^failover: eth1 down (up, but not a port)'
guest 'echo "MTU $(cat /sys/class/net/*/mtu | tr "\n" " ")"'
has '^MTU 1500 1400 1400 1400 65536' # bond0, bond100, eth0, eth1, lo

# The link goes, and comes back: the bond sees it by itself.
ask 1
before=$counts
qmp '{"execute":"set_link","arguments":{"name":"vf","up":false}}'
wait_bond "bond100 active eth0 $both"
qmp '{"execute":"set_link","arguments":{"name":"vf","up":true}}'
wait_bond "bond100 active eth1 $both"
ask 2
[ "$counts" = "$before" ] || bad "a link made it do something: $counts"

# What the aggregate shall have, somebody has taken away.
guest 'ip addr del 10.0.2.15/24 dev bond100'
wait_line "$D/console" 2 10 '^failover: bond100 address-add 10.0.2.15/24'
wait_line "$D/console" 2 10 '^failover: default-route add 10.0.2.2 via bond100'

# It goes, and another one comes, while the daemon does not look.
guest 'kill -STOP $daemon'
unplug
plug
wait_bond 'bond100 active eth0 ports eth0 primary'
guest 'kill -CONT $daemon'
wait_bond "bond100 active eth1 $both"

# Somebody sets it down, and up again: it is his. Soon after the daemon's start
# it would be taken for what the one before had begun.
guest 'ip link set eth1 down'
wait_bond "bond100 active eth0 $both"
wait_line "$D/console" 1 10 'eth1 was set down by somebody else; left so'
guest 'ip link set eth1 up'
wait_bond "bond100 active eth1 $both"

# Another name, and the synthetic NIC set down.
guest 'ip link set eth1 down; ip link set eth1 name lan7'
guest 'ip link set eth0 down; ip link set lan7 up'
wait_bond 'bond100 active lan7 ports eth0 lan7 primary lan7'
wait_line "$D/console" 1 10 '^failover: eth0 up (the synthetic NIC stays up)'

# The whole aggregate is gone.
guest 'ip link del bond100'
wait_line "$D/console" 2 10 '^failover: bond100 create failover'
wait_line "$D/console" 2 10 '^failover: bond100 primary lan7'
wait_bond 'bond100 active lan7 ports eth0 lan7 primary lan7'
guest 'ip -o addr | sed "s/^/IP /"; ip route | sed "s/^/ROUTE /"'
has '^IP .*bond100 .*inet 10.0.2.15/24 '
has '^IP .*bond100 .*inet6 fec0::15/64 '
[ "$(count '^IP .*\(eth0\|lan7\) .*inet')" -eq 0 ] || bad "a port has an address"
has '^ROUTE default via 10.0.2.2 dev bond100'
ask 3
[ "${counts#*, }" = '0 refused' ] || bad "operations were refused: $counts"
guest 'cat /sys/class/net/bond0/bonding/slaves | sed "s/^/STRANGER /"'
[ "$(count '^STRANGER .')" -eq 0 ] || bad "somebody else's bond is used"
guest 'kill $daemon; wait $daemon; echo "ENDED $?"'
has '^ENDED 0'
exit $failed
