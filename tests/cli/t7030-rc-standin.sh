#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# FreeBSD's rc(8) script beside a devd(8) that has its own rules for Hyper-V:
# it warns, but not of stand-ins, which are none of those rules' business.
set -u
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

: >"$TMP/devd-hyperv.conf"
: >"$TMP/rules"
cat >"$TMP/rc.subr" <<-'END'
	load_rc_config() { . "$TMP/rc.conf"; }
	checkyesno() { eval "[ \"\$$1\" = YES ]"; }
	warn() { echo "WARNING: $*"; }
	run_rc_command() { switchbackd_look; }
END
sed -e "s|^\. /etc/rc.subr|. $TMP/rc.subr|" \
    -e "s|/etc/devd/hyperv.conf \]|$TMP/devd-hyperv.conf ]|" \
    -e 's|^command=.*|command=true|' engine/daemon/rc.d/switchbackd >"$TMP/rc"
export TMP

said() { # line of rc.conf...
	{
		echo "devd_enable=YES switchbackd_rules=$TMP/rules"
		printf '%s\n' "$@"
	} >"$TMP/rc.conf"
	sh "$TMP/rc" start || complain "$*: it does not start"
}

case $(said '') in
WARNING*"changes nothing"*) ;;
*) complain "no warning where nothing would be changed" ;;
esac
case $(said switchbackd_policy=rules "switchbackd_pairs='vtnet0=vmx*'") in
WARNING*"not start"*) ;;
*) complain "no warning where it does not start" ;;
esac
case $(said "switchbackd_pairs='vtnet0=vmx*'") in
'') ;;
*) complain "a warning of a stand-in" ;;
esac
exit $bad
