#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# explore --db: the run of each shrunk scenario is in the store, and the search
# itself with a check for each invariant; report, diff and merge take them.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

cd "$TMP" || exit 3
"$SB" explore --policy stock --seeds 1..60 --db a.db --into found >out 2>err
[ $? -eq 1 ] || bad "stock: $(cat out err)"
n=$(grep -c '^FAIL ' out)
[ "$n" -ge 5 ] || bad "only $n invariants were broken"
"$SB" list --db a.db --json >list || bad "list: $?"
[ "$(grep -c '"kind":"simulated"' list)" -eq "$n" ] || bad "runs: $(cat list)"
grep '"kind":"simulated"' list | grep -qv '"failed":1,' &&
	bad "one does not fail: $(cat list)"
grep -q '"source":"found/stock-route.scn"' list || bad "no source: $(cat list)"
grep -q "\"kind\":\"search\".*\"failed\":$n," list || bad "search: $(cat list)"
"$SB" report --db a.db --all >report || bad "report: $?"
grep -q 'explore: 60 histories, ' report || bad "report: $(cat report)"

# A later search of the same seeds, and what is new in it.
"$SB" explore --policy stock --seeds 1..2 --db b.db --into other >out 2>err
"$SB" diff b.db a.db >changes 2>&1
[ $? -eq 1 ] || bad "diff: $(cat changes)"
"$SB" merge both.db a.db b.db >out 2>&1 || bad "merge: $(cat out)"
"$SB" list --db both.db --json >list
[ "$(grep -c '"kind":"search"' list)" -eq 2 ] || bad "merged: $(cat list)"

echo 'no store' >text.db
"$SB" explore --seeds 1..2 --db text.db >out 2>err
[ $? -eq 2 ] || bad "no store: $(cat out err)"
grep -q '^switchback explore: .*text.db' err || bad "no store: $(cat err)"
[ -s out ] && bad "it ran all the same"
exit $status
