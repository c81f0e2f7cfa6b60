#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchback explore --exhaustive finds a fault that is planted in the engine,
# at its smallest depth and not before, and --path shows how.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# One file is compiled as the others were, and comes before them.
from=engine/failover/native_vf.c
sed 's/(l->vf->up ? 0 : l->p->net.vf_delay_ns)/0/' $from >"$TMP/native_vf.c"
if cmp -s $from "$TMP/native_vf.c"; then
	bad "nothing was planted in $from"
	exit $status
fi
eval "$(cat "$B/stamp/flags") -Wno-error -c -o '$TMP/native_vf.o' \
	'$TMP/native_vf.c'" || exit 1
libs=$(sed 's/ -l/\
-l/g' "$B/stamp/link" | sed -n '/^-l/p' | tr '\n' ' ')
link=$(sed 's/ -l.*//' "$B/stamp/link")
eval "$link -Wl,--wrap=free -o '$TMP/switchback' '$TMP/native_vf.o' \
	'$B/obj/engine/cmd/main_switchback.o' '$B/libharness.a' \
	'$B/libengine.a' $libs" || exit 1
mkdir "$TMP/data" && ln -s "$PWD/fixtures/machines" "$TMP/data/machines" &&
	ln -s "$PWD/engine/rules/conf" "$TMP/data/rules" || exit 1
SWITCHBACK_DATA=$TMP/data
export SWITCHBACK_DATA

explore() {
	"$TMP/switchback" explore --exhaustive --faults 0 --events vf "$@"
}

explore --depth 1 >"$TMP/out" 2>&1 || bad "depth 1: $(cat "$TMP/out")"
explore --depth 2 >"$TMP/out" 2>&1
code=$?
[ $code -eq 1 ] || bad "depth 2: exit status $code"
grep -q '^FAIL delay: ' "$TMP/out" || bad "depth 2: $(cat "$TMP/out")"
path=$(sed -n 's/^  .* --path //p' "$TMP/out" | head -n 1)
explore --depth 2 --path "$path" >"$TMP/shown" 2>&1 ||
	bad "$path: $(cat "$TMP/shown")"
grep -q 'vf attach mce0' "$TMP/shown" || bad "no event: $(cat "$TMP/shown")"
grep -q ' mce0 up ' "$TMP/shown" || bad "no operation: $(cat "$TMP/shown")"
"$SB" explore --exhaustive --faults 0 --events vf --depth 2 >"$TMP/out" 2>&1 ||
	bad "without the fault: $(cat "$TMP/out")"
exit $status
