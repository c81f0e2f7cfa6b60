#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The lab's guest, by hand: its image boots, says hello over its virtio-serial
# port, and does what engine/agent/labwire.h says. Its interfaces are seen
# whether the daemon runs or not.
#
#	tests/guest/lab-guest.sh [-k] [-v]
#
# Options, and what it needs: guest-in-test.sh.
# shellcheck disable=SC2034,SC2154
set -u
lab=yes
. "$(dirname "$0")/guest-in-test.sh"

id=0
order() { # WORD [WORD...]: until it is answered; the answer is in $answer
	id=$((id + 1))
	word=$1
	shift
	printf 'do=%s id=%d%s\n' "$word" $id "${*:+ $*}" >&5
	wait_line "$D/said" 1 60 "^is=answer re=$id "
	answer=$(grep "^is=answer re=$id " "$D/said")
}
done_well() {
	case $answer in
	*error=* | *status=*) bad "order $id: $answer" ;;
	esac
}
said() {
	wait_line "$D/said" "$1" 60 "$2"
}

said 1 '^is=hello '
grep '^is=hello ' "$D/said" | sed 's/^/    /'
grep -q '^is=hello at=[0-9]* text=.*Linux 6.*cpu=TCG.*bare hardware' \
    "$D/said" || bad "it does not say what it runs on"

order setup if=eth0 'address="10.0.2.15/24 fec0::15/64"' gateway=10.0.2.2
done_well
said 1 'object=route field=default value="10.0.2.2 via eth0"'
order probe stream=1 way=echo icmp to=10.0.2.2 period=20000000
done_well

# The daemon builds the bond.
order daemon-start \
    'text="-d -f /etc/hyperv.conf --policy native --pair eth0"'
done_well
said 1 '^is=log .*who=daemon text="daemon: ready'
said 1 'object=bond0 field=active value=eth1'
said 1 'object=bond0 field=inet value=.*10.0.2.15/24'

# Its VF goes and comes back.
unplug
said 1 'object=eth1 field=exists value=no'
said 1 '^is=record .*type=DETACH'
said 1 'object=bond0 field=active value=eth0'
plug
said 2 'object=bond0 field=active value=eth1'

# It is killed; what happens then is still seen, and the next one starts.
order daemon-kill
done_well
said 1 '^is=ended at=[0-9]* status=137'
order daemon-kill
case $answer in
*'error="no daemon runs"'*) ;;
*) bad "what does not run is killed: $answer" ;;
esac
order run 'text="ip link set eth1 down; exit 3"'
case $answer in
*' status=3'*) ;;
*) bad "a command's status: $answer" ;;
esac
said 3 'object=bond0 field=active value=eth0'
order daemon-start 'text="-d -f /etc/hyperv.conf --policy native --pair eth0"'
said 2 '^is=log .*who=daemon text="daemon: ready'

# Files, and what became of the probes.
order put path=/tmp/a 'text="one\ntwo\x00"'
done_well
order get path=/tmp/a
grep -q "^is=data re=$id .*text=\"one.ntwo.x00\"" "$D/said" ||
	bad "a file does not come back"
order probes
packets() { # sent or got, as they were said for this order
	grep "^is=packets re=$id .*stream=1" "$D/said" |
	    grep "$1" 'log=got' | sed 's/.*text=//' | tr ' ' '\n' | grep -c ,
}
sent=$(packets -v)
got=$(packets -e)
echo "    $sent sent, $got answered; $(grep -c '^is=stall' "$D/said") stalls"
[ "$sent" -gt 50 ] || bad "hardly any probes: $sent"
[ "$got" -gt $((sent / 2)) ] || bad "of $sent probes $got were answered"

# The end is a powered off machine.
order end
tries=200
while kill -0 "$qemu" 2>/dev/null && [ $tries -gt 0 ]; do
	sleep 0.1
	tries=$((tries - 1))
done
[ $tries -gt 0 ] || give_up "it does not power off"
wait "$qemu" || bad "qemu ends with $?"
exit $failed
