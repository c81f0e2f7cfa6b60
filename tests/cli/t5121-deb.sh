#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The Debian package has every file at the place where Debian looks for it,
# and what is in it runs.
set -u
bad=0
for tool in dpkg-deb dpkg-shlibdeps; do
	command -v $tool >/dev/null || {
		echo "no $tool here"
		exit 77
	}
done

complain() {
	echo "$*" >&2
	bad=1
}

# A build of its own without compiling all again: only its paths are others.
mkdir "$TMP/b" && cp -a "${SB%/*}/obj" "${SB%/*}/stamp" "${SB%/*}/gen" \
    "$TMP/b/" || exit 3
deb() { # package
	SOURCE_DATE_EPOCH=1700000000 DEBEMAIL=maintainers@freebsd.org \
	    "$MAKE" -s deb B="$TMP/b" DEB="$1" >"$TMP/log" 2>&1 || {
		cat "$TMP/log" >&2
		exit 1
	}
}
deb "$TMP/1.deb"
deb "$TMP/2.deb"
cmp "$TMP/1.deb" "$TMP/2.deb" || complain "the same sources give another package"

dpkg-deb -x "$TMP/1.deb" "$TMP/x" && dpkg-deb -e "$TMP/1.deb" "$TMP/c" ||
    exit 1
for f in usr/bin/switchback usr/sbin/switchbackd etc/switchback/hyperv.conf \
    etc/default/switchbackd lib/systemd/system/switchbackd.service \
    usr/share/man/man1/switchback.1.gz usr/share/man/man8/switchbackd.8.gz \
    usr/share/bash-completion/completions/switchback \
    usr/share/bash-completion/completions/switchbackd \
    usr/share/zsh/vendor-completions/_switchback \
    usr/share/switchback/rules/hyperv.conf \
    usr/share/doc/switchback/copyright usr/share/doc/switchback/changelog.gz; do
	[ -s "$TMP/x/$f" ] || complain "no $f"
done
find "$TMP/x/usr" -path '*/local*' | grep . && complain "files in /usr/local"
find "$TMP/x/etc" -name rc.d | grep . && complain "a script of FreeBSD's rc(8)"
grep -rIl -e '%%[A-Z][A-Z]*%%' -e "$TMP" "$TMP/x" "$TMP/c" && complain "paths of the build"

grep -q '^Depends: .*libc6.*libsqlite3' "$TMP/c/control" ||
    complain "control: $(grep ^Depends "$TMP/c/control")"
(cd "$TMP/x" && find etc -type f | sort | sed 's|^|/|') |
    cmp - "$TMP/c/conffiles" || complain "conffiles is not what is in /etc"
(cd "$TMP/x" && md5sum --quiet -c "$TMP/c/md5sums") || bad=1
for f in postinst prerm postrm; do
	[ -x "$TMP/c/$f" ] && sh -n "$TMP/c/$f" || complain "$f cannot run"
done

# It finds its data where the package puts them.
"$TMP/x/usr/bin/switchback" --version >/dev/null || bad=1
strings -a "$TMP/x/usr/bin/switchback" 2>/dev/null |
    grep -qx /usr/share/switchback || complain "data are looked for elsewhere"
"$TMP/x/usr/sbin/switchbackd" -t -f "$TMP/x/etc/switchback/hyperv.conf" ||
    complain "its own rules are refused"

if command -v lintian >/dev/null; then
	lintian --allow-root --fail-on error,warning --suppress-tags \
	    initial-upload-closes-no-bugs "$TMP/1.deb" >"$TMP/log" 2>&1 || {
		cat "$TMP/log" >&2
		bad=1
	}
fi
exit $bad
