#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# In the safe form a value stays one piece of a word and runs nothing, also
# where the author of the rule put quotes around the variable.
set -u
failed=0
count=0

# The action, the value as in a record, and the arguments that show must get.
try() {
	count=$((count + 1))
	printf 'notify 1 {\n\taction "%s";\n};\n' "$(printf %s "$1")" |
		sed 's/@/"/g' >"$TMP/r.conf"
	printf '%s\n' "!k=\"$2\" e=" >"$TMP/events"
	got=$("$SB" match --safe -f "$TMP/r.conf" "$TMP/events" |
		sed -e 's/^1	>//' -e 's/\\\\/\\/g')
	cat >"$TMP/run" <<EOF
show() {
	for a; do printf '<%s>' "\$a"; done
}
id() { echo RAN; }
$got
EOF
	said=$(/bin/sh "$TMP/run" 2>&1)
	if [ "$said" != "$3" ]; then
		echo "action $1, value $2: $said, not $3" >&2
		echo "	$got" >&2
		failed=1
	fi
}

try 'show $k' 'a b' '<a b>'
try 'show $k$k' 'it'"'"'s' "<it'sit's>"
try 'show x$k-y' 'v' '<x>'
try 'show x${k}y' 'v' '<xy>'
try "show '\$k'" 'a;id' '<a;id>'
try "show 'p \$k q'" "'; id; '" "<p '; id; ' q>"
try "show '\$k'\$k" '$(id)' '<$(id)$(id)>'
try "show \$k'\$k'" '`id`' '<`id``id`>'
try 'show $k #' "x' ; id #" "<x' ; id #>"
try 'show a # $k' "x' ; id" '<a>'
try 'show \$k' 'v' '<$v>'
try 'show \$$k' 'v' '<$k>'
try 'show \$$$k' 'v' '<$v>'
try 'show a\\$k' 'v' '<a\v>'
try 'show $e' 'v' '<>'
try 'show $e$e' 'v' '<>'
try 'X=$k; show $$X' 'a_b' '<a_b>'
try 'show $k >/dev/null; show b' 'a' '<b>'
try 'show $(echo hi) $k' '$HOME' '<hi><$HOME>'
try "show it\\'s \$k" 'v' "<it's><v>"
try "show '#' \$k" 'a b' '<#><a b>'
try 'show x#$k' 'a b' '<x#a b>'
echo "$count commands ran as meant"
[ $failed -eq 0 ]
