#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A simulated run cannot reach a real interface: the machine's objects know no
# call that could, and a traced run makes none.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

reach='socket|socketpair|ioctl|sendmsg|sendto|send|bind|connect|setsockopt'
reach="$reach|system|popen|execve|execv|execvp|execl|posix_spawn|fork|vfork"
# sim/lab talks to a real kernel in QEMU, and runs nothing of this.
for dir in "$B"/obj/sim/*/; do
	case $dir in */sim/lab/) ;; *) nm -u "$dir"*.o ;; esac
done >"$TMP/symbols" 2>"$TMP/err" || bad "nm: $(cat "$TMP/err")"
nm -u "$B"/obj/engine/core/*.o "$B"/obj/engine/failover/*.o \
    "$B"/obj/engine/rules/*.o "$B"/obj/engine/event/*.o \
    "$B"/obj/engine/packet/*.o >>"$TMP/symbols" 2>"$TMP/err" ||
	bad "nm: $(cat "$TMP/err")"
grep -Eq ' U (__asan_)?memcpy$' "$TMP/symbols" || bad "nm shows no symbols at all"
grep -E " U ($reach)(@.*)?\$" "$TMP/symbols" >"$TMP/found" &&
	bad "the simulated machine can reach the system: $(cat "$TMP/found")"

command -v strace >/dev/null 2>&1 || {
	[ $status -eq 0 ] || exit $status
	echo "strace is missing: the traced run was left out"
	exit 77
}
# The leak check of ASan cannot run under a tracer.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} \
    strace -f -qq -o "$TMP/calls" "$SB" test -j2 scenarios/migration \
    >"$TMP/out" 2>"$TMP/err"
rc=$?
[ -s "$TMP/calls" ] || {
	[ $status -eq 0 ] || exit $status
	echo "strace cannot trace here: $(head -n 1 "$TMP/err")"
	exit 77
}
[ $rc -eq 0 ] || bad "the traced run: exit status $rc"
grep -q '^[0-9]* *read(' "$TMP/calls" || bad "the trace has no read() in it"
grep -E '^[0-9]+ +(socket|socketpair|connect|bind|send[a-z]*|execve)\(' \
    "$TMP/calls" | sed 1d >"$TMP/found" # the program's own start
[ -s "$TMP/found" ] && bad "system calls: $(head -n 5 "$TMP/found")"
# A terminal may be asked for its kind, nothing else.
grep -E '^[0-9]+ +ioctl\(' "$TMP/calls" | grep -v 'TCGETS' >"$TMP/found" &&
	bad "ioctl: $(head -n 5 "$TMP/found")"
exit $status
