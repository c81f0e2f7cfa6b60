#!/bin/sh
# The unit tests of the decoders run every line of them. (All is built by
# then but the decoders themselves: some seconds.)
set -u

[ "$V" = default ] || {
	echo "the lines are counted in the plain build"
	exit 77
}
case ${CC##*/} in
gcc) ;;
*)
	echo "the lines are counted by gcc, and this build is by $CC"
	exit 77
	;;
esac
command -v gcov >/dev/null || {
	echo "gcov, which comes with gcc, is not installed"
	exit 77
}

C=$TMP/coverage sh tests/coverage.sh >"$TMP/out" 2>&1 || {
	cat "$TMP/out"
	exit 1
}
[ "$(grep -c ' 100.00 % of ' "$TMP/out")" -eq 17 ] || {
	echo "not 17 decoders were measured:"
	cat "$TMP/out"
	exit 1
}

# A decoder without its test is found out.
DECODERS=world/rtsock TESTS=bsdmsg C=$TMP/less sh tests/coverage.sh \
    >"$TMP/less.out" 2>&1
rc=$?
[ "$rc" -eq 1 ] || {
	echo "rtsock without its test: status $rc"
	exit 1
}
grep -q '^engine/world/rtsock.c:[0-9]*: no test runs this line$' \
    "$TMP/less.out" || {
	echo "the lines that are not run are not named:"
	cat "$TMP/less.out"
	exit 1
}
