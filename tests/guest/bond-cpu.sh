#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd on a real kernel: how much processor time it takes for a VF that
# goes and comes back, and how much a shell script takes that does the same
# with ip(8).
#
#	tests/guest/bond-cpu.sh [-n CYCLES] [-k] [-v]
#
# The script is what one would write (bond-script.sh): at each line of "ip
# monitor" it looks at interfaces, addresses and routes, and sets right what is
# not. The clock of this guest counts instructions (QEMU's icount), so the
# numbers do not depend on what else the machine has to do. Of the daemon all
# processes are counted, of the script all programs that it has started. It may
# be a twentieth. Options, and what it needs: guest-in-test.sh; ip(8), too.
# shellcheck disable=SC2016,SC2034,SC2154
set -u
qemu_options='-icount shift=1,sleep=off'
ip=$(command -v ip) || {
	echo "needs ip (iproute2)"
	exit 77
}
programs="$ip:/usr/sbin/ip tests/guest/bond-script.sh"
. "$(dirname "$0")/guest-in-test.sh"

# Nobody else is to want the processor meanwhile.
cycle_all() {
	guest 'kill -STOP $watch; sleep 3'
	guest "$1"
	cycle=1
	while [ "$cycle" -le "$cycles" ]; do
		unplug
		guest 'sleep 3'
		plug
		guest 'sleep 6'
		cycle=$((cycle + 1))
	done
	guest "$2"
	guest 'kill -CONT $watch'
	wait_bond "$with_vf"
}

# --- the daemon; what it runs by itself is none of ours ---
guest 'switchbackd -d -q -f /dev/null --policy native --pair eth0' \
    '2>/tmp/log & daemon=$!'
wait_bond "$with_vf"
used='for p in $(pidof switchbackd); do cut -d" " -f1 /proc/$p/schedstat; done'
cycle_all "echo BEFORE \$($used)" "echo AFTER \$($used)"
guest 'kill $daemon; wait $daemon'

# --- the script, with the bond that is there ---
guest 'time -f "SCRIPT %U %S" sh /bin/bond-script.sh >/tmp/log 2>&1 & script=$!'
cycle_all true true
guest 'kill $(pidof ip); wait $script; cat /tmp/log'

sed -n 's/^\(SCRIPT\|BEFORE\|AFTER\) /&/p' "$D/console" | awk -v n="$cycles" '
	{ sum = 0; for (i = 2; i <= NF; i++) sum += $i; is[$1] = sum; seen++ }
	END {
		daemon = (is["AFTER"] - is["BEFORE"]) / 1e6 / n
		script = is["SCRIPT"] * 1e3 / n
		if (seen != 3 || daemon <= 0)
			exit 1
		printf "    a cycle: daemon %.1f ms, script %.0f ms: %.0f times\n",
		    daemon, script, script / daemon
		exit script / daemon < 20
	}' || bad "not a twentieth of the script's"
exit $failed
