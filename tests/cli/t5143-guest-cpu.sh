#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The daemon takes at most a twentieth of the processor time of a shell script
# with ip(8) that does the same, in a guest that counts instructions.
if [ "$V" != default ] || [ "${CC##*/}" != gcc ]; then
	echo "runs with the plain build alone"
	exit 77
fi
B=$(dirname "$SBD") exec sh tests/guest/bond-cpu.sh -n 1
