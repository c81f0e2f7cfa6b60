#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The debugger: forward thing by thing and to a place, back, what it shows, and
# what it says of a mistake. Its run is the one that test runs.
set -u
status=0
case=scenarios/migration/azure-servicing.scn

bad() {
	echo "t2880: $*" >&2
	status=1
}

# commands policy: into $TMP/out and $TMP/err
debug() {
	printf '%b' "$1" | "$SB" debug --policy "$2" $case >"$TMP/out" \
	    2>"$TMP/err"
}
has() {
	grep -q -- "$1" "$TMP/out" || bad "$2: no '$1' in $(cat "$TMP/out")"
}
lacks() {
	grep -q -- "$1" "$TMP/out" && bad "$2: '$1' is there"
}

# Places to stop at.
debug 'until 12s\nuntil revoke\nuntil event VF_DOWN\nlist 1\n' native ||
	bad "exit status $?: $(cat "$TMP/err")"
has '^  20.000000000  -- revoke' mark
has 'HYPERV_NIC_VF hn0 VF_DOWN' event
lacks 'mce0 DETACH' 'behind the event'
lacks '^([0-9.]*) ' 'a prompt without a terminal'

debug 'until fail\n' stock || bad "fail: $?"
has '^known-fault .*default route via lagg0 always' fail
lacks '  2[1-9]\.' 'behind the failure'
debug 'until fail\n' native
has '^no expectation fails' 'none fails'

# One thing, the same again by an empty line, and a time that is not passed.
debug 'until 19s\nnext stimulus\n\n' native
has '>> vf eject mce0' 'next stimulus'
has '>> vf attach mce0' 'an empty line'
debug 'until 21s\nrules\nnext rule\n' native
has '> devd-net.conf:\|> hyperv.conf:' 'next rule'
debug 'step 5\n' native
[ "$(grep -c '^ *[0-9.]*  ' "$TMP/out")" -ge 5 ] || bad "step 5"

# Back is where it was.
debug 'until revoke\nnext record\nlist all\n' native
sed -n '/^(/!p' "$TMP/out" | tail -n 20 >"$TMP/there"
debug 'until revoke\nnext record\nstep 30\nback 30\nlist all\n' native
sed -n '/^(/!p' "$TMP/out" | tail -n 20 >"$TMP/back"
cmp "$TMP/there" "$TMP/back" || bad "back is somewhere else"
debug 'run\nrestart\nuntil revoke\n' native
[ "$(grep -c -- '-- revoke' "$TMP/out")" -ge 1 ] || bad restart
has '^114.600000000: the end; 0 expectations failed' end

# Breakpoints.
debug 'break event VF_DOWN\nb fail\nb\nrun\ndelete 1\ndelete 7\nrun\n' native
has '^breakpoint 2: an expectation fails' 'list of breakpoints'
has 'VF_DOWN' break
has ': the end' 'delete'
grep -q 'line 6: there is no breakpoint 7' "$TMP/err" || bad "delete 7"

# What is to be seen.
debug 'until 21.02s\nstate\nstate lagg0\npending\nexpect\nhelp\n' native
has '^hn0: .*link up' state
has '^lagg0: .*active hn0' state
has '^route: default 10.1.19.1 via lagg0' state
has '^next event at 21\.' pending
has '^next step at 84.600000000: vf attach mce0' pending
has '^engine' pending
has '^devctl: ' pending
has '^pass .*p4 duplicated == 0' expect
has '^  s  step ' help
debug 'until return\nuntil event port-add\ndecisions 3\n' native
has '^ *[0-9.]*  out apply .*op=port-add' decisions
[ "$(grep -cE '  (out|in) ' "$TMP/out")" -eq 3 ] || bad "decisions 3"
debug 'rules !system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP\n' native
has 'MATCHES' rules
has "^runs .*hyperv_vfup .*hn0" rules

# Mistakes: where, what was meant, and a status for a script.
n=0
while read -r command told; do
	n=$((n + 1))
	debug "# a remark\n$(echo "$command" | tr '_' ' ')\n" native
	[ $? -eq 2 ] || bad "$command: not refused"
	grep -q "^switchback debug: line 2: .*$told" "$TMP/err" ||
		bad "$command: $(cat "$TMP/err")"
done <<END
nxt did you mean next
until_revok did you mean revoke
until_mark_retrun did you mean return
until_event_NO_SUCH nothing from here on has
until_nowhere give a time
next_recrod did you mean record
state_lag0 there is no lag0 now
state_hn1 did you mean hn0
step_zero no number from 1
delete say which
run_on run stands alone
END
[ $n -eq 11 ] || bad "only $n mistakes were tried"
printf '%s\n' 'rules \\q' | "$SB" debug $case >/dev/null 2>"$TMP/err" &&
	bad "a bad escape"
grep -q 'an escaped record' "$TMP/err" || bad "a bad escape is not told"
debug 'until 30s\nuntil 3s\n' native
grep -q 'it is [0-9.]* already' "$TMP/err" || bad "back in time"

"$SB" debug --policy both $case >/dev/null 2>&1 </dev/null
[ $? -eq 2 ] || bad "--policy both"
"$SB" debug scenarios/none.scn >/dev/null 2>&1 </dev/null
[ $? -eq 2 ] || bad "no such file"
"$SB" debug --seed 7 $case </dev/null | grep -q 'seed 7' || bad "--seed"

# With a terminal there is a prompt with the time.
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	printf 'until 20s\nnxt\nq\n' |
	    script -qec "$SB debug $case" /dev/null >"$TMP/out" 2>&1 ||
		bad "on a terminal a mistake is no failure"
	has '^(20.000000000) ' prompt
fi
exit $status
