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
# for each change, and when that had answered; from what it was told to the last
# answer, divided by the calls alone, is the number. A VF's return may be 1.2.
# Last, its decisions are made again on this machine, and are to be the same.
# Options, and what it needs: guest-in-test.sh.
# shellcheck disable=SC2016,SC2034,SC2154
set -u
qemu_options='-icount shift=1,sleep=off'
. "$(dirname "$0")/guest-in-test.sh"

guest "$native -q --flight-dump /tmp/flight.db" '>/tmp/out 2>&1 & daemon=$!'
wait_bond "$with_vf"
cycle=1
while [ "$cycle" -le "$cycles" ]; do
	unplug
	wait_bond "$alone"
	plug
	wait_bond "$with_vf"
	guest 'sleep 3; ip link del bond0; sleep 1'
	wait_bond "$with_vf"
	cycle=$((cycle + 1))
done
guest 'kill -USR2 $daemon'
guest 'while [ ! -e /tmp/flight.db ]; do usleep 100000; done'
guest 'base64 /tmp/flight.db | sed "s/^/FLIGHT /"'
sed -n 's/^FLIGHT //p' "$D/console" | base64 -d >"$D/flight.db"

"$B/switchback" replay --verify --db "$D/flight.db" ||
	bad "its decisions are others here"

# A burst begins with what the core was told last before an operation, and ends
# when there was none for a second.
"$B/switchback" query --db "$D/flight.db" "select at_ns / 1000, kind from
    decision where kind in ('start', 'record', 'hint', 'timer', 'apply',
    'applied') order by seq" >"$D/rows" || bad "no rows of the recorder"
awk '
	function end_burst() {
		if (n == 1 || n == 2)
			name = "a VF comes back"
		else
			name = "all is made anew"
		if (n > 0) {
			ratio = (last - begin) / calls
			printf "    %s: %d calls, %.1f ms of %.1f ms, %.2f\n", \
			    name, n, calls / 1000, (last - begin) / 1000, ratio
			if (n <= 2 && ratio > 1.2)
				bad = 1
			if (n <= 2)
				returns++
		}
		n = calls = 0
	}
	$2 == "apply" {
		if (n > 0 && $1 - last > 1000000)
			end_burst()
		if (n == 0)
			begin = told
		asked = $1
	}
	$2 == "applied" { calls += $1 - asked; last = $1; n++ }
	$2 != "apply" && $2 != "applied" { told = $1 }
	END { end_burst(); exit bad || !returns }' "$D/rows" ||
	bad "a VF's return takes more than 1.2 of its calls"
exit $failed
