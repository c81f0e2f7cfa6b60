#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A configuration or a list of records that is wrong is refused with exit
# status 2, the place of the first error, and the line that devd would blame.
set -u
failed=0
count=0
complain() {
	echo "$*" >&2
	failed=1
}

# TEXT of the table, as a format of printf: what is behind a NUL in the text of
# a %b is lost on FreeBSD.
octal() {
	awk '{
		gsub(/%/, "%%")
		while ((at = index($0, "\\x")) > 0) {
			if (at > 1 && substr($0, at - 1, 1) == "\\") {
				out = out substr($0, 1, at + 1)
				$0 = substr($0, at + 2)
				continue
			}
			hex = substr($0, at + 2, 2)
			out = out substr($0, 1, at - 1) sprintf("\\%03o", \
			    (index(d, substr(hex, 1, 1)) - 1) * 16 + \
			    index(d, substr(hex, 2, 1)) - 1)
			$0 = substr($0, at + 4)
		}
		print out $0
		out = ""
	}' d=0123456789abcdef
}

file=$TMP/x.conf
grep '^[0-9]' fixtures/bad/rules/refused.txt | octal >"$TMP/table"
while read -r line place text; do
	count=$((count + 1))
	# shellcheck disable=SC2059
	printf -- "$text" >"$file"
	"$SB" match -f "$file" /dev/null >"$TMP/out" 2>"$TMP/err"
	status=$?
	[ $status -eq 2 ] || complain "status $status: $text"
	[ "$(cat "$TMP/out")" = "line $line" ] ||
		complain "'$(cat "$TMP/out")', not 'line $line': $text"
	case $(head -n 1 "$TMP/err") in
	"$file:$place: error: "*[a-z]*) ;;
	*) complain "not at $place: $text
$(cat "$TMP/err")" ;;
	esac
	"$SB" check "$file" >/dev/null 2>&1
	status=$?
	[ $status -eq 2 ] || complain "check: status $status: $text"
done <"$TMP/table"

echo 'notify 1 { action "x"; };' >"$file"
while read -r text; do
	count=$((count + 1))
	printf '!fine=1\n%s\n' "$text" >"$TMP/events"
	"$SB" match -f "$file" "$TMP/events" >/dev/null 2>"$TMP/err"
	status=$?
	[ $status -eq 2 ] || complain "record '$text': status $status"
	grep -q "^$TMP/events:2: error: " "$TMP/err" ||
		complain "record '$text': $(cat "$TMP/err")"
done <<'EOF'
\!a=\q
\!a=\
\!a=\x
\!a=\x1
\!a=\xg0
\!a=\x0g
\!a=\u0041
\!a=\N
\!a=\'
EOF

while read -r text; do
	count=$((count + 1))
	echo "$text" >"$TMP/media"
	"$SB" match -f "$file" --media "$TMP/media" /dev/null \
	    >/dev/null 2>"$TMP/err"
	status=$?
	[ $status -eq 2 ] || complain "media '$text': status $status"
	grep -q "^$TMP/media:1: error: " "$TMP/err" ||
		complain "media '$text': $(cat "$TMP/err")"
done <<'EOF'
em0
em0 ethernet 5
abcdefghijklmnop ethernet
EOF

# Not a text, but a file that is missing, and wrong use.
expect_2() {
	count=$((count + 1))
	"$SB" "$@" >/dev/null 2>"$TMP/err" </dev/null
	status=$?
	[ $status -eq 2 ] || complain "$*: status $status"
	[ -s "$TMP/err" ] || complain "$*: says nothing"
}
expect_2 match
expect_2 match -f "$file"
expect_2 match -f "$file" a b
expect_2 match -f "$TMP/nosuch" /dev/null
expect_2 match -f "$TMP" /dev/null
expect_2 match -f "$file" "$TMP/nosuch"
expect_2 match -f "$file" --devd=11 /dev/null
expect_2 match -f "$file" --at now /dev/null
expect_2 match -f "$file" --at 1.5 /dev/null
expect_2 match -f "$file" --media "$TMP/nosuch" /dev/null
expect_2 match -f "$file" --repeat 0 /dev/null
expect_2 match --bogus
expect_2 explain -f "$file"
expect_2 explain '!a=1'
expect_2 explain -f "$file" '\!a=\q'
expect_2 check

echo "$count refused as they should be"
[ $failed -eq 0 ] && [ $count -gt 130 ]
