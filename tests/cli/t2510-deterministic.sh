#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A scenario and a seed give byte-identical traces: run twice, run side by side
# with others, and with packets one by one instead of in closed form. The last
# says that both data paths give the same numbers, gap by gap.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

run() { # folder options...
	dir=$1
	shift
	mkdir -p "$TMP/$dir"
	"$SB" test --trace "$TMP/$dir" "$@" >"$TMP/$dir.out" 2>&1 ||
		bad "$dir: exit status $?: $(grep -v '^ok ' "$TMP/$dir.out")"
}

same() { # a b
	diff -r "$TMP/$1" "$TMP/$2" >"$TMP/diff" && return
	bad "$1 and $2 differ: $(head -n 5 "$TMP/diff")"
}

run one scenarios
run two scenarios
run beside -j2 scenarios
same one two
same one beside
find scenarios -name '*.scn' >"$TMP/files"
n=$(find "$TMP/one" -type f | wc -l)
# A policy that a scenario leaves out is no run.
skips=$(grep -c '^skip ' "$TMP/one.out")
[ "$n" -eq $(($(wc -l <"$TMP/files") * 2 - skips)) ] ||
	bad "$n traces were written"
grep -q '^gap ' "$TMP/one"/*replug*stock* || bad "no gap in a trace of replug"
grep -q '^probe ' "$TMP/one"/*replug*stock* || bad "no probe in it"

# A day of packets, one by one, is more than a test may take.
set --
while read -r file; do
	grep -q '^at +24h' "$file" || set -- "$@" "$file"
done <"$TMP/files"
run closed -j2 "$@"
run frames -j2 --frames "$@"
same closed frames

# Other seeds too, where the data path matters most.
set -- scenarios/migration/full-migration.scn scenarios/flap/flap-storm.scn \
    scenarios/migration/forced-window.scn scenarios/fault/daemon-restart.scn
for kind in closed frames; do
	opt=
	[ $kind = frames ] && opt=--frames
	mkdir -p "$TMP/seeds-$kind"
	# shellcheck disable=SC2086
	"$SB" test -j2 $opt --seed 1..20 --trace "$TMP/seeds-$kind" "$@" \
	    >/dev/null 2>"$TMP/err" || [ $? -eq 1 ] ||
		bad "seeds, $kind: $(cat "$TMP/err")"
done
same seeds-closed seeds-frames

# Another seed gives another run.
mkdir -p "$TMP/other"
"$SB" test --seed 2 --trace "$TMP/other" scenarios/migration/replug.scn \
    >/dev/null 2>&1
cmp -s "$TMP/other"/*stock* "$TMP/one"/*_replug.scn.stock* &&
	bad "seeds 1 and 2 give the same trace"

# One line for each run says all of it: for two builds to compare.
for i in 1 2; do
	"$SB" test -j2 --hash scenarios >"$TMP/hash.$i" 2>"$TMP/err" ||
		bad "hash: exit status $?: $(cat "$TMP/err")"
done
cmp -s "$TMP/hash.1" "$TMP/hash.2" || bad "two hashes of one run"
[ "$(wc -l <"$TMP/hash.1")" -eq "$n" ] || bad "$(wc -l <"$TMP/hash.1") hashes"
[ "$(cut -d ' ' -f 1 "$TMP/hash.1" | sort -u | wc -l)" -gt $((n * 9 / 10)) ] ||
	bad "runs have the same hash: $(sort "$TMP/hash.1" | head -n 4)"
"$SB" test --hash --seed 2 scenarios/migration/replug.scn >"$TMP/hash.3"
grep -Eq '^[0-9a-f]{32} scenarios/migration/replug\.scn stock 2$' \
    "$TMP/hash.3" || bad "the form is $(cat "$TMP/hash.3")"
exit $status
