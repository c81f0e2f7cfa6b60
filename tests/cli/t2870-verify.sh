#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every scenario's engine, told again what it was told, answers the same; what
# was changed in a stored run is found, with both sides, and where it is.
set -u
status=0
db=$TMP/all.db

bad() {
	echo "t2870: $*" >&2
	status=1
}

"$SB" test --decisions --db "$db" --hash -o "$TMP/hashes" scenarios \
    >/dev/null 2>"$TMP/err" || bad "test: $? $(cat "$TMP/err")"
"$SB" replay --verify --db "$db" >"$TMP/out" 2>"$TMP/err" ||
	bad "exit status $?: $(grep -v '^equal' "$TMP/out" "$TMP/err" | head)"
runs=$(wc -l <"$TMP/hashes")
[ "$(grep -c '^equal' "$TMP/out")" -eq "$runs" ] || bad "not all $runs runs"
[ "$runs" -ge 200 ] || bad "only $runs runs"
grep -qv '^equal' "$TMP/out" && bad "$(grep -v '^equal' "$TMP/out" | head -3)"
# Not by having nothing in them: cores, inputs, answers.
awk '{ for (i = 1; i <= NF; i++) {
		if ($i ~ /^core/) cores += $(i - 1)
		if ($i ~ /^inputs/) inputs += $(i - 1)
		if ($i ~ /^answers/) answers += $(i - 1)
	} }
	END { exit !(cores > NR && inputs > 100 * NR && answers > 50 * NR) }' \
    "$TMP/out" || bad "hardly anything was compared: $(tail -3 "$TMP/out")"

# Writing them down changes nothing of what happens.
"$SB" test --trace "$TMP/with" --decisions scenarios/fault >/dev/null
"$SB" test --trace "$TMP/without" scenarios/fault >/dev/null
n=0
for f in "$TMP"/without/*; do
	n=$((n + 1))
	grep -v -e '^setup ' -e '^decision ' "$TMP/with/${f##*/}" |
	    cmp -s - "$f" || bad "${f##*/}: another run"
done
[ $n -ge 10 ] || bad "only $n runs of faults"

# The scripts of stock read rc.conf as it is when they run.
cat >"$TMP/edited.scn" <<'END'
scenario "rc.conf edited before the first VF"
machine azure-mlx5
rc.conf ifconfig_hn0="inet 10.1.19.4/24" defaultrouter="10.1.19.1"
sysctl hw.hn.vf_transparent=0
nic hn0 mac 00:0d:3a:f5:76:bd
vf mce0 of hn0 driver mlx5
at 10s rc.conf ifconfig_hn0="inet 10.1.19.77/24"
at 20s vf attach mce0
at 40s end
expect lagg0 active mce0 finally
END
"$SB" test --decisions --db "$TMP/edited.db" "$TMP/edited.scn" >"$TMP/out" ||
	bad "edited: $(cat "$TMP/out")"
"$SB" replay --verify --db "$TMP/edited.db" >"$TMP/out" ||
	bad "edited: $(cat "$TMP/out")"
"$SB" query --db "$TMP/edited.db" "SELECT policy, CAST(body AS TEXT)
    FROM decision JOIN run ON id = run WHERE decision.kind = 'apply'" >"$TMP/out"
grep -q '^stock.*op=addr-add.*addr=10.1.19.77/24' "$TMP/out" ||
	bad "stock did not read the new rc.conf"
"$SB" query --db "$TMP/edited.db" "SELECT kind, CAST(body AS TEXT)
    FROM decision WHERE kind = 'rc'" | grep -q 'set=2' || bad "no row rc"

# One run, by its title or number; as JSON.
"$SB" replay --verify --db "$db" --run 2 --json >"$TMP/json" || bad "--run 2"
grep -q '^{"run":2,.*"equal":true,"differences":\[\]}$' "$TMP/json" ||
	bad "JSON: $(cat "$TMP/json")"

# What cannot be asked for.
refused() { # text option...
	text=$1
	shift
	"$SB" replay "$@" >/dev/null 2>"$TMP/err"
	[ $? -eq 2 ] || bad "$*: not refused"
	grep -q "$text" "$TMP/err" || bad "$*: $(cat "$TMP/err")"
}
refused 'takes stored runs' --verify --db "$db" x.rec
refused 'takes stored runs' --verify --db "$db" --policy native
refused 'belongs to --verify' --run 2 x.rec
refused 'no run' --verify --db "$db" --run 100000
refused 'none.db' --verify --db "$TMP/none.db"
"$SB" test --decisions scenarios/fault >/dev/null 2>"$TMP/err"
[ $? -eq 2 ] && grep -q 'say into which' "$TMP/err" || bad "decisions for nobody"

