#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd carries nothing of the simulated machine, of the reports or of
# the harness's commands.
#	tests/lint/daemon.sh [BUILD]
set -u
B=${1:-${B:-build}}

[ -f "$B/switchbackd" ] && [ -f "$B/libharness.a" ] || {
	echo "switchbackd is not built yet: run make"
	exit 77
}
T=${TMP:-$(mktemp -d)}

# Names that libharness.a defines for others to see, against what is in the
# program. Defined in both an engine object and a harness one cannot be: the
# harness would not link.
nm -g --defined-only "$B/libharness.a" 2>/dev/null |
    awk 'NF == 3 { print $3 }' | sort -u >"$T/harness"
nm --defined-only "$B/switchbackd" | awk 'NF == 3 { print $3 }' |
    sort -u >"$T/daemon"
[ -s "$T/harness" ] && [ -s "$T/daemon" ] || {
	echo "nm found no symbols; is $B stripped?" >&2
	exit 1
}
both=$(comm -12 "$T/harness" "$T/daemon" | grep -vE '^(main|__.*|_.*)$')
[ -z "$both" ] && exit 0
echo "switchbackd has symbols of the harness:" >&2
echo "$both" >&2
exit 1
