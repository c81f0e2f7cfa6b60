#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# For the tests of switchback record: a recorder in the background, and waiting
# for what it does. Sourced, and followed by a line with the test's steps.
#	start OPTION...		begins; its output is $TMP/out and $TMP/err
#	wait_for COMMAND...	until it succeeds; fails the test after 30 s
#	finish STATUS [SIGNAL]	ends it, which must give this status
#	ask SQL			of the store $SWITCHBACK_DB
failed=0
recorder=
SWITCHBACK_DB=$TMP/runs.db
export SWITCHBACK_DB

fail() {
	echo "${0##*/}: $*" >&2
	sed 's/^/    said: /' "$TMP/err" "$TMP/out" >&2
	failed=1
}

end_test() {
	[ -z "$recorder" ] || kill -KILL "$recorder" 2>/dev/null
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

ask() { "$SB" query "$1"; }

# Prints what one value is, and compares.
is() { # value SQL
	got=$(ask "$2")
	[ "$got" = "$1" ] || fail "'$got' instead of '$1': $2"
}

start() {
	: >"$TMP/err"
	"$SB" record "$@" >"$TMP/out" 2>"$TMP/err" </dev/null &
	recorder=$!
	wait_for grep -q 'recording run' "$TMP/err"
}

finish() { # status signal
	[ "${2:-TERM}" = none ] || kill -"${2:-TERM}" "$recorder" 2>/dev/null
	wait "$recorder"
	rc=$?
	recorder=
	[ $rc -eq "$1" ] || fail "status $rc at the end, expected $1"
}
