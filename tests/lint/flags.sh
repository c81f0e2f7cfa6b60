#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The compiler is really told what we rely on: asks make for its compile
# lines, in every variant.
#	tests/lint/flags.sh [ROOT]
set -u
cd "${1:-.}" || exit 3
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS V CC B VERBOSE
T=$(mktemp -d) || exit 3
trap 'rm -rf "$T"' EXIT
bad=0

complain() {
	echo "Makefile: error: $*"
	bad=1
}

# variant, compiler
look() {
	"$MAKE" --warn-undefined-variables -n V="$1" CC="$2" B="$T/b" \
	    CFLAGS=-DCALLERS_OWN "$T/b/obj/engine/base/err.o" >"$T/out" 2>&1 ||
	    complain "make -n fails for V=$1 CC=$2"
	grep -i 'warning' "$T/out" && complain "make warns for V=$1 CC=$2"
	line=$(grep -- ' -c ' "$T/out" | head -n 1)
	case $line in
	"$2 "*) ;;
	*) complain "V=$1 CC=$2 does not compile with $2" ;;
	esac
	for flag in -std=c11 -Iengine -Wall -Wextra -Wpedantic -Wshadow \
	    -Wconversion -Wsign-conversion -Wstrict-prototypes \
	    -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings \
	    -Wformat=2 -Wundef -Wvla -Wswitch -Werror -MMD $3; do
		case " $line " in
		*" $flag "*) ;;
		*) complain "V=$1 CC=$2 compiles without $flag" ;;
		esac
	done
	# The caller's flags come after ours.
	case $line in
	*-Werror*-DCALLERS_OWN*) ;;
	*) complain "V=$1 CC=$2 drops or misplaces the caller's CFLAGS" ;;
	esac
}

look default gcc -O2
look default clang -O2
look debug gcc -O0
look asan gcc -fsanitize=address,undefined
look asan clang -fsanitize=address,undefined
"$MAKE" -n V=typo >/dev/null 2>&1 && complain "V=typo is not refused"
exit $bad
