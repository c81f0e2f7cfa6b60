#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# devd's socket is closed under a daemon with native fail-over. When it is
# connected again it looks at once, and remembers that records were lost.
set -u
. tests/cli/daemon-in-test.sh
. tests/cli/netns-in-test.sh
[ "$(uname -s)" = Linux ] || end_test
in_netns -nm

# Another daemon is in devd's place.
mkdir "$TMP/sockets"
mkfifo "$TMP/first"
first() {
	"$SBD" -d -f /dev/null --source "$TMP/first" --sockets "$TMP/sockets" \
	    2>"$TMP/first.log" </dev/null &
	first=$!
	wait_for test -S "$TMP/sockets/devd.seqpacket.pipe"
	wait_for grep -q 'daemon: ready' "$TMP/first.log"
}
ip link add syn0 type veth peer name peer0
ip link set peer0 up
ip link set syn0 up
echo 'ifconfig_syn0="inet 10.9.9.2/24"' >"$TMP/rc"
: >"$TMP/conf"
first
: >"$TMP/log"
"$SBD" -d -f "$TMP/conf" --policy native --pair syn0 --rc-conf "$TMP/rc" \
    --source "$TMP/sockets/devd.seqpacket.pipe" \
    --flight-dump "$TMP/flight.db" 2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'

kill "$first"
wait "$first"
wait_for logged 'records are missed until it is connected again'
first
wait_for logged 'pipe: connected again'
kill -USR2 "$daemon"
wait_for logged "flight: $TMP/flight.db: written"
lost=$("$SB" query --db "$TMP/flight.db" "SELECT count(*) FROM decision
    WHERE kind = 'hint' AND CAST(body AS TEXT) LIKE '%result=1%'")
[ "$lost" = 1 ] || fail "it is told $lost times, not once"
finish 0
kill "$first"
wait "$first"
end_test
