#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The first process of the guest of qemu_guest.c. On the console it says which
# NICs there are, with their carrier, whenever that changes, and counts. What
# comes by the channel is run, and what that says goes back.
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
exec </dev/null >/dev/ttyS0 2>&1
while read -r m; do
	insmod "/modules/$m" || echo "no module $m"
done </modules/order

answer() {
	until port=$(echo /dev/vport*p1) && [ -e "$port" ]; do
		usleep 20000
	done
	exec 3<>"$port"
	while read -r line <&3; do
		eval "$line" >&3
	done
}
answer &

look() {
	now=''
	for d in /sys/class/net/eth*; do
		[ -e "$d" ] || continue
		ip link set "${d##*/}" up
		now="$now ${d##*/}:$(cat "$d/carrier")"
	done
}
was=none
count=0
while :; do
	look
	[ "$now" = "$was" ] || echo "NICS$now."
	was=$now
	count=$((count + 1))
	echo "COUNT $count."
	usleep 50000
done
