#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The safe form of a command means to this system's /bin/sh what devd's own
# form means to a shell that knows $'..'.
set -u

# In these the author of the rule put quotes around the variable, which undoes
# devd's quoting ("$" and the bare value). The safe form keeps the value whole.
exceptions='187-exp-dollar-quote 257-quote-in-squotes'

cases=$(tests/conformance/unpack.sh "$TMP" fixtures/conformance/*.pack) || exit 1
root=$PWD

# The calls of show, one after the other: the number of arguments and the
# arguments, each ended by a NUL; on standard output as JSON.
cat >"$TMP/json.awk" <<'EOF'
BEGIN {
	for (i = 0; i < 256; i++) {
		h = sprintf("%02x", i)
		text[h] = i >= 32 && i < 127 ? sprintf("%c", i) : "\\u00" h
	}
	text["22"] = "\\\""; text["5c"] = "\\\\"; text["0a"] = "\\n"
	text["09"] = "\\t"; text["0d"] = "\\r"; text["08"] = "\\b"
	text["0c"] = "\\f"
}
{
	for (i = 1; i <= NF; i++)
		if ($i != "00")
			word = word text[$i]
		else {
			if (left == 0) {
				out = out (out == "" ? "[" : ", [")
				left = word
				sep = ""
			} else {
				out = out sep "\"" word "\""
				sep = ", "
				left--
			}
			if (left == 0)
				out = out "]"
			word = ""
		}
}
END { print "[" out "]" }
EOF
show='show() {
	printf "%d\\0" $#
	[ $# -eq 0 ] || printf "%s\\0" "$@"
}
'

# An escaped command (\\ \n \t \xHH) as it was: the octal form of printf %b.
decode() {
	awk '{
		while ((at = index($0, "\\")) > 0) {
			out = out substr($0, 1, at - 1)
			c = substr($0, at + 1, 1)
			$0 = substr($0, at + 2)
			if (c == "x") {
				n = (index(d, substr($0, 1, 1)) - 1) * 16 + \
				    index(d, substr($0, 2, 1)) - 1
				out = out sprintf("\\0%03o", n)
				$0 = substr($0, 3)
			} else
				out = out "\\" c
		}
		print out $0
		out = ""
	}' d=0123456789abcdef
}

passed=0
failed=0
for case in $cases; do
	cd "$TMP/$case" || exit 1
	[ -f words ] || continue
	case " $exceptions " in
	*" $case "*) continue ;;
	esac
	"$SB" match --safe -f devd.conf events 2>&1 | LC_ALL=C decode >safe
	while IFS='	' read -r number want; do
		grep "^$number	>" safe | cut -f2- | cut -c2- >commands
		while read -r command; do
			(cd "$TMP" && exec /bin/sh -c \
			    "$show$(printf %b "$command")") </dev/null 2>&1
		done <commands | od -An -v -tx1 | awk -f "$TMP/json.awk" >got
		if [ "$want" = "$(cat got)" ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "$case $number: $(cat commands)" >&2
			echo "	wanted $want" >&2
			echo "	got    $(cat got)" >&2
		fi
	done <words
done
cd "$root" || exit 1
echo "$passed commands understood, $failed not"
[ $failed -eq 0 ] && [ $passed -gt 70 ]
