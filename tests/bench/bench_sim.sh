#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a simulated migration costs: 100,000 of them in seconds of CPU, one of
# them in instructions, many pairs beside one, many packets beside few. Exit
# status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

# pairs rounds rate: a scenario in which every VF leaves at one time and comes
# back at another, again and again
scenario() {
	awk -v pairs="$1" -v rounds="$2" -v rate="$3" 'BEGIN {
		print "scenario \"migrations\"\nmachine qemu-freebsd"
		print "sysctl hw.hn.vf_transparent=0"
		for (i = 0; i < pairs; i++) {
			printf "rc.conf ifconfig_hn%d=\"inet 10.%d.0.4/24\"\n", \
			    i, i + 1
			printf "nic hn%d mac 52:54:00:aa:%02x:01\n", i, i
			printf "vf vmx%d of hn%d driver vmx present\n", i, i
			printf "probe p%d icmp of hn%d rate %d/s from 30s\n", \
			    i, i, rate
		}
		print "repeat " rounds " every 400s from 40s {"
		for (i = 0; i < pairs; i++)
			print "at " (i ? "+0s" : "+1s") " vf eject vmx" i
		for (i = 0; i < pairs; i++)
			print "at " (i ? "+0s" : "+100s") " vf attach vmx" i
		print "}\nat " 40 + rounds * 400 "s end"
		for (i = 0; i < pairs; i++)
			print "expect lagg" i " active vmx" i
	}'
}

instructions() { # file
	instructions_of "$SB" test --policy native "$1"
	grep -q '^1 passed, 0 failed' "$dir/result" || {
		cat "$dir/result" >&2
		exit 3
	}
}

scenario 1 1000 1000 >"$dir/long.scn"
report "100,000 migrations, probes in closed form" \
    "$(cpu_ms "$SB" test --policy native --seed 1..100 "$dir/long.scn")" \
    ms 30000

scenario 1 20 1000 >"$dir/few.scn"
scenario 1 220 1000 >"$dir/many.scn"
few=$(instructions "$dir/few.scn") || exit 3
many=$(instructions "$dir/many.scn") || exit 3
report "a migration, native" $(((many - few) / 200)) ins 1500000

scenario 64 20 1000 >"$dir/pairs.scn"
pairs=$(instructions "$dir/pairs.scn") || exit 3
report "64 pairs, in hundredths of what one pair costs" \
    $((pairs * 100 / few)) '' 8000

scenario 1 20 10 >"$dir/slow.scn"
scenario 1 20 10000 >"$dir/fast.scn"
slow=$(instructions "$dir/slow.scn") || exit 3
fast=$(instructions "$dir/fast.scn") || exit 3
report "10,000 packets/s, in % of what 10 packets/s cost" \
    $((fast * 100 / slow)) % 105
exit $over
