#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What switchbackd takes and refuses of its native policy, and that it leaves a
# system alone on which it can do nothing: there is no bonding, or the declared
# NIC is not there.
set -u
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh

# want STATUS TEXT ARGUMENT...: the text is in what it prints.
want() {
	status=$1 text=$2
	shift 2
	"$SBD" "$@" >"$TMP/log" 2>&1 </dev/null
	rc=$?
	[ $rc -eq "$status" ] || fail "$* gives $rc, expected $status"
	grep -qF -- "$text" "$TMP/log" || fail "$* does not say: $text"
}

echo 'notify 0 { match "type" "GO"; action "true"; };' >"$TMP/conf"
echo '!type=GO' >"$TMP/one"
want 2 '--policy is "rules" or "native"' --policy both -t -f "$TMP/conf"
want 2 'are for --policy native' --pair eth0 -t -f "$TMP/conf"
want 2 'are for --policy native' --rc-conf x -t -f "$TMP/conf"
want 2 'are for --policy native' --keep-rx-all -t -f "$TMP/conf"
for pair in '' =x eth0= a-name-of-sixteen; do
	want 2 '--pair "' --policy native --pair "$pair" -t -f "$TMP/conf"
done
want 2 'declared already' --policy native --pair a=b --pair a -t -f "$TMP/conf"
want 2 "$TMP/none" --policy native --rc-conf "$TMP/none" -t -f "$TMP/conf"
printf 'ok=1\nif true; then\n' >"$TMP/rc"
want 2 "$TMP/rc:2:1: error: " --policy native --rc-conf "$TMP/rc" -t \
    -f "$TMP/conf"
want 2 "$TMP/rc:2:1: error: " --policy native --rc-conf "$TMP/rc" -d \
    -f "$TMP/conf" --source "$TMP/one"
echo 'ifconfig_eth0="inet 10.0.0.2/24"' >"$TMP/rc"
"$SBD" --policy native --rc-conf "$TMP/rc" --pair eth0 -t -f "$TMP/conf" ||
	fail "a good rc.conf is refused"

if [ ! -e /etc/devd.conf ]; then
	want 2 /etc/devd.conf -t
	"$SBD" --policy native -t || fail "native needs rules"
fi

if [ "$(uname -s)" != Linux ]; then
	end_test
fi
in_netns -nm -rnm

ip link add syn0 type veth peer name peer0
ip link set peer0 up
ip link set syn0 up
ip addr add 10.9.9.2/24 dev syn0
ip route add default via 10.9.9.1
what_is() {
	ip -o addr show syn0
	ip -o link show syn0
	ip route
}
what_is >"$TMP/before"
: >"$TMP/log" # an older one is ready in it
"$SBD" -d -f "$TMP/conf" --policy native --pair syn0 --pair gone0 \
    2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'
logged 'syn0' || fail "the pair is not told"
logged 'a stand-in' || fail "that it is none of Hyper-V's is not told"
logged 'no interface gone0' || fail "a missing NIC is not told"
logged 'keeps ifconfig_syn0_alias0="inet 10.9.9.2/24"' || fail "address"
logged 'keeps defaultrouter="10.9.9.1"' || fail "route"
if ip link add try0 type bond 2>/dev/null; then
	ip link del try0
	wait_for logged 'syn0 port-add'
else
	logged 'this kernel has no bonding' || fail "no bonding is not told"
	ip link add v0 type veth peer name v1
	wait_for logged 'subsystem=v0 type=ATTACH'
	ip link del v0
	wait_for logged 'subsystem=v0 type=DETACH'
	what_is | cmp -s - "$TMP/before" || fail "syn0 is another now"
	kill -USR1 "$daemon"
	wait_for logged ' 0 operations, 0 refused'
fi
finish 0
end_test
