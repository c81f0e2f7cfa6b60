#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Policy stock, which takes the two scripts' steps by itself, against scripts
# that take them in the host's own shell: on histories drawn at random, the same
# ones each time, the same operations with the same outcome, the same states one
# after the other, and the same end.
set -u
status=0
histories=24

bad() {
	echo "$*" >&2
	status=1
}

# Writes one history; only what comes before the first "at" depends on who acts.
# What happens lies far enough apart for either to be done with it.
cat >"$TMP/draw.awk" <<'AWK'
function below(n) {
	x = (x * 16807) % 2147483647
	return int(x / 16) % n
}
function one(list,   n, word) {
	n = split(list, word, "|")
	return word[1 + below(n)]
}
function attach() {
	vf = one("mce0|mce0|mce1|mce10")
	here = 1
	return "vf attach mce0" (vf == "mce0" ? "" : " as " vf)
}
function happening(   what) {
	what = one("swap|swap|swap|swap|link|change|media|again|user|up|twice" \
	    "|restart|rc")
	if (what == "swap" && !here)
		return attach()
	if (what == "swap") {
		here = 0
		return "vf eject mce0"
	}
	if (what == "link" && here) {
		linked = !linked
		return "vf link mce0 " (linked ? "up" : "down")
	}
	if (what == "change")
		return "host network-change hn0"
	if (what == "media") {
		cut = !cut
		return "host media hn0 " (cut ? "disconnect" : "connect")
	}
	if (what == "again")
		return "record \"!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP\""
	if (what == "twice")
		return "record \"!system=ETHERNET subsystem=" vf \
		    " type=IFATTACH\" times 2"
	if (what == "user")
		return "user \"ifconfig " one("lagg0 destroy|lagg0 down|lagg0 -laggport " \
		    vf "|hn0 10.0.2.77/24 alias|" vf " down|lagg1 create") "\""
	if (what == "up")
		return "user \"ifconfig " vf " up\""
	if (what == "rc")
		return "rc.conf hyperv_vf_delay=\"" one("2|9|0") "\""
	return "daemon restart"
}
BEGIN {
	x = seed * 7919 + 1
	for (i = 0; i < 5; i++)
		below(2)
	print "scenario \"drawn: " seed "\""
	print "machine azure-mlx5"
	print "seed " seed
	print "sysctl hw.hn.vf_transparent=" one("0|0|0|0|0|0|1")
	if (below(12) == 0)
		print "flag hn.old_kernel = yes"
	print "rc.conf " one( \
	    "ifconfig_hn0=\"inet 10.0.2.15/24\" defaultrouter=\"10.0.2.2\"|" \
	    "ifconfig_hn0=\"10.0.2.15 netmask 255.255.255.0 mtu 1400\"|" \
	    "ifconfig_hn0=\"inet 10.0.2.15/24\" ifconfig_hn0_alias0=\"inet 10.0.2.16/32\"|" \
	    "ifconfig_hn0=\"DHCP\"|ifconfig_hn0=\"SYNCDHCP\"|ifconfig_hn0=\"DHCP mtu 1400\"|" \
	    "ifconfig_DEFAULT=\"DHCP\"|ifconfig_hn0=\"up\"|" \
	    "synchronous_dhclient=\"YES\" ifconfig_hn0=\"DHCP\"|hostname=\"unset\"")
	if (below(3) == 0)
		print "rc.conf hyperv_vf_delay=\"" one("0|abc|5|-5|1|02") "\""
	if (below(6) == 0)
		print "rc.conf cloned_interfaces=\"lagg0\""
	print "nic hn0 mac 00:0d:3a:aa:00:01"
	vf = "mce0"
	here = below(2)
	linked = 1
	print "vf mce0 of hn0 driver " one("mlx5|mlx4|mana") \
	    (here ? " present" : " absent")
	for (i = 1; i <= 6; i++)
		print "at " i * 100 + below(20) "s " happening()
	print "at 800s end"
	print "expect hn0 exists"
}
AWK

