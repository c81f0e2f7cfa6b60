#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Logs of other programs: told apart, counted line by line, and refused with a
# reason when they are nothing.
set -u

export SWITCHBACK_DB="$TMP/runs.db"
failed=0
fail() {
	echo "t3011: $*" >&2
	failed=1
}

"$SB" import fixtures/logs/*.dmesg fixtures/logs/*.syslog fixtures/logs/*.rtnl \
    fixtures/logs/*.txt >"$TMP/out" || fail "import of all"
cat >"$TMP/want" <<'END'
run 1: azure-multinic-boot, 15 records
    Linux kernel log: 27 of 120 lines understood, 93 kept as notes
run 2: azure-netvsc-reload, 37 records
    Linux kernel log: 56 of 91 lines understood, 35 kept as notes
run 3: azure-vf-loss, 11 records
    Linux kernel log: 20 of 40 lines understood, 20 kept as notes
run 4: bond-vf-loss, 6 records
    Linux kernel log: 15 of 20 lines understood, 3 kept as notes, 2 passed over
run 5: bond-replug, 2 records
    rtnetlink recording: 37 of 37 lines understood
run 6: bond-unplug, 2 records
    rtnetlink recording: 49 of 51 lines understood, 2 kept as notes
run 7: devd-lagg, 18 records
    devd debug log: 41 of 468 lines understood, 5 kept as notes, 422 passed over
END
diff "$TMP/want" "$TMP/out" >&2 || fail "import said something else"

# The records are those which FreeBSD would have written.
"$SB" export --run azure-vf-loss >"$TMP/text" || fail "export"
cat >"$TMP/want" <<'END'
4.571440000 !system=IFNET subsystem=enP35649s1 type=ATTACH
4.571440000 !system=ETHERNET subsystem=enP35649s1 type=IFATTACH
7.806114000 !system=IFNET subsystem=enP35649s1 type=LINK_UP
7.808206000 !system=HYPERV_NIC_VF subsystem=eth0 type=VF_UP
8.240095000 !system=IFNET subsystem=eth0 type=LINK_UP
7311.480627000 !system=HYPERV_NIC_VF subsystem=eth0 type=VF_DOWN
7311.481240000 !system=IFNET subsystem=enP35649s1 type=DETACH
7374.592019000 !system=IFNET subsystem=enP35649s1 type=ATTACH
7374.592019000 !system=ETHERNET subsystem=enP35649s1 type=IFATTACH
7374.835760000 !system=IFNET subsystem=enP35649s1 type=LINK_UP
7374.837914000 !system=HYPERV_NIC_VF subsystem=eth0 type=VF_UP
END
diff "$TMP/want" "$TMP/text" >&2 || fail "other records"

# The text of every line that is kept is there, and what is inferred says so.
n=$("$SB" query "SELECT count(*) FROM note WHERE run = 3 AND who = 'kernel'")
[ "$n" = 40 ] || fail "$n notes of 40 lines"
"$SB" query "SELECT text FROM note WHERE run = 4 AND who = 'import'" |
    grep -q '^inferred: eth1 was unplugged: bond0 releases it (line 13)' ||
    fail "no word of what is inferred"

# Text to store to text: what came out of a log goes in again.
"$SB" import "$TMP/text" >"$TMP/out" || fail "the records again"
"$SB" export --run text >"$TMP/back" 2>/dev/null ||
    "$SB" export --run 8 >"$TMP/back" || fail "export of these"
cmp "$TMP/text" "$TMP/back" || fail "they changed on the way"

# One story in the forms in which people send it; the clock differs.
strip() { sed 's/^[0-9.]* //'; }
strip <"$TMP/text" >"$TMP/story"
story() { # FORM AWK-PROGRAM
	# shellcheck disable=SC2016
	awk -F '] ' '{ t = substr($1, 2) + 0; m = $0; sub(/^\[[^]]*\] /, "", m);
		s = int(t); f = sprintf("%06d", (t - s) * 1000000 + .5);
		h = sprintf("%02d:%02d:%02d", 3 + s / 3600, s % 3600 / 60, s % 60)
		'"$2"' }' fixtures/logs/azure-vf-loss.dmesg >"$TMP/$1.txt"
	rm -f "$TMP/f.db"
	"$SB" import --db "$TMP/f.db" "$TMP/$1.txt" >"$TMP/out" 2>"$TMP/err" ||
	    fail "$1: $(cat "$TMP/err")"
	"$SB" export --db "$TMP/f.db" | strip | diff "$TMP/story" - >&2 ||
	    fail "$1 tells another story"
	"$SB" export --db "$TMP/f.db" --scenario | grep -q 'vf attach mce0' ||
	    fail "$1: no scenario"
}
story raw 'print "<6>[" sprintf("%12.6f", t) "] " m'
story caller 'print "[" sprintf("%12.6f", t) "][    T1] " m'
story delta 'd = t - p; p = t; print "[  +" sprintf("%.6f", d) "] " m'
story human 'print "[Mon Nov 24 " h " 2025] " m'
story iso 'print "2025-11-24T" h "," f "+00:00 " m'
story short 'print "Nov 24 " h " vm7 kernel: " m'
story precise 'print "Nov 24 " h "." f " vm7 kernel: " m'
story shortiso 'print "2025-11-24T" h "+0100 vm7 kernel: " m'
story full 'print "Mon 2025-11-24 " h " UTC vm7 kernel: " m'
story unix 'print 1763950000 + s "." f " vm7 kernel: " m'
story monotonic 'print "[" sprintf("%12.6f", t) "] vm7 kernel: " m'
story ubuntu 'print "Nov 24 " h " vm7 kernel: [" sprintf("%12.6f", t) "] " m'
"$SB" query --db "$TMP/f.db" "SELECT count(*) FROM record WHERE emit_ns =
    7311480627000" | grep -qx 1 || fail "not the kernel's own time"

# A story over New Year's Eve, without a year.
printf 'Dec 31 23:59:59 v kernel: mlx5_core 1:00:02.0 e1: Link up\n' >"$TMP/y"
printf 'Jan  1 00:00:01 v kernel: mlx5_core 1:00:02.0 e1: Link down\n' >>"$TMP/y"
rm -f "$TMP/f.db"
"$SB" import --db "$TMP/f.db" "$TMP/y" >/dev/null || fail "New Year"
"$SB" export --db "$TMP/f.db" | grep -q '^2.000000000 .*LINK_DOWN' ||
    fail "New Year took $("$SB" export --db "$TMP/f.db")"

# Several boots: the one that tells most, and which it is.
{ cat fixtures/logs/azure-vf-loss.dmesg
	printf '[    0.000000] Linux version 6.1.0\n[    1.0] Bye\n'; } >"$TMP/b"
rm -f "$TMP/f.db"
"$SB" import --db "$TMP/f.db" "$TMP/b" >/dev/null 2>"$TMP/err" || fail "boots"
grep -q 'b:1:1: warning: the machine was booted 2 times .* lines 1 to 40' \
    "$TMP/err" || fail "no word of two boots: $(cat "$TMP/err")"

# --json, --format, standard input.
"$SB" import --db "$TMP/j.db" --json - <fixtures/logs/devd-lagg.txt |
    grep -q '"format":"devd","lines":{"lines":468,"understood":41,"kept":5' ||
    fail "--json"
"$SB" import --db "$TMP/j.db" --format rtnetlink fixtures/logs/devd-lagg.txt \
    >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] || fail "devd is no rtnetlink"
grep -q 'devd-lagg.txt:1:1: error: no line of it is one of a rtnetlink' \
    "$TMP/err" || fail "$(cat "$TMP/err")"
"$SB" import --format kernal x 2>&1 | grep -q 'did you mean `kernel`' ||
    fail "no suggestion for --format"

# refuse NAME MESSAGE: the file is refused with the message.
refuse() {
	rm -f "$TMP/f.db"
	"$SB" import --db "$TMP/f.db" "$TMP/$1" >"$TMP/out" 2>"$TMP/err"
	[ $? -eq 2 ] || fail "$1: not refused"
	grep -q "$2" "$TMP/err" || fail "$1: $(cat "$TMP/err")"
	[ ! -e "$TMP/f.db" ] || fail "$1: made a store"
}
printf 'GET / HTTP/1.1\nHost: x\n' >"$TMP/http"
refuse http 'http: what kind of log is this? known are .*--format'
{ head -40 fixtures/logs/azure-vf-loss.dmesg
	head -60 fixtures/logs/devd-lagg.txt; } >"$TMP/both"
refuse both 'lines look like a .* and .* like a .*: say --format'
head -c 100000 "$SB" >"$TMP/binary"
refuse binary 'binary: what kind of log is this'

# Damaged lines are told and counted, and the rest is read.
{ printf '[    1.0] a\000b\n[    1.5] '
	head -c 20000 /dev/zero | tr '\0' x
	printf '\n'; cat fixtures/logs/azure-vf-loss.dmesg
	printf '[    2.000000] mlx5_core 8b41:00:02.0 enP35649s1: Link down'
} >"$TMP/damaged"
rm -f "$TMP/f.db"
"$SB" import --db "$TMP/f.db" "$TMP/damaged" >"$TMP/out" 2>"$TMP/err" ||
    fail "damaged lines refuse the file"
grep -q 'damaged:1:12: warning: a NUL byte' "$TMP/err" || fail "no NUL"
grep -q 'damaged:2: warning: longer than 16384' "$TMP/err" || fail "no length"
grep -q 'damaged:43:1: warning: the time is before' "$TMP/err" || fail "no time"
grep -q '21 of 43 lines understood, 20 kept as notes, 2 damaged' "$TMP/out" ||
    fail "$(cat "$TMP/out")"

exit $failed
