#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Plants each fault of planted.txt in a copy of the tree, builds what follows
# from it, and lets switchback explore (or the sets of rules drawn in
# tests/unit/test_plain_devd.c) look for it. Says after how many seeds it was
# found, and the median of them all.
#
#	tests/planted/run.sh [NAME...]		only these faults
#
# B is the build folder whose objects are taken over, TMP an empty folder; MOST
# seeds are tried (20000). The last line is "N planted, N found, median M
# seeds"; the exit status is 0 when all were found. With ONLY=plant nothing is
# built or run: each line must still plant something.
set -u

B=${B:-build}
MOST=${MOST:-20000}
list=$PWD/tests/planted/planted.txt
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
	env -u B -u T -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$tree" \
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

# The first seed that finds it, in parts that grow; nothing when none does.
by_explore() {
	first=1
	last=10
	while [ "$first" -le "$MOST" ]; do
		[ "$last" -le "$MOST" ] || last=$MOST
		within 120 ./build/switchback explore --seeds "$first..$last" \
		    --into "$TMP/found"
		case $? in
		0) ;;
		1)
			sed -n 's/^  seed \([0-9]*\), first of .*/\1/p' "$TMP/out" |
			    sort -n | head -n 1
			return
			;;
		# It had no end, or an assertion was broken.
		*)
			echo "FAIL end: status $?" >>"$TMP/out"
			echo "$last"
			return
			;;
		esac
		first=$((last + 1))
		last=$((last * 4))
	done
}
by_rules() {
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
	[ -z "$found" ] && found=$(MOST=300 && by_explore)
	[ -z "$found" ] || {
		echo "planted: something is found without any fault:" >&2
		head -n 20 "$TMP/out" >&2
		exit 1
	}
}
[ -n "${ONLY:-}" ] || be_sound

judge() { # by file script
	sed -e "$3" "$tree/$2" >"$TMP/planted" 2>"$TMP/err" || {
		echo "no sed script: $(head -n 1 "$TMP/err")"
		return 1
	}
	if cmp -s "$TMP/planted" "$tree/$2"; then
		echo "plants nothing in $2: renew its line in planted.txt"
		return 1
	fi
	[ -z "${ONLY:-}" ] || return 0
	cp "$TMP/planted" "$tree/$2"
	case $1 in
	rules) what=build/unit/test_plain_devd ;;
	*) what=build/switchback ;;
	esac
	build $what >"$TMP/out" 2>&1 || {
		echo "does not build: $(grep -m 1 error "$TMP/out")"
		return 1
	}
	seeds=$(by_"$1")
	[ -n "$seeds" ] || {
		echo "NOT FOUND"
		return 1
	}
	echo "$seeds" >>"$TMP/seeds"
	echo "$seeds $(sed -n 's/^FAIL \([a-z0-9]*\):.*/\1/p' "$TMP/out" |
	    tr '\n' ' ')"
}

n=0
all=0
: >"$TMP/seeds"
grep -v -e '^#' -e '^$' "$list" >"$TMP/list"
printf '%-32s %s\n' fault "seeds, and what it broke"
while IFS='	' read -r name by file script <&3; do
	[ $# -eq 0 ] || case " $* " in
	*" $name "*) ;;
	*) continue ;;
	esac
	n=$((n + 1))
	cp -p "$tree/$file" "$TMP/kept"
	verdict=$(judge "$by" "$file" "$script") && all=$((all + 1))
	printf '%-32s %s\n' "$name" "$verdict"
	# A new time stamp, so that the object is made again.
	cp "$TMP/kept" "$tree/$file"
done 3<"$TMP/list"
median=$(sort -n "$TMP/seeds" | awk '{ s[NR] = $1 }
    END { print NR == 0 ? "-" : s[int((NR + 1) / 2)] }')
echo "$n planted, $all found, median $median seeds"
[ "$n" -gt 0 ] || exit 4
[ "$n" -eq "$all" ]
