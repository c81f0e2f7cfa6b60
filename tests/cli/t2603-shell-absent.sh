#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Where the system has no namespaces for us, what needs a real shell is skipped
# with the reason, and never run by the model instead.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# Runs it where no further user namespace may be made.
without() {
	unshare -U -r sh -c \
	    'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"
}

if [ "$(uname -s)" != Linux ]; then
	"$SB" test fixtures/shell/own-script.scn >"$TMP/out" 2>&1
elif without true 2>/dev/null; then
	without "$SB" test fixtures/shell/own-script.scn >"$TMP/out" 2>&1
else
	echo "needs unshare(1) and a user namespace to take them away in"
	exit 77
fi
code=$?
[ $code -eq 4 ] || bad "exit status $code: $(cat "$TMP/out")"
[ "$(grep -c '^skip .*own-script.scn' "$TMP/out")" -eq 2 ] ||
	bad "not skipped: $(cat "$TMP/out")"
grep -q '^skip .*: .*namespaces' "$TMP/out" || bad "no reason is given"

# Beside others the skip is no failure.
if [ "$(uname -s)" = Linux ]; then
	without "$SB" test --tap fixtures/shell/own-script.scn \
	    scenarios/migration/replug.scn >"$TMP/out" 2>&1
	code=$?
	[ $code -eq 0 ] || bad "with others: exit status $code"
	grep -q '^ok .*# SKIP .*namespaces' "$TMP/out" ||
		bad "TAP does not say it: $(cat "$TMP/out")"
fi
exit $status
