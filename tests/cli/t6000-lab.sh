#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchback test --stage vm: what it refuses and skips, with reasons; a run on
# a real kernel, and one that must fail; and what is left when it is killed.
set -u
bad=0

complain() {
	echo "$*; it said:" >&2
	cat "$TMP/out" >&2
	bad=1
}

run() { # ARGUMENT...: $rc, and what it said in $TMP/out
	"$SB" test --stage vm "$@" >"$TMP/out" 2>&1
	rc=$?
}

# --- without a guest ---
scn=scenarios/lab/eject.scn
"$SB" test --stage moon "$scn" >"$TMP/out" 2>&1
[ $? -eq 2 ] && grep -q 'give sim or vm' "$TMP/out" || complain "a stage"
run --seed 3 "$scn"
[ $rc -eq 2 ] && grep -q 'are of the simulated machine' "$TMP/out" ||
    complain "--seed on a real kernel"
"$SB" test --image disk "$scn" >"$TMP/out" 2>&1
[ $? -eq 2 ] && grep -q 'is of --stage vm' "$TMP/out" || complain "--image"
run --image "$TMP/none" "$scn"
[ $rc -eq 2 ] && grep -q "image $TMP/none: No such file" "$TMP/out" ||
    complain "an image that is not there"
run --retries many "$scn"
[ $rc -eq 2 ] || complain "--retries"
# A disk stands for an image here: nothing of all this boots one.
: >"$TMP/disk"
run --image "$TMP/disk" --policy stock "$scn"
[ $rc -eq 4 ] && grep -q "scripts are not on Linux" "$TMP/out" ||
    complain "policy stock"
run --image "$TMP/disk" --policy native scenarios/migration/eject-mlx5.scn \
    scenarios/linux/enobufs.scn
[ $rc -eq 4 ] && grep -q 'eject-mlx5.*: the guest has no sysctl hw.hn' "$TMP/out" &&
    grep -q 'enobufs.scn .native.: the guest has no sysctl' "$TMP/out" ||
    complain "what a guest cannot do"

mkdir "$TMP/empty"
for tool in sh env cat; do ln -s "$(command -v $tool)" "$TMP/empty/$tool"; done
PATH=$TMP/empty SWITCHBACK_LAB_CACHE=$TMP/cache "$SB" test --stage vm "$scn" \
    >"$TMP/out" 2>&1
[ $? -eq 4 ] && grep -q '^switchback test: --stage vm: ' "$TMP/out" ||
    complain "a machine without QEMU and the rest must skip, with a reason"

# --- with one ---
if [ "$V" != default ] || [ "${CC##*/}" != gcc ] ||
    ! command -v qemu-system-x86_64 >/dev/null; then
	[ $bad -eq 0 ] || exit 1
	echo "the rest needs QEMU, and runs with the plain build alone"
	exit 77
fi
run --policy native --db "$TMP/lab.db" --pcap "$TMP/pcap" "$scn"
case $rc in
0) ;;
3) echo "no verdict on this machine: $(cat "$TMP/out")" && exit 77 ;;
4) cat "$TMP/out" && exit 77 ;;
*) complain "the VF is ejected" ;;
esac
"$SB" query --db "$TMP/lab.db" "select kind, note from run" >"$TMP/out"
grep -q '^vm.*stand-in: virtio-net' "$TMP/out" || complain "the stored run"
"$SB" query --db "$TMP/lab.db" "select count(*) from operation" >"$TMP/out"
[ "$(tail -n 1 "$TMP/out")" -ge 8 ] || complain "the daemon's operations"
"$SB" continuity "$TMP"/pcap/*/hn0@1.pcap >"$TMP/out" 2>&1
grep -q 'probe' "$TMP/out" || complain "the capture of the wire"

# What is not so must not pass.
sed 's/^expect bond0 ports .*/expect bond0 ports "eth1"/' "$scn" \
    >"$TMP/wrong.scn"
run --policy native --retries 0 "$TMP/wrong.scn"
[ $rc -eq 1 ] && grep -q 'expect bond0 ports "eth1"' "$TMP/out" || [ $rc -eq 3 ] ||
    complain "a wrong expectation"

# --- killed ---
# (A shell has its background ignore SIGINT; a terminal's ends it like TERM.)
for signal in TERM KILL; do
	"$SB" test --stage vm --policy native "$scn" >/dev/null 2>&1 &
	pid=$!
	tries=300
	until qemu=$(pgrep -P $pid qemu); do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || break
		sleep 0.1
	done
	kill -$signal $pid
	wait $pid 2>/dev/null
	tries=50
	while [ -n "$qemu" ] && kill -0 "$qemu" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || break
		sleep 0.1
	done
	[ -n "$qemu" ] && [ $tries -gt 0 ] || {
		echo "SIG$signal leaves QEMU $qemu behind" >&2
		bad=1
	}
done
exit $bad
