#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs tests and counts them. Started by make; B (build folder), V and CC say
# which build is under test.
#
#	tests/run.sh KIND...		KIND is lint, unit, fuzz or cli
#
# A unit is a cmocka program, and each of its functions counts as one test. A
# lint or CLI test is a script: exit 0 passes, 77 skips (its last line is the
# reason), anything else fails. A fuzz test runs a decoder over its corpus.
#
# CLI tests get SB and SBD (absolute paths of the two programs), TMP (a fresh
# empty folder) and the repository's root as working folder. MAKE is GNU make.
#
# Prints failures with their output, skips with their reason, and as the very
# last line "N passed, N failed, N skipped". Finding no test is a failure.
set -u

B=${B:-build}
V=${V:-default}
CC=${CC:-gcc}
T=${T:-}
JOBS=${JOBS:-2}
VERBOSE=${VERBOSE:-0}
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac
# A sanitizer's report must not look like one of our own exit codes.
ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=86}
UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:exitcode=86}
# FreeBSD's make is another one.
MAKE=$(command -v gmake || command -v make)
export B V CC T VERBOSE ASAN_OPTIONS UBSAN_OPTIONS MAKE
# Some tests end a process by a signal on purpose.
# shellcheck disable=SC3045
ulimit -c 0 2>/dev/null

limit() {
	case $V in
	asan) echo 300 ;;
	*) echo 120 ;;
	esac
}

# kind, path: prints "KIND PATH" for the tests that are wanted.
list() {
	for path in $2; do
		[ -e "$path" ] || continue
		case $path in
		*"$T"*) echo "$1 $path" ;;
		esac
	done
}

# cmocka in its TAP form: "ok 1 - NAME", "not ok 2 - NAME", "not ok 3 # SKIP
# NAME". A program that ends badly without a "not ok" fails as a whole, and so
# does one that announces more tests than it ran.
count_unit() { # path status output
	awk -v path="$1" -v rc="$2" '
	/^1\.\.[0-9]+$/ { planned += substr($0, 4) }
	/^(not )?ok [0-9]+ # SKIP / {
		sub(/^.*# SKIP /, "")
		print "skip " path ":" $0 "\t" why; n++; why = ""; next
	}
	/^ok [0-9]+ / { print "pass " path; n++; why = ""; next }
	/^not ok [0-9]+ / {
		sub(/^not ok [0-9]+ - /, "")
		print "fail " path ":" $0; n++; failed++; next
	}
	/^skip: / { why = substr($0, 7) }
	END {
		if (rc == 124)
			print "fail " path " (ran out of time)"
		else if ((rc != 0 && !failed) || n < planned)
			print "fail " path " (ended with status " rc \
			    " after " n + 0 " of " planned + 0 " tests)"
		else if (n == 0)
			print "fail " path " (has no tests)"
	}' "$3"
}

count_script() { # path status output
	case $2 in
	0) echo "pass $1" ;;
	77) printf 'skip %s\t%s\n' "$1" "$(tail -n 1 "$3")" ;;
	124) echo "fail $1 (ran out of time: $(limit) s)" ;;
	*) echo "fail $1 (status $2)" ;;
	esac
}

# One test, in a process of its own. Leaves its verdict in $R/N.res.
one() { # results-folder number kind path
	R=$1 out=$1/$2.out res=$1/$2.res kind=$3 path=$4
	began=$(date +%s)
	export TMP="$1/$2.tmp"
	mkdir -p "$TMP"
	case $kind in
	unit)
		CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 "$(limit)" "$path" \
		    >"$out" 2>&1 </dev/null
		count_unit "tests/unit/${path##*/}" $? "$out" >"$res"
		;;
	fuzz)
		timeout -k 5 "$(limit)" "$path" \
		    "fixtures/corpus/${path##*/}" >"$out" 2>&1 </dev/null
		count_script "tests/fuzz/fuzz_${path##*/}" $? "$out" >"$res"
		;;
	*)
		SB=$B/switchback SBD=$B/switchbackd \
		    timeout -k 5 "$(limit)" sh "$path" >"$out" 2>&1 </dev/null
		count_script "$path" $? "$out" >"$res"
		;;
	esac
	if grep -q '^fail' "$res"; then
		{
			sed -n 's/^fail /FAILED  /p' "$res"
			tail -n 60 "$out" | sed 's/^/        /'
		} >"$out.show"
		cat "$out.show"
	elif [ "$VERBOSE" = 1 ]; then
		echo "ok      $path ($(($(date +%s) - began)) s)"
	fi
	chmod -R u+rwX "$TMP" 2>/dev/null
	rm -rf "$TMP"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3" "$4" "$5"
	exit 0
fi

export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL
R=$(mktemp -d "${TMPDIR:-/tmp}/switchback-test.XXXXXX") || exit 3
trap 'rm -rf "$R"' EXIT
trap 'exit 130' HUP INT TERM

for kind; do
	case $kind in
	lint) list lint 'tests/lint/*.sh' ;;
	unit) list unit "$B/unit/test_*" | while read -r k path; do
		# A program whose source has gone is left from an older build.
		[ -f "tests/unit/${path##*/}.c" ] && echo "$k $path"
	done ;;
	fuzz) list fuzz "$B/fuzz/*" | while read -r k path; do
		[ -f "tests/fuzz/fuzz_${path##*/}.c" ] && echo "$k $path"
	done ;;
	cli) list cli 'tests/cli/t*.sh' ;;
	*)
		echo "tests/run.sh: $kind is no kind of test" >&2
		exit 2
		;;
	esac
done | awk -v R="$R" '{ print R, NR, $0 }' >"$R/list"

xargs -r -n 4 -P "$JOBS" sh "$0" --one <"$R/list"
ran=$?
find "$R" -name '*.res' -exec cat {} + >"$R/all"

# A test that left no verdict was killed with its runner.
lost=$(($(wc -l <"$R/list") - $(find "$R" -name '*.res' | wc -l)))
[ "$ran" -eq 0 ] || echo "tests/run.sh: a test's runner ended with $ran"
[ "$lost" -eq 0 ] || echo "tests/run.sh: $lost tests left no verdict"

grep '^skip' "$R/all" | sort | sed 's/^skip /SKIPPED /; s/	/: /'
awk -v lost="$lost" '
	{ n[$1]++ }
	END {
		n["fail"] += lost
		if (n["pass"] + n["fail"] + n["skip"] == 0) {
			print "tests/run.sh: no tests were found"
			n["fail"] = 1
		}
		printf "%d passed, %d failed, %d skipped\n", \
		    n["pass"], n["fail"], n["skip"]
		exit n["fail"] > 0
	}' "$R/all"
