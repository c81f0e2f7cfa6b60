#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# SIGTERM lets running commands end and starts no others; a second signal ends
# them; a file's end waits for all. SIGUSR1 logs the counts.
set -u
. tests/cli/daemon-in-test.sh

mkfifo "$TMP/gate"
cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "WAIT";
	action "echo begin >>$TMP/done; read x <$TMP/gate; echo end >>$TMP/done";
	action "echo dropped >>$TMP/done";
};
notify 0 {
	match "type" "HANG";
	action "echo \$\$\$\$ >$TMP/pid; exec sleep 1000";
};
notify 0 { match "type" "GO"; action "echo \$n >>$TMP/done"; };
EOF
has() { grep -qx -- "$*" "$TMP/done"; }

: >"$TMP/done"
start
say '!type=WAIT' '!type=NOTHING'
wait_for has begin
wait_for logged 'type=NOTHING'
kill -USR1 "$daemon"
wait_for logged '2 records, 2 fired; commands: 1 started, 1 running, 1 waiting'
kill -TERM "$daemon"
wait_for logged 'SIGTERM: ending; 1 commands are running, 1 waiting'
say '!subsystem=em1 type=GO n=late'
echo go >"$TMP/gate"
wait "$daemon"
rc=$?
daemon=
[ $rc -eq 0 ] || fail "status $rc after SIGTERM"
[ "$(tr '\n' , <"$TMP/done")" = 'begin,end,' ] ||
    fail "SIGTERM: $(cat "$TMP/done")"

start
say '!type=HANG'
wait_for test -s "$TMP/pid"
kill -TERM "$daemon"
wait_for logged 'SIGTERM: ending'
kill -INT "$daemon"
wait_for logged 'SIGINT: ending 1 commands'
wait "$daemon"
rc=$?
daemon=
[ $rc -eq 0 ] || fail "status $rc after SIGTERM and SIGINT"
kill -0 "$(cat "$TMP/pid")" 2>/dev/null && fail "the command outlived us"

# More commands than may wait, so that the reading stops and goes on. From
# standard input, without a newline at the end.
: >"$TMP/done"
i=0
while [ $i -lt 1500 ]; do
	i=$((i + 1))
	printf '\n!subsystem=em%d type=GO n=%d' $((i % 3)) $i
done >"$TMP/many"
timeout 100 "$SBD" -d -q -f "$TMP/conf" --source - <"$TMP/many" 2>"$TMP/log" ||
    fail "status $? at the end of the input"
[ "$(wc -l <"$TMP/done")" -eq 1500 ] || fail "not all commands ran"
for k in 0 1 2; do
	awk -v k=$k '$1 % 3 == k' "$TMP/done" >"$TMP/mine"
	sort -n "$TMP/mine" | cmp -s - "$TMP/mine" || fail "em$k: out of order"
done
end_test
