#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A script that computes for ever, and one that multiplies: the run ends by the
# host's clock, is no verdict, and leaves nothing behind.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# name, a user's line -> the status of a run of it, with two seconds to settle
run_line() {
	cat >"$TMP/$1.scn" <<-EOF
	scenario "$1"
	machine  qemu-freebsd
	rc.conf  ifconfig_hn0="inet 10.0.2.15/24"
	nic      hn0 mac 52:54:00:aa:00:01
	at 15s user sh "$2"
	at 20s end
	expect hn0 exists
	EOF
	"$SB" test --policy native --guard 2s "$TMP/$1.scn" \
	    >"$TMP/out" 2>"$TMP/err"
}

run_line plain 'logger here'
case $? in
0) ;;
4)
	sed -n 's/^skip .*\]: //p' "$TMP/out"
	exit 77
	;;
*) bad "plain: $(cat "$TMP/out" "$TMP/err")" ;;
esac

mark="busy$$"
run_line busy "$mark=1; while :; do :; done"
code=$?
[ $code -eq 3 ] || bad "a busy loop: exit status $code"
grep -q 'did not come to rest.*still at work: sh' "$TMP/out" ||
	bad "a busy loop is told as: $(cat "$TMP/out")"
! pgrep -f "$mark" >/dev/null || bad "the busy loop still runs"

mark="many$$"
run_line many "$mark=1; f() { f | f; }; f"
code=$?
[ $code -eq 3 ] || bad "one that multiplies: exit status $code"
! pgrep -f "$mark" >/dev/null || bad "what multiplied still runs"

# A full disk and a long text are the script's own trouble.
run_line full 'head -c 90m /dev/zero >/tmp/x; test -s /tmp/x; logger ok'
code=$?
[ $code -eq 0 ] || bad "a full disk: exit status $code: $(cat "$TMP/out")"

"$SB" test --guard 0s fixtures/shell/busy.scn >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] || bad "--guard 0s is accepted"
grep -q -- '--guard: give a duration' "$TMP/err" || bad "--guard: no word"
exit $status
