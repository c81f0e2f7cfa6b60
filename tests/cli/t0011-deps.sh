#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What is missing gets installed, nothing else, and nobody is left guessing
# when it cannot be. dpkg-query, apt-get, id and sudo are played by scripts.
set -u
bad=0
log=$TMP/log
unset DEPS
mkdir "$TMP/bin"

play() { # name; its text comes from standard input
	{
		echo '#!/bin/sh'
		cat
	} >"$TMP/bin/$1"
	chmod +x "$TMP/bin/$1"
}

play dpkg-query <<'EOF'
# Every argument behind the format is a package.
while [ "$1" != -f ]; do shift; done
shift 2
for p; do
	case " $MISSING " in
	*" $p "*) ;;
	*) echo installed ;;
	esac
done
EOF
play apt-get <<'EOF'
echo "apt-get $*" >>"$LOG"
case $1 in
install) exit "$(cat "$LOG.rc" 2>/dev/null || echo 0)" ;;
esac
EOF
play id <<'EOF'
echo "$WHO"
EOF
play sudo <<'EOF'
exit 1
EOF

deps() { # who, missing packages
	rm -f "$log"
	WHO=$1 MISSING=$2 LOG=$log PATH=$TMP/bin:$PATH sh .ci/deps.sh \
	    >"$TMP/out" 2>&1
	rc=$?
}

complain() {
	echo "$*; it said:" >&2
	cat "$TMP/out" >&2
	[ -f "$log" ] && cat "$log" >&2
	bad=1
}

deps 0 ''
[ $rc -eq 0 ] && [ ! -f "$log" ] && [ ! -s "$TMP/out" ] ||
    complain "with nothing missing it must do and say nothing"

deps 0 'mandoc chromium'
[ $rc -eq 0 ] && [ ! -f "$log" ] ||
    complain "what is optional must not be asked for alone"

deps 0 'clang libpcap-dev mandoc'
[ $rc -eq 0 ] && [ "$(cat "$log")" = \
    'apt-get install -qq -y clang libpcap-dev mandoc' ] ||
    complain "it must install what is missing and only that"

deps 1000 'clang'
[ $rc -ne 0 ] && grep -q 'as root, run: apt-get install -qq -y clang' \
    "$TMP/out" || complain "without rights it must say what to run"

echo 100 >"$log.rc"
deps 0 'clang'
[ $rc -ne 0 ] && grep -q 'could not install: clang' "$TMP/out" &&
    grep -q '^apt-get update' "$log" ||
    complain "a failed install must be tried again, then reported"

export DEPS
rm "$log.rc"
DEPS=all
deps 0 'chromium'
[ $rc -eq 0 ] && [ "$(cat "$log")" = \
    'apt-get install -qq -y --no-install-recommends chromium' ] ||
    complain "DEPS=all must install what is large too"
deps 1000 'chromium'
[ $rc -eq 0 ] && grep -q 'going on without: chromium' "$TMP/out" ||
    complain "nobody must stop for what only some tests use"
DEPS=lab
deps 0 'chromium qemu-system-x86'
[ $rc -eq 0 ] && [ "$(cat "$log")" = \
    'apt-get install -qq -y --no-install-recommends qemu-system-x86' ] ||
    complain "DEPS=lab must install what a guest needs, and no more"
DEPS=no
deps 0 'clang'
[ $rc -eq 0 ] && [ ! -f "$log" ] || complain "DEPS=no must do nothing"
exit $bad
