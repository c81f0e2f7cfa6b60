#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# shrink FILE.scn: a scenario that somebody wrote gets short, and goes on
# failing in the same words.
set -u
status=0
here=$(pwd)

bad() {
	echo "$*" >&2
	status=1
}

cd "$TMP" || exit 3

# A known fault of stock, among much that has nothing to do with it.
cat >long.scn <<'END'
# DHCP and the second migration.
scenario "a lease on a port"
origin   "a test"
rc.conf  ifconfig_hn0="DHCP" hyperv_vf_delay="2" sshd_enable="YES"
sysctl   hw.hn.vf_transparent=0
nic      hn0 mac 52:54:00:aa:00:01
vf       vmx0 of hn0 driver vmx present
probe    p1 icmp rate 100/s from 10s

at 20s        vf eject vmx0
at +12.345s   vf attach vmx0 mark back
at +10s       user "ifconfig hn0\nsysctl hw.hn.vflist\nroute get default" mark asked
repeat 6 every 10s {
	at +1s host network-change hn0
}
at asked+200s vf eject vmx0
at +30s       end

expect lagg0 exists
expect address 10.0.2.15/24 only on lagg0
expect vmx0 absent
expect p1 lost == 0 between back and end
END
"$SB" fmt long.scn >formatted.scn && mv formatted.scn long.scn
line=$(grep -n 'only on lagg0' long.scn | cut -d : -f 1)
"$SB" shrink --policy stock long.scn "$line" >short.scn 2>err ||
	bad "shrink: $? $(cat err)"
[ "$(grep -c '^[^#]' short.scn)" -le 6 ] || bad "long: $(cat short.scn)"
head -n 1 short.scn | grep -qx '# DHCP and the second migration.' ||
	bad "the comment is gone: $(cat short.scn)"
"$SB" fmt --check short.scn >/dev/null || bad "not canonical: $(cat short.scn)"
"$SB" test --policy stock short.scn >out 2>&1
[ $? -eq 1 ] || bad "it does not fail: $(cat short.scn out)"
grep -q 'happened: hn0 has it too' out || bad "otherwise: $(cat out)"
# Without an aggregate it would fail as well, for another reason.
sed 's/^expect .*/expect lagg0 exists eventually/' short.scn >exists.scn
"$SB" test --policy stock exists.scn >out 2>&1 || bad "no lagg0: $(cat short.scn)"

# The other one, into a file: packets are lost for the same reason.
line=$(grep -n 'p1 lost' long.scn | cut -d : -f 1)
"$SB" shrink --policy stock -o lost.scn long.scn "$line" >out 2>err ||
	bad "lost: $? $(cat err)"
[ -s out ] && bad "printed, too: $(cat out)"
"$SB" test --policy stock lost.scn >out 2>&1
[ $? -eq 1 ] || bad "lost.scn does not fail: $(cat lost.scn out)"
[ "$(grep -c . lost.scn)" -lt "$(grep -c . long.scn)" ] || bad "not shorter"

# What cannot be shrunk is told.
refused() { # status text arguments...
	want=$1 text=$2
	shift 2
	"$SB" shrink "$@" >out 2>err
	[ $? -eq "$want" ] || bad "$*: not $want: $(cat err)"
	grep -q -e "$text" err || bad "$*: $(cat err)"
	[ -s out ] && bad "$*: printed $(cat out)"
}
refused 1 'long.scn:1: no expectation in this line fails under stock' \
    --policy stock long.scn 1
refused 1 'no expectation fails under native' --policy native \
    "$here/scenarios/migration/eject-mlx5.scn"
refused 2 'number of a line' long.scn route
echo 'scenario "x" y' >wrong.scn
refused 2 '^wrong.scn:1:14: ' wrong.scn
replay=$(grep -l '^replay ' "$here"/scenarios/*/*.scn | head -n 1)
refused 2 'it replays a recording' "$replay"
refused 2 'none.scn' none.scn
exit $status
