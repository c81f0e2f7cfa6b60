#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Open replay gives every record as it was and when it was, and judges what
# rules and controller made of them; there are no packets in it.
set -u
status=0

bad() {
	echo "t2804: $*" >&2
	status=1
}

file=fixtures/recordings/freebsd-hn.rec
abc=a_stock_bringup_1+b_unplug_1+c_stock_replug_1

open() { # name
	"$SB" replay --open --db "$TMP/$1.db" "$file#$1" >"$TMP/out" \
	    2>"$TMP/err" || bad "$1: status $?: $(cat "$TMP/err")"
	grep -q '^open replay: every record as it was' "$TMP/out" ||
		bad "$1: does not say what it is"
	grep -q '^probe' "$TMP/out" && bad "$1: has packets"
	awk 'length > 120 { print; bad = 1 } END { exit bad }' "$TMP/out" ||
		bad "$1: a line of more than 120 columns"
	# Every record of the recording, at its own moment, is in each run.
	for run in 1 2; do
		"$SB" query --db "$TMP/$1.db" "SELECT printf('%d.%09d', emit_ns
		    / 1000000000, emit_ns % 1000000000) || ' ' ||
		    CAST(raw AS TEXT) FROM record WHERE run = $run" |
		    sed 's/\\\\/\\/g' | sort >"$TMP/given"
		for name in $(echo "$1" | tr + ' '); do
			LC_ALL=C awk -v want="$name.log" '
			$1 == "===" { on = $2 == want; next }
			on && /^[0-9]+\.[0-9]+ / { print }' $file
		done | sort >"$TMP/want"
		[ -s "$TMP/want" ] || bad "$1: no such section"
		comm -23 "$TMP/want" "$TMP/given" >"$TMP/missing"
		[ -s "$TMP/missing" ] && bad "$1, run $run: not given as it" \
		    "was: $(head -n 3 "$TMP/missing")"
	done
}

open $abc
# The stock rules fire as they did, and the controllers decide.
grep -q ' > hyperv.conf:[0-9]* controller: /usr/' "$TMP/out" ||
	bad "no rule in the time line"
for action in "hyperv_vfattach \$'vmx0'" "hyperv_vfup \$'hn0'"; do
	"$SB" query --db "$TMP/$abc.db" "SELECT action FROM firing
	    WHERE carried = 'controller'" | grep -qF "$action" ||
		bad "no rule fired $action"
done
grep -q 'HYPERV_NIC_VF hn0 VF_DOWN' "$TMP/out" || bad "no VF_DOWN"
grep -q '^at the end  *lagg0: active vmx0 of .* lagg0: active vmx0 of ' \
    "$TMP/out" || bad "both should have ended on the VF"
for policy in stock native; do
	"$SB" query --db "$TMP/$abc.db" "SELECT operation.text FROM operation
	    JOIN run ON run.id = run WHERE policy = '$policy'" |
	    grep -q 'port-add vmx0' || bad "$policy never added the VF"
done

open e_linkflap_1
[ "$("$SB" query --db "$TMP/e_linkflap_1.db" "SELECT count(*) FROM operation
    JOIN run ON run.id = run WHERE policy = 'native' AND
    text = 'vtnet0 down'")" -ge 2 ] ||
	bad "native left a VF up that had no link"
open d_joinfirst_rx0_sw0_1

# With a scenario: what speaks of packets is left out and said so, the rest is
# judged; the recording may be the scenario's own.
scn=scenarios/migration/recorded.scn
"$SB" replay --open --scenario $scn >"$TMP/own" 2>"$TMP/err" ||
	bad "with a scenario: status $?: $(cat "$TMP/err")"
grep -q 'expectations about packets left out' "$TMP/err" ||
	bad "does not say what is left out: $(cat "$TMP/err")"
grep -q '^verdict  *as expected, with 1 known fault  *PASSED$' "$TMP/own" ||
	bad "with a scenario: $(grep '^verdict' "$TMP/own")"
"$SB" replay --open --scenario $scn "$file#$abc" 2>/dev/null |
    cmp - "$TMP/own" || bad "its own recording is another one"

sed -e 's/^expect lagg0 active vmx0 .*/expect lagg0 active vmx0 never/' \
    -e "s|\"../../fixtures|\"$PWD/fixtures|" $scn >"$TMP/f.scn"
"$SB" replay --open --scenario "$TMP/f.scn" >"$TMP/out" 2>/dev/null
[ $? -eq 1 ] || bad "an expectation that fails: status is not 1"
grep -q '^repeat: .* replay --open --policy native ' "$TMP/out" ||
	bad "no command that repeats"
exit $status
