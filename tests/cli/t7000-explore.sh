#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# explore: the same seeds give the same histories whoever runs them; what is
# broken is told with a seed, a command that repeats it, and a short scenario
# that fails under switchback test for the same reason.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

cd "$TMP" || exit 3
for sys in CI_NODE_INDEX CIRCLE_NODE_INDEX BUILDKITE_PARALLEL_JOB \
    SYSTEM_JOBPOSITIONINPHASE JOB_COMPLETION_INDEX; do
	unset $sys
done

# Native holds.
"$SB" explore --seeds 1..200 >out 2>err || bad "native: $? $(cat out err)"
grep -q '^200 histories under native, 0 failed;' out || bad "$(cat out)"
[ -s err ] && bad "progress without a terminal: $(cat err)"
[ -d found ] && bad "nothing was found, and a folder was made"

# Stock does not, and each file fails as it was said to.
"$SB" explore --policy stock --seeds 1..100 --into broken >out 2>err
[ $? -eq 1 ] || bad "stock: $(cat out err)"
n=0
for f in broken/*.scn; do
	n=$((n + 1))
	"$SB" test --policy stock "$f" >test.out 2>&1
	[ $? -eq 1 ] || bad "$f: $(cat test.out)"
	grep -q 'does not fail from this text' out && bad "$f does not fail"
	"$SB" fmt --check "$f" >/dev/null || bad "$f is not canonical"
	[ "$(grep -c '^[^#]' "$f")" -le 10 ] || bad "long: $(cat "$f")"
done
[ $n -ge 8 ] || bad "only $n invariants were broken: $(cat out)"

# The command in the output repeats it.
command=$(sed -n 's/^  \(.* shrink .* route\)$/\1/p' out)
[ -n "$command" ] || bad "no command: $(cat out)"
eval "$command" >again.scn 2>err || bad "$command: $? $(cat err)"
diff again.scn broken/stock-route.scn >&2 || bad "another scenario"

# However many at a time, and in parts: the same.
"$SB" explore --seeds 1..60 --hash >one || bad "hash: $?"
"$SB" explore --seeds 1..60 --hash -j 3 >three || bad "hash -j: $?"
cmp -s one three || bad "three at a time give others"
[ "$(wc -l <one)" -eq 60 ] || bad "$(wc -l <one) hashes"
[ "$(cut -d ' ' -f 1 one | sort -u | wc -l)" -ge 58 ] || bad "equal runs"
for i in 1 2 3; do
	"$SB" explore --seeds 1..60 --hash --shard $i/3
done | sort >parts
sort one | cmp -s - parts || bad "the parts are not the whole"
CI_NODE_INDEX=2 CI_NODE_TOTAL=3 "$SB" explore --seeds 1..60 --hash >gitlab
"$SB" explore --seeds 1..60 --hash --shard 2/3 | cmp -s - gitlab ||
	bad "GitLab's part is another"
JOB_COMPLETION_INDEX=1 SHARD_COUNT=3 "$SB" explore --seeds 1..60 --hash |
	cmp -s - gitlab || bad "Kubernetes' part is another"

# What is wrong is said.
refused() { # status text arguments...
	want=$1 text=$2
	shift 2
	"$SB" "$@" >out 2>err
	[ $? -eq "$want" ] || bad "$*: not $want"
	grep -q -e "$text" err || bad "$*: $(cat err)"
}
refused 2 'from 1, or A..B' explore --seeds 5..2
refused 2 'give I/N' explore --shard 4/3
refused 2 'stock or native' explore --policy stock,native
refused 2 'no argument is wanted' explore x
refused 4 'has no seed' explore --seeds 1..2 --shard 3/3
refused 2 'no invariant' shrink --seed 1 nothing
refused 1 'seed 1 does not break panic' shrink --seed 1 panic
export CI_NODE_INDEX=9 CI_NODE_TOTAL=3
refused 2 'no part of a whole' explore
unset CI_NODE_INDEX CI_NODE_TOTAL
"$SB" explore --invariants | grep -q '^lost  *after the quiet time' ||
	bad "no list of invariants"
exit $status
