#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd on a real kernel: a guest whose VF is unplugged and plugged again.
#
#	tests/guest/bond-hotplug.sh [-n CYCLES] [-k] [-v]
#
# It looks at what became of the bond, at every operation that the daemon has
# logged, and at the daemon's memory and descriptors. Options, and what it
# needs: guest-in-test.sh. The lines for the guest are in single quotes, because
# its own shell shall read them.
# shellcheck disable=SC2016,SC2154
set -u
. "$(dirname "$0")/guest-in-test.sh"

# --- the bond is built ---
guest ': >/tmp/log; tail -f /tmp/log &'
guest "$native --flight-size 64K" '>/tmp/out 2>>/tmp/log & daemon=$!'
wait_bond "$with_vf"
ask 1
built=$counts
guest 'for p in $(pidof switchbackd); do echo RIGHTS $(grep -E' \
    '"^(Uid|CapEff|NoNewPrivs|Seccomp):" /proc/$p/status); done'
guest 'probe & probe=$!'

# --- it loses its VF and gets it back ---
cycle=1
while [ "$cycle" -le "$cycles" ]; do
	unplug
	wait_bond "$alone"
	plug
	wait_bond "$with_vf"
	[ "$cycle" -ne 1 ] && [ "$cycle" -ne "$cycles" ] || guest \
	    'echo VITALS $(grep VmRSS /proc/$daemon/status) $(ls /proc/$daemon/fd)'
	cycle=$((cycle + 1))
done
ask 2
cycled=$counts
guest 'kill -INT $(pidof ping); wait $probe'

# --- it is killed, and another one finds all in order ---
guest 'kill -KILL $daemon; wait $daemon'
guest "$native" '>/tmp/out 2>>/tmp/log & daemon=$!'
wait_line "$D/console" 2 30 '^daemon: ready'
ask 3
again=$counts
guest 'for i in bond0 eth0 eth1; do ip -o addr show $i; done | sed "s/^/IP /"'
guest 'ip route | sed "s/^/ROUTE /"; cat /sys/class/net/bond0/ifalias'
guest 'kill $daemon; wait $daemon; echo "ENDED $?"'
guest 'echo "LEFT $(cat /sys/class/net/bond0/bonding/slaves)"'

# --- what is to be said of all that ---
number() { # "12 operations, 0 refused" gives 12
	echo "${1%% operations*}"
}

echo "built: $built; after $cycles cycles: $cycled; a second life: $again"
for c in "$built" "$cycled" "$again"; do
	[ "${c#*, }" = '0 refused' ] || bad "operations were refused: $c"
done
[ $(($(number "$cycled") - $(number "$built"))) -eq "$cycles" ] ||
	bad "not one operation a cycle"
[ "$(number "$again")" -eq 0 ] || bad "a second life changes what is right"
twice=$(grep -E '^failover: (bond0|eth[01]|default-route) .*[)]$' \
    "$D/console" | grep -v 'port-add eth1\|declared a synthetic' | sort | uniq -d)
[ -z "$twice" ] || bad "done twice: $twice"
[ "$(count '^failover: bond0 port-add eth1 ')" -eq $((cycles + 1)) ] ||
	bad "eth1 did not join once a time"
[ "$(count '^BOND ')" -le $((6 + 4 * cycles)) ] || bad "the bond was restless"
[ "$(count '^BOND .*absent')" -le 1 ] || bad "the bond went away"
has '^IP .*bond0 .*inet 10.0.2.15/24 '
has '^IP .*bond0 .*inet6 fec0::15/64 '
[ "$(count '^IP .*eth[01] .*inet')" -eq 0 ] || bad "a port has an address"
has '^ROUTE default via 10.0.2.2 dev bond0'
has '^switchback hn0$'
has '^RULE eth1 DETACH'
has '^RULE eth1 ATTACH'
has '^source: +vmxnet30 at slot=0 function=0 dbsf=pci0:2:0:0 vendor=0x15ad'
has '^ENDED 0'
# The engine, the keeper, and who changes interfaces.
has '^RIGHTS Uid: 65534 65534 .* CapEff: 0* NoNewPrivs: 1 Seccomp: 2'
has '^RIGHTS Uid: 0 .* CapEff: 0*2e NoNewPrivs: 0 Seccomp: 0'
has '^RIGHTS Uid: 0 .* CapEff: 0*3400 NoNewPrivs: 1 Seccomp: 0'
has '^LEFT eth0 eth1'
# Each fail-over is told once, with a time that its phases add up to.
grep '^failover: eth0: eth[01] carries after ' "$D/console" >"$D/times"
sed 's/^/    /' "$D/times" | tail -n 2
[ "$(grep -c 'eth1 carries' "$D/times")" -ge "$cycles" ] ||
	bad "a fail-over to the VF is not timed"
[ "$(grep -c 'eth0 carries' "$D/times")" -eq "$cycles" ] ||
	bad "a fail-over to the synthetic NIC is not timed"
awk '{
	for (i = n = 0; i <= NF; i++)
		if ($i ~ /^[0-9]+[.][0-9]+$/)
			t[n++] = $i
	off = t[0] - t[1] - t[2] - t[3]
	if (n != 4 || off > 0.003 || off < -0.003)
		bad = 1
}
END { exit bad }' "$D/times" || bad "the phases do not add up"

grep '^VITALS' "$D/console" | sed 's/^/    /'
grep '^VITALS' "$D/console" | awk '
	{ kb[NR] = $3; $1 = $2 = $3 = ""; fds[NR] = $0 }
	END { exit fds[1] != fds[NR] || kb[NR] - kb[1] > 256 }' ||
	bad "memory or descriptors grow"
grep '^PROBE' "$D/console" | sed 's/^/    /'
gap=$(sed -n 's/^PROBE longest gap \([0-9]*\) .*/\1/p' "$D/console")
[ "${gap:-1000}" -le 50 ] || bad "a second without an answer"
exit $failed