# Runs without decisions.
"$SB" test --policy native --db "$TMP/bare.db" \
    scenarios/migration/azure-servicing.scn >/dev/null
"$SB" replay --verify --db "$TMP/bare.db" >"$TMP/out" 2>"$TMP/err"
[ $? -eq 4 ] || bad "nothing to verify: $(cat "$TMP/out" "$TMP/err")"
refused 'run 1: it has no decisions' --verify --db "$TMP/bare.db" --run 1
[ $status -eq 0 ] || exit $status

command -v sqlite3 >/dev/null 2>&1 || {
	echo "changing a stored run needs the program sqlite3"
	exit 77
}
"$SB" test --policy native --decisions --db "$TMP/one.db" \
    scenarios/migration/azure-servicing.scn >/dev/null || bad "one"

# Rows are bytes: edit(A, B) and new(TEXT) are short for what SQLite wants.
change() { # store sql
	printf '%s\n' "$2" | sed -e 's/edit(\([^)]*\))/CAST(replace(CAST(body AS TEXT), \1) AS BLOB)/' \
	    -e 's/new(\(.*\)) WHERE/CAST(\1 AS BLOB) WHERE/' \
	    -e 's/new(\(.*\))$/CAST(\1 AS BLOB)/' | sqlite3 "$1"
}

# sql text...: a copy with this change differs, and all the texts are told.
differs() {
	cp "$TMP/one.db" "$TMP/new.db"
	change "$TMP/new.db" "$1" || bad "sqlite3: $1"
	"$SB" replay --verify --db "$TMP/new.db" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 1 ] || bad "$1: status $rc: $(cat "$TMP/out" "$TMP/err")"
	sql=$1
	shift
	for text; do
		grep -q -e "$text" "$TMP/out" ||
			bad "$sql: no '$text' in $(cat "$TMP/out")"
	done
}
first() { # condition: number of the first such decision
	sqlite3 "$TMP/one.db" "SELECT min(seq) FROM decision WHERE $1"
}

# An answer, an answer's absence, and an input; two rows behind, the place is
# the input's.
apply=$(first "kind = 'apply' AND CAST(body AS TEXT) LIKE '%port-add%'")
asked=$(sqlite3 "$TMP/one.db" "SELECT max(seq) FROM decision
    WHERE way = 'in' AND seq < $apply")
differs "UPDATE decision SET body = edit('port-add', 'port-del')
    WHERE seq = $apply" \
    "^run 1, decision $asked at [0-9.]*, core 0: the answer is another" \
    "^    > snapshot" "^    - recorded: apply .*op=port-del" \
    "^    + now:      apply .*op=port-add" "^DIFFERS  run 1 native" \
    "inputs could not be compared"
differs "DELETE FROM decision WHERE seq = $apply" \
    "^    - recorded: nothing more\|- recorded: wait" \
    "^    + now:      apply .*op=port-add"
hn=$(first "kind = 'snapshot' AND CAST(body AS TEXT) LIKE '% class=hn%'")
differs "UPDATE decision SET body = edit(' class=hn', '')
    WHERE seq = $hn" "^run 1, decision $hn at"

# What the engine began with: a rule, a variable of rc.conf, a setting.
differs "UPDATE setup SET body = edit('LINK_UP', 'LINK_UQ')
    WHERE name = 'rules 1 rules/devd-net.conf'" \
    "^    > record .*type=LINK_UP" "^    - recorded: observe" \
    "^    + now:      \(nothing more\|wait\)"
differs "UPDATE setup SET body = edit('10.1.19.4', '10.1.19.5')
    WHERE name LIKE 'rc %'" "^    + now:      apply .*10.1.19.5"
differs "UPDATE setup SET body = new(body || ' resync=3000000000')
    WHERE name = 'core 0'" "^    + now:      wait until="
"$SB" replay --verify --json --db "$TMP/new.db" >"$TMP/json"
grep -q '"equal":false,"differences":\[{"decision":[0-9]*,"at_ns":.*"recorded":\[' \
    "$TMP/json" || bad "JSON of a difference: $(cat "$TMP/json")"
exit $status
