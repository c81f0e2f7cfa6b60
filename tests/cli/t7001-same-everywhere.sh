#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A seed gives the same trace whatever compiler made the program, and however
# it optimises: this build and the others that lie beside it, made of the
# same sources, give the same hashes, of random histories and of scenarios.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

hashes() { # program
	"$1" explore --seeds 1..120 --hash
	"$1" explore --seeds 1..40 --policy stock --hash
	"$1" test --hash scenarios
}

hashes "$SB" >"$TMP/own" 2>"$TMP/err" || bad "own: $(cat "$TMP/err")"
[ "$(wc -l <"$TMP/own")" -gt 300 ] || bad "$(wc -l <"$TMP/own") hashes"
grep -Eqv '^[0-9a-f]{32} ' "$TMP/own" && bad "$(head -n 3 "$TMP/own")"

# A program is of these sources when none of them is newer.
n=0
for other in build/switchback build/*/switchback; do
	[ -x "$other" ] && ! cmp -s "$other" "$SB" || continue
	[ -z "$(find engine sim db fixtures scenarios -newer "$other" \
	    -name '*.[chps]*' | head -n 1)" ] || continue
	n=$((n + 1))
	hashes "$other" >"$TMP/other" 2>"$TMP/err" ||
		bad "$other: $(cat "$TMP/err")"
	cmp -s "$TMP/own" "$TMP/other" ||
		bad "$other: $(diff "$TMP/own" "$TMP/other" | head -n 4)"
done
[ $status -ne 0 ] || [ $n -gt 0 ] || {
	echo "no other build of these sources to compare with"
	exit 77
}
exit $status
