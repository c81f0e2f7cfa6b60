#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Anonymised, nothing of the original is left, and the story is the same one.
set -u

failed=0
fail() {
	echo "t3012: $*" >&2
	failed=1
}

# What would give somebody away.
cat >"$TMP/secrets" <<'END'
10.1.19.
00:0d:3a:8e
000d3a8e
20d:3aff
3f1c9b52
10.20.0.
52:54:00
vm7
10.0.2.
alice
7c:1e:52
7c1e52
7e1e:52ff
10.0.0.
END
clean() { # FILE NAME
	if grep -aiF -f "$TMP/secrets" "$1" >"$TMP/left"; then
		fail "$2: left is: $(head -3 "$TMP/left")"
	fi
}

# tells FILE...: what it tells, but for addresses and names.
tells() {
	sed -n -e 's/^\(at .*\)/\1/p' -e 's/^vf  *\(.*\)/\1/p' \
	    -e 's/^expect \([a-z0-9]* active .*\)/\1/p' \
	    -e 's/^expect \([a-z0-9]* lost.*\)/\1/p' "$1"
}

cp fixtures/logs/azure-vf-loss.dmesg "$TMP/alice-vm7.dmesg"
printf '[ 7400.1] systemd[1]: Hostname set to <vm7>.\n' >>"$TMP/alice-vm7.dmesg"
printf '[ 7400.2] x: /%s/alice/x on vm7.corp.example says 10.1.19.77\n' \
    home >>"$TMP/alice-vm7.dmesg"
for log in "$TMP/alice-vm7.dmesg" fixtures/logs/bond-vf-loss.syslog \
    fixtures/logs/azure-multinic-boot.dmesg fixtures/logs/bond-unplug.rtnl \
    fixtures/logs/devd-lagg.txt \
    'fixtures/recordings/freebsd-hn.rec#a_stock_bringup_1+b_unplug_1+c_stock_replug_1'
do
	rm -f "$TMP"/*.db
	"$SB" import --db "$TMP/plain.db" "$log" >/dev/null || fail "import $log"
	"$SB" export --db "$TMP/plain.db" --scenario >"$TMP/plain.scn" ||
	    fail "export $log"
	"$SB" test "$TMP/plain.scn" >"$TMP/plain.out" 2>&1

	# On the way in: nothing is left in the store.
	"$SB" import --db "$TMP/in.db" --anonymise "$log" >"$TMP/said" ||
	    fail "import --anonymise $log"
	clean "$TMP/said" "the words of import $log"
	clean "$TMP/in.db" "the store of $log"
	"$SB" export --db "$TMP/in.db" --scenario -o "$TMP/in.scn" ||
	    fail "export of the anonymised $log"
	clean "$TMP/in.scn" "the scenario of $log"
	"$SB" test "$TMP/in.scn" >"$TMP/in.out" 2>&1
	diff "$TMP/plain.out" "$TMP/in.out" | grep '[0-9]* checks' |
	    sed 's/[^ ]*\.scn//' | sort -k2 | uniq -u -f1 | grep . &&
	    fail "$log: another verdict"
	tells "$TMP/plain.scn" >"$TMP/want"
	tells "$TMP/in.scn" | diff "$TMP/want" - >&2 ||
	    fail "$log: another story"

	# On the way out.
	"$SB" export --db "$TMP/plain.db" --anonymise --scenario \
	    -o "$TMP/out.scn" || fail "export --anonymise $log"
	clean "$TMP/out.scn" "the scenario on the way out of $log"
	"$SB" test "$TMP/out.scn" >/dev/null 2>&1 || fail "$log is not green"
	tells "$TMP/out.scn" | diff "$TMP/want" - >&2 ||
	    fail "$log: another story on the way out"
	"$SB" export --db "$TMP/plain.db" --anonymise >"$TMP/text" ||
	    fail "text of $log"
	clean "$TMP/text" "the text of $log"

	# The same again gives the same; another seed does not.
	"$SB" export --db "$TMP/plain.db" --anonymise --scenario |
	    cmp -s - "$TMP/out.scn" || fail "$log: not the same again"
	"$SB" export --db "$TMP/plain.db" --anonymise=other --scenario \
	    >"$TMP/other.scn"
	if grep -q '^nic.*mac 02:00:5e:00:53' "$TMP/plain.scn"; then
		continue # a stand-in is nobody's
	fi
	cmp -s "$TMP/other.scn" "$TMP/out.scn" && fail "$log: the seed is idle"
done

# What is equal stays equal: one net, one pair of MAC addresses, one router.
rm -f "$TMP"/*.db
"$SB" import --db "$TMP/in.db" --anonymise fixtures/logs/azure-vf-loss.dmesg \
    >/dev/null
"$SB" query --db "$TMP/in.db" "SELECT count(DISTINCT value) FROM state
    WHERE field = 'mac'" | grep -qx 1 || fail "the pair has two MAC addresses"
"$SB" query --db "$TMP/in.db" "SELECT value FROM state WHERE field = 'mac'" |
    grep -q '^02:' || fail "the MAC address is not locally administered"
"$SB" query --db "$TMP/in.db" "SELECT count(*) FROM state WHERE
    (field = 'inet' AND value LIKE '192.0.2.%/24') OR
    (field = 'default' AND value LIKE '192.0.2.% via eth0')" | grep -qx 2 ||
    fail "address and router are not in one net of RFC 5737"

# A recording's own lines, and records written in another way.
printf '# on vm7, hostname=vm7\n1.5 !system=X subsystem=y type=z a=10.1.19.4\n' \
    >"$TMP/r.log"
printf '2 n=23 [!a 10.1.19.4 10.1.19.1\\n]\n' >>"$TMP/r.log"
"$SB" import --db "$TMP/r.db" "$TMP/r.log" >/dev/null || fail "import r.log"
"$SB" export --db "$TMP/r.db" --anonymise >"$TMP/r.out" || fail "export r.log"
clean "$TMP/r.out" "r.log"
"$SB" import --db "$TMP/r2.db" "$TMP/r.out" --format recording >/dev/null ||
    fail "what came out cannot be read: $(cat "$TMP/r.out")"

exit $failed
