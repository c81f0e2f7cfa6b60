#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Delays that a machine has come back from its runs: a profile made from them
# has these, the others as they were, and scenarios run with it.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# A machine of its own kind.
base=fixtures/machines/linux-bond.profile
sed -e 's/^delay lagg.port .*/delay lagg.port = 40ms/' \
    -e 's/^delay vf.open .*/delay vf.open = 60ms/' \
    -e 's/^delay vf.grace .*/delay vf.grace = 25ms/' \
    -e 's/^delay vm.precopy .*/delay vm.precopy = 200ms..400ms/' \
    -e 's/^delay vm.downtime .*/delay vm.downtime = 90ms/' \
    -e 's/^delay host.offer .*/delay host.offer = 150ms/' \
    -e 's/^delay kernel.syscall .*/delay kernel.syscall = 2ms/' \
    -e 's/^delay inet.address .*/delay inet.address = 5ms/' \
    $base >"$TMP/real.profile"
"$SB" test --policy native --seed 1..5 --machine "$TMP/real.profile" \
    --db "$TMP/lab.db" scenarios/lab/migration.scn \
    scenarios/lab/daemon-killed.scn >"$TMP/test"
rc=$?
[ $rc -le 1 ] || bad "test: exit status $rc: $(cat "$TMP/test")"
runs=
for i in 1 2 3 4 5 6 7 8 9 10; do
	runs="$runs --run $i"
done
# shellcheck disable=SC2086
"$SB" calibrate --db "$TMP/lab.db" $runs --machine linux-bond \
    -o "$TMP/new.profile" >"$TMP/table" 2>"$TMP/err" ||
	bad "calibrate: exit status $?: $(cat "$TMP/err")"
grep -q '^lagg.create  *10 ' "$TMP/table" || bad "table: $(cat "$TMP/table")"

# near NAME LEAST MOST: the delay of the new profile, in microseconds.
near() {
	sed -n "s/^delay $1  *= \([^ ]*\) .*/\1/p" "$TMP/new.profile" |
	    awk -v least="$2" -v most="$3" -F '[.][.]' '
	function us(s) {
		if (s ~ /us$/)
			return s + 0
		if (s ~ /ms$/)
			return s * 1000
		return s * 1000000
	}
	{ exit !(us($1) >= least && us($NF) <= most) }
	END { if (NR != 1) exit 1 }' ||
		bad "$1: $(grep "^delay $1 " "$TMP/new.profile")"
}
near kernel.syscall 1900 2100
# What shows as a sum is divided as 3 to 14, and as 30 to 62.
near lagg.port 17200 18300
near vf.open 80500 84500
near vf.grace 25000 26000
near vm.precopy 200000 400000
near vm.downtime 90000 90000
near host.offer 65000 76000
near vf.probe 135000 155000
near inet.address 4800 5400

# All else is as it was, but for the title.
grep -v -e '^delay' -e '^machine' $base >"$TMP/want"
grep -v -e '^delay' -e '^machine' "$TMP/new.profile" >"$TMP/got"
cmp -s "$TMP/want" "$TMP/got" || bad "other lines: $(diff "$TMP/want" "$TMP/got")"
for delay in vf.ether wire.latency dhcp.server; do
	grep "^delay $delay " $base >"$TMP/want"
	grep "^delay $delay " "$TMP/new.profile" >"$TMP/got"
	cmp -s "$TMP/want" "$TMP/got" || bad "$delay: $(cat "$TMP/got")"
done
grep -q '^machine ".*, calibrated by 10 runs of .*lab.db"$' \
    "$TMP/new.profile" || bad "title: $(head -n 1 "$TMP/new.profile")"

# It is a machine: its runs are like those that were measured.
"$SB" test --policy native --seed 1..5 --machine "$TMP/new.profile" \
    --db "$TMP/again.db" scenarios/lab/migration.scn >"$TMP/test"
rc=$?
[ $rc -le 1 ] || bad "with the new one: exit status $rc: $(cat "$TMP/test")"
for db in lab again; do
	"$SB" query --db "$TMP/$db.db" "SELECT round(avg(end_ns - start_ns) /
	    5e6) FROM operation WHERE text = 'bond0 port-add eth1'" \
	    >"$TMP/$db"
done
cmp -s "$TMP/lab" "$TMP/again" ||
	bad "port-add: $(cat "$TMP/lab"), now $(cat "$TMP/again")"

# The repeated command names the machine.
"$SB" test --policy native --machine "$TMP/none.profile" \
    scenarios/lab/boot.scn >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 2 ] || bad "no such machine: exit status $rc"
grep -q "repeat: .* --machine .*none.profile" "$TMP/out" ||
	bad "no such machine: $(cat "$TMP/out")"

# Without names, all runs on a real kernel are meant; there are none.
"$SB" calibrate --db "$TMP/lab.db" >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 4 ] || bad "no run on vm: exit status $rc"
grep -q 'has no run on stage vm' "$TMP/err" || bad "$(cat "$TMP/err")"
if command -v sqlite3 >/dev/null 2>&1; then
	sqlite3 "$TMP/lab.db" "UPDATE run SET kind = 'vm', trace_hash = '',
	    machine = CASE WHEN id = 2 THEN 'linux-bond' ELSE machine END
	    WHERE id <= 2" || bad sqlite3
	"$SB" calibrate --db "$TMP/lab.db" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "two machines: exit status $rc"
	grep -q 'of different machines' "$TMP/err" || bad "$(cat "$TMP/err")"
	"$SB" calibrate --db "$TMP/lab.db" --machine linux-bond >"$TMP/out" ||
		bad "of all on vm: exit status $?"
	grep -q ', calibrated by 2 runs of ' "$TMP/out" ||
		bad "of all on vm: $(head -n 1 "$TMP/out")"
fi

# A run that shows nothing; a store that is none.
printf 'scenario "x"\nnic hn0 mac 52:54:00:aa:00:01\nat 2s end\n' \
    >"$TMP/x.scn"
"$SB" test --policy stock --db "$TMP/x.db" "$TMP/x.scn" >/dev/null
"$SB" calibrate --db "$TMP/x.db" --run 1 >"$TMP/out" 2>"$TMP/err"
rc=$?
[ $rc -eq 4 ] || bad "nothing: exit status $rc: $(cat "$TMP/err")"
"$SB" calibrate --db "$TMP/no.db" >/dev/null 2>"$TMP/err"
rc=$?
[ $rc -eq 2 ] || bad "no store: exit status $rc: $(cat "$TMP/err")"
exit $status
