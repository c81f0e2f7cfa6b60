#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Each lint check is shown a small tree that is right, and must pass it; then
# the same tree with one thing wrong, and must name it.
set -u
lint=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$lint/../.." && pwd)
T=$(mktemp -d) || exit 3
trap 'rm -rf "$T"' EXIT
bad=0 seen=0

good_tree() {
	rm -rf "$T/tree"
	mkdir -p "$T/tree" && cd "$T/tree" || exit 3
	mkdir -p sim/machine engine/base engine/event engine/world sim db tests/lint \
	    scenarios fixtures
	cp "$root/.clang-format" .
	cat >engine/base/one.h <<-'EOF'
	/* SPDX-License-Identifier: BSD-2-Clause */
	#ifndef BASE_ONE_H
	#define BASE_ONE_H

	int one(void);

	#endif
	EOF
	cat >engine/base/one.c <<-'EOF'
	/* SPDX-License-Identifier: BSD-2-Clause */
	#include "base/one.h"

	#include <stddef.h>

	int
	one(void)
	{
	EOF
	printf '\treturn 1;\n}\n' >>engine/base/one.c
	cat >engine/event/two.c <<-'EOF'
	/* SPDX-License-Identifier: BSD-2-Clause */
	#include "base/one.h"

	/* To open("/dev/x") or fork() is for others. */
	const char *const two = "printf(system())";
	EOF
	echo '# SIZE' >tests/lint/ratchet.txt
	printf '#!/bin/sh\ntrue\n' >tests/ok.sh
}

# check text: the check fails on the tree, and says so with text.
red() {
	seen=$((seen + 1))
	if sh "$lint/$1.sh" "$T/tree" >"$T/out" 2>&1; then
		echo "$1 does not see: $3"
		bad=1
	elif ! grep -q -- "$2" "$T/out"; then
		echo "$1 fails for another reason than: $3"
		sed 's/^/    /' "$T/out"
		bad=1
	fi
	good_tree
}

lines() { # count
	awk -v n="$1" 'BEGIN { while (n--) print "\tone();" }'
}

good_tree
for check in layers fences osmacros sizes names format shell; do
	sh "$lint/$check.sh" "$T/tree" >"$T/out" 2>&1
	case $? in
	0) ;;
	77) [ "$check" = format ] || bad=1 ;;
	*)
		echo "$check is red on a good tree:"
		sed 's/^/    /' "$T/out"
		bad=1
		;;
	esac
done

echo '#include "event/two.h"' >>engine/base/one.c
red layers 'one.c:.*must not include engine/event' 'an include that points up'
mkdir engine/rules engine/failover
echo '#include "rules/ruleset.h"' >engine/failover/plan.c
red layers 'must not include engine/rules' 'an include of a sibling'
echo '#include "sim/machine/machine.h"' >engine/world/x.c
red layers 'must not include sim' 'the engine including sim'
echo '#include "one.h"' >>engine/base/one.c
red layers 'in no module' 'an include without its module'
mkdir engine/new && echo 'int x;' >engine/new/x.c
red layers 'not in tests/lint/layers.txt' 'a folder without a floor'

for call in 'clock_gettime(0, NULL)' 'time(NULL)' 'open("x", 0)' 'fopen ("x")' \
    'socket(1, 2, 3)' 'ioctl(1)' 'fork()' 'getenv("X")' 'rand()' 'exit(1)' \
    'abort()' 'printf("x")' 'fprintf(stderr, "x")' 'system("x")' \
    'sqlite3_open("x")' 'pcap_close(p)' 'malloc(1)' 'strcpy(a, b)'; do
	echo "int x(void) { return $call; }" >>engine/event/two.c
	red fences "two.c:.*${call%%[ (]*}" "a pure module calling $call"
done
for call in 'socket(1, 2, 3)' 'ioctl(1)' 'execve(p)' 'nanosleep(t)' 'exit(2)'; do
	echo "int x(void) { return $call; }" >>sim/machine/three.c
	red fences "three.c:.*${call%%(*}" "the simulated machine calling $call"
done
echo 'int x(void) { /* a */ return popen("x"); /* b */ }' >>engine/world/w.c
red fences 'w.c:1:.*popen' 'popen in the world'
printf '/* a\n * b */ int x = time(NULL);\n' >>sim/machine/three.c
red fences 'three.c:2:.*time' 'a call behind a comment of two lines'

