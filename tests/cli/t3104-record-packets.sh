#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Packets of real interfaces are in the store, on the clock of all the rest,
# though their interface comes and goes; and come out as pcap files.
set -u
. tests/cli/record-in-test.sh
. tests/cli/netns-in-test.sh
in_netns
command -v bash >/dev/null 2>&1 || {
	echo "needs bash to send packets"
	exit 77
}

send() { # how many, to address/port
	bash -c 'for ((i = 0; i < $1; i++)); do
		printf "probe %06d ...................................." "$i" \
		    >"/dev/udp/$2"; done' send "$1" "$2" 2>/dev/null
}
packets() { ask "SELECT count(*) FROM packet JOIN place ON
    place.run = packet.run AND place.seq = place WHERE place.run = $run AND
    name = '$1'"; }
have() { [ "$(packets "$1")" -ge "$2" ]; }
said() { ask "SELECT text FROM note WHERE run = $run" | grep -q "$1"; }

ip link set lo up
ip link add vf0 type veth peer name peer0
ip addr add 10.9.0.1/24 dev vf0
ip link set vf0 up
ip link set peer0 up
ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev vf0 nud permanent
run=1
start --no-source --batch 10ms --title packets --snaplen 60 \
    --packets 'lo:udp port 9 or udp port 10' --packets 'vf0:udp dst port 9' \
    --packets late0
wait_for said 'packets of late0: .* from when it is there'
send 500 127.0.0.1/9
send 200 10.9.0.2/9
send 50 10.9.0.2/11
wait_for have lo 500
wait_for have vf0 200
is '500|200' "SELECT sum(name = 'lo') || '|' || sum(name = 'vf0') FROM packet
    JOIN place ON place.run = packet.run AND place.seq = place"
# Snapped, but its whole length is told: 14 + 20 + 8 + 49 bytes.
is '60|91' "SELECT max(length(data)) || '|' || max(wire_bytes) FROM packet"
is '1|60' "SELECT DISTINCT linktype || '|' || snap_bytes FROM place"

# On one clock with the routing messages: between what was before and after.
ip link set vf0 mtu 1400
mtu() { [ -n "$(ask "SELECT 1 FROM state WHERE object = 'vf0' AND
    value = '$1'")" ]; }
wait_for mtu 1400
send 100 127.0.0.1/10
wait_for have lo 600
ip link set vf0 mtu 1401
wait_for mtu 1401
is '100|0' "SELECT sum(p.at_ns > a.at_ns AND p.at_ns < b.at_ns) || '|' ||
    sum(p.at_ns > b.at_ns) FROM packet p
    JOIN place ON place.run = p.run AND place.seq = p.place AND name = 'lo'
    JOIN state a ON a.object = 'vf0' AND a.value = '1400'
    JOIN state b ON b.object = 'vf0' AND b.value = '1401'"

# Down and up again; gone, and another one of its name comes.
ip link set vf0 down
ip link set vf0 up
ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev vf0 nud permanent
send 30 10.9.0.2/9
wait_for have vf0 230
ip link del vf0
wait_for said 'packets of vf0: .*back'
ip link add vf0 type veth peer name peer0
ip addr add 10.9.0.1/24 dev vf0
ip link set peer0 up
ip link set vf0 up
ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev vf0 nud permanent
wait_for said 'packets of vf0: taken from here'
send 7 10.9.0.2/9
wait_for have vf0 237
# And the one that was not there before.
ip link add late0 type veth peer name late1
ip link set late1 up
ip link set late0 up
wait_for said 'packets of late0: taken from here'
# One that was down before it went; and another one right after it.
ip link set late0 down
ip link del late0
ip link add late0 type veth peer name late1
ip link set late1 up
ip link set late0 up
twice() { [ "$(ask "SELECT count(*) FROM note WHERE run = $run AND
    text = 'packets of late0: taken from here on'")" = 2 ]; }
wait_for twice
# The last ones are still in the kernel's ring when it ends.
send 11 127.0.0.1/9
finish 0 INT
grep -q '^run 1: packets: 0 records, ' "$TMP/out" || fail "no result"
[ "$(packets lo)" -eq 611 ] || fail "$(packets lo) packets of lo, not 611"

# Files.
"$SB" export --pcap "$TMP/pcap" >"$TMP/out" 2>"$TMP/err" || fail "export"
grep -q "^$TMP/pcap/lo.pcap: 611 packets\$" "$TMP/out" || fail "export: lo"
grep -q "^$TMP/pcap/vf0.pcap: 237 packets\$" "$TMP/out" || fail "export: vf0"
[ -z "$(find "$TMP/pcap" -name '*.part')" ] || fail "left a part of a file"
# Magic of nanoseconds, version 2.4, snap length, Ethernet; the first packet's
# second and nanosecond, its lengths.
# shellcheck disable=SC2046
set -- $(od -An -v -t u4 -N 40 "$TMP/pcap/lo.pcap" | tr '\n' ' ')
[ "$1" = 2712812621 ] && [ "$5" = 60 ] && [ "$6" = 1 ] ||
    fail "the header of the file: $*"
[ "$9" = 60 ] && [ "${10}" = 91 ] || fail "the first packet: $*"
wall=$(ask "SELECT substr(text, instr(text, ': wall ') + 7, 10) FROM note
    WHERE who = 'clock' ORDER BY seq LIMIT 1")
[ "$7" -ge "$wall" ] && [ "$7" -le $((wall + 300)) ] ||
    fail "its time is $7, the run began at $wall"
[ "$(wc -c <"$TMP/pcap/lo.pcap")" -eq $((24 + 611 * 76)) ] || fail "its size"

# What the kernel's ring did not hold is counted.
start --no-source --netlink no --title drops --packets 'lo:udp port 12' \
    --snaplen 65535
run=$(ask 'SELECT max(id) FROM run')
kill -STOP "$recorder"
bash -c 'for ((i = 0; i < 3000; i++)); do
	printf "%04000d" 0 >/dev/udp/127.0.0.1/12; done' 2>/dev/null
kill -CONT "$recorder"
wait_for said 'packets of lo: the kernel dropped [1-9]'
finish 0
dropped=$(sed -n 's/.* packets (\([0-9]*\) dropped by the kernel).*/\1/p' \
    "$TMP/out")
is "${dropped:-none}" "SELECT sum(replace(text,
    'packets of lo: the kernel dropped ', '')) FROM note
    WHERE run = $run AND text LIKE '%dropped%'"
[ "$(packets lo)" -gt 0 ] || fail "kept none at all"

# A run without packets.
echo '!x' >"$TMP/records"
"$SB" record --source "$TMP/records" --netlink no >/dev/null 2>&1
"$SB" export --run 3 --pcap "$TMP/none" 2>"$TMP/err"
[ $? -eq 4 ] && grep -q 'has no packets' "$TMP/err" || fail "no packets"

# Who may not capture is told so. Root without the right, where it can be had.
if command -v setpriv >/dev/null 2>&1 &&
    setpriv --bounding-set -net_raw --inh-caps -net_raw true 2>/dev/null; then
	setpriv --bounding-set -net_raw --inh-caps -net_raw \
	    "$SB" record --no-source --packets lo --for 1s >"$TMP/out" \
	    2>"$TMP/err"
	[ $? -eq 3 ] && grep -q 'packets of lo: not permitted: run as root' \
	    "$TMP/err" || fail "not permitted"
	is 3 'SELECT count(*) FROM run'
fi
end_test
