#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Commands run in the order of their interface's records and do not wait for
# other interfaces; with --serial they wait for all. The Hyper-V commands are
# run like any other.
set -u
. tests/cli/daemon-in-test.sh

cat >"$TMP/conf" <<EOF
notify 0 {
	match "type" "WAIT";
	action "echo begin \$subsystem >>$TMP/done; read x <$TMP/gate";
	action "echo end \$subsystem >>$TMP/done";
};
notify 0 { match "type" "UP"; action "echo up \$subsystem >>$TMP/done"; };
attach 0 { action "echo attach \$device-name >>$TMP/done"; };
EOF
mkfifo "$TMP/gate"
has() { grep -qx -- "$*" "$TMP/done"; }

start
say '!system=IFNET subsystem=em0 type=WAIT' \
    '!system=IFNET subsystem=em0 type=UP' '+em0 at slot=1 on pci0' \
    '!system=IFNET subsystem=em1 type=UP'
wait_for has up em1
wait_for has begin em0
echo go >"$TMP/gate"
wait_for has attach em0
[ "$(grep em0 "$TMP/done" | tr '\n' ,)" = \
    'begin em0,end em0,up em0,attach em0,' ] ||
    fail "em0's commands: $(cat "$TMP/done")"
finish 0

: >"$TMP/done"
start --serial
say '!system=IFNET subsystem=em0 type=WAIT' \
    '!system=IFNET subsystem=em1 type=UP'
wait_for has begin em0
echo go >"$TMP/gate"
wait_for has up em1
[ "$(tr '\n' , <"$TMP/done")" = 'begin em0,end em0,up em1,' ] ||
    fail "serial: $(cat "$TMP/done")"
finish 0

# What is shipped, with scripts of ours in the place of the system's.
# Under other names: where devd runs, with these, nobody else does.
sed "s|/usr/libexec/hyperv/hyperv_|$TMP/our_|" engine/rules/conf/hyperv.conf >"$TMP/conf"
for script in our_vfattach our_vfup; do
	printf '#!/bin/sh\necho "%s $*" >>%s/done\necho said\nexit 9\n' \
	    $script "$TMP" >"$TMP/$script"
	chmod +x "$TMP/$script"
done
start
say '!system=ETHERNET subsystem=mce0 type=IFATTACH'
wait_for has our_vfattach mce0 0
say '!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP'
wait_for has our_vfup hn0
wait_for logged "command failed (status 9): $TMP/our_vfup 'hn0'"
logged '| said' || fail "the output is not logged"
finish 0
end_test
