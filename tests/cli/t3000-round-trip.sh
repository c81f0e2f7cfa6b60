#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Text that is imported and exported again is the same, byte by byte.
set -u

SWITCHBACK_DB=$TMP/runs.db
export SWITCHBACK_DB
failed=0
fail() {
	echo "t3000: $*" >&2
	failed=1
}

# The bytes of a section: the header says how many follow it.
section() { # container name
	awk -v want="$2" '
	$1 == "===" && $2 == want { getline; n = 1 }
	n && $1 == "===" { exit }
	n { print }' "$1"
}

n=0
for rec in freebsd-devctl freebsd-hn freebsd-hotplug freebsd-lagg; do
	file=fixtures/recordings/$rec.rec
	"$SB" import "$file" >"$TMP/out" || fail "import $file: status $?"
	while read -r _ id name; do
		id=${id%:}
		name=${name%%,*}
		"$SB" export --run "$id" >"$TMP/back" || fail "export $name"
		section "$file" "$name.log" >"$TMP/want"
		[ -s "$TMP/want" ] || fail "no section $name.log in $file"
		cmp "$TMP/want" "$TMP/back" || fail "$name came out changed"
		n=$((n + 1))
	done <<-END
	$(sed 's/^run \([0-9]*\): /run \1: /' "$TMP/out")
	END
done
[ "$n" -eq 51 ] || fail "$n recordings instead of 51"

# Several moments of one boot as one recording; a title finds it.
three='a_stock_bringup_1+b_unplug_1+c_stock_replug_1'
"$SB" import --note "one migration" "fixtures/recordings/freebsd-hn.rec#$three" \
    >"$TMP/out" || fail "import of three sections"
grep -q "121 records" "$TMP/out" || fail "not 121 records: $(cat "$TMP/out")"
"$SB" export --run "$three" -o "$TMP/back" || fail "export by title"
for name in a_stock_bringup_1 b_unplug_1 c_stock_replug_1; do
	section fixtures/recordings/freebsd-hn.rec $name.log
done | cmp - "$TMP/back" || fail "the joined recording came out changed"

# Remarks, other precisions, what a client dumps, a cut end: all kept.
printf '# odd\n\nconnected /var/run/devd.pipe\n1.5 !a\n2 n=6 [!b\\n!c\\n]\n' \
    >"$TMP/odd.log"
printf '3.000000001 !system=X subsystem=y type=z' >>"$TMP/odd.log"
"$SB" import "$TMP/odd.log" >"$TMP/out" 2>"$TMP/err" || fail "import odd.log"
grep -q "odd.log:6:40: warning: the last record has no newline" "$TMP/err" ||
    fail "no warning about the cut end: $(cat "$TMP/err")"
"$SB" export --run odd | cmp - "$TMP/odd.log" || fail "odd.log came out changed"
"$SB" import - <"$TMP/odd.log" >"$TMP/out" 2>/dev/null || fail "import -"

# A store is made by default in the working folder.
sb=$SB
(cd "$TMP" && unset SWITCHBACK_DB && "$sb" import odd.log >/dev/null 2>&1 &&
    [ -f switchback.db ]) || fail "no switchback.db was made"
exit $failed
