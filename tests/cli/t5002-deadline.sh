#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A command that outstays its deadline is ended, the deaf one by SIGKILL, and
# the next one of its interface runs.
set -u
. tests/cli/daemon-in-test.sh

cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "HANG";
	action "echo \$\$\$\$ >$TMP/pid; exec sleep 1000";
	action "echo next >>$TMP/done";
};
notify 0 {
	match "type" "DEAF";
	action "trap '' TERM; echo \$\$\$\$ >$TMP/pid; while :; do sleep 1; done";
	action "echo next >>$TMP/done";
};
EOF
lines() { [ "$(wc -l <"$TMP/done")" -eq "$1" ]; }

: >"$TMP/done"
start --deadline 300ms
say '!system=IFNET subsystem=em0 type=HANG'
wait_for lines 1
logged 'deadline over, cancelled: echo' || fail "the deadline is not logged"
logged 'command failed (status 143)' || fail "its status is not logged"
kill -0 "$(cat "$TMP/pid")" 2>/dev/null && fail "it is still there"

say '!system=IFNET subsystem=em0 type=DEAF'
wait_for lines 2
logged 'command failed (status 137)' || fail "SIGKILL is not logged"
kill -0 "$(cat "$TMP/pid")" 2>/dev/null && fail "the deaf one is still there"
finish 0
logged '2 cancelled' || fail "the counts do not say what was cancelled"
end_test
