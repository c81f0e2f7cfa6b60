#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# For tests that make network interfaces. Sourced.
#	in_netns [FLAGS]...	goes on in a network namespace of its own, made by
#				unshare with the first of FLAGS that do (-nm -rnm)
# What comes before it is done outside; what comes behind it inside, in a second
# run of the test, in which $IN_NETNS is set. Where there can be no such
# namespace the test skips, unless it has $failed already.
in_netns() {
	if [ -n "${IN_NETNS:-}" ]; then
		# Else it shows the interfaces of the other namespace.
		mount -t sysfs sysfs /sys 2>/dev/null
		return 0
	fi
	for tool in unshare ip; do
		command -v $tool >/dev/null 2>&1 || without_netns "$tool"
	done
	[ $# -gt 0 ] || set -- -nm -rnm
	for flags; do
		unshare "$flags" ip link add t0 type veth peer name t1 \
		    >/dev/null 2>&1 || continue
		IN_NETNS=1 unshare "$flags" sh "$0"
		rc=$?
		[ "${failed:-0}" -eq 0 ] || exit 1
		exit $rc
	done
	without_netns "the right to make network namespaces and veth pairs"
}

without_netns() { # what is missing
	[ "${failed:-0}" -eq 0 ] || exit 1
	echo "all held but what needs $1"
	exit 77
}
