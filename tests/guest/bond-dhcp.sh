#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd on a real kernel, with an rc.conf and a DHCP client.
#
#	tests/guest/bond-dhcp.sh [-k] [-v]
#
# A client runs on the synthetic NIC, has its lease, and the bond is to have
# both. The client is a few lines of shell of the name dhclient: it writes its
# pid file and sets an address that ends, as dhclient(8) does. Then rc.conf
# asks for a fixed address instead, and SIGHUP is sent. Options, and what it
# needs: guest-in-test.sh.
# shellcheck disable=SC2016,SC2034,SC2154
set -u
. "$(dirname "$0")/guest-in-test.sh"

guest ': >/tmp/log; tail -f /tmp/log & mkdir -p /sbin'
# Its arguments: -4 -nw -pf FILE -lf FILE [FLAG...] NIC.
say() {
	guest "echo '$1' >>/sbin/dhclient"
}
say '#!/bin/sh'
say 'echo "CLIENT $*" >/dev/ttyS0'
say 'for nic; do :; done'
say 'echo $$ >"$4"'
say 'ip addr add 10.0.2.77/24 dev $nic valid_lft 600 preferred_lft 600'
say 'ip route add default via 10.0.2.2'
say 'while :; do sleep 1; done'
guest 'chmod 755 /sbin/dhclient; ip addr flush dev eth0; ip link set eth0 up'
guest '/sbin/dhclient -4 -nw -pf /run/dhclient.eth0.pid -lf x eth0 &'
wait_line "$D/console" 1 10 '^CLIENT .* eth0$'
guest 'usleep 300000; ip -o addr show eth0 | sed "s/^/FIRST /"'
has '^FIRST .*inet 10.0.2.77/24 '
guest 'echo "ifconfig_eth0=DHCP dhclient_flags=-q" >/tmp/rc'
guest "$native --rc-conf /tmp/rc" '>/dev/ttyS0 2>>/tmp/log & daemon=$!'
wait_bond "$with_vf"
wait_line "$D/console" 1 10 '^failover: eth0 dhclient stop '
wait_line "$D/console" 1 10 '^failover: bond0 dhclient start '
guest 'cat /proc/$(cat /run/dhclient.bond0.pid)/cmdline | tr "\000" " "; echo'
has 'dhclient -4 -nw -pf /run/dhclient.bond0.pid -lf .*bond0.leases -q bond0'
guest 'for i in bond0 eth0; do ip -o addr show $i; done | sed "s/^/IP /"'
has '^IP .*bond0 .*inet 10.0.2.77/24 '
[ "$(count '^IP .*eth0 .*inet')" -eq 0 ] || bad "the port keeps the lease"
guest 'kill -0 $(cat /run/dhclient.eth0.pid) || echo "the old one has ended"'
has '^the old one has ended'

guest 'echo "ifconfig_eth0=\"inet 10.0.2.15/24\"" >/tmp/rc'
guest 'echo "defaultrouter=10.0.2.2" >>/tmp/rc; kill -HUP $daemon'
wait_line "$D/console" 1 10 '^failover: bond0 dhclient stop '
wait_line "$D/console" 1 10 '^failover: bond0 address-add 10.0.2.15/24'
wait_line "$D/console" 1 10 '^failover: bond0 address-del 10.0.2.77/24'
guest 'sleep 1; ip -o addr show bond0 | sed "s/^/LAST /"; ip route'
has '^LAST .*inet 10.0.2.15/24 '
[ "$(count '^LAST .*10.0.2.77')" -eq 0 ] || bad "the lease is still there"
has '^default via 10.0.2.2 dev bond0'
# A mistake changes nothing.
guest 'echo "ifconfig_eth0=\$(id)" >/tmp/rc; kill -HUP $daemon'
wait_line "$D/console" 1 10 'the old one stays in force'
ask 1
[ "${counts#*, }" = '0 refused' ] || bad "operations were refused: $counts"
guest 'kill $daemon; wait $daemon; echo "ENDED $?"'
has '^ENDED 0'
exit $failed
