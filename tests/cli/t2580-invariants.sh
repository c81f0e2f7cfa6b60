#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What holds in every run, whatever its scenario expects: FACTS.md C.10, I1 to
# I5, under both policies, and the oracles of its section I for the end of a
# run, under native. Told from the traces, by a reader of their own.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

# Reads a trace twice, the first time for what was done to the machine. Prints
# a line for each thing that does not hold, and last how often something was
# looked at. policy, system and wanted (addresses) are set from outside.
cat >"$TMP/hold.awk" <<'AWK'
BEGIN { FS = "\""; CONVFMT = "%.9f"; native = policy == "native" }

function bad(what) { print "at " t ": " what }
function seen(what) { looked[what]++ }
function get(object, field) { return value[object, field] }
function is_there(object) { return get(object, "exists") == "yes" }
function is_free(object) {
	return get(object, "member-of") == "none" ||
	    get(object, "member-of") == ""
}

{ split($1, head, " "); t = head[3] + 0 }

# --- what was done

NR == FNR && $1 == "run " { n = split($0, word, " "); the_end = word[n] + 0 }
NR == FNR && $1 ~ /^stimulus / {
	n = split($2 $3, word, /[ \\]+/)
	if (word[1] == "record")
		injected[t] = 1
	if (word[1] == "host" && word[2] == "media")
		cut[word[3]] = word[4] == "disconnect"
	if (word[1] == "host")
		touched[word[3]] = t
	if (word[1] == "user" && word[4] == "name")
		renamed[t] = word[3] " " word[5]
	if (word[1] == "user" && word[4] ~ /^inet/)
		own_wish[word[3]] = 1
	# What the daemon has not been told of is somebody's own, too.
	if (word[1] == "rc.conf" || word[1] == "daemon")
		edited = word[1] == "rc.conf"
	if (edited && word[2] == "service" && word[3] == "netif")
		own_wish[word[5]] = 1
}
NR == FNR { next }

# --- records: I1, but for N11, and I5

# Those before a rename have the old name, those behind it the new one.
function rename_until(now,   i, word) {
	for (i in renamed) {
		if (i + 0 > now)
			continue
		split(renamed[i], word, " ")
		turn[word[2]] = turn[word[1]]
		turn[word[1]] = "" # who is called so from now on is another
		attached[word[2]] += attached[word[1]]
		attached[word[1]] = 0
		delete renamed[i]
	}
}
$1 ~ /^record / && !(t in injected) {
	rename_until(t)
	split($2, word, /[ =]/)
	if (word[2] == "HYPERV_NIC_VF") {
		seen("I1")
		if (word[6] == turn[word[4]] ||
		    (word[6] == "VF_DOWN" && turn[word[4]] == ""))
			bad(word[4] ": a second " word[6])
		turn[word[4]] = word[6]
	} else if (word[2] == "IFNET" && word[6] == "ATTACH") {
		attached[word[4]]++
	} else if (word[2] == "IFNET" && word[6] == "DETACH") {
		seen("I5")
		turn[word[4]] = ""
		if (attached[word[4]]-- <= 0)
			bad(word[4] ": DETACH of what was never there")
	}
}

# --- states: I2 and I4

# The switch takes a while; then the link is lost, and it stays so.
function check_link(hn) {
	if (!(hn in since) || t - since[hn] < 0.3 || system_ != "freebsd")
		return
	seen("I2")
	if (!lost[hn])
		bad(hn ": has the VF's path and its own link")
}
# Of a moment only the last value counts.
function check_transparent(  hn) {
	for (hn in to_vf) {
		if (get(hn, "datapath") != "vf" || !is_there(hn))
			continue
		seen("I4")
		if (get(hn, "running") != "yes" || get(hn, "vf") == "none")
			bad(hn ": hands on, and has no VF or does not run")
	}
}
$1 ~ /^state / && t != before {
	before = t
	if (get("sysctl", "hw.hn.vf_transparent") == "1")
		check_transparent()
}
$1 ~ /^state / {
	value[$2, $4] = $6
	if ($4 == "exists") {
		delete since[$2]
	} else if ($4 == "datapath" && $6 == "vf") {
		to_vf[$2] = 1
	} else if ($4 == "rxvf") {
		check_link($2)
		delete since[$2]
		if ($6 == "yes")
			since[$2] = t
		else
			touched[$2] = t
		lost[$2] = get($2, "link") == "down"
	} else if ($4 == "link" && ($2 in since) && system_ == "freebsd") {
		if (lost[$2] && $6 != "down")
			bad($2 ": link " $6 " while the VF has the path")
		lost[$2] = lost[$2] || $6 == "down"
	}
}

# --- what was started

$1 ~ /^(operation|command) / && head[4] == "-" { open[$1 $2] = t }

