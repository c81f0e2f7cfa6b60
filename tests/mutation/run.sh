#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Plants each fault of mutants.txt in a copy of the tree, builds it and runs the
# scenarios: they must fail by verdict (exit status 1). What they let pass is a
# hole in the scenarios, and what cannot be planted any more a line to renew.
#
#	tests/mutation/run.sh [NAME...]		only these faults
#
# B is the build folder whose objects are taken over, TMP an empty folder. The
# last line is "N mutants, N caught"; the exit status is 0 when all were.
set -u

B=${B:-build}
list=$PWD/tests/mutation/mutants.txt
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac
[ -n "${TMP:-}" ] || {
	echo "mutation: TMP must name an empty folder" >&2
	exit 2
}
tree=$TMP/tree
mkdir -p "$tree/build"
cp -Rp Makefile engine sim db scenarios "$tree/" || exit 3
mkdir -p "$tree/fixtures" "$tree/tests"
cp -Rp fixtures/machines fixtures/recordings "$tree/fixtures/" || exit 3
for part in obj gen stamp libengine.a libharness.a switchback; do
	[ ! -e "$B/$part" ] || cp -Rp "$B/$part" "$tree/build/" || exit 3
done

build() {
	env -u B -u T -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    "$(command -v gmake || command -v make)" -s -C "$tree" \
	    CC="${CC:-gcc}" V=default -j2 build/switchback
}
run() {
	# A fault may well make a run endless, or greedy.
	# shellcheck disable=SC3045
	(cd "$tree" && ulimit -v 2000000 &&
	    timeout -s KILL 20 ./build/switchback test -j2 scenarios)
}

CC=gcc
command -v gcc >/dev/null || CC=cc
build >"$TMP/out" 2>&1 || {
	echo "mutation: the copy does not build:" >&2
	tail -n 20 "$TMP/out" >&2
	exit 3
}
run >"$TMP/out" 2>&1 || {
	echo "mutation: the scenarios fail without any fault:" >&2
	grep -v '^ok ' "$TMP/out" | head -n 20 >&2
	exit 1
}

# Plants one fault and says what became of it.
judge() { # name file script
	sed -e "$3" "$tree/$2" >"$TMP/planted" 2>"$TMP/err" || {
		echo "no sed script: $(head -n 1 "$TMP/err")"
		return 1
	}
	if cmp -s "$TMP/planted" "$tree/$2"; then
		echo "plants nothing in $2: renew its line in mutants.txt"
		return 1
	fi
	cp "$TMP/planted" "$tree/$2"
	build >"$TMP/out" 2>&1 || {
		echo "does not build: $(grep -m 1 error "$TMP/out")"
		return 1
	}
	run >"$TMP/out" 2>&1
	rc=$?
	red=$(grep -c '^FAIL ' "$TMP/out")
	case $rc in
	1) echo "caught by $red of $(grep -c '^[a-zA-Z]* *scenarios/' \
	    "$TMP/out") runs" ;;
	0) echo "SURVIVED" && return 1 ;;
	137) echo "has no end" && return 1 ;;
	*) echo "ended with status $rc instead of a verdict" && return 1 ;;
	esac
}

n=0
caught=0
grep -v -e '^#' -e '^$' "$list" >"$TMP/list"
while IFS='	' read -r name file script <&3; do
	[ $# -eq 0 ] || case " $* " in
	*" $name "*) ;;
	*) continue ;;
	esac
	n=$((n + 1))
	cp -p "$tree/$file" "$TMP/kept"
	verdict=$(judge "$name" "$file" "$script") && caught=$((caught + 1))
	printf '%-32s %s\n' "$name" "$verdict"
	# A new time stamp, so that the object is made again.
	cp "$TMP/kept" "$tree/$file"
done 3<"$TMP/list"
echo "$n mutants, $caught caught"
[ "$n" -gt 0 ] || exit 4
[ "$n" -eq "$caught" ]
