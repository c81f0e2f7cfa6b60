#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a controller says of the interfaces and of the pairs, by "switchback ctl
# state" and "ctl pairs", where it does nothing (there is no bonding) and where
# it looks at nothing at all.
# shellcheck source=tests/cli/daemon-in-test.sh
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh

sock=$TMP/control
ctl() { "$SB" ctl --socket "$sock" "$@"; }
echo 'notify 0 { match "type" "GO"; action "true"; };' >"$TMP/conf"

if [ -z "${IN_NETNS:-}" ]; then
	start --control "$sock"
	for order in state pairs; do
		ctl $order >"$TMP/out" 2>"$TMP/err"
		rc=$?
		[ $rc -eq 1 ] && [ ! -s "$TMP/out" ] &&
		    grep -q 'looks at no interface; .*--policy native' \
			"$TMP/err" || fail "$order under --policy rules"
		ctl --json $order >"$TMP/out" 2>"$TMP/err"
		[ $? -eq 1 ] || fail "$order as JSON under --policy rules"
	done
	ctl --json metrics 2>"$TMP/err"
	[ $? -eq 2 ] || fail "metrics as JSON"
	ctl metrics | grep -q failover && fail "metrics of what is not done"
	ctl status | grep -q operations && fail "status of what is not done"
	ctl help | grep -q '^pairs ' || fail "help"
	finish 0
fi

[ "$(uname -s)" = Linux ] || end_test
in_netns -nm -rnm

ip link add syn0 type veth peer name peer0
ip link set peer0 up
ip link set syn0 up
ip addr add 10.9.9.2/24 dev syn0
ip route add default via 10.9.9.1
mac=$(cat /sys/class/net/syn0/address 2>/dev/null) || mac=
: >"$TMP/log" # an older one is ready in it
"$SBD" -d -f "$TMP/conf" --policy native --pair syn0 --pair gone0 \
    --control "$sock" 2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'
ctl state >"$TMP/state" || fail "state"
grep -q '^os linux, default_if syn0, gateway 10.9.9.1$' "$TMP/state" ||
    fail "the system: $(cat "$TMP/state")"
grep -q '^NAME  *CLASS  *FLAG  *LINK  *MAC ' "$TMP/state" || fail "heads"
grep -q "^syn0  *hn  *up  *up  *$mac.* 1500  *10.9.9.2/24" "$TMP/state" ||
    fail "syn0: $(cat "$TMP/state")"
ctl --json state >"$TMP/state"
grep -q '^{"system": *true,' "$TMP/state" || fail "the system as JSON"
grep '"if": *"syn0", *"class": *"hn"' "$TMP/state" |
    grep -q '"addrs": *\[ *"10.9.9.2/24"' || fail "syn0 as JSON"
grep -q '"if": *"lo", *"class": *"other"' "$TMP/state" || fail "lo as JSON"

ctl pairs >"$TMP/pairs" || fail "pairs"
grep -q '^os linux, pairs 1$' "$TMP/pairs" || fail "one pair is there"
grep -q '^syn0  *stand-in' "$TMP/pairs" || fail "who paired it"
ctl --json pairs | grep -q '"pair": *"syn0", *"unit": *0' || fail "pair as JSON"
if ip link add try0 type bond 2>/dev/null; then
	ip link del try0
else
	why='this kernel has no bonding'
	grep -q "^nothing is done: $why\$" "$TMP/pairs" || fail "why not"
	grep -q "^syn0: $why" "$TMP/pairs" && fail "why not, twice"
	ctl --json pairs | grep -q "\"why\": *\"$why\"" || fail "why not as JSON"
	ctl status | grep -q "^why_idle  *$why\$" || fail "why not in the status"
	ctl metrics | grep -qx 'switchbackd_idle 1' || fail "idle as a metric"
	logged "$why" || fail "why not in the log"
fi
ctl metrics | grep -qx \
    'switchbackd_failover_seconds_bucket{direction="to_vf",le="+Inf"} 0' ||
    fail "the histogram"
# A name that cannot be put into a table is cleaned.
ip link add 'x;y' type veth peer name 'x"y' 2>/dev/null
wait_for eval 'ctl state | grep -q "^x"'
ctl --json state | grep -q 'x\\"y' || fail "a name with a quote"
finish 0
end_test
