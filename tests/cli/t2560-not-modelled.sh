#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What the simulated machine does not model is refused with its place, never
# passed over.
set -u
status=0

refused() { # what, line:col, text, scenario's own lines on stdin
	{
		echo 'scenario "x"'
		cat
	} >"$TMP/x.scn"
	"$SB" test "$TMP/x.scn" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || { echo "$1: exit status $rc" >&2; status=1; }
	grep -q "x.scn:$2: error: .*$3" "$TMP/err" || {
		echo "$1: $(cat "$TMP/err")" >&2
		status=1
	}
}

# What rc.conf asks for is done, and what it says wrongly is told.
accepted() { # what, an expectation, scenario's own lines on stdin
	{
		echo 'scenario "x"'
		cat
		echo "expect $2"
	} >"$TMP/x.scn"
	"$SB" test --policy stock "$TMP/x.scn" >"$TMP/out" 2>"$TMP/err" || {
		echo "$1: $(cat "$TMP/out" "$TMP/err")" >&2
		status=1
	}
}

accepted dhcp 'address 10.0.2.15/24 only on hn0' <<'EOF'
rc.conf ifconfig_hn0="SYNCDHCP"
nic hn0 mac 52:54:00:aa:00:01
at 9s end
EOF
accepted mtu 'hn0 mtu 1400' <<'EOF'
rc.conf ifconfig_hn0="inet 10.0.2.15/24 mtu 1400"
nic hn0 mac 52:54:00:aa:00:01
at 5s end
EOF
refused word '2:9' '"intet" is not understood' <<'EOF'
rc.conf ifconfig_hn0="intet 10.0.2.15/24"
nic hn0 mac 52:54:00:aa:00:01
at 5s end
EOF
refused driver '4:[0-9]*' 'no driver foo' <<'EOF'
rc.conf ifconfig_hn0="inet 10.0.2.15/24"
nic hn0 mac 52:54:00:aa:00:01
vf foo0 of hn0 driver foo present
at 5s end
EOF
# A file-size limit is an error as well, not the end of the program.
(
	ulimit -f 1 2>/dev/null || exit 0
	"$SB" test --json -o "$TMP/j" scenarios/migration >/dev/null 2>&1
	[ $? -eq 3 ]
) || { echo "file-size limit: not exit status 3" >&2; status=1; }
exit $status
