#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Whatever part of the story an engine has seen, a look at the whole brings it
# to the same state (FACTS.md I, oracle f): each scenario ends alike under
# native when nobody kills the daemon, when it is restarted at the end, and
# when it was away from some moment on until then. And one that starts where
# all is in order has nothing to do.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# What is not alike, and why.
apart='
config/capabilities	what hn0 had before its VF joined, only that planner knew
config/delay-long	the delay begins anew with each start
flap/up-without-link	tries go on for ever, and are not at the same times
'
# What is still to be done at the end: the VF refuses to be a port, or to have
# a link.
busy='config/jumbo-vf-refuses flap/up-without-link'

variant() { # scenario its-name steps...
	from=$1
	to=$TMP/s/$2.scn
	shift 2
	dir=$PWD/$(dirname "$from")
	{
		sed -E -e '/^(expect|sometimes) /d' \
		    -e 's/^(at [^ ]* +)end$/\1mark over/' \
		    -e "s#^(rules +\")#\\1$dir/#" \
		    -e "s#^(shell +)([^/ ]*) as #\\1$dir/\\2 as #" "$from"
		for step; do
			echo "at $step"
		done
		echo "at over+120s end"
	} >"$to"
}

final() { # trace
	awk 'BEGIN { FS = "\"" }
	$1 ~ /^state / && $2 != "daemon" { value[$2, $4] = $6 }
	END {
		for (i in value) {
			split(i, w, SUBSEP)
			if (value[w[1], "exists"] != "no" || w[2] == "exists")
				print w[1], w[2] ": " value[i]
		}
	}' "$1" | sort
}

mkdir -p "$TMP/s"
n=0
find scenarios -name '*.scn' | sort >"$TMP/files"
while read -r scn; do
	# A day is too long, and a recording has its own end.
	grep -q '^at +24h' "$scn" && continue
	grep -q '^at .* end$' "$scn" || continue
	n=$((n + 1))
	name=$(echo "${scn#scenarios/}" | sed 's#/#+#; s/\.scn$//')
	echo "$name" >>"$TMP/names"
	variant "$scn" "$name.whole"
	variant "$scn" "$name.again" "over+1s daemon restart mark renewed"
	for at in 26500ms 41s; do
		variant "$scn" "$name.from-$at" "$at daemon kill" \
		    "over+45s daemon start mark renewed"
	done
done <"$TMP/files"
[ "$n" -ge 90 ] || bad "only $n scenarios"

"$SB" test -j2 --policy native --trace "$TMP/t" "$TMP/s" >"$TMP/out" 2>&1 ||
	bad "exit status $?: $(grep -v '^ok ' "$TMP/out" | head -n 20)"

while read -r name; do
	file=$(echo "$name" | tr + /)
	final "$TMP"/t/*"$name".whole.scn.native.*.trace >"$TMP/whole"
	for kind in again from-26500ms from-41s; do
		trace=$(ls "$TMP"/t/*"$name.$kind".scn.native.*.trace)
		final "$trace" >"$TMP/part"
		if diff "$TMP/whole" "$TMP/part" >"$TMP/diff"; then
			continue
		fi
		echo "$file" >>"$TMP/differ"
		echo "$apart" | grep -q "^$file	" ||
			bad "$file, $kind: $(cat "$TMP/diff")"
	done
	late=$(awk '$1 == "mark" && $4 == "\"renewed\"" { at = $3 }
	    $1 == "operation" { begun[$3] = $0 }
	    END { for (t in begun) if (t + 0 > at + 0) print begun[t] }' \
	    "$TMP"/t/*"$name".again.scn.native.*.trace)
	case " $busy " in
	*" $file "*)
		[ -n "$late" ] || bad "$file: nothing is left to be done"
		;;
	*)
		[ -z "$late" ] || bad "$file: not at rest: $late"
		;;
	esac
done <"$TMP/names"

# What has an excuse needs it.
echo "$apart" | sed '/^$/d; s/	.*//' | while read -r file; do
	grep -qx "$file" "$TMP/differ" || echo "$file ends alike: no excuse"
done >"$TMP/needless"
[ -s "$TMP/needless" ] && bad "$(cat "$TMP/needless")"
exit $status