# --- the end: I3, and the oracles

function check_hn(hn,   vf) {
	if (get(hn, "rxvf") == "no" && the_end - touched[hn] > 5.3 &&
	    get("sysctl", "hw.hn.vf_transparent") != "1" &&
	    get(hn, "up") == "yes") {
		seen("I3")
		if (!cut[hn] && get(hn, "link") != "up")
			bad(hn ": link " get(hn, "link") " though the host's is up")
	}
	vf = get(hn, "vf")
	if (!native)
		return
	seen("path")
	if (get(hn, "rxvf") != "yes") {
		if (get("sysctl", "hw.hn.vf_transparent") != "1" &&
		    get(vf, "running") == "yes" && !is_free(vf))
			bad(hn ": " vf " runs as a port without the path")
		return
	}
	if (is_free(hn) || (vf != "none" &&
	    get(vf, "member-of") != get(hn, "member-of")))
		bad(hn ": " vf " has the path and is no port beside it")
}
function check_active(lagg,   n, port, k) {
	n = split(get(lagg, "ports"), port, " ")
	for (k = 1; k <= n; k++) {
		if (get(port[k], "rxvf") == "" || cut[port[k]])
			continue
		seen("active")
		if (get(lagg, "active") == "none")
			bad(lagg ": no port is active")
	}
}
function check_addresses(object,   n, addr, k) {
	n = split(get(object, "inet"), addr, " ")
	for (k = 1; k <= n; k++) {
		if (addr[k] ~ /^fe80:/)
			continue
		owners[addr[k]]++
		if (!is_free(object) && !(object in own_wish))
			bad(object ": a port, and has " addr[k])
	}
	if (!is_free(object) && get(object, "dhclient") != "none")
		bad(object ": a port, and has a DHCP client")
}
function check_route(  via) {
	via = get("route", "default")
	if (via !~ / via /)
		return
	sub(/.* via /, "", via)
	seen("route")
	if (!is_there(via) || !is_free(via) || get(via, "up") != "yes" ||
	    get(via, "inet") == "")
		bad("the default route is by way of " via)
}
END {
	t = the_end
	if (get("sysctl", "hw.hn.vf_transparent") == "1")
		check_transparent()
	for (i in value) {
		split(i, word, SUBSEP)
		if (!is_there(word[1]))
			continue
		if (word[2] == "rxvf") {
			check_link(word[1])
			check_hn(word[1])
		}
		if (native && word[2] == "active")
			check_active(word[1])
		if (native && word[2] == "inet")
			check_addresses(word[1])
	}
	if (native) {
		n = split(wanted, word, " ")
		for (i = 1; i <= n; i++) {
			seen("owner")
			if (owners[word[i]] != 1)
				bad(word[i] " is on " owners[word[i]] + 0 \
				    " interfaces")
		}
		check_route()
		for (i in open)
			if (!(i ~ /^command/) || the_end - open[i] > 30)
				bad("still runs: " i)
	}
	for (i in looked)
		print "looked " i " " looked[i]
}
AWK

judge() { # trace scenario policy
	system=freebsd
	grep -q '^system *linux' "$2" && system=linux
	wanted=$(sed -n '/^rc\.conf /s/"inet6* *\([0-9a-f.:]*\/[0-9]*\)/\
\1\
/gp' "$2" | grep '^[0-9a-f.:]*/[0-9]*$' | tr '\n' ' ')
	awk -v policy="$3" -v system_="$system" -v wanted="$wanted" \
	    -f "$TMP/hold.awk" "$1" "$1"
}

"$SB" test -j2 --trace "$TMP/traces" scenarios >"$TMP/out" 2>&1 ||
	bad "exit status $?: $(grep -v '^ok ' "$TMP/out" | head -n 20)"
: >"$TMP/looked"
for trace in "$TMP/traces"/*.trace; do
	scn=$(sed -n '1s/^from "\([^"]*\)".*/\1/p' "$trace")
	policy=$(sed -n '2s/.* policy "\([^"]*\)".*/\1/p' "$trace")
	judge "$trace" "$scn" "$policy" >"$TMP/found"
	grep '^looked ' "$TMP/found" >>"$TMP/looked"
	grep -v '^looked ' "$TMP/found" | sort >"$TMP/wrong"
	[ -s "$TMP/wrong" ] && bad "$scn [$policy]: $(cat "$TMP/wrong")"
done

# Each of them was looked at, and often.
while read -r what least; do
	n=$(awk -v what="$what" '$2 == what { n += $3 } END { print n + 0 }' \
	    "$TMP/looked")
	[ "$n" -ge "$least" ] || bad "$what was looked at $n times, not $least"
done <<END
I1 500
I2 300
I3 50
I4 50
I5 2000
path 80
active 70
owner 70
route 70
END
exit $status
