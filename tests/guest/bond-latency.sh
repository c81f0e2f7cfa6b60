#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd on a real kernel: how much longer its work takes than the kernel's
# part of it, and whether its decisions can be made again elsewhere.
#
#	tests/guest/bond-latency.sh [-n CYCLES] [-k] [-v]
#
# The clock of this guest counts instructions (QEMU's icount), so that it does
# not matter what else the machine has to do. The VF is unplugged and plugged,
# and somebody deletes the bond, so that all of it is to be made again. The
# flight recorder then says when the daemon was told, when it asked the kernel
# for each change, and when that had answered. The same requests are then made
# by a program that has nothing to decide (tests/bench/bond_calls.c). From what
# the daemon was told to its last answer, divided by the bare requests, is the
# number; and what its own requests take longer is what the process that makes
# them costs. Medians. A VF's return, which is one request, may take 1.2; many
# small ones in a row, after each of which the daemon looks, may take 2.2.
# Last, its decisions are made again on this machine, and are to be the same.
# Options, and what it needs: guest-in-test.sh.
# shellcheck disable=SC2016,SC2034,SC2154
set -u
qemu_options='-icount shift=1,sleep=off'
bench=${B:-build}/bench/bond_calls
programs=$bench
[ -x "$bench" ] || make -s bench-bins >&2 || exit 3
. "$(dirname "$0")/guest-in-test.sh"

guest "$native -q --flight-dump /tmp/flight.db" '>/tmp/out 2>&1 & daemon=$!'
wait_bond "$with_vf"
# Nobody else is to want the one processor.
guest 'kill -STOP $watch'
cycle=1
while [ "$cycle" -le "$cycles" ]; do
	unplug
	guest 'sleep 2'
	plug
	guest 'sleep 5; ip link del bond0; sleep 5'
	cycle=$((cycle + 1))
done
guest 'kill -CONT $watch'
wait_bond "$with_vf"
guest 'kill -USR2 $daemon'
guest 'while [ ! -e /tmp/flight.db ]; do usleep 100000; done'
guest 'base64 /tmp/flight.db | sed "s/^/FLIGHT /"'
sed -n 's/^FLIGHT //p' "$D/console" | base64 -d >"$D/flight.db"

"$B/switchback" replay --verify --db "$D/flight.db" ||
	bad "its decisions are others here"

# A burst begins with what the core was told last before an operation, and ends
# when there was none for a second. Rows: what it is, operations, microseconds
# altogether and of the calls.
"$B/switchback" query --db "$D/flight.db" "select at_ns / 1000, kind,
    cast(body as text) from decision where kind in ('start', 'record', 'hint',
    'timer', 'apply', 'applied') order by seq" >"$D/rows" ||
	bad "no rows of the recorder"
awk -F '\t' -v folder="$D" '
	function end_burst() {
		name = n <= 2 ? "return" : "anew"
		if (n > 0)
			print name, n, last - begin, calls
		for (i = 0; i < n; i++)
			print row[i] >(folder "/rows." name "." n)
		close(folder "/rows." name "." n)
		n = calls = 0
	}
	$2 == "apply" {
		if (n > 0 && $1 - last > 1000000)
			end_burst()
		if (n == 0)
			begin = told
		asked = $1
		sub(/^id=[0-9]+ record=-?[0-9]+ /, "", $3)
		sub(/ why=.*/, "", $3)
		row[n] = $3
	}
	$2 == "applied" { calls += $1 - asked; last = $1; n++ }
	$2 != "apply" && $2 != "applied" { told = $1 }
	END { end_burst() }' "$D/rows" | sort >"$D/bursts"

# --- the same by who has nothing to decide ---
guest 'kill $daemon; wait $daemon; kill -STOP $watch'
bare() { # FILE BEFORE: each time with the interfaces as the daemon found them
	rows=$(sed "s/.*/'&'/" "$1" | tr '\n' ' ')
	guest "printf '%s\n' $rows >/tmp/rows"
	for _ in 1 2 3 4 5; do
		guest "$2; sleep 1"
		guest "bond_calls </tmp/rows | sed 's/^/BARE ${1##*/rows.} /'"
	done
}
for f in "$D"/rows.anew.*; do
	bare "$f" 'ip link del bond0; ip link set eth1 down'
done
for f in "$D"/rows.return.*; do
	bare "$f" 'ip link set eth1 nomaster; ip link set eth1 down'
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
cut -d' ' -f1,2 "$D/bursts" | uniq | while read -r name n; do
	grep "^$name $n " "$D/bursts" >"$D/these"
	whole=$(cut -d' ' -f3 "$D/these" | median)
	calls=$(cut -d' ' -f4 "$D/these" | median)
	least=$(sed -n "s/^BARE $name.$n .* calls \([0-9]*\) us.*/\1/p" \
	    "$D/console" | median)
	echo "$name $n $whole $calls ${least:-0}"
done >"$D/medians"
awk '{
	name = $1 == "return" ? "a VF comes back" : "all is made anew"
	ratio = $5 > 0 ? $3 / $5 : 99
	printf "    %s: %d calls, %.1f ms, bare %.1f: %.2f; ", name, $2,
	    $3 / 1000, $5 / 1000, ratio
	printf "a call: bare %.0f us, by a process of its own %.0f, and %.0f " \
	    "to look and decide\n", $5 / $2, $4 / $2, ($3 - $4) / $2
	if (ratio > ($1 == "return" && $2 == 1 ? most_return : most_anew))
		bad = 1
	seen += $1 == "return" && $2 == 1
}
END { exit bad || !seen }' most_return=1.2 most_anew=2.2 "$D/medians" ||
	bad "it takes too long for its calls"
exit $failed
