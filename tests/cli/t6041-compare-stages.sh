#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs of one scenario on two stages, side by side: what is the same, in what
# they differ, and the exit status.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}
compares() { # status argument...
	want=$1
	shift
	"$SB" compare --stage sim,vm "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$want" ] ||
		bad "compare $*: exit status $rc: $(cat "$TMP/out" "$TMP/err")"
}
has() { # text
	grep -qF -e "$1" "$TMP/out" || bad "no \"$1\" in: $(cat "$TMP/out")"
}

scn=scenarios/lab/migration.scn
"$SB" test --policy native --db "$TMP/a.db" $scn >"$TMP/test" ||
	bad "test: $(cat "$TMP/test")"
"$SB" test --policy native --seed 5 --db "$TMP/a.db" $scn >"$TMP/test" ||
	bad "test: $(cat "$TMP/test")"

# Two runs that are named.
compares 0 --db "$TMP/a.db" --run 1 --run 2
has 'lab: full live migration [native]'
has '  sim    pass, run 1, simulated, linux-bond, seed 1'
has '  vm     pass, run 2, simulated, linux-bond, seed 5'
has '  end    the same, in '
grep -q '^  vf eject eth1  *sim .* eth0$' "$TMP/out" ||
	bad "no fail-over: $(cat "$TMP/out")"
grep -q '^  p1 out  *sim  *[0-9]* ' "$TMP/out" ||
	bad "no packets: $(cat "$TMP/out")"
has '1 compared, 1 ended in the same state,'
awk 'length($0) > 120' "$TMP/out" | grep -q . && bad "wider than 120 columns"

# Of one run with itself nothing differs.
compares 0 --db "$TMP/a.db" --run 2 --run 2
has '  0 differences (sim | vm)'

# Another end, another order, another port: each is told, and the end counts.
sed -e 's/^at .*vf attach eth1.*$/at +2s mark back/' \
    -e '/of back on/d' $scn >"$TMP/stays.scn"
"$SB" test --policy native --db "$TMP/a.db" "$TMP/stays.scn" >"$TMP/test"
compares 1 --db "$TMP/a.db" --run 1 --run 3
has 'NOT the same: '
has '    final     bond0 active: eth1 | eth0'
has '    final     eth1 exists: yes | no'
has '    course    the outside world did something else'
has '    check     bond0 active eth1: holds | '
has '1 compared, 0 ended in the same state,'

# Slower by far: told, and no failure. (An address that takes its time is a
# gap in no stream.)
awk '/^nic / { print "delay lagg.port = 100ms" } { print }' $scn \
    >"$TMP/slow.scn"
"$SB" test --policy native --db "$TMP/a.db" "$TMP/slow.scn" >"$TMP/test" ||
	bad "slow: $(cat "$TMP/test")"
compares 0 --db "$TMP/a.db" --run 1 --run 4
has '    time      vf attach eth1: applied after decided: '
grep -q '^    operation' "$TMP/out" && bad "slow: $(cat "$TMP/out")"

# Operations that the other does not do.
sed 's/^rc.conf  ifconfig_eth0=/rc.conf  ifconfig_eth0_alias0="inet 10.9.0.3\/32" &/
s/rc.conf  ifconfig_eth0="/ifconfig_eth0="/' $scn >"$TMP/other.scn"
"$SB" test --policy native --db "$TMP/a.db" "$TMP/other.scn" >"$TMP/test" ||
	bad "other: $(cat "$TMP/test")"
compares 1 --db "$TMP/a.db" --run 1 --run 5
has '    final     bond0 inet: 10.9.0.2/24 | 10.9.0.2/24 10.9.0.3/32'
has '    operation bring-up: bond0 address-add 10.9.0.3/32: - | at +'

# As JSON.
compares 0 --db "$TMP/a.db" --run 1 --run 2 --json
has '"compared": 1,'
has '"same_end": 1,'
has '"after": "vm migrate",'
has '"stood_still_ns": '
compares 0 --db "$TMP/a.db" --run 1 --run 2 -o "$TMP/file"
[ ! -s "$TMP/out" ] || bad "-o: $(cat "$TMP/out")"
grep -q '1 compared' "$TMP/file" || bad "-o: $(cat "$TMP/file")"

# The newest of each stage; there is none of the other.
compares 4 --db "$TMP/a.db"
grep -q '^lab: full live migration \[native\]: no run on vm$' "$TMP/err" ||
	bad "no partner: $(cat "$TMP/err")"
if command -v sqlite3 >/dev/null 2>&1; then
	sqlite3 "$TMP/a.db" "UPDATE run SET kind = 'vm', trace_hash = ''
	    WHERE id IN (1, 2)" || bad sqlite3
	"$SB" test --policy native --db "$TMP/a.db" $scn >"$TMP/test"
	compares 0 --db "$TMP/a.db"
	has '  sim    pass, run 6, simulated'
	has '  vm     pass, run 2, vm'
	"$SB" compare --stage vm,sim --db "$TMP/a.db" >"$TMP/out" ||
		bad "turned: exit status $?"
	has '  vm     pass, run 2, vm'
	has '  sim    pass, run 6, simulated'
fi

# What does not go together.
wrong() { # text argument...
	text=$1
	shift
	"$SB" compare "$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "compare $*: exit status $rc"
	grep -qF -e "$text" "$TMP/err" || bad "compare $*: $(cat "$TMP/err")"
}
wrong 'name two, such as sim,vm' --stage sim $scn
wrong '"vmm" is no stage; did you mean vm' --stage sim,vmm $scn
wrong 'name two different ones' --stage vm,vm $scn
wrong '--db: only with --stage' --db "$TMP/a.db"
wrong '--run: only with --stage' --run 1 $scn
wrong '--markdown: not with --stage' --stage sim,vm --markdown $scn
wrong '--run: name two of them' --stage sim,vm --db "$TMP/a.db" --run 1
wrong '--run: there are two already' --stage sim,vm --run 1 --run 2 --run 3
wrong 'say in which store' --stage sim,vm --run 1 --run 2
wrong 'runs no scenario' --stage sim,vm --db "$TMP/a.db" $scn
wrong 'stored runs have theirs' --stage sim,vm --db "$TMP/a.db" --machine x
wrong 'no such file' --stage sim,vm --db "$TMP/none.db"
exit $status
