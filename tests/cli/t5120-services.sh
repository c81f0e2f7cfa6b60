#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What starts the daemon: FreeBSD's rc(8) script, by a shell with a few lines
# of rc.subr, and the unit of systemd, by systemd's own checks.
set -u
bad=0
top=$TMP/top

complain() {
	echo "$*" >&2
	bad=1
}
install_for() { # system
	"$MAKE" -s install PREFIX="$top" DESTDIR= INSTALL_FOR="$1" B="${SB%/*}" \
	    >"$TMP/log" 2>&1 || { cat "$TMP/log" >&2; exit 1; }
}

# --- rc(8) ---
install_for FreeBSD
rc=$top/etc/rc.d/switchbackd
[ -x "$rc" ] || complain "no etc/rc.d/switchbackd, or it cannot be run"
[ -e "$top/lib/systemd" ] && complain "FreeBSD got a unit of systemd"
grep -q '%%' "$rc" && complain "rc.d/switchbackd has places left to fill"
# An installation again does not write into a script that may be running, and
# need not be root's to be made.
ln "$rc" "$TMP/rc.before"
install_for FreeBSD
[ -n "$(find "$rc" -links 1)" ] || complain "rc: it was written into"
for word in 'PROVIDE: switchbackd' 'REQUIRE: .*netif.*devd' \
    'BEFORE:  *NETWORKING' 'KEYWORD: .*nojail'; do
	grep -q "^# $word" "$rc" || complain "rcorder: no line \"$word\""
done
sh -n "$rc" || bad=1
# In a jail of its own (svcj_all_enable) it could change no interface.
sed -n '/^load_rc_config/,/^run_rc_command/p' "$rc" |
    grep -qx 'switchbackd_svcj="NO"' || complain "rc: it may be put into a jail"

# What rc.subr would do, as far as the script can see.
cat >"$TMP/rc.subr" <<-'END'
	load_rc_config() { . "$TMP/rc.conf"; }
	checkyesno() { eval "[ \"\$$1\" = YES ]"; }
	warn() { echo "WARNING: $*"; }
	run_rc_command() {
		case $1 in
		start)
			checkyesno "$rcvar" || return 0
			[ -f "$required_files" ] || return 1
			$start_precmd || return 1
			eval "set -- $command $switchbackd_flags $command_args"
			for word; do printf '<%s>' "$word"; done
			echo ;;
		configtest) $configtest_cmd ;;
		*) echo "$extra_commands; $pidfile" ;;
		esac
	}
	END
sed "s|^\. /etc/rc.subr|. $TMP/rc.subr|" "$rc" >"$TMP/rc"
export TMP

: >"$TMP/rc.conf"
[ -z "$(sh "$TMP/rc" start)" ] || complain "rc: it starts without being enabled"
cat >"$TMP/rc.conf" <<-'END'
	switchbackd_enable=YES
	switchbackd_pairs='vtnet0=vmx* hn9'
	switchbackd_flags=-q
	END
said=$(sh "$TMP/rc" start)
want="<$top/sbin/switchbackd><-q><-n><-p></var/run/switchbackd.pid>"
want="$want<-f><$top/etc/switchback/hyperv.conf><--policy><native>"
want="$want<--pair><vtnet0=vmx*><--pair><hn9>"
[ "$said" = "$want" ] || complain "rc: start gives $said"
case $(sh "$TMP/rc" other) in
*reload*configtest*"; /var/run/switchbackd.pid") ;;
*) complain "rc: extra commands or pid file are missing" ;;
esac
echo 'notify 1 { nonsense };' >"$TMP/bad.conf"
echo "switchbackd_rules=$TMP/bad.conf" >>"$TMP/rc.conf"
sh "$TMP/rc" start >/dev/null 2>&1 && complain "rc: it starts with bad rules"
sh "$TMP/rc" configtest >/dev/null 2>&1 && complain "rc: bad rules pass the test"

# The list of a port is what is installed, but for the administrator's files.
(cd "$top" && find . -type f | sed 's|^\./||' | grep -v '^etc/switchback/' |
    LC_ALL=C sort) >"$TMP/installed"
sed -e 's/^@sample \([^ ]*\) .*/\1/' -e '/^@/d' \
    engine/daemon/port/pkg-plist | sed 's/\.gz$//' | LC_ALL=C sort >"$TMP/listed"
diff "$TMP/listed" "$TMP/installed" >&2 ||
    complain "engine/daemon/port/pkg-plist (<) is not what is installed (>)"
for f in "$top"/etc/switchback/*.conf; do
	grep -q "^@sample .* etc/switchback/${f##*/}$" \
	    engine/daemon/port/pkg-plist ||
	    complain "pkg-plist: no @sample for ${f##*/}"
done
rm -rf "$top"

# --- systemd ---
install_for Linux
unit=$top/lib/systemd/system/switchbackd.service
[ -e "$top/etc/rc.d" ] && complain "Linux got a script of rc(8)"
grep -q '%%' "$unit" "$top/etc/default/switchbackd" &&
    complain "the unit has places left to fill"
grep -qx "SWITCHBACKD_RULES=$top/etc/switchback/hyperv.conf" \
    "$top/etc/default/switchbackd" || complain "no rules in etc/default"
echo 'SWITCHBACKD_OPTIONS=--mine' >"$top/etc/default/switchbackd"
install_for Linux
grep -q mine "$top/etc/default/switchbackd" ||
    complain "installing again overwrote etc/default/switchbackd"

for line in NoNewPrivileges=yes ProtectSystem=strict KillMode=process \
    ProtectHome=yes PrivateDevices=yes RestrictNamespaces=yes \
    MemoryDenyWriteExecute=yes ProtectKernelTunables=no \
    SystemCallArchitectures=native "ExecReload=+/bin/kill -HUP \$MAINPID"; do
	grep -qx "$line" "$unit" || complain "the unit does not say $line"
done
for cap in CAP_NET_ADMIN CAP_SETUID CAP_SETGID; do
	grep -x 'CapabilityBoundingSet=.*' "$unit" | grep -qw $cap ||
	    complain "the unit gives no $cap"
done
grep -E '^CapabilityBoundingSet=.*CAP_(SYS_|DAC_|CHOWN)' "$unit" &&
    complain "the unit gives more than networks need"
if command -v systemd-analyze >/dev/null; then
	systemd-analyze verify --man=no "$unit" >"$TMP/log" 2>&1
	grep switchbackd "$TMP/log" >&2 && complain "systemd refuses the unit"
	systemd-analyze security --offline=true --threshold=29 "$unit" \
	    >"$TMP/log" 2>&1 || {
		tail -n 3 "$TMP/log" >&2
		complain "systemd finds the unit exposed to more than 2.9"
	}
fi
exit $bad
