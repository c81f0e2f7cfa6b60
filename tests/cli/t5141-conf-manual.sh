#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchbackd.conf(5) renders, is installed, its example is good as it stands
# with the shipped rules, and what it says of the language is so.
set -u
page=engine/rules/switchbackd.conf.5
status=0

bad() {
	echo "t5141: $*" >&2
	status=1
}

# --- the example ---
mkdir "$TMP/rules"
awk '/^\.Sh EXAMPLES/ { on = 1 } on && /^\.Ed/ { exit }
    text { print } on && /^\.Bd/ { text = 1 }' $page |
    sed "s|/usr/local/share/switchback/rules|$PWD/engine/rules/conf|" \
        >"$TMP/example.conf"
[ "$(wc -l <"$TMP/example.conf")" -ge 10 ] || bad "there is no example"
"$SB" check "$TMP/example.conf" >&2 || bad "the example is not clean"
# becomes CONF RECORD TEXT: all that is run for the record
becomes() {
	printf '%s\n' "$2" >"$TMP/record"
	"$SB" match --safe -f "$1" "$TMP/record" >"$TMP/got" 2>&1
	grep -qF -- "$3" "$TMP/got" || bad "$2 gives no \"$3\": $(cat "$TMP/got")"
}
becomes "$TMP/example.conf" \
    '!system=IFNET subsystem=mce0 type=LINK_DOWN' \
    "logger -p daemon.notice link of 'mce0' lost"
becomes "$TMP/example.conf" '+mlx5_core0 at slot=0 on pci2' \
    "/usr/local/sbin/tune-mlx5 'mlx5_core0'"
becomes "$TMP/example.conf" '!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP' \
    "/usr/libexec/hyperv/hyperv_vfup 'hn0'"

# --- what it says ---
# one RULE-BODY RECORD TEXT
one() {
	printf 'options { set known "value of $me"; };\nnotify 0 { %s };\n' \
	    "$1" >"$TMP/one.conf"
	becomes "$TMP/one.conf" "$2" "$3"
}
none() {
	one "$1" "$2" ''
	! grep -qF RAN "$TMP/got" || bad "$2 fires: $1"
}
one 'match "subsystem" "hn0|hn1"; action "RAN";' '!subsystem=hn0x' RAN
none 'match "subsystem" "(hn0|hn1)"; action "RAN";' '!subsystem=hn0x'
one 'match "subsystem" "HN0"; action "RAN";' '!subsystem=hn0' RAN
one 'match "nosuch" ".*"; action "RAN";' '!a=b' RAN
one 'match "nosuch" "!x"; action "RAN";' '!a=b' RAN
none 'match "a" "("; action "RAN";' '!a=b'
one 'match "a" "!("; action "RAN";' '!a=b' RAN
none 'match "a" "$c"; action "RAN";' '!a=b c=b'
one 'media-type "tokenring"; action "RAN";' '!subsystem=lo77' RAN
none 'media-type "ethernet"; action "RAN";' '!subsystem=lo77'
one 'action "x $a-b $$HOME $(echo $a) $1";' '!a=b' \
    "x '' \$HOME \$(echo \$a) \$1"
one 'action "x $known";' '!a=b' "x 'value of \$me'"
one 'action "x $*";' '!a=b' "x '!a=b'"
one 'action "x $_";' '!a=b' "x 'a=b'"
one "action \"x 'in \$a'\";" '!a=b' "x 'in ''b'''"
one 'action "x $a";' "!a=it's" "x 'it'\"'\"'s'"
one 'action "x $a";' '!a=b a=c' "x 'c'"
# Rules of one number, as they come; a rule of a higher one before.
printf '%s\n' 'notify 5 { action "first"; };' 'notify 5 { action "second"; };' \
    'notify 6 { match "a" "z"; action "high"; };' >"$TMP/order.conf"
becomes "$TMP/order.conf" '!a=b' first
becomes "$TMP/order.conf" '!a=z' high

# Places that no quoting helps are found.
for body in 'x `echo $a`' "cat <<X
\$a
X
"; do
	printf 'notify 0 { action "%s"; };\n' "$body" >"$TMP/unsafe.conf"
	"$SB" check "$TMP/unsafe.conf" >/dev/null 2>&1 &&
	    bad "check does not find: $body"
done

# --- its form ---
"$MAKE" -s install DESTDIR="$TMP/to" PREFIX=/usr/local B="${SB%/*}" \
    >"$TMP/log" 2>&1 || bad "$(cat "$TMP/log")"
[ -s "$TMP/to/usr/local/share/man/man5/switchbackd.conf.5" ] ||
    bad "it is not installed"
for f in "$TMP/to/usr/local/share/switchback/rules"/*.conf; do
	grep -q "share/switchback/rules/${f##*/}" $page ||
	    bad "${f##*/} is shipped and not in the page"
done
command -v mandoc >/dev/null 2>&1 || {
	echo "mandoc is not installed: the page is not rendered"
	exit $status
}
for page in engine/rules/switchbackd.conf.5 engine/daemon/switchbackd.8; do
	mandoc -Tlint $page 2>&1 | grep -v -e 'referenced manual not found' \
	    -e 'outdated mandoc.db' >"$TMP/lint"
	[ ! -s "$TMP/lint" ] || bad "$(cat "$TMP/lint")"
done
exit $status
