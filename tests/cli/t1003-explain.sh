#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# explain names each rule that was tried, each condition with the value seen,
# the rule chosen, its command, and a later rule that would match as well.
set -u
failed=0
cat >"$TMP/r.conf" <<'EOF'
notify 10 {
	match "system" "IFNET";
	match "type" "(";
	action "never";
};
notify 10 {
	match "system" "IFNET";
	match "subsystem" "hn[0-9]+";
	match "cdev" "!x";
	media-type "ethernet";
	action "run $subsystem";
	action "and $_";
};
notify 0 {
	action "other";
};
EOF
echo "hn0 ethernet" >"$TMP/media"
"$SB" explain -f "$TMP/r.conf" --media "$TMP/media" \
    '!system=IFNET subsystem=hn0 type=LINK_UP' >"$TMP/got" || failed=1
cat >"$TMP/want" <<'EOF'
record  !system=IFNET subsystem=hn0 type=LINK_UP
kind    notify: 3 rules
key     system = "IFNET"
key     subsystem = "hn0"
key     type = "LINK_UP"
tried   r.conf:1 (priority 10): no
        ok   system "IFNET"   value "IFNET"
        FAIL type "("   value "LINK_UP"   (a bad pattern; devd ignores it silently)
tried   r.conf:6 (priority 10): MATCHES
        ok   system "IFNET"   value "IFNET"
        ok   subsystem "hn[0-9]+"   value "hn0"
        ok   cdev "!x"   not set, so empty
        ok   media-type "ethernet"   of interface "hn0"
runs    run $'hn0'
runs    and $'system=IFNET subsystem=hn0 type=LINK_UP'
hidden  r.conf:14 (priority 0) would match, but comes later
EOF
sed "s|$TMP/||" "$TMP/got" | diff "$TMP/want" - >&2 || failed=1

"$SB" explain -f "$TMP/r.conf" --json \
    '\!system=IFNET subsystem=hn0 k=\xff\x01' >"$TMP/json" || failed=1
for want in '"chosen": 2' '"matched": true' '"command": "other"' \
    '"value": "hn0"' '"safe_command": "other"' 'k=ÿ\\u0001'; do
	grep -q -e "$want" "$TMP/json" || {
		echo "no $want in:" >&2
		cat "$TMP/json" >&2
		failed=1
	}
done

"$SB" explain -f "$TMP/r.conf" '+em0' | grep -q 'drops this record' || failed=1
"$SB" explain -f "$TMP/r.conf" '+em0 at' | grep -q 'no rule matches' || failed=1
exit $failed
