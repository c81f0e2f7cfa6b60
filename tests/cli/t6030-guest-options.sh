#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchback guest: what it takes and refuses.
set -u

fail() {
	echo "t6030: $*" >&2
	exit 1
}
# want STATUS TEXT ARGUMENT...: the text is in what it prints.
want() {
	status=$1 text=$2
	shift 2
	"$SB" guest "$@" >"$TMP/log" 2>&1 </dev/null
	rc=$?
	[ $rc -eq "$status" ] || fail "$* gives $rc, expected $status"
	grep -qF -- "$text" "$TMP/log" || fail "$* does not say: $text"
}

want 0 'usage: switchback guest' --help
want 2 'usage: switchback guest' --wrong
want 2 "what is 'here'?" here
want 2 '--init is for the first process' --init
want 2 'fd:x: a descriptor' --channel fd:x
want 3 'fd:99: ' --channel fd:99
want 3 "/dev/null/none: Not a directory" --channel /dev/null/none

# A channel that nobody has open any more is no trouble: the lab has ended.
"$SB" guest --channel fd:0 </dev/null || fail "an ended channel gives $?"
