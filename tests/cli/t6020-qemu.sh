#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a host does to a machine, with a real QEMU and a real Linux in it:
# carrier, VF away and back, migration done and called off, and its end.
skip() {
	echo "$*"
	exit 77
}

command -v qemu-system-x86_64 >/dev/null || skip "needs qemu-system-x86_64"
[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64 machine"

made() { # COMMAND...: what it prints, in $made
	made=$("$@" 2>"$TMP/why")
	case $? in
	0) ;;
	77) skip "$(tail -n 1 "$TMP/why")" ;;
	*) cat "$TMP/why" && exit 1 ;;
	esac
}
made sh sim/lab/kernel.sh build/guest
kernel=$made
made sh sim/lab/image.sh -i tests/lab/qemu-init.sh "$kernel" build/guest
initrd=$made
vmlinuz=$(find "$kernel/boot" -name 'vmlinuz-*' | head -n 1)

"$B/lab/qemu_guest" "$vmlinuz" "$initrd" "$TMP" || exit 1

# Nobody is left who has its console open.
left=$(pgrep -f "$TMP/" | grep -vx $$)
[ -z "$left" ] || {
	echo "left behind: $left"
	exit 1
}
