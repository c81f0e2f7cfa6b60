#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# check of large rule files: its time grows with their size, what a small file
# can unroll to has bounds, and where it gives up it says so.
set -u
. tests/cli/growth-in-test.sh

complain() {
	echo "$*; it said:" >&2
	head -n 5 "$TMP/out" >&2
	bad=1
}

check() { # STATUS: of $TMP/x.conf
	"$SB" check "$TMP/x.conf" >"$TMP/out" 2>&1
	rc=$?
	[ $rc -eq "$1" ] || complain "exit status $rc, not $1"
}

# --- growth ---
words() { # each rule its own word
	awk -v n="$1" 'BEGIN { for (; i < n; i++) printf "notify 1 {\n" \
	    "match \"system\" \"S%d\";\naction \"x\";\n};\n", i }'
}

devices() { # two words that all share, one that many do, one of its own
	awk -v n="$1" 'BEGIN { for (; i < n; i++) printf "notify 1 {\n" \
	    "match \"system\" \"USB\";\nmatch \"type\" \"ATTACH\";\n" \
	    "match \"vendor\" \"0x%04x\";\nmatch \"product\" \"0x%04x\";\n" \
	    "action \"x\";\n};\n", i % 71, i }'
}

patterns() { # a word that all share, and a pattern of its own
	awk -v n="$1" 'BEGIN { for (; i < n; i++) printf "notify 1 {\n" \
	    "match \"system\" \"IFNET\";\nmatch \"subsystem\" " \
	    "\"if%d_[0-9]+\";\naction \"x\";\n};\n", i }'
}

variables() { # one rule that tests and names all of them
	[ "$1" -gt 0 ] && awk -v n="$1" 'BEGIN { print "notify 1 {"
		for (; i < n; i++) {
			printf "match \"n%d\" \"x.%d\";\n", i, i
			all = all " $n" i
		}
		print "action \"echo" all "\";\n};" }'
}

for make in words devices patterns variables; do
	grows 480 "$make" $make "$SB" check "$TMP/input"
done

# --- hidden rules are found as before ---
cat >"$TMP/x.conf" <<'EOF'
notify 1 { match "system" "IFNET"; match "type" "A"; action "x"; };
notify 1 { match "subsystem" "if.*"; action "x"; };
notify 1 { match "type" "a"; match "system" "ifnet"; action "y"; };
notify 1 { match "subsystem" "if0"; action "y"; };
notify 1 { match "subsystem" "!if.*"; action "y"; };
notify 1 { match "system" "!if.*"; match "subsystem" "!if.*"; action "y"; };
EOF
check 1
sed -n 's/.*conf:\([0-9]*\):1: warning: never reached:.*conf:\([0-9]*\) .*/\1 \2/p' \
    "$TMP/out" >"$TMP/hidden"
printf '3 1\n4 2\n6 5\n' | cmp -s - "$TMP/hidden" ||
	complain "hidden rules: $(cat "$TMP/hidden")"

# --- it ends, and says so ---
awk 'BEGIN { for (; i < 6000; i++) printf "notify 1 { match \"subsystem\" " \
    "\"%s\"; action \"x\"; };\n", i % 2 ? "if" i : "jf" i "_[0-9]+" }' \
    >"$TMP/x.conf"
check 1
[ "$(grep -c 'no rule of this kind is looked at' "$TMP/out")" -eq 1 ] ||
	complain "a set that is too large to be compared"

{
	printf 'options { set a "'
	head -c 500000 /dev/zero | tr '\0' y
	printf '"; };\nnotify 1 {\n'
	awk 'BEGIN { for (; i < 200; i++) printf "match \"n%d\" \"$a\";\n", i
		print "action \"x\";\n};" }'
} >"$TMP/x.conf"
check 2
# 134 times it is less than 64 MiB.
[ "$(grep -c error: "$TMP/out")" -eq 1 ] &&
    grep -q 'x.conf:137:1: error: with this the variables' "$TMP/out" ||
    complain "variables in patterns"

awk 'BEGIN { for (; i < 60; i++) printf "notify 1 { match \"type\" " \
    "\"%d((x{255}){255}){3}\"; action \"x\"; };\n", i }' >"$TMP/x.conf"
check 2
[ "$(grep -c error: "$TMP/out")" -eq 1 ] &&
    grep -q 'x.conf:41:12: error: with this the patterns' "$TMP/out" ||
    complain "repeats of repeats"
exit $bad
