#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A guest in QEMU, without hardware help, with Debian's cloud kernel, busybox
# and switchbackd: for the tests in this folder. Sourced; it takes the options
#	-n CYCLES	sets $cycles
#	-k		keep the folder with all logs
#	-v		show the guest's output at the end
# and boots, with $qemu_options, if set. The synthetic NIC is a virtio-net (eth0), the VF a vmxnet3 of the
# same MAC (eth1) that can be plugged and unplugged. Then there are
#	guest LINE	a line of shell in the guest, until it is done
#	qmp JSON	a command for QEMU
#	unplug, plug	the VF
#	wait_line FILE N SECONDS TEXT	for the N-th line that has it
#	wait_bond TEXT	until the bond is that, at last
#	ask N		the daemon's counts of operations, in $counts
#	has TEXT, count TEXT	of the console's lines, $D/console
#	bad TEXT	a failure; give_up TEXT: the last one
#
# Needs qemu-system-x86_64, busybox-static, cpio, and the kernel: in the folder
# GUEST_KERNEL (boot/ and lib/modules/ of it), or as a package that apt-get can
# download; it is kept in build/guest. Ends with 77, and a reason, where one of
# them is missing. B is the build folder.
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

for tool in qemu-system-x86_64 busybox cpio gzip; do
	command -v $tool >/dev/null || skip "needs $tool"
done
[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64 machine"
! ldd "$(command -v busybox)" >/dev/null 2>&1 || skip "needs busybox-static"
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

# --- the kernel ---
find_kernel() {
	kernel=${GUEST_KERNEL:-build/guest/kernel}
	[ -z "$(find "$kernel/boot" -name 'vmlinuz-*' 2>/dev/null)" ] || return 0
	[ -z "${GUEST_KERNEL:-}" ] || skip "no boot/vmlinuz-* in $GUEST_KERNEL"
	command -v dpkg-deb >/dev/null || skip "needs GUEST_KERNEL or dpkg-deb"
	package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
	    awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$package" ] || skip "apt knows no linux-image-cloud-amd64"
	(cd "$D" && apt-get download "$package") >"$D/download" 2>&1 ||
		skip "$package cannot be downloaded"
	mkdir -p build/guest
	dpkg-deb -x "$D"/linux-image*.deb "build/guest/kernel.$$" &&
		mv "build/guest/kernel.$$" "$kernel" || exit 3
}
find_kernel
vmlinuz=$(find "$kernel/boot" -name 'vmlinuz-*' | head -n 1)
modules=$(find "$kernel/lib/modules" "$kernel/usr/lib/modules" -maxdepth 2 \
    -name kernel 2>/dev/null | head -n 1)

# --- its file system: the daemon with all libraries that it is linked with ---
root=$D/root
mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/sys" "$root/dev"
cp "$(command -v busybox)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$B/switchbackd" "$root/bin/"
cp tests/guest/guest-init.sh "$root/init"
chmod 755 "$root/init"
for m in drivers/virtio/virtio_ring drivers/virtio/virtio \
    drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev \
    drivers/virtio/virtio_pci net/core/failover drivers/net/net_failover \
    drivers/net/virtio_net net/tls/tls drivers/net/bonding/bonding \
    drivers/net/vmxnet3/vmxnet3; do
	name=${m##*/}.ko
	for f in "$modules/$m".ko*; do
		case $f in
		*.xz) xz -dc "$f" >"$root/modules/$name" ;;
		*.zst) zstd -qdc "$f" >"$root/modules/$name" ;;
		*.ko) cp "$f" "$root/modules/$name" ;;
		*) continue ;;
		esac
		echo "$name" >>"$root/modules/order"
	done
done
ldd "$B/switchbackd" | awk '/=> \// { print $3 } /^[ \t]*\// { print $1 }' |
while read -r lib; do
	mkdir -p "$root${lib%/*}"
	cp -L "$lib" "$root$lib"
done
(cd "$root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$D/initrd"

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
    -no-reboot -kernel "$vmlinuz" -initrd "$D/initrd" \
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
wait_line "$D/console" 1 60 '^GUEST ready'
qmp '{"execute":"qmp_capabilities"}'
