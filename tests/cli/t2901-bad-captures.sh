#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What is no capture, or a damaged one, is told with its name and what to do;
# of one that is cut off the good part is judged. And the forms that captures
# have give the same numbers.
set -u
status=0
corpus=fixtures/corpus/capture

bad() {
	echo "$*" >&2
	status=1
}
# want-status pattern arguments...
expect() {
	want=$1
	pattern=$2
	shift 2
	"$SB" continuity "$@" >"$TMP/out" 2>&1
	rc=$?
	[ "$rc" -eq "$want" ] || bad "$*: status $rc: $(head -n 3 "$TMP/out")"
	grep -q -e "$pattern" "$TMP/out" ||
		bad "$*: no '$pattern' in: $(head -n 5 "$TMP/out")"
}

# One stream of eight probes of which two are missing, in every form.
for form in micro.pcap nano.pcap big-endian.pcap null.pcap loop.pcap \
    raw.pcap two-links.pcapng big-endian.pcapng two-sections.pcapng; do
	expect 0 '^2 packets lost, longest gap 3ms$' $corpus/$form
done
expect 0 'fd00::4.*2 packets lost' $corpus/ipv6-vlan.pcap
expect 0 'on sll2 if3: 5 packets' $corpus/sll2.pcap
expect 0 '1 packet lost, longest gap 2ms' $corpus/sll.pcap
expect 0 'on mce0: 3 packets' $corpus/two-links.pcapng
expect 0 'the capture itself lost 3 packets' $corpus/two-links.pcapng
expect 0 '1 TCP segment sent again, longest gap 218ms' $corpus/tcp.pcap
expect 0 '1 packet lost, 1 never seen' $corpus/ping.pcap

# Cut off, cut short, of an unknown link.
expect 0 'cut.pcap: warning: is cut off' $corpus/cut.pcap
expect 0 '^2 packets lost' $corpus/cut.pcap
expect 0 'cut.pcapng: warning: is cut off' $corpus/cut.pcapng
expect 0 'cut before where a number might be: 6; capture with -s' \
    $corpus/snap.pcap
expect 0 'not numbered; longest silence 3ms at 0.002 s' $corpus/snap.pcap
expect 4 'has link type 147, which is not read' $corpus/unknown.pcap

# No captures.
: >"$TMP/empty"
expect 2 "$TMP/empty: is empty" "$TMP/empty"
expect 2 "$TMP/none: there is no such file" "$TMP/none"
expect 2 "$TMP: is a folder" "$TMP"
expect 2 'is no capture: pcap and pcapng files are read' README.md
gzip -c $corpus/nano.pcap >"$TMP/nano.pcap.gz"
expect 2 'gzip -dc' "$TMP/nano.pcap.gz"
head -c 10 $corpus/nano.pcap >"$TMP/short.pcap"
expect 2 'short.pcap: ends within its header' "$TMP/short.pcap"
{
	cat $corpus/nano.pcap
	printf '%16s' '' | tr ' ' '\377'
} >"$TMP/damaged.pcap"
expect 2 'damaged.pcap: .*damaged' "$TMP/damaged.pcap"
{
	cat $corpus/two-links.pcapng
	printf '\006\0\0\0\0\0\0\377\0\0\0\0'
} >"$TMP/damaged.pcapng"
expect 2 'damaged.pcapng: a block of .*: the file is damaged' \
    "$TMP/damaged.pcapng"

# Usage.
expect 2 'usage: switchback continuity'
expect 2 'the filter "frob" cannot be used' --filter frob $corpus/nano.pcap
expect 2 -- '--receiver is missing' --sender $corpus/nano.pcap
expect 2 -- '--sender is missing' --receiver $corpus/nano.pcap
expect 2 'captures are named either' --sender $corpus/nano.pcap \
    --receiver $corpus/nano.pcap $corpus/nano.pcap
expect 2 -- '--offset is about a recording' --offset 3s $corpus/nano.pcap
expect 2 -- '--late: "soon" is not a duration' --late soon $corpus/nano.pcap
expect 2 'choose one' --recording x --run 1 $corpus/nano.pcap
expect 2 'holds no run\|no such\|cannot\|not' --db "$TMP/no.db" --run 1 \
    $corpus/nano.pcap

# What a capture says moves no cursor.
printf 'x\033[2Jy' >"$TMP/name"
cp $corpus/unknown.pcap "$TMP/$(cat "$TMP/name").pcap"
expect 4 'link type 147' "$TMP/$(cat "$TMP/name").pcap"
grep -q "$(printf '\033')" "$TMP/out" && bad "an escape came through"
exit $status
