#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Makes a Debian package of what "make install" has put below a folder, with
# the tools of dpkg-dev alone. Called by "make deb".
#	engine/daemon/debian/build.sh ROOT VERSION PACKAGE
set -eu

root=$1 version=$2 package=$3
here=$(dirname "$0")
doc=$root/usr/share/doc/switchback
# All that a time goes into, so that the same sources give the same bytes.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
: "${DEBFULLNAME:=Switchback maintainers}"
: "${DEBEMAIL:=maintainers@localhost}"
export SOURCE_DATE_EPOCH

die() {
	echo "deb: $*" >&2
	exit 3
}
for tool in dpkg-deb dpkg-shlibdeps dpkg strip gzip; do
	command -v $tool >/dev/null || die "needs $tool (Debian: dpkg-dev)"
done

rm -rf "$root/DEBIAN"
mkdir -p "$doc" "$root/DEBIAN"
strip --strip-unneeded --remove-section=.comment \
    "$root/usr/bin/switchback" "$root/usr/sbin/switchbackd"
find "$root/usr/share/man" -type f ! -name '*.gz' -exec gzip -9nf {} +
install -m 644 "$here/copyright" "$doc/copyright"
printf 'switchback (%s) unstable; urgency=medium\n\n  * %s\n\n -- %s <%s>  %s\n' \
    "$version" "Release $version." "$DEBFULLNAME" "$DEBEMAIL" \
    "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"

# Where Debian's zsh looks.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"

# dpkg-shlibdeps wants a source package around it.
mkdir -p "$root.source/debian"
printf 'Source: switchback\n\nPackage: switchback\nArchitecture: any\n' \
    >"$root.source/debian/control"
full=$(cd "$root" && pwd)
depends=$(cd "$root.source" && dpkg-shlibdeps -O \
    "$full/usr/bin/switchback" "$full/usr/sbin/switchbackd" 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
rm -rf "$root.source"
[ -n "$depends" ] || die "dpkg-shlibdeps found no libraries"

sed -e "s/%%VERSION%%/$version/" -e "s/%%ARCH%%/$(dpkg --print-architecture)/" \
    -e "s/%%MAINTAINER%%/$DEBFULLNAME <$DEBEMAIL>/" \
    -e "s/%%SIZE%%/$(du -sk --apparent-size "$root" | cut -f1)/" \
    -e "s/%%DEPENDS%%/$depends/" \
    "$here/control.in" >"$root/DEBIAN/control"
(cd "$root" && find etc -type f | sort | sed 's|^|/|') >"$root/DEBIAN/conffiles"
(cd "$root" && find usr lib -type f 2>/dev/null | LC_ALL=C sort |
    xargs md5sum) >"$root/DEBIAN/md5sums"
for script in postinst prerm postrm; do
	install -m 755 "$here/$script" "$root/DEBIAN/$script"
done
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
echo "  DEB   $package"
