#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Plants each fault of planted.txt in a copy of the tree, builds what follows
# from it, and lets switchback explore (or the sets of rules drawn in
# tests/unit/test_plain_devd.c) look for it, until each invariant that the list
# names for it is broken. Says after how many seeds something was found, which
# invariants broke, and the median of all.
#
#	tests/planted/run.sh [NAME...]		only these faults
#
# B is the build folder whose objects are taken over, TMP an empty folder, LIST
# another list; MOST seeds are tried (20000). The last line is "N planted, N
# found, median M seeds"; the exit status is 0 when all were found, each by the
# invariants that its line names, and each invariant has a line that names it.
# With ONLY=plant nothing is built or looked for: each line must still plant
# something.
set -u

B=${B:-build}
MOST=${MOST:-20000}
list=${LIST:-$PWD/tests/planted/planted.txt}
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac
[ -n "${TMP:-}" ] || {
	echo "planted: TMP must name an empty folder" >&2
	exit 2
}
tree=$TMP/tree
mkdir -p "$tree/build" "$tree/fixtures" "$tree/tests"
cp -Rp Makefile engine sim db scenarios "$tree/" || exit 3
cp -Rp fixtures/machines fixtures/recordings fixtures/conformance \
    "$tree/fixtures/" || exit 3
cp -Rp tests/unit "$tree/tests/" || exit 3
for part in obj gen stamp libengine.a libharness.a switchback; do
	[ ! -e "$B/$part" ] || cp -Rp "$B/$part" "$tree/build/" || exit 3
done

CC=gcc
command -v gcc >/dev/null || CC=cc
build() {
	env -u B -u T -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    "$(command -v gmake || command -v make)" -s -C "$tree" \
	    CC=$CC V=default -j2 "$@"
}

# A fault may well make a run endless, or greedy.
within() { # seconds command...
	seconds=$1
	shift
	# shellcheck disable=SC3045
	(cd "$tree" && ulimit -v 4000000 &&
	    exec timeout -s KILL "$seconds" "$@") >"$TMP/out" 2>&1
}

# Those of the names that nothing was told of.
still_left() { # name...
	for i in "$@"; do
		grep -q "^FAIL $i:" "$TMP/told" || echo "$i"
	done
}

# In parts that grow: the first seed that finds anything; then on, until each
# that is named is broken.
# shellcheck disable=SC2120
by_explore() { # invariant...
	first=1
	last=10
	: >"$TMP/told"
	while [ "$first" -le "$MOST" ]; do
		[ "$last" -le "$MOST" ] || last=$MOST
		within 120 ./build/switchback explore --seeds "$first..$last" \
		    --into "$TMP/found"
		rc=$?
		grep -A 1 '^FAIL' "$TMP/out" >>"$TMP/told"
		# It had no end, or an assertion was broken.
		[ "$rc" -le 1 ] ||
			printf 'FAIL end: %s\n  seed %s, first of 1\n' \
			    "$rc" "$last" >>"$TMP/told"
		[ -s "$TMP/told" ] && [ -z "$(still_left "$@")" ] && break
		first=$((last + 1))
		last=$((last * 4))
	done
	sed -n 's/^  seed \([0-9]*\), first of .*/\1/p' "$TMP/told" |
	    sort -n | head -n 1
}
by_rules() {
	: >"$TMP/told"
	within 120 ./build/unit/test_plain_devd
	sed -n 's/^--- lot \([0-9]*\), .*/\1/p' "$TMP/out" |
	    awk 'NR == 1 { print $1 + 1 }'
}

be_sound() {
	build build/switchback build/unit/test_plain_devd >"$TMP/out" 2>&1 || {
		echo "planted: the copy does not build:" >&2
		tail -n 20 "$TMP/out" >&2
		exit 3
	}
	found=$(by_rules)
	# shellcheck disable=SC2119
	[ -n "$found" ] || found=$(MOST=300 && by_explore)
	[ -z "$found" ] || {
		echo "planted: something is found without any fault:" >&2
		head -n 20 "$TMP/out" >&2
		exit 1
	}
}
[ -n "${ONLY:-}" ] || be_sound

judge() { # by invariants file script
	sed -e "$4" "$tree/$3" >"$TMP/planted" 2>"$TMP/err" || {
		echo "no sed script: $(head -n 1 "$TMP/err")"
		return 1
	}
	if cmp -s "$TMP/planted" "$tree/$3"; then
		echo "plants nothing in $3: renew its line in planted.txt"
		return 1
	fi
	[ -z "${ONLY:-}" ] || return 0
	cp "$TMP/planted" "$tree/$3"
	case $1 in
	rules) what=build/unit/test_plain_devd ;;
	*) what=build/switchback ;;
	esac
	build $what >"$TMP/out" 2>&1 || {
		echo "does not build: $(grep -m 1 error "$TMP/out")"
		return 1
	}
	wanted=$(echo "$2" | tr ',' ' ' | sed 's/^-$//')
	# shellcheck disable=SC2086
	seeds=$(by_"$1" $wanted)
	[ -n "$seeds" ] || {
		echo "NOT FOUND"
		return 1
	}
	# shellcheck disable=SC2086
	left=$(still_left $wanted)
	[ -z "$left" ] || {
		echo "NOT FOUND by $left, but by" \
		    "$(sed -n 's/^FAIL \([a-z0-9]*\):.*/\1/p' "$TMP/told" |
			sort -u | tr '\n' ' ')"
		return 1
	}
	echo "$seeds" >>"$TMP/seeds"
	echo "$seeds $(sed -n 's/^FAIL \([a-z0-9]*\):.*/\1/p' "$TMP/told" |
	    awk '!seen[$0]++' | tr '\n' ' ')"
}

n=0
all=0
: >"$TMP/seeds"
grep -v -e '^#' -e '^$' "$list" >"$TMP/list"
printf '%-32s %s\n' fault "seeds, and what it broke"
while IFS='	' read -r name by broken file script <&3; do
	[ $# -eq 0 ] || case " $* " in
	*" $name "*) ;;
	*) continue ;;
	esac
	n=$((n + 1))
	cp -p "$tree/$file" "$TMP/kept"
	verdict=$(judge "$by" "$broken" "$file" "$script") && all=$((all + 1))
	printf '%-32s %s\n' "$name" "$verdict"
	# A new time stamp, so that the object is made again.
	cp "$TMP/kept" "$tree/$file"
done 3<"$TMP/list"

# Each invariant has a fault that it finds, and each name is one's.
cut -f 3 "$TMP/list" | tr ',' '\n' | grep -v -e '^-$' -e '^end$' |
    sort -u >"$TMP/named"
"$B/switchback" explore --invariants | sed 's/ .*//' | sort >"$TMP/known"
lack=$(comm -13 "$TMP/named" "$TMP/known" | tr '\n' ' ')
odd=$(comm -23 "$TMP/named" "$TMP/known" | tr '\n' ' ')
[ -z "$lack" ] || echo "no fault for: $lack"
[ -z "$odd" ] || echo "no invariants: $odd"
median=$(sort -n "$TMP/seeds" | awk '{ s[NR] = $1 }
    END { print NR == 0 ? "-" : s[int((NR + 1) / 2)] }')
echo "$n planted, $all found, median $median seeds"
[ "$n" -gt 0 ] || exit 4
[ -z "$lack$odd" ] && [ "$n" -eq "$all" ]
