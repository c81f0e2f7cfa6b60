#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# For the tests of switchbackd: a daemon in the foreground that reads a FIFO,
# and waiting for what it does. Sourced.
#	start OPTION...		begins with $TMP/conf; its log is $TMP/log
#	say RECORD...		feeds records
#	wait_for COMMAND...	until it succeeds; fails the test after 30 s
#	logged TEXT		whether the log has it
#	finish STATUS		ends the daemon, which must exit with STATUS
failed=0
daemon=

fail() {
	echo "${0##*/}: $*" >&2
	[ ! -s "$TMP/log" ] || sed 's/^/    log: /' "$TMP/log" >&2
	failed=1
}

end_test() {
	[ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null
	exit $failed
}

give_up() {
	fail "$@"
	end_test
}

wait_for() {
	tries=600
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || give_up "waited in vain for: $*"
		sleep 0.05
	done
}

logged() { grep -qF -- "$*" "$TMP/log"; }

start() {
	[ -p "$TMP/records" ] || mkfifo "$TMP/records"
	rm -f "$TMP/log"
	"$SBD" -d -f "$TMP/conf" --source "$TMP/records" "$@" \
	    2>"$TMP/log" </dev/null &
	daemon=$!
	wait_for logged 'daemon: ready'
}

say() {
	printf '%s\n' "$@" >"$TMP/records"
}

finish() {
	kill -TERM "$daemon" 2>/dev/null
	wait "$daemon"
	rc=$?
	daemon=
	[ $rc -eq "$1" ] || fail "status $rc at the end, expected $1"
}
