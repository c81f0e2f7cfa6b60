#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The manual page of scenarios renders, its example is a canonical scenario,
# and it names every word that the parser offers.
set -u
page=sim/scenario/switchback-scenario.5
status=0

bad() {
	echo "$*" >&2
	status=1
}

awk '
/^\.Sh EXAMPLES/ { example = 1 }
example && /^\.Ed/ { exit }
inside { gsub(/\\e/, "\\"); print }
example && /^\.Bd/ { inside = 1 }' "$page" >"$TMP/example.scn"
[ -s "$TMP/example.scn" ] || bad "no example in $page"
"$SB" fmt --check "$TMP/example.scn" >&2 || bad "the example is not canonical"

# An unknown word makes the program list the ones it knows.
offered() { # what line...
	what=$1
	shift
	{
		echo 'scenario "s"'
		printf '%s\n' "$@"
	} >"$TMP/unknown.scn"
	"$SB" fmt "$TMP/unknown.scn" 2>"$TMP/err" >/dev/null
	sed -n 's/.*known are: //p' "$TMP/err" >"$TMP/words"
	[ "$(wc -w <"$TMP/words")" -ge 2 ] || bad "$what: no words offered"
	for word in $(cat "$TMP/words"); do
		awk -v word="$word" '
		{
			gsub(/[^a-z0-9.\/<>=!-]+/, " ")
			n = split($0, w, " ")
			for (i = 1; i <= n; i++)
				if (w[i] == word)
					found = 1
		}
		END { exit !found }' "$page" ||
			bad "$what: $page does not name $word"
	done
}
nic='nic hn0 mac 00:0d:3a:f5:76:bd'
offered statements 'zzzzzz 1'
offered stimuli 'at 1s zzzzzz'
offered "VF stimuli" 'at 1s vf zzzzzz'
offered "host stimuli" 'at 1s host zzzzzz'
offered "daemon stimuli" 'at 1s daemon zzzzzz'
offered "NIC stimuli" 'at 1s nic zzzzzz'
offered "DHCP stimuli" 'at 1s dhcp zzzzzz'
offered routers 'at 1s router zzzzzz'
offered scripts "$nic" 'custom hn0 zzzzzz'
offered faults 'fault zzzzzz'
offered "record faults" 'fault record zzzzzz "x"'
offered "command faults" 'fault command zzzzzz "x"'
offered "operation faults" 'fault operation zzzzzz "x"'
offered "times of death" 'fault daemon killed zzzzzz "x"'
offered "fault properties" 'fault record lose "x" zzzzzz'
offered "properties of deaths" 'fault daemon killed after operation "x" zzzzzz'
offered systems 'system zzzzzz'
offered requirements 'requires zzzzzz'
offered stages 'expect hn0 up on zzzzzz'
offered "VM stimuli" 'at 1s vm zzzzzz'
offered claims 'expect lagg0 zzzzzz'
offered rows 'expect count zzzzzz "x" == 1'
offered policies 'expect lagg0 up under zzzzzz'
offered links 'expect hn0 link zzzzzz'
offered paths 'expect hn0 datapath zzzzzz'
offered comparisons 'expect count record "x" zzzzzz 1'
offered "nic properties" "$nic zzzzzz"
offered "vf properties" "$nic" 'vf mce0 of hn0 zzzzzz'
offered "probe properties" 'probe p udp rate 1/s zzzzzz'
offered protocols 'probe p zzzzzz'
[ $status -eq 0 ] || exit $status

command -v mandoc >/dev/null 2>&1 || {
	echo "mandoc is not installed: the page is not rendered"
	exit 77
}
mandoc -Tlint "$page" 2>&1 | grep -v -e 'referenced manual not found' \
    -e 'outdated mandoc.db' >"$TMP/lint"
[ -s "$TMP/lint" ] && {
	cat "$TMP/lint" >&2
	exit 1
}
[ "$(mandoc -Tutf8 "$page" | wc -l)" -ge 200 ] || bad "the page is too short"
exit $status
