#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The scenarios of the lab run on the simulated machine as well, under many
# seeds, and are short; one that requires a real kernel is skipped there, and
# nothing else can run it.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

"$SB" test -j2 --policy native --seed 1..20 scenarios/lab >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 0 ] || bad "scenarios/lab: exit status $rc: $(cat "$TMP/out")"
n=$(find scenarios/lab -name '*.scn' | wc -l)
[ "$n" -ge 8 ] || bad "only $n scenarios in scenarios/lab"
tail -n 1 "$TMP/out" | grep -q "^$((n * 20)) passed, 0 failed, 0 skipped" ||
	bad "scenarios/lab: $(tail -n 1 "$TMP/out")"
for f in scenarios/lab/*.scn; do
	grep -q '^system   linux$' "$f" || bad "$f: not for Linux"
	for stage in sim vm; do
		grep -q " on $stage\$" "$f" ||
			bad "$f: nothing is expected on $stage alone"
	done
done
# The stored runs tell how long they took.
"$SB" test --policy native --db "$TMP/lab.db" scenarios/lab >/dev/null ||
	bad "--db"
"$SB" query --db "$TMP/lab.db" \
    'SELECT count(*) FROM run WHERE end_ns > 14500000000' >"$TMP/long" ||
	bad "query"
grep -qx 0 "$TMP/long" || bad "too long for the lab: $(cat "$TMP/long")"

# What requires more than there is.
for what in vm enlightenments; do
	cat >"$TMP/$what.scn" <<END
scenario "x"
requires $what
nic      hn0 mac 52:54:00:aa:00:01
at 5s end
expect hn0 exists
END
done
"$SB" test "$TMP/vm.scn" >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 4 ] || bad "requires vm: exit status $rc"
grep -q 'skip .*vm.scn .native.: it requires vm, and the machine is simulated' \
    "$TMP/out" || bad "requires vm: $(cat "$TMP/out")"
"$SB" test "$TMP/enlightenments.scn" >"$TMP/out" 2>&1
grep -q 'it requires enlightenments, and the machine is simulated' \
    "$TMP/out" || bad "requires enlightenments: $(cat "$TMP/out")"
"$SB" debug "$TMP/vm.scn" </dev/null >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 2 ] || bad "debug of what requires vm: exit status $rc"
grep -q 'vm.scn:2:10: error: it requires vm' "$TMP/out" ||
	bad "debug of what requires vm: $(cat "$TMP/out")"
sed 's/^requires vm/requires sim/' "$TMP/vm.scn" >"$TMP/sim.scn"
"$SB" test "$TMP/sim.scn" >"$TMP/out" 2>&1 ||
	bad "requires sim: $(cat "$TMP/out")"
exit $status
