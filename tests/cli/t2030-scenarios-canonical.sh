#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The scenarios that come with the program are in their canonical form.
set -u
find scenarios -name '*.scn' >"$TMP/list"
[ -s "$TMP/list" ] || {
	echo "no scenarios found" >&2
	exit 1
}
xargs "$SB" fmt --check <"$TMP/list" >"$TMP/out" || {
	echo "not canonical; run switchback fmt -w on:" >&2
	cat "$TMP/out" >&2
	exit 1
}
