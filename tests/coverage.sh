#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The decoders of what kernels and shells say, in bytes and texts, and whether
# their unit tests run every line of them. "make coverage" starts it; B is the folder of a plain
# gcc build whose objects and libraries are up to date.
#
# Only the decoders are compiled anew, with counters, into a folder of their
# own, and linked in front of the library that has them without.
#
# Prints each decoder with its share of lines, and each line that no test has
# run. Exit 0: all have been; 1: not all; 3: it cannot be measured.
set -u

# Those can be named, and so can the folder (C).
DECODERS=${DECODERS:-event/devline world/bsdapply world/bsdkernel world/bsdlook
	world/bsdmsg world/bsdpair world/bsdremote world/bsdreply
	world/bsdrequest world/bsdworld world/linkrecords world/rcshell
	world/rcshell_parse world/record_lines world/rtnetlink world/rtsock
	world/uevent}
TESTS=${TESTS:-bsdlook bsdmsg bsdremote bsdreply bsdrequest bsdworld devline
	linkrecords linuxsnap rcshell record_lines rtnetlink rtsock uevent}

B=${B:-build}
C=${C:-$B/coverage}
GCOV=${GCOV:-gcov}

fail() {
	echo "coverage: $1" >&2
	exit 3
}

command -v "$GCOV" >/dev/null || fail "needs gcov, which comes with gcc"
[ -f "$B/stamp/flags" ] || fail "$B is no build: run make units first"
flags=$(cat "$B/stamp/flags")
case $flags in
clang* | *-fsanitize*) fail "$B is no plain build with gcc" ;;
esac
libs=$(tr ' ' '\n' <"$B/stamp/link" | grep -E '^-(l|L|pthread)' | tr '\n' ' ')

rm -rf "$C"
mkdir -p "$C" || exit 3
ln -s "$PWD/engine" "$C/engine" # where gcov looks for the lines

# A child that ends by _exit(2) would take its counts with it.
cat >"$C/end.c" <<'END'
void __gcov_dump(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
END
eval "$flags -c -o $C/end.o $C/end.c" || fail "end.c does not compile"

objects=$C/end.o
for d in $DECODERS; do
	o=$C/${d##*/}.o
	eval "$flags -O0 --coverage -c -o $o engine/$d.c" ||
	    fail "$d.c does not compile"
	objects="$objects $o"
done

for t in $TESTS; do
	# shellcheck disable=SC2086 # lists of words
	${CC:-gcc} --coverage -Wl,--wrap=_exit -o "$C/test_$t" \
	    "$B/obj/tests/unit/test_$t.o" $objects "$B/libunit.a" "$B/libharness.a" \
	    "$B/libengine.a" -lcmocka $libs || fail "test_$t does not link"
	"$C/test_$t" >"$C/test_$t.out" 2>&1 || {
		cat "$C/test_$t.out"
		fail "test_$t fails"
	}
done

rc=0
for d in $DECODERS; do
	name=${d##*/}
	(cd "$C" && "$GCOV" -p "$name.o" >"$name.said" 2>&1)
	report=$C/engine#${d%/*}#$name.c.gcov
	[ -f "$report" ] || fail "gcov says nothing of $d.c"
	awk -F: -v file="engine/$d.c" '
	{ count = $1; gsub(/[ \t*]/, "", count) }
	count == "-" || $2 + 0 == 0 { next }
	{ lines++ }
	count ~ /^[#=]+$/ {
		missed++
		print file ":" $2 + 0 ": no test runs this line"
	}
	END {
		share = lines > 0 ? 100 * (lines - missed) / lines : 0
		printf "%-32s %6.2f %% of %d lines\n", file, share, lines
		exit missed > 0 || lines == 0
	}' "$report" || rc=1
done
exit $rc
