#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What switchbackd does when the VF of eth0 goes and comes back, as a shell
# script with ip(8): for bond-cpu.sh to measure. The bond is there.
syn=eth0
bond=bond0
gateway=10.0.2.2
delay=2

# busybox has one of its own, without "monitor".
ip() { /usr/sbin/ip "$@"; }
link() { ip link "$@" 2>/dev/null; }
mac_of() { cat "/sys/class/net/$1/address" 2>/dev/null; }

# Whatever has happened: what is not as it should be is set right.
look() {
	links=$(ip -o link)
	[ -z "$(ip -o addr show dev $syn)" ] || ip addr flush dev $syn
	[ -n "$(ip route show default dev $bond)" ] ||
		ip route add default via $gateway dev $bond
	vf=$(echo "$links" | grep -v " $syn: \| $bond: " |
	    sed -n "s/^[0-9]*: \([^:@]*\).*ether $(mac_of $syn) .*/\1/p")
	[ -n "$vf" ] || return
	[ ! -e "/sys/class/net/$vf/master" ] || return
	sleep $delay
	link set "$vf" down
	link set "$vf" master $bond
	link set $bond type bond primary "$vf"
}

look
ip monitor link address route | while read -r _; do
	look
done
