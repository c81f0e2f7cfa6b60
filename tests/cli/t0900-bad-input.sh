#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Whatever is malformed is refused with exit status 2, and the first thing said
# names the file, and in a text the place in it. Counts all the malformed input
# that the tree carries, by kind; other tests hold each kind to more.
set -u
failed=0
n=0

bad() {
	echo "$*" >&2
	failed=1
}

# The command must end with 2 and name the file, followed by PLACE (a pattern).
refused() { # what file place command...
	what=$1
	file=$2
	place=$3
	shift 3
	n=$((n + 1))
	timeout 20 "$SB" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	rc=$?
	[ $rc -eq 2 ] || bad "$what: exit status $rc, not 2"
	head -n 1 "$TMP/err" | grep -q "$file$place" ||
		bad "$what: not located: $(head -n 1 "$TMP/err")"
}
total=0
counted() { # kind at-least
	printf '%4d %s\n' "$n" "$1"
	[ "$n" -ge "$2" ] || bad "only $n malformed $1"
	total=$((total + n))
	n=0
}

# \n, \t, \\ and \xHH of the tables, as a format of printf has them: what is
# behind a NUL in the text of a %b is lost on FreeBSD.
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

for file in fixtures/bad/scenarios/*.scn; do
	refused "$file" "^$file" ':\([0-9]*:[0-9]*:\)\{0,1\} error: ' \
	    fmt --check "$file"
done
counted scenarios 200

grep '^[0-9]' fixtures/bad/rules/refused.txt | octal >"$TMP/table"
while read -r line place text; do
	# shellcheck disable=SC2059 # see octal()
	printf -- "$text" >"$TMP/x.conf"
	refused "rules: $text (devd: line $line)" "^$TMP/x.conf" \
	    ":$place: error: " match -f "$TMP/x.conf" /dev/null
done <"$TMP/table"
counted 'rule files' 100

# Each line goes before a good profile, which a scenario then names.
mkdir -p "$TMP/data/machines" "$TMP/data/rules"
cp engine/rules/conf/*.conf "$TMP/data/rules/"
printf 'scenario "s"\nmachine x\nnic hn0 mac 52:54:00:aa:00:01\nat 1s end\n' \
    >"$TMP/x.scn"
SWITCHBACK_DATA=$TMP/data
export SWITCHBACK_DATA
profile=$TMP/data/machines/x.profile
cp fixtures/machines/qemu-freebsd.profile "$profile"
"$SB" test "$TMP/x.scn" >"$TMP/out" 2>&1 ||
	bad "the good profile: exit status $?: $(cat "$TMP/out")"
grep '^[0-9]' fixtures/bad/profiles/refused.txt >"$TMP/table"
while read -r col text; do
	{
		printf '%s\n' "$text"
		cat fixtures/machines/qemu-freebsd.profile
	} >"$profile"
	refused "profile: $text" "^$profile" ":1:$col: error: " test \
	    "$TMP/x.scn"
done <"$TMP/table"
unset SWITCHBACK_DATA
counted 'machine profiles' 60

for file in fixtures/bad/db/*; do
	case $file in
	*.md) continue ;;
	esac
	cp "$file" "$TMP/runs.db"
	chmod u+w "$TMP/runs.db"
	refused "$file" "$TMP/runs.db" ': ' list --db "$TMP/runs.db"
done
size=$(wc -c <fixtures/db/v1.db)
for cut in 1 99 512 4095 "$((size / 2))" $((size - 1)); do
	head -c "$cut" fixtures/db/v1.db >"$TMP/runs.db"
	refused "store cut to $cut" "$TMP/runs.db" ': ' list --db "$TMP/runs.db"
done
counted stores 15

# A recording: LINE, and its text.
while read -r line text; do
	# shellcheck disable=SC2059 # no text has a %
	printf -- "$text" >"$TMP/x.log"
	refused "recording: $text" "$TMP/x.log" ":$line:" \
	    import --db "$TMP/new.db" "$TMP/x.log"
	[ ! -e "$TMP/new.db" ] || bad "recording: $text: a store was made"
done <<'END'
1 x\n
1 now !a\n
1 1,5 !a\n
1 -1.5 !a\n
1 1.0123456789 !a\n
1 99999999999999999999 !a\n
1 1.0\n
1 1.0 \n
1 !system=a 1.0\n
1 1.0 n=5 [!a\\n]\n
1 1.0 !a\000b\n
2 1.0 !a\n2.0\n
2 1.0 !a\n2
3 1.0 !a\n2.0 !b\nthree !c\n
END
counted recordings 10

# A record in the form that the command line takes.
echo 'notify 1 { action "x"; };' >"$TMP/x.conf"
while read -r text; do
	printf '!fine=1\n%s\n' "$text" >"$TMP/x.events"
	refused "record: $text" "^$TMP/x.events" ':2: error: ' \
	    match -f "$TMP/x.conf" "$TMP/x.events"
done <<'END'
\!a=\q
\!a=\
\!a=\x
\!a=\x1
\!a=\xg0
\!a=\u0041
\!a=\N
END
counted records 7

echo "$total malformed inputs, each refused with its place"
[ $total -ge 400 ] || bad "only $total malformed inputs"
exit $failed
