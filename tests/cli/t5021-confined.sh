#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The engine gives up rights and system calls before it reads a record, and
# still reloads, dumps and connects again; what was asked for must be had.
set -u
. tests/cli/daemon-in-test.sh

# want STATUS TEXT ARGUMENT...
want() {
	status=$1 text=$2
	shift 2
	"$SBD" -d -f "$TMP/conf" "$@" --source "$TMP/none" >"$TMP/log" 2>&1 \
	    </dev/null
	rc=$?
	[ $rc -eq "$status" ] || fail "$* gives $rc, expected $status"
	logged "$text" || fail "$* does not say: $text"
}
rule() {
	echo "notify 0 { match \"type\" \"GO\"; action \"id -u >$TMP/$1.new; mv $TMP/$1.new $TMP/$1\"; };" \
	    >"$TMP/conf"
}
status_of() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$daemon/status"; }

rule one
: >"$TMP/none"
want 2 '--confine is' --confine maybe
want 2 '--user needs a name' --user ''
if [ "$(id -u)" -eq 0 ]; then
	want 3 'there is no user no-such-user' --user no-such-user
else
	want 3 'only root' --user nobody
fi

if [ "$(uname -s)" != Linux ]; then
	end_test
fi
start --confine no
[ "$(status_of Seccomp)" = 0 ] || fail "--confine no: a filter"
[ "$(status_of NoNewPrivs)" = 0 ] || fail "--confine no: no_new_privs"
[ "$(status_of Uid | cut -f1)" = "$(id -u)" ] || fail "--confine no: user"
finish 0

# A second daemon is the source, so that it can be lost.
mkdir "$TMP/sockets"
mkfifo "$TMP/first"
first() {
	"$SBD" -d -f /dev/null --source "$TMP/first" --sockets "$TMP/sockets" \
	    2>"$TMP/first.log" </dev/null &
	first=$!
	wait_for test -S "$TMP/sockets/devd.seqpacket.pipe"
	wait_for grep -q 'daemon: ready' "$TMP/first.log"
}
first
rm "$TMP/log"
"$SBD" -d -f "$TMP/conf" --source "$TMP/sockets/devd.seqpacket.pipe" \
    --control "$TMP/control" --flight-dump "$TMP/flight.db" \
    2>"$TMP/log" </dev/null &
daemon=$!
wait_for logged 'daemon: ready'
[ "$(status_of Seccomp)" = 2 ] || fail "no filter of system calls"
[ "$(status_of NoNewPrivs)" = 1 ] || fail "no no_new_privs"
if [ "$(id -u)" -eq 0 ]; then
	[ "$(status_of Uid | tr '\t' '\n' | grep -cx 0)" -eq 0 ] ||
	    fail "it is root: $(status_of Uid)"
	[ "$(status_of CapEff | tr -d 0)" = '' ] || fail "capabilities"
fi

kill "$first"
wait "$first"
wait_for logged 'records are missed until it is connected again'
first
wait_for logged 'pipe: connected again'
rule two
kill -HUP "$daemon"
wait_for logged 'read again, 1 rules'
wait_for eval "echo '!type=GO' >'$TMP/first'; test -s '$TMP/two'"
[ "$(cat "$TMP/two")" = "$(id -u)" ] || fail "a command has other rights"
"$SB" ctl --socket "$TMP/control" status >/dev/null || fail "ctl status"
kill -USR2 "$daemon"
wait_for logged "flight: $TMP/flight.db: written"
"$SB" list --db "$TMP/flight.db" >/dev/null || fail "the dump is no store"
finish 0
kill "$first"
wait "$first"
end_test
