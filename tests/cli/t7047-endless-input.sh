#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Input without an end is refused, in bounded memory, and told by its name: a
# device, a pipe, a directory of rules that includes itself.
set -u
bad=0

# STATUS, what is said, then the command. Its input is standard input. (The
# sanitizers need an address space that no limit leaves.)
refuses() {
	want=$1 said=$2
	shift 2
	(
		# shellcheck disable=SC3045 # the shells that run it have it
		[ "$V" = asan ] || ulimit -v 1200000
		exec "$SB" "$@"
	) >"$TMP/out" 2>&1
	rc=$?
	[ $rc -eq "$want" ] && grep -q "$said" "$TMP/out" || {
		echo "$*: exit status $rc; it said:" >&2
		head -c 500 "$TMP/out" >&2
		bad=1
		return 1
	}
}

echo 'notify 1 { match "system" "X"; action "x"; };' >"$TMP/good.conf"
refuses 2 '/dev/zero: error: cannot be read (/dev/zero: longer than 16 MiB)' \
    check /dev/zero
refuses 2 'fmt: /dev/zero: longer than 64 MiB' fmt /dev/zero
refuses 2 'match: -: longer than 64 MiB' match -f "$TMP/good.conf" - </dev/zero
refuses 2 'match: /dev/zero: longer than 64 MiB' \
    match -f "$TMP/good.conf" --media /dev/zero "$TMP/good.conf"
yes '1.000000000 !system=A subsystem=B type=C' |
	refuses 2 'longer than 64 MiB' import --format recording \
	    --db "$TMP/x.db" - || bad=1

mkdir "$TMP/d"
echo "options { directory \"$TMP/d\"; };" >"$TMP/main.conf"
{
	cat "$TMP/main.conf"
	yes 'notify 1 { match "system" "X"; action "x"; };' | head -n 5000
} >"$TMP/d/again.conf"
refuses 2 'again.conf: error: with this the files of the set have more than 16' \
    check "$TMP/main.conf"
[ "$(grep -c error: "$TMP/out")" -eq 1 ] || {
	echo "told more than once: $(grep error: "$TMP/out")" >&2
	bad=1
}
exit $bad
