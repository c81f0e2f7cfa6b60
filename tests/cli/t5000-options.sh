#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What switchbackd takes, refuses and says of itself; a bad configuration is
# status 2 with file, line and column, and nothing of it runs.
set -u
failed=0
fail() {
	echo "t5000: $*" >&2
	sed 's/^/    stderr: /' "$TMP/err" >&2
	failed=1
}
# want STATUS TEXT ARGUMENT...: the text is in what it prints.
want() {
	status=$1 text=$2
	shift 2
	"$SBD" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	rc=$?
	[ $rc -eq "$status" ] || fail "$* gives $rc, expected $status"
	[ -z "$text" ] || cat "$TMP/out" "$TMP/err" | grep -qF -- "$text" ||
	    fail "$* does not say: $text"
}

cat >"$TMP/good" <<EOF
notify 0 { match "type" "GO"; action "echo ran >>$TMP/ran"; };
EOF
cat >"$TMP/bad" <<EOF
notify 0 { match "type" "GO"; action "echo ran >>$TMP/ran"; };
notify 0 {
	match "type";
	actoin "true";
};
EOF
echo '!type=GO' >"$TMP/records"

want 0 'switchbackd 0' --version
want 0 'run as' --help
[ ! -s "$TMP/err" ] || fail "--help prints on stderr"
want 2 '-l needs a number' -l 0 -d -f "$TMP/good"
want 2 'help' --no-such-option
want 2 'help' -x
want 2 'help' stray
for time in '' 0s 5 soon -1s; do
	want 2 '--deadline needs a time' --deadline "$time" -t -f "$TMP/good"
done

want 0 '' -t -f "$TMP/good"
[ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ] || fail "-t speaks of good rules"
want 0 '' -t -f engine/rules/conf/hyperv.conf
want 2 "$TMP/bad:3:14: error: " -t -f "$TMP/bad"
grep -qF "$TMP/bad:4:2: error: " "$TMP/err" || fail "only the first mistake"
want 2 "$TMP/bad:3:14: error: " -d -f "$TMP/bad" --source "$TMP/records"
want 2 "$TMP/none" -t -f "$TMP/none"
want 2 "$TMP/none" -d -f "$TMP/none" --source "$TMP/records"
want 3 "$TMP/none" -d -f "$TMP/good" --source "$TMP/none"
want 3 "/: " -d -f "$TMP/good" --source /
want 3 "ended before it was ready" -f "$TMP/good" -p "$TMP/pid" --source /
[ ! -e "$TMP/pid" ] || fail "a pid file is left"
[ ! -e "$TMP/ran" ] || fail "a command was run"

want 0 'type=GO' -d -f "$TMP/good" --source "$TMP/records"
want 0 '' -d -q -f "$TMP/good" --source "$TMP/records"
[ ! -s "$TMP/err" ] || fail "-q does not keep quiet"
[ "$(cat "$TMP/ran")" = "$(printf 'ran\nran')" ] || fail "two runs expected"
exit $failed
