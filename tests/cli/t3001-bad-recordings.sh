#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A recording with a mistake is refused with its place, and nothing of the
# command is stored.
set -u

db=$TMP/runs.db
failed=0
fail() {
	echo "t3001: $*" >&2
	failed=1
}

# refuse NAME TEXT MESSAGE: the printf format TEXT gives the message.
refuse() {
	# shellcheck disable=SC2059
	printf -- "$2" >"$TMP/$1"
	"$SB" import --db "$db" "$TMP/$1" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || fail "$1: status $rc instead of 2"
	[ ! -s "$TMP/out" ] || fail "$1: printed $(cat "$TMP/out")"
	grep -qF "$TMP/$1$3" "$TMP/err" ||
	    fail "$1: no \"$3\" in: $(cat "$TMP/err")"
	[ ! -e "$db" ] || fail "$1: made a store"
}

refuse time.log '1.0 !a\nnow !b\n' ':2:1: error: expected a line'
refuse comma.log '1,5 !a\n' ':1:2: error: expected a line'
refuse negative.log '-1.5 !a\n' ':1:1: error: expected a line'
refuse decimals.log '1.0123456789 !a\n' ':1:12: error: the time has more'
refuse huge.log '99999999999999999999 !a\n' ':1:1: error: the time is more'
refuse missing.log '1.0 !a\n2.0\n' ':2:4: error: the record is missing'
refuse blank.log '1.0 \n' ':1:4: error: the record is missing'
refuse nul.log '1.0 !a\000b\n' ':1:7: error: a NUL byte'
refuse cut.log '1.0 !a\n2' ':2:2: error: the last line was cut'
refuse count.log '1.0 n=5 [!a\\n]\n' ':1:10: error: the text holds 3'
refuse long.log "1.0 !$(head -c 8192 /dev/zero | tr '\0' x)\\n" \
    ':1:5: error: the record is longer'
refuse short.rec 'switchback-recordings 1\n=== a.log 9\n1.0 !a\n' \
    ':2:1: error: section a.log should have 9'
refuse head.rec 'switchback-recordings 1\nx\n' ':2:1: error: expected a section'
refuse none.rec 'switchback-recordings 1\n=== a.txt 2\na\n' \
    ': has no recording in it'

# Every mistake is shown, and one bad file keeps the good ones out.
printf '1.0 !a\n' >"$TMP/good.log"
printf 'x\n1.0 !a\ny\n' >"$TMP/two.log"
"$SB" import --db "$db" "$TMP/good.log" "$TMP/two.log" >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] || fail "a bad file among good ones was taken"
[ "$(grep -c 'two.log:[13]:1: error' "$TMP/err")" -eq 2 ] ||
    fail "not both mistakes were shown: $(cat "$TMP/err")"
[ ! -e "$db" ] || fail "the good file was stored without the bad one"

# What is not there, and what is no file.
mkfifo "$TMP/fifo"
for what in "$TMP/none.log" "$TMP" "$TMP/fifo" /dev/zero \
    "fixtures/recordings/freebsd-hn.rec#b_unplug_9" "$TMP/good.log#x"; do
	timeout 20 "$SB" import --db "$db" "$what" >/dev/null 2>"$TMP/err"
	[ $? -eq 2 ] || fail "import $what: not refused"
	grep -q '^switchback import: .*: .*' "$TMP/err" || fail "$what: no text"
done
"$SB" import --db "$db" >/dev/null 2>&1 && fail "import of nothing"

# Odd, but usable.
printf '2.0 !a\n1.0 !b\n' >"$TMP/back.log"
"$SB" import --db "$db" "$TMP/back.log" >/dev/null 2>"$TMP/err" ||
    fail "a time that goes back was refused"
grep -q 'back.log:2:1: warning: the time is before' "$TMP/err" ||
    fail "no warning about a time that goes back"

# What lies beside a recording may be of any form, but not unheard; neither an
# empty file nor a missing one is worth a word.
printf '2.0 !a\n' >"$TMP/beside.log"
: >"$TMP/beside.rt"
for suffix in txt rt lagg flow; do
	printf '\001\377 nothing\nthat helps\n' >"$TMP/beside.$suffix"
	"$SB" import --db "$db" "$TMP/beside.log" >/dev/null 2>"$TMP/err" ||
		fail "garbage in beside.$suffix was refused"
	grep -q "beside.$suffix:1:1: warning: no line of it" "$TMP/err" ||
		fail "garbage in beside.$suffix: $(cat "$TMP/err")"
	rm "$TMP/beside.$suffix"
done
exit $failed
