#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# continuity over the captures of simulated runs: the numbers are those of the
# runs, the gaps are explained by their records, bounds decide the status, and
# the store keeps it.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}
# want-status command...: output in $TMP/out and $TMP/err
expect() {
	want=$1
	shift
	"$SB" continuity "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ "$rc" -eq "$want" ] ||
		bad "continuity $*: status $rc: $(head -n 3 "$TMP/err")"
}
says() { # pattern
	grep -q -e "$1" "$TMP/out" "$TMP/err" ||
		bad "no '$1' in: $(cat "$TMP/out" "$TMP/err")"
}

replug=scenarios/migration/replug.scn
stem=scenarios_migration_replug.scn
db=$TMP/runs.db
"$SB" test --pcap "$TMP/p" --db "$db" "$replug" >"$TMP/test" 2>&1 ||
	bad "test: $(cat "$TMP/test")"
stock=$TMP/p/$stem.stock
native=$TMP/p/$stem.native

# The same numbers as the run, from either end, from the interfaces, and from
# both ends.
lost=$(sed -n 's/.*\[stock\].* lost \([0-9]*\),.*/\1/p' "$TMP/test")
gap=$(sed -n 's/.*\[stock\].*longest gap \([0-9a-z.]*\).*/\1/p' "$TMP/test")
[ "$lost" -gt 100 ] || bad "the run says: $(cat "$TMP/test")"
for files in "$stock/guest.pcap" "$stock/peer.pcap" "$stock/lagg0.pcap" \
    "$stock/hn0.pcap $stock/vmx0.pcap" \
    "$stock/hn0.pcap $stock/vmx0.pcap $stock/lagg0.pcap" \
    "--sender $stock/guest.pcap --receiver $stock/peer.pcap"; do
	# shellcheck disable=SC2086
	expect 0 $files
	says "^0 packets lost, $lost never [a-z]*, longest gap $gap"
done
says "clocks: the receiver's is 0s ahead of the sender's, give or take 70us"
expect 0 "$stock/hn0.pcap" "$stock/vmx0.pcap"
says '^    on vmx0: '

# What explains the gaps.
expect 0 --recording "$db#1" "$stock/guest.pcap"
says "10 never seen .*, because hn0's link came 10\.[0-9]*ms after VF_DOWN"
says "because vmx0 became lagg0's active port only 20[0-9.]*ms after VF_UP"
expect 0 --recording "$db#2" --json "$native/guest.pcap"
says "because hn0's link came 10\.[0-9]*ms after VF_DOWN"
"$SB" export --db "$db" --run 1 -o "$TMP/r.txt" >"$TMP/out" 2>&1 ||
	"$SB" export --db "$db" 1 >"$TMP/r.txt" 2>"$TMP/err" ||
	bad "export: $(cat "$TMP/out" "$TMP/err")"
expect 0 --recording "$TMP/r.txt" "$stock/guest.pcap"
says "the recording's clock .* is not the captures'.*--offset"
expect 0 --recording "$TMP/r.txt" --offset 1700000000s "$stock/guest.pcap"
says "because hn0's link came 10\.[0-9]*ms after VF_DOWN"
expect 0 --recording "$TMP/r.txt" --offset -5s "$stock/guest.pcap"
says "with nothing recorded"

# The store has it, and the report shows it.
expect 0 --db "$db" --run 1 --sender "$stock/guest.pcap" \
    --receiver "$stock/peer.pcap"
says "^run 3 of $db"
"$SB" report --db "$db" --run 3 >"$TMP/report" 2>&1 || bad "report: $?"
grep -q "$lost lost of 24000" "$TMP/report" ||
	bad "report: $(head -n 12 "$TMP/report")"
grep -q 'HYPERV_NIC_VF hn0 VF_DOWN' "$TMP/report" || bad "report: no record"
"$SB" query --db "$db" "SELECT kind, (SELECT sum(count) FROM gap WHERE
    run = 3 AND record IS NOT NULL AND why LIKE 'because%') FROM run
    WHERE id = 3" >"$TMP/query" 2>&1
grep -q "capture.*$lost" "$TMP/query" || bad "query: $(cat "$TMP/query")"

# Bounds, filters, pipes.
expect 0 --max-lost "$lost" --max-gap "$gap" --max-duplicated 0 \
    --max-reordered 0 --max-late 0 "$stock/guest.pcap"
expect 1 --max-lost $((lost - 1)) "$stock/guest.pcap"
says "$lost packets lost, at most $((lost - 1)) allowed"
expect 1 --max-gap 200ms "$stock/guest.pcap"
says "a gap of $gap, at most 200ms allowed"
expect 4 --filter 'tcp port 80' "$stock/guest.pcap"
says 'passed the filter'
expect 0 --filter 'icmp[icmptype] == icmp-echo' "$stock/guest.pcap"
says ' request out '
"$SB" continuity - <"$stock/guest.pcap" >"$TMP/out" 2>"$TMP/err" ||
	bad "by a pipe: $?"
says "$lost never seen"
expect 0 --all -o "$TMP/file" "$stock/guest.pcap"
grep -q "$lost never seen" "$TMP/file" || bad "-o: $(cat "$TMP/file")"
[ ! -s "$TMP/out" ] || bad "-o: there is output"
exit $status
