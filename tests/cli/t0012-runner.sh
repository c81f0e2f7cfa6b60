#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The runner of the tests: what passes, fails, skips, crashes or is not there
# is counted as what it is. It is shown a small tree of its own.
set -u
bad=0
run=$PWD/tests/run.sh
mkdir -p "$TMP/tests/cli" "$TMP/tests/unit" "$TMP/b/unit"
cd "$TMP" || exit 3

# name: a unit program that prints what comes from standard input.
unit() { # name status
	{
		echo '#!/bin/sh'
		echo 'cat <<"END"'
		cat
		printf 'END\nexit %s\n' "$2"
	} >"b/unit/$1"
	chmod +x "b/unit/$1"
	touch "tests/unit/$1.c"
}

# status, last line: what the runner must end with for all kinds named.
ends() { # status last-line kind...
	want=$1 line=$2
	shift 2
	B=b V=default VERBOSE=0 T='' sh "$run" "$@" >out 2>&1
	rc=$?
	if [ $rc -ne "$want" ] || [ "$(tail -n 1 out)" != "$line" ]; then
		echo "wanted status $want, '$line'; came status $rc and:" >&2
		cat out >&2
		bad=1
	fi
	rm -rf b/unit/* tests/unit/* tests/cli/*
}

says() { # text
	grep -qF -- "$1" out || {
		echo "the runner does not say: $1" >&2
		cat out >&2
		bad=1
	}
}

ends 1 '0 passed, 1 failed, 0 skipped' unit cli
says 'no tests were found'

unit test_good 0 <<'EOF'
1..2
ok 1 - one
ok 2 - two
EOF
echo 'test -z "$(ls "$TMP")" && test -n "$SB" && test -n "$SBD"' \
    >tests/cli/t0001.sh
ends 0 '3 passed, 0 failed, 0 skipped' unit cli

unit test_mixed 1 <<'EOF'
1..3
ok 1 - one
not ok 2 - two
# 0x1 != 0x2
skip: no such tool
not ok 3 # SKIP three
EOF
ends 1 '1 passed, 1 failed, 1 skipped' unit
says 'FAILED  tests/unit/test_mixed:two'
says '# 0x1 != 0x2'
says 'SKIPPED tests/unit/test_mixed:three: no such tool'

unit test_crash 139 <<'EOF'
1..3
ok 1 - one
EOF
ends 1 '1 passed, 1 failed, 0 skipped' unit
says 'ended with status 139 after 1 of 3 tests'

unit test_short 0 <<'EOF'
1..3
ok 1 - one
EOF
ends 1 '1 passed, 1 failed, 0 skipped' unit

unit test_mute 0 </dev/null
ends 1 '0 passed, 1 failed, 0 skipped' unit
says 'has no tests'

unit test_leak 86 <<'EOF'
1..1
ok 1 - one
EOF
ends 1 '1 passed, 1 failed, 0 skipped' unit

# A program whose source has gone is not a test any more.
unit test_old 1 <<'EOF'
1..1
not ok 1 - one
EOF
rm tests/unit/test_old.c
echo 'exit 0' >tests/cli/t0001.sh
ends 0 '1 passed, 0 failed, 0 skipped' unit cli

echo 'echo because; exit 1' >tests/cli/t0001.sh
echo 'echo "no such program"; exit 77' >tests/cli/t0002.sh
echo 'exit 3' >tests/cli/t0003.sh
echo 'kill -9 $$' >tests/cli/t0004.sh
ends 1 '0 passed, 3 failed, 1 skipped' cli
says 'FAILED  tests/cli/t0001.sh (status 1)'
says 'because'
says 'SKIPPED tests/cli/t0002.sh: no such program'
says 'FAILED  tests/cli/t0003.sh (status 3)'
exit $bad
