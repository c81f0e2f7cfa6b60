#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Who comes in to switchbackd: devd's clients, and orders by "switchback ctl".
# shellcheck source=tests/cli/daemon-in-test.sh
. tests/cli/daemon-in-test.sh

sock=$TMP/control
ctl() { "$SB" ctl --socket "$sock" "$@"; }
has() { grep -q "^$1  *$2\$" "$TMP/status"; }
status_has() { ctl status >"$TMP/status" && has "$@"; }
# shellcheck disable=SC2016 # the variable is the rule's
rule() { printf 'notify 10 {\n\tmatch "system" "%s";\n\taction "true";\n};\n' "$1"; }
said() { "$SBD" -d -f "$TMP/conf" --source - "$@" </dev/null 2>&1; }

rule IFNET >"$TMP/conf"
mkdir "$TMP/sockets"
start --sockets "$TMP/sockets" --control "$sock" -l 2 --flight-dump "$TMP/f.db"

# Another daemon lives off the first one's socket, as programs live off devd's.
"$SBD" -d -f "$TMP/conf" --source "$TMP/sockets/devd.seqpacket.pipe" \
    --control no 2>"$TMP/second" &
second=$!
wait_for status_has clients 1
say '!system=IFNET subsystem=mce0 type=LINK_UP' '+pci1 at x on y'
wait_for grep -q 'start: true' "$TMP/second"
wait_for status_has records 2
has phase ready || fail "phase"
has fired 1 || fail "fired"
has clients_accepted 1 || fail "clients"
has source_state open || fail "source"
grep -qF '+pci1 at x on y' "$TMP/second" || fail "a client misses a record"
kill $second
wait $second
wait_for eval 'ctl status | grep -q clients_accepted && ! ctl status | grep -q "^clients "'

ctl --json status | grep -q '"records": *2' || fail "--json"
ctl metrics >"$TMP/metrics"
grep -qx 'switchbackd_records_total 2' "$TMP/metrics" || fail "metrics"
[ "$(grep -c '^# TYPE' "$TMP/metrics")" -eq "$(grep -vc '^#' "$TMP/metrics")" ] ||
    fail "each metric has its type"

{ rule IFNET && rule DEVFS; } >"$TMP/conf"
ctl reload | grep -q '^2 rules' || fail "reload"
echo 'notify {' >"$TMP/conf"
ctl reload 2>"$TMP/err"
rc=$?
[ $rc -eq 1 ] && [ -s "$TMP/err" ] || fail "a reload that is refused must fail"
wait_for status_has rules 2
has refused_reloads 1 || fail "refused reloads"

rule IFNET >"$TMP/conf"
ctl recorder dump | grep -q "$TMP/f.db" || fail "recorder dump"
wait_for "$SB" list --db "$TMP/f.db"
ctl statsu 2>"$TMP/err"
rc=$?
[ $rc -eq 1 ] && grep -q 'did you mean "status"' "$TMP/err" || fail "a typo"
ctl status more 2>"$TMP/err"
rc=$?
[ $rc -eq 1 ] || fail "an order with more words"

# Names in use are left to who has them.
said --sockets "$TMP/sockets" >"$TMP/out"
rc=$?
[ $rc -eq 3 ] && grep -q 'another process listens' "$TMP/out" ||
    fail "devd's sockets were taken over: $(cat "$TMP/out")"
said --control "$sock" >"$TMP/out"
rc=$?
[ $rc -eq 3 ] && grep -q 'another process listens' "$TMP/out" ||
    fail "the control socket was taken over"
ctl status >/dev/null || fail "it does not answer any more"

kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
ctl status 2>"$TMP/err"
rc=$?
[ $rc -eq 3 ] && grep -q 'is switchbackd running' "$TMP/err" ||
    fail "nobody there"
# What a killed one left behind is in nobody's way.
start --sockets "$TMP/sockets" --control "$sock"
ctl status >/dev/null || fail "no answer after a restart"
finish 0
[ ! -e "$sock" ] && [ ! -e "$TMP/sockets/devd.pipe" ] &&
    [ ! -e "$TMP/sockets/devd.seqpacket.pipe" ] || fail "names are left"
end_test
