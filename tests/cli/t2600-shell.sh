#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Scripts of an administrator run by the host's own shell: what they do to the
# machine is judged, and the traces are the same bytes whenever they are made,
# alone, side by side, and on a host that is busy.
set -u
status=0
busy=

bad() {
	echo "$*" >&2
	status=1
}
trap 'test -z "$busy" || kill $busy 2>/dev/null' EXIT

run() { # folder options...
	dir=$1
	shift
	mkdir -p "$TMP/$dir"
	"$SB" test --trace "$TMP/$dir" "$@" fixtures/shell/own-script.scn \
	    fixtures/shell/actions.scn fixtures/shell/hang.scn \
	    fixtures/shell/dhcp.scn \
	    >"$TMP/$dir.out" 2>&1
	code=$?
	[ $code -eq 0 ] || bad "$dir: exit status $code: $(cat "$TMP/$dir.out")"
}

"$SB" test fixtures/shell/own-script.scn >"$TMP/first" 2>&1
if [ $? -eq 4 ]; then
	sed -n 's/^skip .*\]: //p' "$TMP/first" | head -n 1
	exit 77
fi

run one
for i in 2 3; do
	run "$i"
	diff -r "$TMP/one" "$TMP/$i" >"$TMP/diff" ||
		bad "run $i differs: $(head -n 5 "$TMP/diff")"
done
for i in 1 2 3; do
	yes >/dev/null &
	busy="$busy $!"
done
for i in 4 5; do
	run "$i" -j3
	diff -r "$TMP/one" "$TMP/$i" >"$TMP/diff" ||
		bad "run $i, beside others, differs: $(head -n 5 "$TMP/diff")"
done

t=$TMP/one/fixtures_shell_own-script.scn.stock.1.trace
grep -q '"sh: kill -0 PID" "exit 0"' "$t" ||
	bad "a real process's number is in the trace, or its kill is not"
grep -q '"sh: sleep 1"' "$t" || bad "sleep is not virtual time"
grep -qE 'port-add|laggport vmx0' "$t" || bad "no port was added"
exit $status
