#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The first process of the guest of bond-hotplug.sh. All that it says goes to
# the first serial port; the second one is read for commands, a line each.
export PATH=/bin:/sbin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
mkdir -p /run /tmp /var/run
stty -F /dev/ttyS0 -onlcr
exec </dev/null >/dev/ttyS0 2>&1
while read -r m; do
	insmod "/modules/$m" || echo "GUEST no module $m"
done </modules/order
ip link set lo up

# As a distribution leaves it: the synthetic NIC up, with its address and the
# default route. Bonding makes a bond0 of its own kind when it is loaded, which
# nobody wants.
ip link del bond0
while [ ! -e /sys/class/net/eth0 ]; do usleep 20000; done
ip addr add 10.0.2.15/24 dev eth0
ip addr add fec0::15/64 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2

# What the active-backup bond is, whenever it is another.
watch_bond() {
	was=''
	while :; do
		now=absent
		for b in /sys/class/net/*/bonding; do
			[ "$(cat "$b/mode" 2>/dev/null)" = 'active-backup 1' ] ||
				continue
			name=${b%/bonding}
			now="${name##*/} active $(cat "$b/active_slave") ports \
$(cat "$b/slaves") primary $(cat "$b/primary")"
		done
		if [ "$now" != "$was" ]; then
			echo "BOND $(cut -d' ' -f1 /proc/uptime) $now"
			was=$now
		fi
		usleep 20000
	done
}

# One probe every 20 ms; how many and how long in a row were not answered.
probe() {
	ping -i 0.02 -W 1 10.0.2.2 >/tmp/ping 2>&1
	tail -n 3 /tmp/ping | sed 's/^/PROBE /'
	awk '/seq=/ {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^seq=/)
				n = substr($i, 5)
		if (n - last - 1 > gap)
			gap = n - last - 1
		last = n
	}
	END { print "PROBE longest gap", gap + 0, "of 20 ms" }' /tmp/ping
}

cat >/tmp/rules <<'RULES'
notify 1 {
	match "system" "IFNET";
	match "type" "(ATTACH|DETACH)";
	action "echo RULE $subsystem $type >/dev/ttyS0";
};
RULES
watch_bond &
# shellcheck disable=SC2034
watch=$! # for what is read below
# What comes before it is open is lost.
exec 5</dev/ttyS1
echo "GUEST ready"
while read -r line <&5; do
	eval "$line"
	echo "DONE $line"
done
