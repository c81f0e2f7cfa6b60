#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# explore tells how many distinct ends its histories had, and which places none
# of them came through; however many run at a time.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

cd "$TMP" || exit 3
explore() {
	"$SB" explore --seeds 1..600 "$@" | grep 'distinct ends'
}
explore >one || bad "nothing is told"
explore -j 3 >three
cmp -s one three || bad "three at a time: $(cat one three)"
grep -Eq '^[0-9]{2,3} distinct ends; [0-9]+ of [0-9]+ places reached' one ||
	bad "$(cat one)"
grep -q ' bond-failover' one && bad "no bond has failed over: $(cat one)"
explore --policy stock --into found >stock
grep -q ', never: .* bond-failover' stock || bad "stock: $(cat stock)"

# A scenario can ask for one, too.
cat >place.scn <<'END'
scenario "away and back before anybody looks"
rc.conf  ifconfig_hn0="DHCP"
nic      hn0 mac 52:54:00:aa:00:01
vf       vmx0 of hn0 driver vmx present
at 20s   daemon kill
at +1s   vf eject vmx0
at +1s   vf attach vmx0
at +2s   daemon start
at +10s  end
sometimes vf-back-unseen under native
END
"$SB" test --policy native place.scn >out 2>&1 || bad "unseen: $(cat out)"
sed 's/^at +1s   vf.*//' place.scn >none.scn
"$SB" test --policy native none.scn >out 2>&1 && bad "not away: $(cat out)"
exit $status
