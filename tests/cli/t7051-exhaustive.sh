#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchback explore --exhaustive: native holds in all histories of a small
# depth, what breaks stock is shown by the line that is printed for it, and bad
# options are refused.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

"$SB" explore --exhaustive --depth 2 --faults 0 >"$TMP/out" 2>&1
code=$?
[ $code -eq 0 ] || bad "native: exit status $code: $(cat "$TMP/out")"
grep -Eq '^[0-9]+ states, [0-9]+ at rest, [0-9]+ moves' "$TMP/out" ||
	bad "no numbers: $(cat "$TMP/out")"
grep -q '; complete$' "$TMP/out" || bad "not complete: $(cat "$TMP/out")"

# Whatever is met again by another way leads to the same.
"$SB" explore --exhaustive --twice --depth 1 >"$TMP/out" 2>&1 ||
	bad "twice: $(cat "$TMP/out")"
grep -q '^from 0 states something else came the second time$' "$TMP/out" ||
	bad "twice: $(cat "$TMP/out")"

"$SB" explore --exhaustive --world vmx --overlap 1 >"$TMP/out" 2>&1 ||
	bad "vmx: $(cat "$TMP/out")"
grep -q '; complete$' "$TMP/out" || bad "vmx: not complete: $(cat "$TMP/out")"

# One event more leads to nothing new.
for depth in 100 1000; do
	"$SB" explore --exhaustive --depth $depth --overlap 1 --faults 0 \
		--events network,restart,nic >"$TMP/closed$depth" 2>&1 ||
		bad "nic: $(cat "$TMP/closed$depth")"
	grep -q '; complete for any number of events$' "$TMP/closed$depth" ||
		bad "not closed: $(cat "$TMP/closed$depth")"
done
[ "$(head -n 1 "$TMP/closed100")" = "$(head -n 1 "$TMP/closed1000")" ] ||
	bad "not the same: $(cat "$TMP/closed100" "$TMP/closed1000")"

"$SB" explore --exhaustive --policy stock --depth 1 --faults 0 \
	>"$TMP/stock" 2>&1
code=$?
[ $code -eq 1 ] || bad "stock: exit status $code"
grep -q '^FAIL route: ' "$TMP/stock" || bad "stock: $(cat "$TMP/stock")"
grep -q -- '--exhaustive .* --path -$' "$TMP/stock" ||
	bad "stock, as it begins: $(cat "$TMP/stock")"

for options in "--depth 0" "--depth 1001" "--faults 3" "--overlap 0" \
	"--events vf,hail" "--world flat" "--path 1.x" "--path 9.9" "--seeds 1..2" "--policy both" more; do
	# shellcheck disable=SC2086
	"$SB" explore --exhaustive $options >"$TMP/out" 2>&1
	code=$?
	[ $code -eq 2 ] || bad "$options: exit status $code"
	grep -q '^switchback explore: ' "$TMP/out" ||
		bad "$options: $(cat "$TMP/out")"
done
exit $status
