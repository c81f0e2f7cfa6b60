#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The faults of tests/planted/planted.txt can all still be planted, and the
# script finds what is planted: one fault of the rules, one of the controller.
# All of them: make planted.
set -u

if [ "${V:-default}" != default ]; then
	echo "the same logic as in the plain build, which plants them"
	exit 77
fi
mkdir "$TMP/plant" "$TMP/find"
TMP=$TMP/plant ONLY=plant tests/planted/run.sh >"$TMP/result" 2>&1 || {
	cat "$TMP/result" >&2
	exit 1
}
n=$(sed -n 's/^\([0-9]*\) planted, .*/\1/p' "$TMP/result")
[ "${n:-0}" -ge 25 ] || {
	echo "only ${n:-0} faults: $(tail -n 1 "$TMP/result")" >&2
	exit 1
}
TMP=$TMP/find tests/planted/run.sh rules-condition-ignored \
    native-forgets-default-route >"$TMP/result" 2>&1 || {
	cat "$TMP/result" >&2
	exit 1
}
tail -n 1 "$TMP/result"