# What changed something, in the same words for both: "what: how it ended".
cat >"$TMP/operations.awk" <<'AWK'
BEGIN { FS = "\"" }
function told(what, ended) {
	print what ": " (ended ~ /^(exit )?0/ ? "done" : "refused")
}
$1 ~ /^operation / {
	n = split($1, head, " ")
	what = $2
	sub(/ create failover$/, " create", what)
	sub(/ address-add .*/, " arguments", what)
	sub(/ mtu [0-9]+$/, " arguments", what)
	sub(/ address-del .*/, " -alias", what)
	sub(/ dhclient start.*/, " dhclient", what)
	# One ifconfig for all the words of rc.conf: once is enough.
	if (what ~ / arguments$/ && what == before)
		next
	before = what
	print what
	next
}
$1 ~ /^command / && $2 ~ /^sh: (ifconfig|dhclient) / && $2 !~ /^sh: ifconfig [^ ]*$/ {
	sub(/^sh: /, "", $2)
	n = split($2, word, " ")
	if (word[1] == "dhclient") {
		print word[n] " dhclient"
	} else if (word[3] == "laggproto") {
		print word[2] " port-add " word[6]
		print word[2] " port-add " word[8]
	} else if (word[3] == "laggport") {
		print word[2] " port-add " word[4]
	} else if (word[3] == "inet6") {
		print word[2] " " word[4]
	} else if (word[3] == "-alias") {
		if ($4 ~ /^exit 0/)
			print word[2] " -alias"
	} else if (word[3] == "up" || word[3] == "create") {
		print word[2] " " word[3]
	} else {
		print word[2] " arguments"
	}
}
AWK
# Per object and field the values it had, in their order.
cat >"$TMP/states.awk" <<'AWK'
BEGIN { FS = "\"" }
$1 ~ /^state / { had[$2 " " $4] = had[$2 " " $4] " | " $6 }
END { for (what in had) print what had[what] }
AWK

cp fixtures/differential/* "$TMP/"
seed=1
while [ $seed -le $histories ]; do
	awk -v seed=$seed -f "$TMP/draw.awk" >"$TMP/drawn"
	{
		sed -n '1,/^rc.conf/p' "$TMP/drawn"
		echo "rules model.conf"
		sed '1,/^rc.conf/d' "$TMP/drawn"
	} >"$TMP/model-$seed.scn"
	{
		sed -n '1,/^rc.conf/p' "$TMP/drawn"
		echo "rules scripts.conf"
		for script in hyperv_vfattach hyperv_vfup; do
			echo "shell $script as \"/usr/local/libexec/$script\""
		done
		echo "shell actions"
		sed '1,/^rc.conf/d' "$TMP/drawn"
	} >"$TMP/shell-$seed.scn"
	seed=$((seed + 1))
done
mkdir "$TMP/traces"
"$SB" test -j2 --policy stock --trace "$TMP/traces" "$TMP"/*-[0-9]*.scn \
	>"$TMP/out" 2>&1
code=$?
if grep -q '^skip ' "$TMP/out"; then
	sed -n 's/^skip .*\]: //p' "$TMP/out" | head -n 1
	exit 77
fi
[ $code -eq 0 ] || bad "exit status $code: $(grep -v '^ok' "$TMP/out" | head)"

: >"$TMP/all"
seed=1
while [ $seed -le $histories ]; do
	for kind in model shell; do
		trace=$(echo "$TMP"/traces/*"$kind-$seed.scn".*.trace)
		awk -f "$TMP/operations.awk" "$trace" >"$TMP/operations.$kind"
		awk -f "$TMP/states.awk" "$trace" | sort >"$TMP/states.$kind"
	done
	for what in operations states; do
		diff "$TMP/$what.model" "$TMP/$what.shell" >"$TMP/diff" && continue
		bad "history $seed: $what of the model (<), of the scripts (>)"
		cat "$TMP/diff" "$TMP/model-$seed.scn" >&2
	done
	cat "$TMP/operations.model" >>"$TMP/all"
	seed=$((seed + 1))
done

# They did what the scripts are for, and often.
for what in up create port-add no_dad arguments dhclient -alias; do
	n=$(grep -c -e " $what" "$TMP/all")
	[ "$n" -ge 4 ] || bad "only $n times: $what"
done
echo "$histories histories, $(wc -l <"$TMP/all") operations alike"
exit $status
