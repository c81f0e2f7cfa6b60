#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The kernel of a lab's guest: prints the folder that has boot/ and
# lib/modules/ of one.
#
#	sim/lab/kernel.sh FOLDER
#
# That is $SWITCHBACK_LAB_KERNEL, else FOLDER/kernel, which is Debian's cloud
# kernel: downloaded by apt-get and unpacked, not installed, when it is not
# there yet. Ends with 77, and a reason, when there is none to be had.
set -u
folder=${1:?FOLDER}

skip() {
	echo "$*" >&2
	exit 77
}

has_kernel() {
	[ -n "$(find "$1/boot" -name 'vmlinuz-*' 2>/dev/null)" ]
}

if [ -n "${SWITCHBACK_LAB_KERNEL:-}" ]; then
	has_kernel "$SWITCHBACK_LAB_KERNEL" ||
		skip "no boot/vmlinuz-* in $SWITCHBACK_LAB_KERNEL"
	echo "$SWITCHBACK_LAB_KERNEL"
	exit
fi
kernel=$folder/kernel
if has_kernel "$kernel"; then
	echo "$kernel"
	exit
fi
for tool in apt-cache apt-get dpkg-deb; do
	command -v $tool >/dev/null ||
		skip "needs SWITCHBACK_LAB_KERNEL, or $tool to fetch a kernel"
done
package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
    awk '/Depends: linux-image/ { print $2; exit }')
[ -n "$package" ] || skip "apt knows no linux-image-cloud-amd64"

# Where nobody else looks; who comes second finds it there.
mkdir -p "$folder" || exit 3
new=$folder/kernel.$$
trap 'rm -rf "$new" "$new.deb"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$new.deb" || exit 3
(cd "$new.deb" && apt-get download "$package") >"$new.deb/log" 2>&1 ||
	skip "$package cannot be downloaded"
dpkg-deb -x "$new.deb"/linux-image*.deb "$new" || exit 3
mv -T "$new" "$kernel" 2>/dev/null || has_kernel "$kernel" || exit 3
echo "$kernel"