echo '#ifdef __linux__' >>engine/event/two.c
red osmacros 'two.c:' 'an OS macro in event'
echo '#if defined(__FreeBSD__)' >>sim/machine/x.c
red osmacros 'x.c:1' 'an OS macro in sim'

{ printf 'int\nlong_one(void)\n{\n'; lines 76; echo '}'; } >>engine/base/one.c
sh "$lint/sizes.sh" "$T/tree" || { echo "sizes refuses 80 lines"; bad=1; }
{ printf 'int\nlonger(void)\n{\n'; lines 77; echo '}'; } >>engine/base/one.c
red sizes 'one.c:longer has 81 lines' 'a function of 81 lines'
lines 901 >>sim/machine/long.c
red sizes 'long.c has 901 lines' 'a file of 901 lines'
lines 151 >>engine/base/one.h
red sizes 'one.h has 158 lines' 'a long header'
lines 901 >>sim/machine/long.c
echo 'sim/machine/long.c	900' >>tests/lint/ratchet.txt
red sizes '900 are allowed' 'a listed file that grew'
lines 901 >>sim/machine/long.c
echo 'sim/machine/long.c	950' >>tests/lint/ratchet.txt
red sizes 'shrank to 901' 'a listed file that shrank'
echo 'sim/machine/none.c	950' >>tests/lint/ratchet.txt
red sizes 'not there any more' 'a listed file that has gone'

touch sim/machine/string_util.c
red names 'says nothing' 'a file called util'
echo '/* TOD''O: later */' >>engine/base/one.c
red names 'finish it' 'a word of unfinished work'
echo 'cp /wor''k/x .' >>tests/ok.sh
red names 'one machine' 'a path of one machine'
echo 'mirror deb.debian.''org' >>tests/ok.sh
red names 'registry' 'a registry host'
echo 'int x;' >sim/machine/x.c
red names 'SPDX' 'a file without its licence line'
sed 's/BASE_ONE_H/ONE_H/' engine/base/one.h >x && mv x engine/base/one.h
red names 'needs the guard BASE_ONE_H' 'a guard of another name'
printf '%s\n#include <stdio.h>\n#include "base/one.h"\n' \
    '/* SPDX-License-Identifier: BSD-2-Clause */' >engine/base/one.c
red names 'own header first' 'a .c file with another header first'

if sh "$lint/format.sh" "$T/tree" >"$T/out" 2>&1; then
	echo 'int  x  ( int y){return y ;}' >>engine/base/one.c
	red format 'one.c:' 'a line in another layout'
fi

printf '#!/bin/sh\nif true; then\n' >tests/broken.sh
red shell 'broken.sh' 'a script that does not parse'
printf 'true\n' >tests/ok.sh
red shell 'ok.sh:1' 'a script without #!'

for flag in -Wshadow -Werror -Wconversion -MMD; do
	mkdir -p sim/machine engine/base
	sed -E "s/ $flag( |\$)/ /" "$root/Makefile" >Makefile
	cp "$root"/engine/base/err.[ch] engine/base/
	red flags "without $flag" "a Makefile that lost $flag"
done
sed 's/^LIBS := /LIBS := $(NOT_SET) /' "$root/Makefile" >Makefile
cp "$root"/engine/base/err.[ch] engine/base/
echo 'all: ; echo $(NEVER_SET)' >>Makefile
sed 's/^Q := /Q := $(NEVER_SET)/' Makefile >x && mv x Makefile
red flags 'NEVER_SET' 'an undefined variable'

# A daemon that carries a symbol of the harness.
printf 'int machine_run(void) { return 1; }\n' >h.c
printf 'int machine_run(void); int main(void) { return machine_run(); }\n' >d.c
printf 'int main(void) { return 0; }\n' >e.c
CC=${CC:-cc}
if $CC -c h.c -o h.o && ar rcs libharness.a h.o; then
	$CC e.c -o switchbackd && sh "$lint/daemon.sh" "$T/tree" ||
	    { echo "daemon is red on a good daemon"; bad=1; }
	$CC d.c libharness.a -o switchbackd
	red daemon machine_run 'a daemon with a piece of the harness'
fi

echo "$seen planted violations"
[ "$seen" -ge 50 ] || bad=1
exit $bad
