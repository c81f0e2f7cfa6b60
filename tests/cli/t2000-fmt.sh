#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# switchback fmt: one canonical form, reached in one step, written in place on
# demand.
set -u
status=0

bad() {
	echo "$*" >&2
	status=1
}

cd "$TMP" || exit 1
cat >crooked.scn <<'END'


scenario   "crooked"   # with a comment  
nic hn0	mac 00:0d:3a:f5:76:bd

# the VF
#	comes and goes


vf mce0   of hn0   present
probe p4 udp rate 1000/s
param AWAY = 64.6s
at 10s vf eject mce0 mark gone
at gone+${AWAY}   vf attach  mce0 mark back
at +1s user "ifconfig  lagg0" \
 mark seen
repeat 3 every 10s {

   at +0s vf eject mce0
       at +5s vf attach mce0 # again

}
expect lagg0  active \
    mce0   within 5s of back

END
cat >straight.scn <<'END'
scenario "crooked"  # with a comment
nic      hn0 mac 00:0d:3a:f5:76:bd

# the VF
#	comes and goes

vf       mce0 of hn0 present
probe    p4 udp rate 1000/s
param    AWAY = 64.6s
at 10s          vf eject mce0 mark gone
at gone+${AWAY} vf attach mce0 mark back
at +1s          user "ifconfig  lagg0" \
	mark seen
repeat 3 every 10s {
	at +0s vf eject mce0
	at +5s vf attach mce0  # again
}
expect lagg0 active \
	mce0 within 5s of back
END

same() { # what want got
	cmp -s "$2" "$3" || {
		bad "$1"
		diff "$2" "$3" >&2
	}
}

"$SB" fmt crooked.scn >got || bad "printing: exit status is not 0"
same "printing" straight.scn got
"$SB" fmt straight.scn >got || bad "again: exit status is not 0"
same "the canonical form changes again" straight.scn got
"$SB" fmt - <crooked.scn >got || bad "standard input: exit status is not 0"
same "standard input" straight.scn got
awk '{ printf "%s\r\n", $0 }' crooked.scn >crlf.scn
"$SB" fmt crlf.scn >got || bad "CR LF: exit status is not 0"
same "CR LF" straight.scn got

"$SB" fmt --check straight.scn >got || bad "--check of a canonical file fails"
[ -s got ] && bad "--check of a canonical file says something"
"$SB" fmt --check straight.scn crooked.scn >got
[ $? -eq 1 ] || bad "--check of a crooked file: exit status is not 1"
[ "$(cat got)" = crooked.scn ] || bad "--check names $(cat got)"

cp crooked.scn written.scn
chmod 640 written.scn
ln -s written.scn link.scn
"$SB" fmt -w link.scn >got || bad "-w: exit status is not 0"
[ -s got ] && bad "-w prints"
same "-w" straight.scn written.scn
[ -L link.scn ] || bad "-w replaced a symbolic link"
case $(ls -l written.scn) in
-rw-r-----*) ;;
*) bad "-w changed the permissions" ;;
esac
[ "$(find . -name 'written*' | wc -l)" -eq 1 ] || bad "-w left a file behind"
echo 'sede 1' >broken.scn
"$SB" fmt -w broken.scn 2>err && bad "-w of a broken file passes"
[ "$(cat broken.scn)" = 'sede 1' ] || bad "-w changed a broken file"

"$SB" fmt 2>err
[ $? -eq 2 ] || bad "no file: exit status is not 2"
"$SB" fmt -w --check straight.scn 2>err
[ $? -eq 2 ] || bad "-w --check: exit status is not 2"
"$SB" fmt missing.scn 2>err
[ $? -eq 2 ] || bad "a missing file: exit status is not 2"
grep -q missing.scn err || bad "a missing file is not named"
exit $status
