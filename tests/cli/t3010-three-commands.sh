#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# From the log of a bug report to a regression scenario in three commands.
set -u

export SWITCHBACK_DB="$TMP/runs.db"
failed=0
fail() {
	echo "t3010: $*" >&2
	failed=1
}

# three LOG: the commands; the scenario is $TMP/x.scn then.
three() {
	rm -f "$TMP/runs.db" "$TMP/x.scn"
	"$SB" import "$1" >"$TMP/imported" 2>"$TMP/err" ||
	    fail "import $1: $(cat "$TMP/err")"
	"$SB" export --scenario -o "$TMP/x.scn" 2>"$TMP/err" ||
	    fail "export of $1: $(cat "$TMP/err")"
	"$SB" test "$TMP/x.scn" >"$TMP/out" 2>&1 ||
	    fail "$1 is not green: $(cat "$TMP/out")"
	"$SB" fmt --check "$TMP/x.scn" >/dev/null ||
	    fail "the scenario of $1 is not canonical"
}
has() { # LINE...: each is a line of the scenario
	for line; do
		grep -qxF -- "$line" "$TMP/x.scn" ||
		    fail "no line \"$line\" in: $(cat "$TMP/x.scn")"
	done
}

# A Linux kernel log of a VF loss.
three fixtures/logs/azure-vf-loss.dmesg
has 'scenario "azure-vf-loss"' 'machine  azure-mlx5' \
    'rc.conf  ifconfig_hn0="inet 10.1.19.4/24" defaultrouter="10.1.19.1"' \
    'nic      hn0 mac 00:0d:3a:8e:51:c4' \
    'vf       mce0 of hn0 driver mlx5 present' \
    'at 30s         vf eject mce0 mark gone.1' \
    'at 93.110779s  vf attach mce0 mark back.1' \
    '# mce0 is the log'\''s enP35649s1' \
    'expect lagg0 active hn0 within 2s of gone.1' \
    'expect address 10.1.19.4/24 only on lagg0'
grep -q '\[stock\] .* known fault' "$TMP/out" || fail "stock has no known fault"
grep -q '\[native\]' "$TMP/out" || fail "not run under native"
grep -q '# not met' "$TMP/x.scn" && fail "native does not meet: $(cat "$TMP/x.scn")"

# It is edited: a bound of the reader's own, and one that nobody can meet.
sed 's/ within 5s of back.1/ within 4s of back.1/' "$TMP/x.scn" >"$TMP/y.scn"
cmp -s "$TMP/x.scn" "$TMP/y.scn" && fail "nothing to edit"
"$SB" test "$TMP/y.scn" >"$TMP/out" 2>&1 ||
    fail "edited, it is not green: $(cat "$TMP/out")"
sed 's/ within 2s of gone.1/ within 1ms of gone.1/' "$TMP/x.scn" >"$TMP/y.scn"
"$SB" test "$TMP/y.scn" >"$TMP/out" 2>&1
[ $? -eq 1 ] || fail "a bound of 1 ms does not fail"

# A text recording likewise, with what lies beside it.
three 'fixtures/recordings/freebsd-hn.rec#a_stock_bringup_1+b_unplug_1+c_stock_replug_1'
has 'machine  qemu-freebsd' 'nic      hn0 mac 52:54:00:aa:00:01' \
    'vf       vmx0 of hn0 driver vmx present' \
    'at 30s          vf eject vmx0 mark gone.1' \
    'at 35.01836967s vf attach vmx0 mark back.1' \
    'expect p1 lost <= 20 gap <= 20ms between gone.1 and back.1'
grep -q 'inet 10.0.2.15/24.*defaultrouter="10.0.2.2"' "$TMP/x.scn" ||
    fail "not the address that was seen"
grep -q 'stands in' "$TMP/x.scn" && fail "a stand-in for what was seen"
cp "fixtures/recordings/freebsd-hotplug.rec" "$TMP/r.rec"
three "$TMP/r.rec#f_unplug_vmx"
has '# no hn is in the log: hn0 stands in for the synthetic NIC vtnet0'

# What devd -d said.
three fixtures/logs/devd-lagg.txt
has 'at 30s        vf link em0 down mark flap.1' \
    'at 30.465675s vf link em0 up mark mend.1' \
    'at 33.593929s vf eject em0 mark gone.1' \
    'at 38.102261s vf attach em0 mark back.1' \
    '# the address of hn0 stands in: none was seen'

# rtnetlink, and a bond in a kernel log: Linux's own machine.
three fixtures/logs/bond-unplug.rtnl
has 'system   linux' 'machine  linux-bond' \
    'vf       eth1 of eth0 driver vmxnet3 present' \
    'at 30s vf eject eth1 mark gone.1' 'expect bond0 ports "eth0"'
three fixtures/logs/bond-replug.rtnl
has 'vf       eth1 of eth0 driver vmxnet3' 'at 30s vf attach eth1 mark back.1'
three fixtures/logs/bond-vf-loss.syslog
has 'rc.conf  ifconfig_eth0="inet 10.20.0.7/24" defaultrouter="10.20.0.1"' \
    'nic      eth0 mac 52:54:00:20:00:07' \
    'at 30s        vf eject eth1 mark gone.1' \
    'at 66.646819s vf attach eth1 mark back.1'

# Three NICs whose VFs come while the machine boots, and nothing else.
three fixtures/logs/azure-multinic-boot.dmesg
has 'nic      hn2 mac 7c:1e:52:7c:0a:f6' 'vf       mce0 of hn1 driver mlx5' \
    'at 33.710745s vf attach mce2 mark back.3' \
    'expect lagg2 active mce1 within 5s of back.2'
three fixtures/logs/azure-netvsc-reload.dmesg
has 'at 30s         nic detach hn0 mark out.1'

# A simulated run: its own stimuli and marks, at their times.
rm -f "$TMP/runs.db"
"$SB" test --db "$TMP/runs.db" --policy native scenarios/migration/replug.scn \
    >/dev/null || fail "replug.scn"
"$SB" export --scenario --title 'it''s "mine"' -o "$TMP/x.scn" ||
    fail "export of a simulated run"
has 'scenario "its \"mine\""' 'at 20s vf eject vmx0 mark gone' \
    'at 25s vf attach vmx0 mark back' 'at 34s end'
"$SB" test "$TMP/x.scn" >/dev/null || fail "the simulated run is not green"

# Nothing for a machine to do.
printf '1.0 !system=DEVFS subsystem=CDEV type=CREATE cdev=x\n' >"$TMP/n.log"
rm -f "$TMP/runs.db"
"$SB" import "$TMP/n.log" >/dev/null || fail "import n.log"
"$SB" export --scenario -o "$TMP/n.scn" 2>"$TMP/err"
[ $? -eq 2 ] || fail "a scenario of nothing"
grep -q 'there is nothing to replay' "$TMP/err" || fail "$(cat "$TMP/err")"
[ ! -e "$TMP/n.scn" ] || fail "a file for a scenario of nothing"

exit $failed
