#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What is wrong with a file that a scenario names is told at the scenario's
# line; a policy that a scenario leaves out is skipped with its reason.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

scenario() { # lines on stdin
	{
		echo 'scenario "x"'
		echo 'rc.conf ifconfig_hn0="inet 10.0.0.4/24"'
		echo 'sysctl hw.hn.vf_transparent=0'
		echo 'nic hn0 mac 52:54:00:aa:00:01'
		cat
		echo 'at 6s end'
	} >"$TMP/x.scn"
}

missing() { # what, line:col
	"$SB" test "$TMP/x.scn" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 2 ] || bad "$1: exit status $rc"
	grep -q "^$TMP/x.scn:$2: error: .*$TMP/$1.*[Nn]o such file" "$TMP/err" ||
		bad "$1: $(cat "$TMP/err")"
}

scenario <<'EOF'
rules there-is.conf none.conf
EOF
: >"$TMP/there-is.conf"
missing none.conf 5:21
scenario <<'EOF'
replay none.rec
EOF
missing none.rec 5:8
scenario <<'EOF'
rc.conf-file none.rc
EOF
missing none.rc 5:14

# A file in the form of rc.conf: read, and its mistakes told at their place.
printf '# mine\nifconfig_hn0="inet 10.9.0.4/24" # taken back below\n' \
    >"$TMP/good.rc"
printf 'a=1\n. /etc/other\n' >"$TMP/bad.rc"
scenario <<'EOF'
rc.conf-file good.rc
rc.conf.d/netif ifconfig_hn0="inet 10.0.0.7/24"
expect address 10.0.0.7/24 on lagg0 under native
EOF
"$SB" test --policy native "$TMP/x.scn" >"$TMP/out" 2>&1 ||
	bad "rc.conf.d: $(cat "$TMP/out")"
sed '/^rc.conf /d; /^rc.conf.d/d; s/10.0.0.7/10.9.0.4/' "$TMP/x.scn" \
    >"$TMP/y.scn"
"$SB" test --policy native "$TMP/y.scn" >"$TMP/out" 2>&1 ||
	bad "rc.conf-file: $(cat "$TMP/out")"
sed 's/good.rc/bad.rc/' "$TMP/x.scn" >"$TMP/y.scn"
"$SB" test "$TMP/y.scn" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] || bad "bad.rc: exit status is not 2"
grep -q "^$TMP/bad.rc:2:1: error: " "$TMP/err" ||
	bad "bad.rc: $(cat "$TMP/err")"

# Skipped, with the reason; nothing else to run is told by the exit status.
scenario <<'EOF'
policies native because "there is no script for it"
expect lagg0 exists
EOF
"$SB" test "$TMP/x.scn" >"$TMP/out" 2>&1 || bad "skip: exit status $?"
grep -q '\[stock\].*there is no script for it' "$TMP/out" ||
	bad "skip: no reason in: $(cat "$TMP/out")"
grep -q '1 passed, 0 failed, 1 skipped' "$TMP/out" ||
	bad "skip: not counted in: $(cat "$TMP/out")"
"$SB" test --policy stock "$TMP/x.scn" >"$TMP/out" 2>&1
rc=$?
[ $rc -eq 4 ] || bad "nothing ran: exit status $rc, not 4"

# What the machine's profile does not know.
scenario <<'EOF'
flag hn.asinc = yes
EOF
"$SB" test "$TMP/x.scn" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'x.scn:5:6: error: .*hn.async' "$TMP/err" ||
	bad "flag: $(cat "$TMP/err")"
scenario <<'EOF'
flag hn.async = maybe
EOF
"$SB" test "$TMP/x.scn" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'x.scn:5:6: error: .*yes or no' "$TMP/err" ||
	bad "flag value: $(cat "$TMP/err")"
exit $status
