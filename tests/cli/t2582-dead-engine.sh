#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# An expectation that holds without an engine says nothing of one: under native
# each scenario fails when its daemon is never started, but for those that start
# one themselves. Stock does nothing at all in some, as it should. The histories
# that a search has found say what must never be, which a dead engine does not.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# Faults too would fail a run in which nothing is asked of the system.
find scenarios -name '*.scn' ! -path '*/regressions/*' | sort >"$TMP/files"
while read -r scn; do
	dead=$TMP/dead/${scn#scenarios/}
	mkdir -p "$(dirname "$dead")"
	dir=$PWD/$(dirname "$scn")
	sed -E -e '/^daemon /s/ start=[^ ]*//' -e '/^daemon *$/d' \
	    -e 's/^fault +may /fault /; s/^fault +/&may /' \
	    -e "s#^(rules +\"|replay +\")#\\1$dir/#" \
	    -e "s#^(shell +)([^/ ]*) as #\\1$dir/\\2 as #" "$scn" |
	    awk '/^daemon / && !n++ { $1 = "daemon start=9000000s" }
	    { line[NR] = $0 }
	    END {
		for (i = 1; i <= NR; i++) {
			print line[i]
			if (n == 0 && line[i] ~ /^machine /)
				print "daemon start=9000000s"
		}
	    }' >"$dead"
done <"$TMP/files"

"$SB" test -j2 --policy native "$TMP/dead" >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 1 ] || bad "exit status $rc, not 1: $(cat "$TMP/err")"
sed -n "s#^ok *$TMP/dead/\\([^ ]*\\) .*#\\1#p" "$TMP/out" >"$TMP/held"
while read -r scn; do
	grep -q '^at .* daemon start' "scenarios/$scn" ||
		bad "$scn holds without an engine"
done <"$TMP/held"
n=$(grep -c '^FAIL .*\[native\]' "$TMP/out")
[ "$n" -ge 90 ] || bad "only $n scenarios failed"
exit $status
