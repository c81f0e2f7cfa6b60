#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A guest in QEMU, without hardware help, with Debian's cloud kernel, busybox
# and switchbackd: for the tests in this folder. Sourced; it takes the options
#	-n CYCLES	sets $cycles
#	-k		keep the folder with all logs
#	-v		show the guest's output at the end
# and boots, with $qemu_options, and $programs beside the daemon, if set. The synthetic NIC is a virtio-net
# (eth0), the VF a vmxnet3 of the same MAC (eth1) that can be plugged and
# unplugged. With lab=yes it is the lab's own guest, which reads orders from
# descriptor 5 and answers into $D/said. Then there are
#	guest LINE	a line of shell in the guest, until it is done
#	qmp JSON	a command for QEMU
#	unplug, plug	the VF
#	wait_line FILE N SECONDS TEXT	for the N-th line that has it
#	wait_bond TEXT	until the bond is that, at last
#	ask N		the daemon's counts of operations, in $counts
#	has TEXT, count TEXT	of the console's lines, $D/console
#	bad TEXT	a failure; give_up TEXT: the last one
#
# Needs qemu-system-x86_64, what sim/lab/image.sh needs, and the kernel: in the
# folder GUEST_KERNEL, or as sim/lab/kernel.sh finds it. Ends with 77, and a
# reason, where one of them is missing. B is the build folder.
# shellcheck disable=SC2016,SC2034
cd "$(dirname "$0")/../.." || exit 3
B=${B:-build}
cycles=3
keep=''
verbose=''
while getopts n:kv opt; do
	case $opt in
	n) cycles=$OPTARG ;;
	k) keep=yes ;;
	v) verbose=yes ;;
	*) exit 2 ;;
	esac
done

skip() {
	echo "$*"
	exit 77
}

command -v qemu-system-x86_64 >/dev/null || skip "needs qemu-system-x86_64"
[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64 machine"
[ -x "$B/switchbackd" ] || skip "needs $B/switchbackd: make"

D=$(mktemp -d "${TMPDIR:-/tmp}/switchback-guest.XXXXXX") || exit 3
qemu=''
finish() {
	[ -z "$qemu" ] || kill "$qemu" 2>/dev/null
	[ -z "$verbose" ] || sed 's/^/    guest: /' "$D/console"
	if [ -n "$keep" ]; then echo "kept: $D"; else rm -rf "$D"; fi
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

failed=0
bad() {
	echo "${0##*/}: $*" >&2
	failed=1
}

give_up() {
	bad "$*"
	[ -n "$verbose" ] || tail -n 40 "$D/console" | sed 's/^/    guest: /' >&2
	exit 1
}

# --- the kernel, and its file system with the daemon ---
made() { # COMMAND...: what it prints, in $made
	made=$("$@" 2>"$D/why")
	case $? in
	0) ;;
	77) skip "$(tail -n 1 "$D/why")" ;;
	*) bad "$(cat "$D/why")" && exit 1 ;;
	esac
}
export SWITCHBACK_LAB_KERNEL="${GUEST_KERNEL:-}"
made sh sim/lab/kernel.sh build/guest
kernel=$made
vmlinuz=$(find "$kernel/boot" -name 'vmlinuz-*' | head -n 1)
if [ -z "${lab:-}" ]; then
	made sh sim/lab/image.sh -i tests/guest/guest-init.sh "$kernel" \
	    build/guest "$B/switchbackd" ${programs:-}
else
	made sh sim/lab/image.sh "$kernel" build/guest "$B/switchback" \
	    "$B/switchbackd" engine/rules/conf/hyperv.conf:/etc/hyperv.conf
	mkfifo "$D/agent.in" "$D/agent.out"
	: >"$D/said"
	cat "$D/agent.out" >>"$D/said" &
	exec 5<>"$D/agent.in"
	qemu_options="-device virtio-serial-pci
	    -chardev pipe,id=agent,path=$D/agent
	    -device virtserialport,chardev=agent,name=switchback"
fi
initrd=$made

# --- the machine ---
mac=52:54:00:09:00:02
mkfifo "$D/qmp.in" "$D/qmp.out" "$D/serial.in" "$D/serial.out"
cat "$D/qmp.out" >"$D/qmp" &
cat "$D/serial.out" >/dev/null &
# Open for both, so that nobody waits for the other side.
exec 3<>"$D/qmp.in" 4<>"$D/serial.in"
: >"$D/console"
# shellcheck disable=SC2086
qemu-system-x86_64 ${qemu_options:-} -machine q35,accel=tcg -m 160 -nodefaults -display none \
    -no-reboot -kernel "$vmlinuz" -initrd "$initrd" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable" \
    -serial "file:$D/console" \
    -chardev "pipe,id=commands,path=$D/serial" -serial chardev:commands \
    -chardev "pipe,id=qmp,path=$D/qmp" -mon chardev=qmp,mode=control \
    -device pcie-root-port,id=slot1,chassis=1 \
    -device pcie-root-port,id=slot2,chassis=2 \
    -netdev user,id=n0,restrict=on -netdev user,id=n1,restrict=on \
    -device "virtio-net-pci,netdev=n0,mac=$mac,bus=slot1,romfile=" \
    -device "vmxnet3,netdev=n1,mac=$mac,id=vf,bus=slot2,romfile=" \
    >"$D/qemu" 2>&1 &
qemu=$!

# Waits for the n-th line of a file that has the text.
wait_line() { # file n seconds text
	tries=$(($3 * 20))
	until [ "$(grep -c -- "$4" "$1")" -ge "$2" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || give_up "waited $3 s for $2 x \"$4\""
		kill -0 "$qemu" 2>/dev/null ||
			give_up "qemu has ended: $(cat "$D/qemu")"
		sleep 0.05
	done
}

wait_bond() {
	tries=600
	until grep '^BOND ' "$D/console" | tail -n 1 | grep -q -- " $1 *\$"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || give_up "waited 30 s for a bond $1"
		sleep 0.05
	done
}

qmp() {
	printf '%s\n' "$1" >&3
}

done_count=0
guest() { # a line of shell, and waits until it is done
	printf '%s\n' "$*" >&4
	done_count=$((done_count + 1))
	wait_line "$D/console" $done_count 90 '^DONE '
}

has() {
	grep -q -- "$1" "$D/console" || bad "nowhere: $1"
}

count() {
	grep -c -- "$1" "$D/console"
}

unplug() {
	unplugged=$((unplugged + 1))
	qmp '{"execute":"device_del","arguments":{"id":"vf"}}'
	wait_line "$D/qmp" $unplugged 20 'DEVICE_DELETED.*"device": "vf"'
}

plug() {
	qmp '{"execute":"device_add","arguments":{"driver":"vmxnet3",
	    "netdev":"n1","mac":"'$mac'","id":"vf","bus":"slot2","romfile":""}}'
}
unplugged=0

# What the daemon counts, the n-th time that it is asked: operations, and how
# many of them were refused.
ask() { # n
	guest 'kill -USR1 $daemon'
	wait_line "$D/console" "$1" 10 '^failover: [0-9]* looks'
	counts=$(sed -n 's/^failover: [0-9]* looks, //p' "$D/console" |
	    sed -n "$1p")
}

with_vf='bond0 active eth1 ports eth0 eth1 primary eth1'
alone='bond0 active eth0 ports eth0 primary'
native='switchbackd -d -f /tmp/rules --policy native --pair eth0'
[ -n "${lab:-}" ] || wait_line "$D/console" 1 60 '^GUEST ready'
qmp '{"execute":"qmp_capabilities"}'
