#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The initramfs of a lab's guest: busybox, the modules, programs with all
# libraries that they are linked with, and an /init.
#
#	sim/lab/image.sh [-i INIT] KERNEL FOLDER PROGRAM...
#
# KERNEL has lib/modules/ of a Linux kernel, see kernel.sh. A PROGRAM goes to
# /bin, FILE:PATH to PATH. Prints the path of the image, in FOLDER and named by
# what it is made of: made once, and by several at once if it must be. Without
# INIT the first process is `switchback guest --init`. Images that nobody
# wanted for two days are removed.
#
# In the guest, /modules/order lists the modules as they are to be loaded.
# Ends with 77, and a reason, where busybox-static or another tool is missing.
set -u
init=''
while getopts i: opt; do
	case $opt in
	i) init=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
kernel=${1:?KERNEL}
folder=${2:?FOLDER}
shift 2

skip() {
	echo "$*" >&2
	exit 77
}

for tool in busybox cpio gzip sha256sum ldd; do
	command -v $tool >/dev/null || skip "needs $tool"
done
busybox=$(command -v busybox)
! ldd "$busybox" >/dev/null 2>&1 || skip "needs busybox-static"
modules=$(find "$kernel/lib/modules" "$kernel/usr/lib/modules" -maxdepth 2 \
    -name kernel 2>/dev/null | head -n 1)
[ -n "$modules" ] || skip "no lib/modules/*/kernel in $kernel"

libraries() { # of programs
	for p; do
		ldd "${p%%:*}" 2>/dev/null
	done | awk '/=> \// { print $3 } /^[ \t]*\// { print $1 }' | sort -u
}

# --- is it there already? ---
key=$({
	echo "$modules $*"
	{
		echo "$0"
		echo "$busybox"
		echo "$init"
		libraries "$@"
		for p; do echo "${p%%:*}"; done
	} | sed '/^$/d' | tr '\n' '\0' | xargs -0 sha256sum
} | sha256sum | cut -c 1-16) || exit 3
image=$folder/initrd-$key
if [ -f "$image" ]; then
	touch "$image"
	echo "$image"
	exit
fi

# --- make it, where nobody else looks ---
mkdir -p "$folder" || exit 3
top=$folder/initrd.$$
trap 'rm -rf "$top" "$top.gz"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$top" && (
	cd "$top" &&
	    mkdir -p bin etc lib modules proc sys dev run tmp var/run var/log
) || exit 3
cp "$busybox" "$top/bin/busybox" || exit 3
(cd "$top/bin" && for a in $(./busybox --list); do
	case $a in busybox | modprobe) ;; *) ln -s busybox "$a" ;; esac
done)
ln -s bin "$top/sbin"

add_module() { # a path in the kernel's folder, without its end
	name=${1##*/}.ko
	for f in "$modules/$1".ko*; do
		case $f in
		*.xz) xz -dc "$f" >"$top/modules/$name" ;;
		*.zst) zstd -qdc "$f" >"$top/modules/$name" ;;
		*.ko) cp "$f" "$top/modules/$name" ;;
		*) continue ;;
		esac
		echo "$name" >>"$top/modules/order"
	done
}
for m in drivers/virtio/virtio_ring drivers/virtio/virtio \
    drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev \
    drivers/virtio/virtio_pci drivers/char/virtio_console \
    net/core/failover drivers/net/net_failover drivers/net/virtio_net \
    net/tls/tls drivers/net/bonding/bonding drivers/net/vmxnet3/vmxnet3 \
    drivers/misc/pvpanic/pvpanic drivers/misc/pvpanic/pvpanic-mmio; do
	add_module $m
done

# Without what only a debugger reads they are a fifth of their size.
for p; do
	from=${p%%:*}
	to=/bin/${from##*/}
	[ "$p" = "$from" ] || to=${p#*:}
	mkdir -p "$top${to%/*}"
	strip -o "$top$to" "$from" 2>/dev/null || cp -L "$from" "$top$to" ||
		exit 3
done
libraries "$@" | while read -r lib; do
	mkdir -p "$top${lib%/*}"
	cp -L "$lib" "$top$lib"
done
echo 'root:x:0:0::/:/bin/sh' >"$top/etc/passwd"
echo 'nobody:x:65534:65534::/:/bin/false' >>"$top/etc/passwd"
echo 'root:x:0:' >"$top/etc/group"
echo 'nogroup:x:65534:' >>"$top/etc/group"

if [ -n "$init" ]; then
	cp "$init" "$top/init"
else
	cat >"$top/init" <<'INIT'
#!/bin/sh
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
exec </dev/null >/dev/console 2>&1
while read -r m; do
	# Bonding makes a bond0 of its own kind, which nobody wants.
	case $m in
	bonding.ko) insmod "/modules/$m" max_bonds=0 ;;
	*) insmod "/modules/$m" ;;
	esac || echo "no module $m"
done </modules/order
ip link set lo up
exec switchback guest --init
INIT
fi
chmod 755 "$top/init"
(cd "$top" && find . | cpio -o -H newc -R 0:0 2>/dev/null | gzip -1) \
    >"$top.gz" && mv "$top.gz" "$image" || exit 3
find "$folder" -name 'initrd-*' -mtime +2 -exec rm -f {} +
echo "$image"
