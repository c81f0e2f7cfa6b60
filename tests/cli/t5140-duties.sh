#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The keeper and the process that changes interfaces stay root, with what their
# duty needs and no more; the keeper's commands have all that the daemon had.
set -u
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh
[ "$(id -u)" -eq 0 ] || {
	echo "needs root"
	exit 77
}
in_netns -nm
of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
# has PID SET MASK: no more than the mask, which is in hexadecimal
within() {
	[ $((0x$(of "$1" "$2") & ~$3)) -eq 0 ] ||
	    fail "process $1 has $2 $(of "$1" "$2"), allowed is $3"
}
children() {
	for p in /proc/[0-9]*; do
		grep -qx "PPid:[[:space:]]*$daemon" "$p/status" 2>/dev/null &&
		    echo "${p#/proc/}"
	done | sort -n
}
begin() {
	rm -f "$TMP/log" "$TMP/keeper"
	: >"$TMP/log"
	${with:-} "$SBD" -d -f "$TMP/conf" --policy native --pair syn0 \
	    --rc-conf "$TMP/rc" --source "$TMP/records" "$@" \
	    2>"$TMP/log" </dev/null &
	daemon=$!
	wait_for logged 'daemon: ready'
	say '!system=IFNET subsystem=em0 type=GO'
	wait_for test -s "$TMP/keeper"
	keeper=$(cat "$TMP/keeper")
	interfaces=$(children | grep -vx "$keeper")
}

ip link add syn0 type veth peer name peer0
ip link set peer0 up
ip link set syn0 up
echo 'ifconfig_syn0="inet 10.9.9.2/24"' >"$TMP/rc"
cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "GO";
	action "cat /proc/self/status >$TMP/status; echo \$\$PPID >$TMP/keeper";
};
EOF
mkfifo "$TMP/records"
begin
[ "$(echo "$interfaces" | wc -w)" -eq 1 ] || give_up "processes: $(children)"

# Bits 1, 2, 3 and 5: files and processes of others. Bits 10, 12 and 13:
# BIND_SERVICE, NET_ADMIN and NET_RAW.
within "$keeper" CapEff 0x2e
within "$keeper" CapPrm 0x2e
for set in CapEff CapPrm CapInh CapBnd CapAmb; do
	within "$interfaces" $set 0x3400
done
[ $((0x$(of "$interfaces" CapEff) & 0x1000)) -ne 0 ] ||
    fail "who changes interfaces has no NET_ADMIN"
[ "$(of "$interfaces" NoNewPrivs)" = 1 ] || fail "no no_new_privs"
for set in CapEff CapPrm CapBnd; do
	[ "$(sed -n "s/^$set:[[:space:]]*//p" "$TMP/status")" = \
	    "$(of self $set)" ] || fail "a command has another $set"
done
grep -qx 'NoNewPrivs:[[:space:]]*0' "$TMP/status" ||
    fail "a command has no_new_privs"
# It still looks, and changes what is its own.
wait_for logged 'failover: syn0'
finish 0

# Where a service manager has taken what makes bounding sets smaller.
if command -v setpriv >/dev/null 2>&1; then
	with='setpriv --bounding-set -setpcap'
	begin
	with=''
	within "$interfaces" CapEff 0x3400
	within "$interfaces" CapPrm 0x3400
	[ "$(of "$interfaces" NoNewPrivs)" = 1 ] || fail "no no_new_privs"
	! logged 'what it may do it keeps' || fail "it keeps what it may do"
	finish 0

	# And no_new_privs set: commands have what the daemon had, still.
	with='setpriv --no-new-privs'
	begin
	with=''
	within "$keeper" CapEff 0x2e
	[ "$(sed -n "s/^CapEff:[[:space:]]*//p" "$TMP/status")" = \
	    "$(of self CapEff)" ] || fail "with no_new_privs a command has less"
	finish 0
fi

begin --confine no
[ "$(of "$keeper" CapEff)" = "$(of self CapEff)" ] || fail "--confine no: keeper"
[ "$(of "$interfaces" CapEff)" = "$(of self CapEff)" ] ||
    fail "--confine no: interfaces"
finish 0
end_test
