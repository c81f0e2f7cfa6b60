#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Closed replay of every recording that is carried: what the machine emits
# differs from what was recorded only where DIFFERENCES.md says so, and every
# row of it is needed.
set -u
status=0

bad() {
	echo "t2810: $*" >&2
	status=1
}

folder=fixtures/recordings
list=$folder/DIFFERENCES.md
n=0

try() { # container name seed
	"$SB" replay --closed --policy stock --seed "$3" "$1#$2" \
	    >"$TMP/out" 2>"$TMP/err"
	rc=$?
	grep -q '^fidelity to ' "$TMP/out" || {
		case $2 in
		# In these nobody is said to have done anything.
		a_boot | k2_shrink) ;;
		*) bad "$2: $(head -n 3 "$TMP/err")" ;;
		esac
		return
	}
	n=$((n + 1))
	sed -n '/^fidelity to /,$p' "$TMP/out" >"$TMP/found"
	if [ $rc -ne 0 ] || [ -s "$TMP/err" ]; then
		bad "$2, seed $3: status $rc: $(cat "$TMP/err")"
		cat "$TMP/found" >&2
	fi
	grep -q ' not compared' "$TMP/found" &&
		bad "$2: its packets are not compared"
	sed -n 's/^  *known: line \([0-9]*\): .*/\1/p' "$TMP/found" \
	    >>"$TMP/used"
}

for file in $folder/*.rec; do
	LC_ALL=C sed -n 's/^=== \([^ ]*\)\.log .*/\1/p' "$file" >"$TMP/names"
	while read -r name; do
		# Only what was done in a recording can be done again.
		LC_ALL=C grep -q "^=== $name\.txt " "$file" || continue
		for seed in 1 2 3 4; do
			try "$file" "$name" $seed
		done
	done <"$TMP/names"
done
[ $n -ge 160 ] || bad "only $n replays"

# Rows of the first table, by line; packets are another matter with each seed.
grep -n '^| `' $list | grep -E '^[0-9]+:\| `[^`]*` \| (record|route|aggregate) ' |
    cut -d: -f1 >"$TMP/rows"
[ -s "$TMP/rows" ] || bad "$list: no rows are read here"
while read -r line; do
	grep -qx "$line" "$TMP/used" ||
		bad "$list:$line: no recording needs this row"
done <"$TMP/rows"

# The list is read with its mistakes told, and a difference that is not in it
# fails.
one=$folder/freebsd-hn.rec#b_unplug_1
mkdir "$TMP/r"
for ext in log txt lagg flow rt; do
	LC_ALL=C awk -v want="=== b_unplug_1.$ext" '
	    /^=== / { on = index($0, want " ") == 1; next } on' \
	    $folder/freebsd-hn.rec >"$TMP/r/b_unplug_1.$ext"
done
cp $list "$TMP/r/"
"$SB" replay --closed --policy stock $one | sed -n '/^fidelity/,$p' >"$TMP/a"
"$SB" replay --closed --policy stock "$TMP/r/b_unplug_1.log" |
    sed -n '/^fidelity/,$p' >"$TMP/b"
cmp "$TMP/a" "$TMP/b" || bad "files beside each other give another result"
sed -e 's/type=DETACH/type=GONE/' "$TMP/r/b_unplug_1.log" >"$TMP/r/x.log"
mv "$TMP/r/x.log" "$TMP/r/b_unplug_1.log"
"$SB" replay --closed --policy stock "$TMP/r/b_unplug_1.log" >"$TMP/out"
[ $? -eq 1 ] || bad "an unknown difference does not fail"
grep -q '^record  *missing .*subsystem=vmx0 type=GONE' "$TMP/out" ||
	bad "what is missing is not told"
grep -q '^record  *extra .*subsystem=vmx0 type=DETACH' "$TMP/out" ||
	bad "what is too much is not told"
echo '| `b_*` | record | `missing *type=GONE` |  |' >"$TMP/r/DIFFERENCES.md"
"$SB" replay --closed "$TMP/r/b_unplug_1.log" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] || bad "a row without a table is taken"
exit $status
