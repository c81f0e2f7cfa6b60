#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# SIGHUP puts good rules in force and leaves bad ones out; what the old rules
# have begun is brought to its end.
set -u
. tests/cli/daemon-in-test.sh

mkfifo "$TMP/gate"
cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "WAIT";
	action "echo begin >>$TMP/done; read x <$TMP/gate; echo end >>$TMP/done";
	action "echo old follows >>$TMP/done";
};
notify 0 { match "type" "GO"; action "echo old \$n >>$TMP/done"; };
EOF
has() { grep -qx -- "$*" "$TMP/done"; }

start
say '!subsystem=em0 type=WAIT'
wait_for has begin
say '!subsystem=em1 type=GO n=1'
wait_for has old 1

printf 'notify 0 {\n\tmatch "type" "GO";\n\taction;\n};\n' >"$TMP/conf"
kill -HUP "$daemon"
wait_for logged 'the old rules stay in force'
logged "$TMP/conf:3:8: error: " || fail "the mistake's place is not logged"
say '!subsystem=em1 type=GO n=2'
wait_for has old 2

echo "notify 0 { match \"type\" \"GO\"; action \"echo new \$n >>$TMP/done\"; };" \
    >"$TMP/conf"
kill -HUP "$daemon"
wait_for logged 'read again, 1 rules'
say '!subsystem=em1 type=GO n=3' '!subsystem=em0 type=GO n=4'
wait_for has new 3
has new 4 && fail "em0's new command did not wait for the old ones"
echo go >"$TMP/gate"
wait_for has new 4
[ "$(tr '\n' , <"$TMP/done")" = \
    'begin,old 1,old 2,new 3,end,old follows,new 4,' ] ||
    fail "order: $(cat "$TMP/done")"

rm "$TMP/conf"
kill -HUP "$daemon"
wait_for logged "$TMP/conf: error: cannot be read"
say '!subsystem=em1 type=GO n=5'
wait_for has new 5
finish 0
end_test
