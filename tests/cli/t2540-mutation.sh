#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The scenarios notice a broken engine or machine: every fault of
# tests/mutation/mutants.txt, planted in a copy of the tree, turns them red.
set -u

if [ "${V:-default}" != default ]; then
	echo "the same logic as in the plain build, which plants them all"
	exit 77
fi
tests/mutation/run.sh >"$TMP/result" 2>&1
rc=$?
tail -n 1 "$TMP/result" >"$TMP/last"
n=$(sed -n 's/^\([0-9]*\) mutants, [0-9]* caught$/\1/p' "$TMP/last")
[ $rc -eq 0 ] || {
	cat "$TMP/result" >&2
	echo "exit status $rc" >&2
	exit 1
}
[ "${n:-0}" -ge 30 ] || {
	echo "only ${n:-0} mutants ran: $(cat "$TMP/last")" >&2
	exit 1
}
cat "$TMP/last"
