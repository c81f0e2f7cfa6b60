#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a script in the sandbox must not be able to do: read files of the host,
# write to it, reach a network, see or signal its processes, gain privileges.
set -u
status=0
proof="sandbox-proof-$$"

bad() {
	echo "$*" >&2
	status=1
}

# Each line logs "escaped: WHAT" when it got through.
cat >"$TMP/escape.sh" <<EOF
#!/bin/sh
out() { logger "escaped: \$*"; }
test -r $PWD/Makefile && out "read the sources"
test -d $TMP && out "saw a temporary folder"
test -r /etc/shadow && out "read the passwords"
ls /root /home 2>/dev/null | grep -q . && out "saw homes"
test -d /sys/kernel && out "saw /sys"
(cd /proc/1 && cd root && ls && test -e etc/shadow) >/dev/null 2>&1 &&
    out "went through process 1"
test -r /proc/1/exe && out "reached the program of the host"
kill -0 $$ 2>/dev/null && test -d /proc/$$ &&
    grep -q t2602 /proc/$$/cmdline && out "saw the host's processes"
touch /tmp/$proof /var/tmp/$proof /usr/bin/$proof 2>/dev/null
touch /.host/usr/$proof /.host/usr/bin/$proof 2>/dev/null && out "wrote to /usr"
for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname; do
	(echo x >\$f) 2>/dev/null && out "wrote \$f"
done
(echo h >/proc/sysrq-trigger) 2>/dev/null && out "pressed a key"
mount -t tmpfs none /mnt 2>/dev/null && out "mounted"
mount -o remount,rw /.host/usr 2>/dev/null && out "remounted"
unshare -r true 2>/dev/null && unshare -rm mount -o remount,rw,bind \\
    /.host/usr 2>/dev/null && out "remounted in a namespace"
mknod /tmp/disk b 8 0 2>/dev/null && out "made a device"
chroot / true 2>/dev/null && out "has a privilege"
grep -q '^CapEff:.*[1-9a-f]' /proc/self/status && out "has a capability"
grep -q '^NoNewPrivs:.*0' /proc/self/status && out "may gain privileges"
command -v bash >/dev/null && {
	timeout 3 bash -c '</dev/tcp/127.0.0.1/22' 2>/dev/null &&
	    out "reached this host"
	timeout 3 bash -c '</dev/tcp/10.0.2.2/53' 2>/dev/null &&
	    out "reached the network"
}
tail -n +3 /proc/net/dev | grep -v '^ *lo:' | grep -q . && out "saw a NIC"
tail -n +2 /proc/net/route | grep -q . && out "saw a route"
for fd in 3 4 5 6 7 8 9; do
	test -e /proc/self/fd/\$fd -a "\$fd" != 3 && ls -l /proc/self/fd/\$fd |
	    grep -v '/proc/\|escape\|pipe:' | grep -q . && out "has fd \$fd"
done
kill -9 1
grep -E '^[^ ]+ (/proc|/\.host/[^ ]*) [^ ]+ rw' /proc/mounts | grep -q . &&
    out "has a mount of the host to write to"
test -d /proc/1 || out "killed the first process"
logger "tried all"
EOF
cat >"$TMP/escape.scn" <<'EOF'
scenario "escape"
machine  qemu-freebsd
shell    escape.sh as "/usr/local/bin/escape"
rc.conf  ifconfig_hn0="inet 10.0.2.15/24"
nic      hn0 mac 52:54:00:aa:00:01
at 15s user sh "/usr/local/bin/escape"
at 16s user sh "env | grep -q SECRET_OF_HOST && logger 'escaped: environment'"
at 40s end
expect count note "tried all" == 1
expect count note "escaped:" == 0
EOF
SECRET_OF_HOST=1
export SECRET_OF_HOST
"$SB" test --policy native "$TMP/escape.scn" >"$TMP/out" 2>"$TMP/err"
case $? in
0) ;;
4)
	sed -n 's/^skip .*\]: //p' "$TMP/out"
	exit 77
	;;
*) bad "$(grep 'escaped\|tried' "$TMP/out" | head -n 20; cat "$TMP/err")" ;;
esac
for f in /tmp /var/tmp /usr /usr/bin; do
	test ! -e "$f/$proof" || bad "$f/$proof was made on the host"
done
exit $status
