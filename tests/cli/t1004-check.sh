#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# check finds what devd accepts and nobody means, each with its place; it says
# nothing about a file without such, and its exit status tells the three apart.
set -u
failed=0
count=0
file=$TMP/x.conf

# Wanted place and words, then the file on standard input.
finds() {
	count=$((count + 1))
	cat >"$file"
	"$SB" check "$file" >"$TMP/got" 2>&1
	status=$?
	if [ $status -ne 1 ]; then
		echo "status $status, not 1, for '$2':" >&2
		cat "$file" "$TMP/got" >&2
		failed=1
	elif ! grep "^$file:$1: warning: " "$TMP/got" | grep -q -e "$2"; then
		echo "no warning at $1 with '$2' but:" >&2
		cat "$TMP/got" >&2
		failed=1
	fi
}

# One match in a rule; the place is that of the condition.
pattern() {
	finds 2:2 "$1" <<EOF
notify 1 {
	$2
	action "x";
};
EOF
}

# One action with a rule around it.
action() {
	finds 3:2 "$1" <<EOF
notify 1 {
	match "system" "X";
	action "$2";
};
EOF
}

pattern "'|' outside of parentheses" 'match "type" "UP|DOWN";'
pattern 'never holds' 'match "type" "(";'
pattern 'always holds' 'match "type" "!(";'
pattern 'backslash before a letter' 'match "type" "\d+";'
pattern 'a repeat of a repeat' 'match "type" "a**";'
pattern 'an empty expression' 'match "type" "(a|)";'
pattern 'nothing to repeat' 'match "type" "(*)";'
pattern 'goes backwards' 'match "type" "[z-a]";'
pattern 'unset variable is empty' 'match "cdev" ".*";'
pattern 'unset variable is empty' 'match "cdev" "!ttyu0";'
pattern 'unset variable is empty' 'match "cdev" "(hv.*)?";'
pattern "did you mean 'subsystem'" 'match "susbystem" "x";'
pattern "did you mean 'device-name'" 'match "device_name" "x";'
pattern "did you mean 'system'" 'match "System" "x";'
pattern "without '\\$'" 'match "$type" "x";'
pattern "is not set before this rule" 'match "type" "$nosuch";'
pattern "escapes the '\\$'" 'match "type" "x\";'
pattern 'very first byte' 'match "type" " !x";'
pattern 'not !x' 'match "type" "!!x";'
pattern 'knows no' 'media-type "!ethernet";'
pattern 'no media type that devd knows' 'media-type "tokenring";'

action 'undo devd' "echo '\$type'"
action 'undo devd' "logger 'it is \$type'"
action 'shell comment' 'run # $type'
action 'belongs to a name' 'run $type-x'
action 'a variable of that name, not $\* and' 'run $*k'
action 'a variable of that name, not $_ and' 'run $_k'
action 'did you mean $subsystem' 'run $subsytem'
action 'not devd' 'run ${type}'
action 'inside of' 'run $(echo $type)'
action 'not closed: devd' 'run $(echo'
action 'stands for nothing' 'run $'
action 'does not keep devd from' 'run \$type'
action 'the command itself' '$type x'
action 'read the text again' 'eval run $type'
action 'read the text again' "sh -c \$type"
action 'backquotes' 'run `echo $type`'
action 'is not closed: the shell' "it's \$type"

finds 1:1 'no action' <<'EOF'
notify 1 { match "system" "X"; };
EOF
finds 1:1 'an empty rule' <<'EOF'
notify 1 { };
EOF
finds 2:1 'never reached: .*x.conf:1' <<'EOF'
notify 5 { match "system" "X"; action "a"; };
notify 5 { match "system" "X"; match "type" "Y"; action "b"; };
EOF
finds 1:1 'never reached: .*x.conf:2 (priority 9)' <<'EOF'
notify 5 { match "system" "X"; action "a"; };
notify 9 { match "system" "[XY]"; action "b"; };
EOF
finds 2:1 'never reached' <<'EOF'
attach 5 { action "a"; };
attach 1 { device-name "em0"; action "b"; };
EOF
finds 1:32 'exclude each other' <<'EOF'
notify 1 { match "system" "X"; match "system" "Y"; action "a"; };
EOF
finds 1:32 'exclude each other' <<'EOF'
notify 1 { match "system" "X"; match "system" "!x"; action "a"; };
EOF
finds 1:8 'overflows: devd takes it as -1' <<'EOF'
notify 99999999999999999999 { action "a"; };
EOF
finds 1:8 "'-' has no meaning" <<'EOF'
notify -5 { action "a"; };
EOF
finds 3:2 'does not invert' <<'EOF'
options { set none "!x"; };
notify 1 {
	match "type" "$none";
	action "a";
};
EOF
printf 'notify 1 { action "a"; };\n# --' >"$TMP/in"
finds 2:1 'needs a newline' <"$TMP/in"
printf 'notify 1 { action "a"; };\n// ..' >"$TMP/in"
finds 2:1 'needs a newline' <"$TMP/in"
printf 'notify 1 { action "a"; };\n/* -- ' >"$TMP/in"
finds 2:1 'never closed' <"$TMP/in"
printf 'notify 1 { action "a"; };\r\n' >"$TMP/in"
finds 1:26 'byte 0x0d' <"$TMP/in"
printf '\357\273\277notify 1 { action "a"; };\n' >"$TMP/in"
finds 1:1 'byte 0xef' <"$TMP/in"
printf 'notify 1, { action ("a"); };\n' >"$TMP/in"
finds 1:9 "',' has no meaning" <"$TMP/in"

# Nothing to say: the shipped rules, and what looks odd but is meant.
cat >"$file" <<'EOF'
options {
	set wired "(em|igb)[0-9]+";
};
notify 10 {
	match "system" "IFNET";
	match "subsystem" "!usbus[0-9]+";
	match "type" "(LINK_UP|LINK_DOWN)";
	action "logger -t link $subsystem $type costs $$5 at $timestamp";
};
attach 10 {
	device-name "$wired";
	action "service netif start $device-name; echo $* | logger";
};
notify 1 {
	match "system" "IFNET";
	match "type" "LINK_UP";
	media-type "802.11";
	action "run $(date) $subsystem";
};
EOF
for good in "$file" engine/rules/conf/*.conf fixtures/rules/*.conf; do
	if ! "$SB" check "$good" >"$TMP/got"; then
		cat "$TMP/got" >&2
		failed=1
	fi
done
echo "$count findings made"
[ $failed -eq 0 ] && [ $count -gt 50 ]
