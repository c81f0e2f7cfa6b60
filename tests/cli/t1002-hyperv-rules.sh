#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# FreeBSD's own hyperv.conf and ours fire the same six rules on the same
# records, and a stock rule of the lowest priority does not take their place.
set -u
cat >"$TMP/events" <<'EOF'
!system=DEVFS subsystem=CDEV type=CREATE cdev=hv_kvp_dev
!system=DEVFS subsystem=CDEV type=DESTROY cdev=hv_kvp_dev
!system=DEVFS subsystem=CDEV type=CREATE cdev=hv_fsvss_dev
!system=DEVFS subsystem=CDEV type=DESTROY cdev=hv_fsvss_dev
!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP
!system=ETHERNET subsystem=mce0 type=IFATTACH
!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN
!system=IFNET subsystem=mce0 type=ATTACH
!system=IFNET subsystem=mce0 type=LINK_UP
!system=IFNET subsystem=wlan0 type=LINK_UP
EOF
cat >"$TMP/want" <<'EOF'
1	>/usr/sbin/hv_kvp_daemon
2	>pkill -x hv_kvp_daemon
3	>/usr/sbin/hv_vss_daemon
4	>pkill -x hv_vss_daemon
5	>/usr/libexec/hyperv/hyperv_vfup $'hn0'
6	>/usr/libexec/hyperv/hyperv_vfattach $'mce0' 0
7	-
8	-
9	-
10	-
EOF
failed=0
compare() {
	if ! cmp -s "$TMP/want" "$TMP/got"; then
		echo "$1:" >&2
		diff "$TMP/want" "$TMP/got" >&2
		failed=1
	fi
}
for rules in fixtures/rules/hyperv-freebsd.conf engine/rules/conf/hyperv.conf; do
	"$SB" match -f $rules "$TMP/events" >"$TMP/got"
	compare "$rules"
	"$SB" check $rules || failed=1
done

mkdir "$TMP/rules.d"
cp fixtures/rules/devd-net.conf engine/rules/conf/hyperv.conf "$TMP/rules.d"
echo "options { directory \"$TMP/rules.d\"; };" >"$TMP/devd.conf"
printf 'mce0 ethernet\nwlan0 802.11\n' >"$TMP/media"
sed -e "8s|-|>/etc/pccard_ether \$'mce0' start|" \
    -e "9s|-|>service dhclient quietstart \$'mce0'|" "$TMP/want" >"$TMP/with"
mv "$TMP/with" "$TMP/want"
"$SB" match -f "$TMP/devd.conf" --media "$TMP/media" "$TMP/events" >"$TMP/got"
compare "with the stock network rules"
exit $failed
