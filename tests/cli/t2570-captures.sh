#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# --pcap: a folder for each run, in it a file for each interface, the peer and
# the guest's sockets. tcpdump reads them and finds nothing wrong, and what
# cannot be written is told with status 3 and leaves nothing behind.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

replug=scenarios/migration/replug.scn
stem=scenarios_migration_replug.scn
"$SB" test --pcap "$TMP/a/b" "$replug" >"$TMP/out" 2>&1 ||
	bad "status $?: $(cat "$TMP/out")"
for policy in stock native; do
	got=$(cd "$TMP/a/b/$stem.$policy" && echo *)
	[ "$got" = "guest.pcap hn0.pcap lagg0.pcap peer.pcap vmx0.pcap" ] ||
		bad "$policy: the files are $got"
done

# Seeds have folders of their own.
"$SB" test --pcap "$TMP/seeds" --policy native --seed 3..4 "$replug" \
    >"$TMP/out" 2>&1 || bad "seeds: status $?: $(cat "$TMP/out")"
got=$(cd "$TMP/seeds" && echo *)
[ "$got" = "$stem.native.3 $stem.native.4" ] || bad "seeds: $got"

# The same packets twice, whatever runs beside.
"$SB" test -j2 --pcap "$TMP/again" "$replug" >"$TMP/out" 2>&1 ||
	bad "again: status $?"
diff -r "$TMP/a/b" "$TMP/again" >"$TMP/diff" || bad "$(head -n 3 "$TMP/diff")"

# A replay has them, an open one cannot.
"$SB" replay --policy native --scenario scenarios/migration/recorded.scn \
    --pcap "$TMP/replay" >"$TMP/out" 2>&1 || bad "replay: status $?"
[ -s "$TMP/replay/scenarios_migration_recorded.scn.native/peer.pcap" ] ||
	bad "replay: $(ls -R "$TMP/replay")"
"$SB" replay --open --scenario scenarios/migration/recorded.scn \
    --pcap "$TMP/open" >"$TMP/out" 2>&1
[ $? -eq 2 ] || bad "open: status $?"
grep -q 'open replay has no packets' "$TMP/out" || bad "open: $(cat "$TMP/out")"

# What is in the way.
leaves_nothing() { # what folder
	[ "$rc" -eq 3 ] || bad "$1: status $rc"
	grep -q "^switchback test: $2" "$TMP/out" || bad "$1: $(cat "$TMP/out")"
	[ "$(grep -c '^switchback test: ' "$TMP/out")" -eq 1 ] ||
		bad "$1: told more than once"
	left=$(find "$2" -name '*.part')
	[ -z "$left" ] || bad "$1: left $left"
}
(ulimit -f 500 && "$SB" test --pcap "$TMP/big" "$replug") >"$TMP/out" 2>&1
rc=$?
leaves_nothing "a size limit" "$TMP/big"
[ -z "$(find "$TMP/big" -name '*.pcap')" ] || bad "a size limit: files"
: >"$TMP/file"
"$SB" test --pcap "$TMP/file" "$replug" >"$TMP/out" 2>&1
rc=$?
leaves_nothing "a file for a folder" "$TMP/file"

# Two runs never write one file: a path given twice runs once, and two paths
# that have one name in the folder are refused.
mkdir "$TMP/m"
cp "$replug" "$TMP/m/x.scn"
"$SB" test -j4 --policy native --pcap "$TMP/twice" "$TMP/m/x.scn" \
    "$TMP/m/x.scn" "$TMP/m/" "$TMP/m/x.scn" >"$TMP/out" 2>&1 ||
	bad "twice: status $?: $(head -n 3 "$TMP/out")"
grep -q '^1 passed' "$TMP/out" || bad "twice: $(cat "$TMP/out")"
cp "$replug" "$TMP/m_x.scn"
for option in --pcap --trace; do
	"$SB" test $option "$TMP/one" "$TMP/m/x.scn" "$TMP/m_x.scn" \
	    >"$TMP/out" 2>&1
	[ $? -eq 2 ] || bad "one name, $option: status is not 2"
	grep -q 'm/x.scn and .*m_x.scn have one name' "$TMP/out" ||
		bad "one name, $option: $(cat "$TMP/out")"
	"$SB" test $option "" "$replug" >"$TMP/out" 2>&1
	[ $? -eq 2 ] || bad "no name, $option: status is not 2"
done
"$SB" replay --pcap "" --scenario scenarios/migration/recorded.scn \
    >"$TMP/out" 2>&1
[ $? -eq 2 ] || bad "no name, replay: status is not 2"

if ! command -v tcpdump >/dev/null; then
	[ "$status" -eq 0 ] || exit "$status"
	echo "all held but what tcpdump says: it is not installed"
	exit 77
fi
read_it() { # file expression: its lines
	tcpdump -nvv -r "$1" "$2" 2>"$TMP/err"
	grep -v '^reading from file' "$TMP/err" >&2
}
for f in "$TMP/a/b/$stem".*/*.pcap; do
	read_it "$f" '' >"$TMP/text"
	[ "$(wc -l <"$TMP/text")" -gt 1000 ] || bad "$f: hardly a packet"
	! grep -E 'bad|wrong|incorrect|truncated|invalid' "$TMP/text" >&2 ||
		bad "$f: see above"
done
# Request and answer, with the identifier of the stream; nothing else.
n=$(read_it "$TMP/a/b/$stem.native/peer.pcap" \
    'icmp[icmptype] == icmp-echo' | grep -c 'echo request, id 1, seq ')
all=$(read_it "$TMP/a/b/$stem.native/peer.pcap" '' | grep -c '^[0-9]')
if [ "$n" -lt 10000 ] || [ "$all" -ne $((n * 2)) ]; then
	bad "peer.pcap: $n requests of $all frames"
fi
exit "$status"
