#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make install puts everything below DESTDIR, and what is installed runs and
# finds its data there.
set -u
unset SWITCHBACK_DATA

"$MAKE" -s install DESTDIR="$TMP" PREFIX=/usr/local B="${SB%/*}" \
    >"$TMP/log" 2>&1 || {
	cat "$TMP/log" >&2
	exit 1
}
top=$TMP/usr/local
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

[ -x "$top/bin/switchback" ] || complain "no bin/switchback"
[ ! -f "$SBD" ] || [ -x "$top/sbin/switchbackd" ] || complain "no sbin/switchbackd"
[ -s "$top/etc/switchback/hyperv.conf" ] || complain "no etc/ hyperv.conf"
for kind in machines rules recordings; do
	[ -n "$(ls "$top/share/switchback/$kind")" ] ||
	    complain "share/switchback/$kind is empty"
done
[ -n "$(find "$top/share/man" -type f)" ] || complain "no manual pages"
for f in share/bash-completion/completions/switchback \
    share/bash-completion/completions/switchbackd \
    share/zsh/site-functions/_switchback; do
	[ -s "$top/$f" ] || complain "no $f"
done
[ -n "$(find "$top/lib/systemd" "$top/etc/rc.d" -name 'switchbackd*' \
    2>/dev/null)" ] || complain "nothing would start switchbackd"

said=$("$top/bin/switchback" --version) || complain "--version fails"
case $said in
*[0-9].[0-9]*) ;;
*) complain "--version says: $said" ;;
esac
find "$TMP" -type f ! -path "$top/*" ! -name log | grep . &&
    complain "files outside of the prefix"

# An administrator's own rules stay as they are.
echo '# mine' >"$top/etc/switchback/hyperv.conf"
"$MAKE" -s install DESTDIR="$TMP" PREFIX=/usr/local B="${SB%/*}" \
    >"$TMP/log" 2>&1
[ "$(cat "$top/etc/switchback/hyperv.conf")" = '# mine' ] ||
    complain "installing again overwrote the rules in etc/"
exit $bad
