#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The lab's guest, in QEMU: see the script.
# Once is enough: it is about the kernel, and a guest takes its time.
if [ "$V" != default ] || [ "${CC##*/}" != gcc ]; then
	echo "runs with the plain build alone"
	exit 77
fi
B=$(dirname "$SBD") exec sh tests/guest/lab-guest.sh
